"""Finds the protected item of a VM backup job in Azure's own list of the vault's items; its id is never built."""

from typing import TYPE_CHECKING, Final

from azure_ops.backups import list_items
from azure_ops.errors import UnexpectedAnswer
from azure_ops.ids import CONTAINER_PREFIX, checked
from azure_ops.models import BackupJob, ItemRef, ProtectedItem
from azure_ops.reasons import Why

if TYPE_CHECKING:
    from azure_ops.arm import Arm

_VMS: Final = "azureiaasvm"


async def find_item(arm: "Arm", job: BackupJob) -> ProtectedItem | None:
    """The item that a VM backup job is of; None for a job of no VM, and where the vault has no such item (any more).

    The job's container decides ("iaasvmcontainerv2;group;vm", in any case), and only where the job names none the
    item's name. Raises AzureError; UnexpectedAnswer where several items have the name, since a guess might start the
    backup of somebody else's VM, and where an item that may be the one cannot be read: it is not known to be gone.
    """
    checked(job.ref)
    wanted, name = job.container.strip().casefold(), job.item_name.casefold()
    if job.workload.casefold() not in ("", _VMS):
        return None
    found: list[ProtectedItem] = []
    unread = 0
    async for items in list_items(arm, job.ref.vault):
        found += [item for item in items if item.ref.item and _is_of(item, wanted, name)]
        if wanted and found:
            return found[0]
        unread += sum(not item.ref.item and (item.name.casefold() in ("", name) or bool(wanted)) for item in items)
    if unread:
        raise UnexpectedAnswer(where=job.ref.vault.path, why=Why.UNREADABLE_ITEMS, count=str(unread))
    return _only(found, job)


def is_in(ref: ItemRef, container: str) -> bool:
    """Whether a job's container, such as "iaasvmcontainerv2;group;vm" in any case, is that of this item."""
    container = container.strip().casefold()
    return bool(container) and ref.container.casefold() in (container, f"{CONTAINER_PREFIX}{container}")


def _is_of(item: ProtectedItem, container: str, name: str) -> bool:
    if container:
        return is_in(item.ref, container)
    return bool(name) and item.name.casefold() == name


def _only(found: list[ProtectedItem], job: BackupJob) -> ProtectedItem | None:
    if len({item.ref.key for item in found}) > 1:
        count = str(len(found))
        raise UnexpectedAnswer(where=job.ref.path, why=Why.SEVERAL_ITEMS, count=count, name=job.item_name)
    return found[0] if found else None
