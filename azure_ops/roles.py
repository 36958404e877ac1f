"""The least rights that the bot's identity needs in Azure: one role to read, and one for what changes something.

Seen in Microsoft's tables of built-in roles (Backup Operator, Backup Reader, Virtual Machine Contributor): the actions
on backupJobs, protectedItems with their backup, operationsStatus and recoveryPoints, cancel, and those on virtual
machines. Derived from address and verb of the call, as Azure forms them: backupProtectedItems/read and
backupOperations/read. Resource Graph shows only what the identity may read.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

RoleKind = Literal["read", "operate"]

_VAULTS: Final = "Microsoft.RecoveryServices/Vaults"
_ITEMS: Final = f"{_VAULTS}/backupFabrics/protectionContainers/protectedItems"
_VMS: Final = "Microsoft.Compute/virtualMachines"

READ_ACTIONS: Final[tuple[str, ...]] = (
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.ResourceGraph/resources/read",
    f"{_VAULTS}/read",
    f"{_VAULTS}/backupJobs/read",
    f"{_VAULTS}/backupProtectedItems/read",
    f"{_ITEMS}/read",
    f"{_ITEMS}/recoveryPoints/read",
    f"{_VMS}/read",
    f"{_VMS}/extensions/read",
)
# Beside the read role. Following what was begun belongs to it: a reader begins nothing.
OPERATE_ACTIONS: Final[tuple[str, ...]] = (
    f"{_ITEMS}/backup/action",
    f"{_ITEMS}/operationsStatus/read",
    f"{_VAULTS}/backupOperations/read",
    f"{_VAULTS}/backupJobs/cancel/action",
    f"{_VAULTS}/backupJobs/operationResults/read",
    f"{_VMS}/extensions/delete",
    "Microsoft.Compute/locations/operations/read",
)
PLACEHOLDER_SCOPE: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"

_ACTIONS: Final[Mapping[RoleKind, tuple[str, ...]]] = {"read": READ_ACTIONS, "operate": OPERATE_ACTIONS}
_NAMES: Final[Mapping[RoleKind, str]] = {"read": "Backup Bot Reader", "operate": "Backup Bot Operator"}
_TOLD: Final[Mapping[RoleKind, str]] = {
    "read": "Reads backup jobs, protected items, recovery points and the state of virtual machines. Changes nothing.",
    "operate": "Starts and cancels backups and removes VM extensions. Assign it beside Backup Bot Reader.",
}
_GUID: Final = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_SCOPE: Final = re.compile(
    rf"/subscriptions/{_GUID}(/resourceGroups/[\w.()-]{{1,90}})?"
    r"|/providers/Microsoft\.Management/managementGroups/[\w.()-]{1,90}"
)


class ScopeRefused(ValueError):
    """The text is no scope that a custom role can be assigned in."""


def role(kind: RoleKind, scopes: Sequence[str]) -> dict[str, Any]:
    """A custom role as `az role definition create` takes it. Raises ScopeRefused, naming the scope and the forms."""
    for scope in scopes:
        if not _SCOPE.fullmatch(scope):
            raise ScopeRefused(
                f"{scope!r} is not a scope. Give /subscriptions/ID, /subscriptions/ID/resourceGroups/NAME or"
                " /providers/Microsoft.Management/managementGroups/NAME"
            )
    return {
        "Name": _NAMES[kind],
        "IsCustom": True,
        "Description": _TOLD[kind],
        "Actions": list(_ACTIONS[kind]),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": list(dict.fromkeys(scopes)),
    }


def documented() -> list[dict[str, Any]]:
    """Both roles with a placeholder for the scope, as `docs/azure-role.json` shows them."""
    return [role(kind, [PLACEHOLDER_SCOPE]) for kind in _ACTIONS]
