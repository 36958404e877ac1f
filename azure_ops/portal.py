"""Links to the Azure portal's pages of vaults and VMs, of a vault's jobs and items, and of one job or item.

Known to work: the portal's address and `#resource`, followed by an ARM id, opens that resource's page. Microsoft's own
alerts carry such links (`portalLink` in the schemas of classic metric alerts and autoscale). A tenant may stand before
it, as `#@TENANT/resource` and the id, so that somebody with several tenants lands in the right one. After the id the
name of an entry of the page's menu may follow: Microsoft's Azure CLI itself prints `.../#resource/ID/overview`.

Not verified on a live portal: that the entries of a Recovery Services vault's menu are named as below. Nobody documents
them; `backupItems` stands in public code once, `backupJobs` nowhere that we found. Should a name be wrong, the vault's
page opens all the same as far as we know, since its id stands in front, and both lists are one tap away there.

Not known: the address of one job's page, or of one item's. No source tells of one for a Recovery Services vault, and
a page that fails is worse than a list in which the job stands first: so the lists are what a link opens, unless
`job_form` or `item_form` says how the address looks that a browser shows on such a page.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from azure_ops.errors import UnexpectedAnswer
from azure_ops.ids import checked
from azure_ops.models import ItemRef, JobRef, VaultRef, VmRef

PUBLIC: Final = "https://portal.azure.com"
_JOBS: Final = "backupJobs"
_ITEMS: Final = "backupItems"
_OWN: Final = ("{id}", "{path}", "{name}")
_PLACEHOLDER: Final = re.compile(r"\{(id|path|name|vault)\}")
# With it, even the longest ids fit four to a line of Slack's.
_LONGEST_FORM: Final = 300


def checked_form(form: str) -> str:
    """The form of an address as it is, for `job_form` and `item_form`. ValueError, saying what is wrong with it."""
    if not form:
        return form
    left = _PLACEHOLDER.sub("", form)
    if len(form) > _LONGEST_FORM:
        raise ValueError(f"is longer than {_LONGEST_FORM} characters")
    if not left.isascii() or not left.isprintable() or any(sign in left for sign in ' <>"|\\'):
        raise ValueError("holds a character that no address has")
    if urlsplit(left).scheme != "https" or not urlsplit(left).hostname or "{" in form.partition("#")[0]:
        raise ValueError("does not begin with https://, a host and #")
    if "{" in left or "}" in left:
        raise ValueError("holds other braces than {id}, {path}, {name} and {vault}")
    if not any(own in form for own in _OWN):
        raise ValueError("leads to one page for all: put {id}, {path} or {name} where the id stands")
    return form


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal of one cloud; every link is empty for a reference that no id of Azure's gives.

    In a form `{id}` stands for the ARM id with its slashes written as %2F, `{path}` for the ARM id with slashes,
    `{name}` for its last part and `{vault}` for the vault's id, written like `{id}`.
    """

    url: str = PUBLIC
    tenant: str = ""
    job_form: str = ""
    item_form: str = ""

    def vault(self, ref: VaultRef) -> str:
        """The vault's page."""
        return self._resource(ref)

    def vm(self, ref: VmRef) -> str:
        """The VM's page."""
        return self._resource(ref)

    def jobs(self, ref: VaultRef) -> str:
        """The list of the vault's jobs."""
        return self._section(ref, _JOBS)

    def job(self, ref: JobRef) -> str:
        """The job's page where its form is known, else the list of the vault's jobs."""
        return _filled(self.job_form, ref, ref.name) if self.job_form else self.jobs(ref.vault)

    def item(self, ref: ItemRef) -> str:
        """The protected item's page where its form is known, else the list of the vault's items."""
        return _filled(self.item_form, ref, ref.item) if self.item_form else self._section(ref.vault, _ITEMS)

    def _section(self, vault: VaultRef, section: str) -> str:
        page = self.vault(vault)
        return f"{page}/{section}" if page else ""

    def _resource(self, ref: VaultRef | VmRef) -> str:
        if not _is_id(ref):
            return ""
        where = f"@{quote(self.tenant, safe='')}/resource" if self.tenant else "resource"
        return f"{self.url.rstrip('/')}/#{where}{quote(ref.path, safe='/')}"


def _filled(form: str, ref: JobRef | ItemRef, name: str) -> str:
    if not _is_id(ref):
        return ""
    values = {
        "id": quote(ref.path, safe=""),
        "path": quote(ref.path, safe="/"),
        "name": quote(name, safe=""),
        "vault": quote(ref.vault.path, safe=""),
    }
    return _PLACEHOLDER.sub(lambda found: values[found[1]], form)


def _is_id(ref: VaultRef | VmRef | JobRef | ItemRef) -> bool:
    try:
        checked(ref)
    except UnexpectedAnswer:
        return False
    return True
