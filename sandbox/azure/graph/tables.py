"""The tables, and the rows of the estate that stand in them."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from sandbox.azure.estate import Estate
from sandbox.azure.graph.hints import Hints
from sandbox.azure.graph.syntax import Type

Json = dict[str, Any]

_VAULTS: Final = "microsoft.recoveryservices/vaults"
_ITEMS: Final = f"{_VAULTS}/backupfabrics/protectioncontainers/protecteditems"
_SUBSCRIPTION: Final = "microsoft.resources/subscriptions"
_TEXT = ("id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId", "managedBy")
_LOOSE = ("sku", "plan", "properties", "tags", "identity", "zones", "extendedLocation")
_STRING: Type = "string"
_DYNAMIC: Type = "dynamic"
# Resource Graph shows every table with these columns.
COLUMNS: dict[str, Type] = {**dict.fromkeys(_TEXT, _STRING), **dict.fromkeys(_LOOSE, _DYNAMIC)}

TABLES: dict[str, tuple[str, ...]] = {
    "recoveryservicesresources": (f"{_VAULTS}/backupjobs", _ITEMS, f"{_VAULTS}/backuppolicies"),
    "resources": (_VAULTS, "microsoft.compute/virtualmachines"),
    "resourcecontainers": (_SUBSCRIPTION, f"{_SUBSCRIPTION}/resourcegroups"),
}


def rows(table: str, estate: Estate, subscriptions: Collection[str] | None, hints: Hints) -> Iterator[Json]:
    """The candidates of a table: every row that the hints leave, and possibly more."""
    wanted = _both(subscriptions, hints.subscriptions)
    for kind in TABLES[table]:
        if hints.types is None or kind in hints.types:
            yield from _of_kind(kind, estate, wanted, hints)


def _both(one: Collection[str] | None, other: Collection[str] | None) -> Collection[str] | None:
    """The subscriptions that both name; None names all."""
    if one is None or other is None:
        return other if one is None else one
    names = {name.lower() for name in other}
    return [name for name in one if name.lower() in names]


def _of_kind(kind: str, estate: Estate, wanted: Collection[str] | None, hints: Hints) -> Iterable[Json]:
    if kind == _VAULTS:
        return estate.graph_rows("vaults", wanted)
    if kind == _ITEMS:
        return estate.graph_rows("items", wanted)
    if kind == f"{_VAULTS}/backuppolicies":
        return estate.graph_rows("policies", wanted)
    if kind == f"{_VAULTS}/backupjobs":
        return estate.graph_rows(
            "jobs",
            wanted,
            status=hints.status,
            ended_after=hints.ended_after,
            started_after=hints.started_after,
        )
    if kind == _SUBSCRIPTION:
        return [_subscription(one) for one in _subscriptions(estate, wanted)]
    if kind == f"{_SUBSCRIPTION}/resourcegroups":
        return _groups(estate, wanted)
    return _machines(estate, wanted)


def _subscriptions(estate: Estate, wanted: Collection[str] | None) -> list[Json]:
    names = None if wanted is None else {name.lower() for name in wanted}
    return [one for one in estate.subscriptions() if names is None or one["subscriptionId"].lower() in names]


def _subscription(one: Json) -> Json:
    return {
        "id": one["id"],
        "name": one["displayName"],
        "type": _SUBSCRIPTION,
        "tenantId": one["tenantId"],
        "subscriptionId": one["subscriptionId"],
        "properties": {"state": one["state"], "subscriptionPolicies": one.get("subscriptionPolicies", {})},
        "tags": {},
    }


def _machines(estate: Estate, wanted: Collection[str] | None) -> Iterator[Json]:
    for subscription in _subscriptions(estate, wanted):
        for vm in estate.vms(subscription["subscriptionId"], None):
            yield {
                "id": vm["id"],
                "name": vm["name"],
                "type": vm["type"].lower(),
                "tenantId": subscription["tenantId"],
                "location": vm["location"],
                "resourceGroup": vm["id"].split("/")[4].lower(),
                "subscriptionId": subscription["subscriptionId"],
                "tags": vm.get("tags") or {},
                "properties": vm["properties"],
            }


def _groups(estate: Estate, wanted: Collection[str] | None) -> Iterator[Json]:
    """The resource groups in which a vault or a VM stands."""
    seen: set[str] = set()
    for row in (*estate.graph_rows("vaults", wanted), *_machines(estate, wanted)):
        path = f"/subscriptions/{row['subscriptionId']}/resourceGroups/{row['resourceGroup']}"
        if path.lower() not in seen:
            seen.add(path.lower())
            yield {
                "id": path,
                "name": row["resourceGroup"],
                "type": f"{_SUBSCRIPTION}/resourcegroups",
                "tenantId": row["tenantId"],
                "location": row["location"],
                "resourceGroup": row["resourceGroup"],
                "subscriptionId": row["subscriptionId"],
                "tags": {},
                "properties": {"provisioningState": "Succeeded"},
            }
