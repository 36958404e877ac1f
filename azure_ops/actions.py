"""Which right a request to Azure Resource Manager needs, in the words of Azure's role-based access control.

Source: Microsoft's tables of built-in roles and resource provider operations; spelling and case are theirs.
"""

import re
from typing import Final

_VAULT: Final = "/subscriptions/*/resourcegroups/*/providers/microsoft.recoveryservices/vaults/*"
_ITEM: Final = f"{_VAULT}/backupfabrics/*/protectioncontainers/*/protecteditems/*"
_VM: Final = "/subscriptions/*/resourcegroups/*/providers/microsoft.compute/virtualmachines/*"
_VAULTS: Final = "Microsoft.RecoveryServices/Vaults"
_ITEMS: Final = f"{_VAULTS}/backupFabrics/protectionContainers/protectedItems"
_VMS: Final = "Microsoft.Compute/virtualMachines"

# Method, path in lower case with * for a name, and the action.
_TABLE: Final[tuple[tuple[str, str, str], ...]] = (
    ("GET", "/subscriptions", "Microsoft.Resources/subscriptions/read"),
    ("GET", "/subscriptions/*", "Microsoft.Resources/subscriptions/read"),
    ("POST", "/providers/microsoft.resourcegraph/resources", "Microsoft.ResourceGraph/resources/read"),
    ("GET", "/subscriptions/*/providers/microsoft.recoveryservices/vaults", f"{_VAULTS}/read"),
    ("GET", "/subscriptions/*/resourcegroups/*/providers/microsoft.recoveryservices/vaults", f"{_VAULTS}/read"),
    ("GET", _VAULT, f"{_VAULTS}/read"),
    ("GET", f"{_VAULT}/backupjobs", f"{_VAULTS}/backupJobs/read"),
    ("GET", f"{_VAULT}/backupjobs/*", f"{_VAULTS}/backupJobs/read"),
    ("POST", f"{_VAULT}/backupjobs/*/cancel", f"{_VAULTS}/backupJobs/cancel/action"),
    ("GET", f"{_VAULT}/backupjobs/*/operationresults/*", f"{_VAULTS}/backupJobs/operationResults/read"),
    ("GET", f"{_VAULT}/backupprotecteditems", f"{_VAULTS}/backupProtectedItems/read"),
    ("GET", f"{_VAULT}/backuppolicies/*", f"{_VAULTS}/backupPolicies/read"),
    ("GET", f"{_VAULT}/backupoperations/*", f"{_VAULTS}/backupOperations/read"),
    ("GET", _ITEM, f"{_ITEMS}/read"),
    ("POST", f"{_ITEM}/backup", f"{_ITEMS}/backup/action"),
    ("GET", f"{_ITEM}/operationsstatus/*", f"{_ITEMS}/operationsStatus/read"),
    ("GET", f"{_ITEM}/operationresults/*", f"{_ITEMS}/operationResults/read"),
    ("GET", f"{_ITEM}/recoverypoints", f"{_ITEMS}/recoveryPoints/read"),
    ("GET", f"{_ITEM}/recoverypoints/*", f"{_ITEMS}/recoveryPoints/read"),
    ("GET", _VM, f"{_VMS}/read"),
    ("GET", f"{_VM}/instanceview", f"{_VMS}/instanceView/read"),
    ("GET", f"{_VM}/extensions", f"{_VMS}/extensions/read"),
    ("GET", f"{_VM}/extensions/*", f"{_VMS}/extensions/read"),
    ("DELETE", f"{_VM}/extensions/*", f"{_VMS}/extensions/delete"),
    ("GET", f"{_VM}/providers/microsoft.authorization/locks", "Microsoft.Authorization/locks/read"),
    (
        "GET",
        "/subscriptions/*/providers/microsoft.compute/locations/*/operations/*",
        "Microsoft.Compute/locations/operations/read",
    ),
)
_PATTERNS: Final = tuple(
    (method, re.compile(re.escape(path).replace(r"\*", "[^/]+")), action) for method, path, action in _TABLE
)


def action_of(method: str, path: str) -> str:
    """The action that a request needs ("Microsoft.RecoveryServices/Vaults/backupJobs/read"), empty for one unknown.

    `path` is an ARM path in any case, without host; a query is ignored.
    """
    wanted = path.partition("?")[0].rstrip("/").casefold()
    for name, pattern, action in _PATTERNS:
        if name == method.upper() and pattern.fullmatch(wanted):
            return action
    return ""
