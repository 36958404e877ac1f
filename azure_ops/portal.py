"""Links to the Azure portal's pages of vaults, VMs, items and jobs.

What is known to work: `PORTAL/#resource` followed by an ARM id opens that resource's page. Microsoft's own alerts carry
such links (`portalLink` in the schemas of classic metric alerts and autoscale). A tenant may stand before it, as
`PORTAL/#@TENANT/resource` and the id, so that somebody with several tenants lands in the right one.

What is not: no source tells a lasting address of the page of one backup job or of one protected item, and both are not
resources with a page of their own. Their links open the vault, from whose overview "Backup jobs" and "Backup items" are
one tap away.
"""

from urllib.parse import quote

from azure_ops.errors import UnexpectedAnswer
from azure_ops.ids import checked
from azure_ops.models import ItemRef, JobRef, VaultRef, VmRef

PORTAL = "https://portal.azure.com"


def vault_url(ref: VaultRef, *, portal: str = PORTAL, tenant: str = "") -> str:
    """The vault's page; empty for a reference that no id of Azure's gives."""
    return _resource_url(ref, portal, tenant)


def vm_url(ref: VmRef, *, portal: str = PORTAL, tenant: str = "") -> str:
    """The VM's page; empty for a reference that no id of Azure's gives."""
    return _resource_url(ref, portal, tenant)


def job_url(ref: JobRef, *, portal: str = PORTAL, tenant: str = "") -> str:
    """The page of the job's vault: a job has no known address of its own. Empty as for `vault_url`."""
    return _resource_url(ref.vault, portal, tenant)


def item_url(ref: ItemRef, *, portal: str = PORTAL, tenant: str = "") -> str:
    """The page of the item's vault: an item has no known address of its own. Empty as for `vault_url`."""
    return _resource_url(ref.vault, portal, tenant)


def _resource_url(ref: VaultRef | VmRef, portal: str, tenant: str) -> str:
    try:
        checked(ref)
    except UnexpectedAnswer:
        return ""
    where = f"@{quote(tenant, safe='')}/resource" if tenant else "resource"
    return f"{portal.rstrip('/')}/#{where}{quote(ref.path, safe='/')}"
