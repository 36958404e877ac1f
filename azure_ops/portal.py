"""Links to the Azure portal's pages of vaults and VMs, and to a vault's lists of jobs and items.

Known to work: `PORTAL/#resource` followed by an ARM id opens that resource's page. Microsoft's own alerts carry such
links (`portalLink` in the schemas of classic metric alerts and autoscale). A tenant may stand before it, as
`PORTAL/#@TENANT/resource` and the id, so that somebody with several tenants lands in the right one. After the id the
name of an entry of the page's menu may follow: Microsoft's Azure CLI itself prints `.../#resource/ID/overview`.

Not verified on a live portal: that the entries of a Recovery Services vault's menu are named as below. Nobody documents
them; `backupItems` stands in public code once, `backupJobs` nowhere that we found. Should a name be wrong, the vault's
page opens all the same as far as we know, since its id stands in front, and both lists are one tap away there.

Not known: an address of one job's page, or of one item's. Neither has a page of its own by its ARM id that any source
tells of. People who use Backup vaults (Microsoft.DataProtection, another service) have copied addresses such as
`#view/Microsoft_Azure_DataProtection/JobDetailsBlade/jobId/ID`; that it opens a job of a Recovery Services vault
nobody says, and a page that fails is worse than a list in which the job stands first.
"""

from typing import Final
from urllib.parse import quote

from azure_ops.errors import UnexpectedAnswer
from azure_ops.ids import checked
from azure_ops.models import ItemRef, JobRef, VaultRef, VmRef

PORTAL = "https://portal.azure.com"
_JOBS: Final = "backupJobs"
_ITEMS: Final = "backupItems"


def vault_url(ref: VaultRef, *, portal: str = PORTAL, tenant: str = "") -> str:
    """The vault's page; empty for a reference that no id of Azure's gives."""
    return _resource_url(ref, portal, tenant)


def vm_url(ref: VmRef, *, portal: str = PORTAL, tenant: str = "") -> str:
    """The VM's page; empty for a reference that no id of Azure's gives."""
    return _resource_url(ref, portal, tenant)


def job_url(ref: JobRef, *, portal: str = PORTAL, tenant: str = "") -> str:
    """The list of the vault's jobs: a job has no known address of its own. Empty as for `vault_url`."""
    return _section_url(ref.vault, _JOBS, portal, tenant)


def item_url(ref: ItemRef, *, portal: str = PORTAL, tenant: str = "") -> str:
    """The list of the vault's items: an item has no known address of its own. Empty as for `vault_url`."""
    return _section_url(ref.vault, _ITEMS, portal, tenant)


def _section_url(vault: VaultRef, section: str, portal: str, tenant: str) -> str:
    page = vault_url(vault, portal=portal, tenant=tenant)
    return f"{page}/{section}" if page else ""


def _resource_url(ref: VaultRef | VmRef, portal: str, tenant: str) -> str:
    try:
        checked(ref)
    except UnexpectedAnswer:
        return ""
    where = f"@{quote(tenant, safe='')}/resource" if tenant else "resource"
    return f"{portal.rstrip('/')}/#{where}{quote(ref.path, safe='/')}"
