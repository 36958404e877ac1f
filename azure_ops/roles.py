"""The least rights that the bot's identity needs in Azure: one role to read, and one for what changes something.

Every name stands in Microsoft's list of resource provider operations. Seen in a built-in role as well: in Backup
Reader all of Vaults but backupOperations; in Backup Operator backup/action, and in its wildcard on backupJobs the
cancellation; in Virtual Machine Contributor, by its wildcards, those on virtual machines and on locks. That a call
needs just the action of its address and verb is how Resource Manager works, not something that was tried on a live
subscription: reading a VM with its instance view is therefore taken for virtualMachines/read. Resource Graph shows
only what the identity may read.
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
    f"{_VAULTS}/backupPolicies/read",
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
    # Whether a lock forbids the removal of an extension; nobody else needs to know.
    "Microsoft.Authorization/locks/read",
)
PLACEHOLDER_SCOPE: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"

_ACTIONS: Final[Mapping[RoleKind, tuple[str, ...]]] = {"read": READ_ACTIONS, "operate": OPERATE_ACTIONS}
_NAMES: Final[Mapping[RoleKind, str]] = {"read": "Backup Bot Reader", "operate": "Backup Bot Operator"}
_TOLD: Final[Mapping[RoleKind, str]] = {
    "read": "Reads backup jobs, protected items, recovery points and the state of virtual machines. Changes nothing.",
    "operate": "Starts and cancels backups and removes VM extensions. Assign it beside Backup Bot Reader.",
}
_GUID: Final = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_MANAGEMENT_GROUP: Final = re.compile(r"/(?i:providers/Microsoft\.Management/managementGroups)/[\w.()-]{1,90}")
_SUBSCRIPTION: Final = re.compile(rf"/(?i:subscriptions)/{_GUID}(/(?i:resourceGroups)/[\w.()-]{{0,89}}[\w()-])?")
_FORMS: Final = (
    "/subscriptions/ID, /subscriptions/ID/resourceGroups/NAME or /providers/Microsoft.Management/managementGroups/NAME"
)


class ScopeRefused(ValueError):
    """The scopes are none that a custom role can be assigned in."""


def role(kind: RoleKind, scopes: Sequence[str]) -> dict[str, Any]:
    """A custom role as `az role definition create` takes it; a scope that is named twice stands in it once.

    Raises ScopeRefused, naming the scope and the forms: none, one of another form, or two management groups, of which
    Azure takes one only.
    """
    different = list({scope.casefold(): scope for scope in scopes}.values())
    _check(different)
    return {
        "Name": _NAMES[kind],
        "IsCustom": True,
        "Description": _TOLD[kind],
        "Actions": list(_ACTIONS[kind]),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": different,
    }


def _check(scopes: Sequence[str]) -> None:
    if not scopes:
        raise ScopeRefused(f"A role needs a scope. Give {_FORMS}")
    for scope in scopes:
        if not _SUBSCRIPTION.fullmatch(scope) and not _MANAGEMENT_GROUP.fullmatch(scope):
            raise ScopeRefused(f"{scope!r} is not a scope. Give {_FORMS}")
    groups = [scope for scope in scopes if _MANAGEMENT_GROUP.fullmatch(scope)]
    if len(groups) > 1:
        raise ScopeRefused(
            f"{groups[1]!r} is a second management group, and a role can name one only. Print a role each"
        )


def documented() -> list[dict[str, Any]]:
    """Both roles with a placeholder for the scope, as `docs/azure-role.json` shows them."""
    return [role(kind, [PLACEHOLDER_SCOPE]) for kind in _ACTIONS]
