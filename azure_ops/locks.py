"""The management locks that stand in the way of removing a VM's extension.

Both levels do. Microsoft's page "Lock your resources to protect your infrastructure": with CanNotDelete "authorized
users can read and modify a resource, but they can't delete it", with ReadOnly they can do neither, and "when you apply
a lock at a parent scope, all resources within that scope inherit the same lock". An extension is a resource below its
VM, so a lock on the VM, its group or its subscription holds it; nothing says so of extensions by name, but Microsoft's
page on Azure Local shows exactly this refusal (409 ScopeLocked) for a child of a locked machine.

Which locks a list holds, Microsoft's pages tell in two ways: that of the REST operation says those of the resource "or
any level below", that of PowerShell's Get-AzResourceLock those "at, above, or below the scope", and with `atScope()`
those "at or above". Both questions are asked, and the answers put together.
"""

from typing import TYPE_CHECKING, Final

from azure_ops import versions
from azure_ops.errors import UnexpectedAnswer
from azure_ops.fields import Fields
from azure_ops.ids import checked, is_extension_name
from azure_ops.models import Lock, LockLevel, VmRef
from azure_ops.reasons import Why

if TYPE_CHECKING:
    from azure_ops.arm import Arm

_LOCKS: Final = "/providers/microsoft.authorization/locks/"
_LEVELS: Final[dict[str, LockLevel]] = {
    "cannotdelete": "CanNotDelete",
    "readonly": "ReadOnly",
    "notspecified": "Unknown",
}


async def list_locks(arm: "Arm", vm: VmRef, extension: str = "") -> tuple[Lock, ...]:
    """The locks that hold a VM, its own and those of its group and subscription, and with a name its extension's too.

    The widest come first. None of them means that no lock forbids to remove it. Raises AzureError: NotAllowed where
    the identity may not read locks, and then nobody knows.
    """
    checked(vm)
    if extension and not is_extension_name(extension):
        raise UnexpectedAnswer(where=f"{vm.path}/extensions", why=Why.NOT_AN_EXTENSION)
    path = f"{vm.path}/extensions/{extension}" if extension else vm.path
    found: dict[tuple[str, str], Lock] = {}
    for condition in ({"$filter": "atScope()"}, None):
        pages = arm.pages(
            f"{vm.path}/providers/Microsoft.Authorization/locks", api_version=versions.LOCKS, params=condition
        )
        async for page in pages:
            locks = (lock_from(row) for row in page)
            found.update(((lock.scope.casefold(), lock.name.casefold()), lock) for lock in locks if lock.holds(path))
    return tuple(sorted(found.values(), key=lambda lock: (len(lock.scope), lock.name.casefold())))


def lock_from(row: object) -> Lock:
    """A lock as Azure lists it. Never raises."""
    fields = Fields(row)
    path, name = fields.text("id", required=True), fields.text("name", required=True)
    inside = fields.inside("properties")
    word = inside.text("level", required=True)
    level = _LEVELS.get(word.casefold())
    if level is None and word:
        inside.odd("level", "a lock's level", word)
    cut = path.casefold().rfind(_LOCKS)
    if cut < 0 and path:
        fields.odd("id", "the id of a lock", path)
    scope = path[:cut] if cut > 0 else ""
    return Lock(name, level or "Unknown", scope, inside.text("notes"), tuple(fields.oddities))
