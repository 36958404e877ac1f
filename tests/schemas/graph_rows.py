"""Judges whole rows of Resource Graph: their columns, and their properties as those of the same kind of resource."""

from typing import Any, Final

from azure.mgmt.compute import models as compute
from azure.mgmt.recoveryservices import models as vaults
from azure.mgmt.recoveryservicesbackup import models as backup

from tests.schemas.azure_oracle import problems
from tests.schemas.manager_models import GroupRow, SubscriptionRow

_VAULTS: Final = "microsoft.recoveryservices/vaults"
# Rows of these are like the resource itself, as Resource Manager shows it.
_RESOURCES: Final[dict[str, Any]] = {
    _VAULTS: vaults.Vault,
    f"{_VAULTS}/backupjobs": backup.JobResource,
    f"{_VAULTS}/backuppolicies": backup.ProtectionPolicyResource,
    f"{_VAULTS}/backupfabrics/protectioncontainers/protecteditems": backup.ProtectedItemResource,
    "microsoft.compute/virtualmachines": compute.VirtualMachine,
}
# Of these there is only what their `properties` hold.
_PROPERTIES: Final[dict[str, Any]] = {
    "microsoft.resources/subscriptions": SubscriptionRow,
    "microsoft.resources/subscriptions/resourcegroups": GroupRow,
}
# In which a row goes beyond the models, by the kind of item. Resource Graph is taken to show a VM's last error, which
# no model of a VM's item has; whether it does is written nowhere that we know of: only a real subscription shows it.
_BEYOND: Final = {"Microsoft.Compute/virtualMachines": frozenset({"lastBackupErrorDetail"})}
KINDS: Final = frozenset({*_RESOURCES, *_PROPERTIES})
# The columns that every table has, beside those of the resource. Where a row has no value they are null.
_TEXTS: Final = ("tenantId", "kind", "resourceGroup", "subscriptionId", "managedBy")
_ALWAYS: Final = ("id", "name", "tenantId", "subscriptionId")
_LOOSE: Final = ("plan", "identity", "zones", "extendedLocation")
_SHARED: Final = ("id", "name", "type", "location", "tags", "properties", "sku")


def row_problems(row: Any) -> list[str]:
    """What is wrong with a row that was not projected, as `problems` says it; none means accepted."""
    kind = row.get("type")
    found = [f"{name}: Resource Graph has no such column" for name in row.keys() - {*_TEXTS, *_LOOSE, *_SHARED}]
    found += [
        f"{name}: text is expected, not {row[name]!r}" for name in _TEXTS if not isinstance(row.get(name), str | None)
    ]
    found += [f"{name}: every row has this" for name in _ALWAYS if not row.get(name)]
    if kind in _PROPERTIES:
        return found + [f"properties.{line}" for line in problems(_PROPERTIES[kind], row.get("properties"))]
    if kind not in _RESOURCES:
        return [*found, f"type: {kind!r} is none of {sorted(KINDS)}"]
    properties = row.get("properties")
    if isinstance(properties, dict):
        beyond = _BEYOND.get(str(properties.get("protectedItemType")), frozenset())
        row = {**row, "properties": {name: value for name, value in properties.items() if name not in beyond}}
    resource = {name: row[name] for name in _SHARED if row.get(name) is not None}
    return found + problems(_RESOURCES[kind], resource)
