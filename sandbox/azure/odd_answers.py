"""Wrong types in what Azure answers: in any resource, in a resource of one kind, and in the answer as a whole."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from sandbox.azure.estate import Json
from sandbox.azure.estate.odd_types import JOB_ODDITIES, VM_ODDITIES

Twist = Callable[[Json], None]

_SERVICES: Final = "microsoft.recoveryservices/vaults"
_ITEM: Final = f"{_SERVICES}/backupfabrics/protectioncontainers/protecteditems"
_BY_TYPE: Final = {
    _SERVICES: "vault",
    f"{_SERVICES}/backupjobs": "job",
    f"{_SERVICES}/backuppolicies": "policy",
    _ITEM: "item",
    f"{_ITEM}/recoverypoints": "point",
    "microsoft.compute/virtualmachines": "vm",
    "microsoft.compute/virtualmachines/extensions": "extension",
    "microsoft.authorization/locks": "lock",
}


def _put(path: str, wrong: Any) -> Twist:
    """Puts `wrong` into the field at a dotted path, where there is such a field."""
    *above, name = path.split(".")

    def twist(one: Json) -> None:
        place: Any = one
        for step in above:
            place = place.get(step) if isinstance(place, dict) else None
        if isinstance(place, dict) and name in place:
            place[name] = wrong

    return twist


def _inside(step: str, oddities: dict[str, Twist]) -> dict[str, Twist]:
    """The same for the object in a field, where there is one."""

    def lowered(twist: Twist) -> Twist:
        def inside(one: Json) -> None:
            below = one.get(step)
            if isinstance(below, dict):
                twist(below)

        return inside

    return {name: lowered(twist) for name, twist in oddities.items()}


def _strange_row(one: Json) -> None:
    """A new field and a field that is gone, as another version of Azure has them."""
    one["newField"] = {"a": [1]}
    one.pop("type", None)


# By the kind of resource; "" is any.
ODDITIES: Final[dict[str, dict[str, Twist]]] = {
    "job": {
        **_inside("properties", JOB_ODDITIES),
        "tasks-object": _put("properties.extendedInfo.tasksList", {"0": "Take Snapshot"}),
        "bag-list": _put("properties.extendedInfo.propertyBag", ["VM Name"]),
        "percent-words": _put("properties.extendedInfo.progressPercentage", "half"),
        "details-text": _put("properties.extendedInfo", "none"),
        "status-list": _put("properties.status", ["Failed"]),
    },
    "vm": {
        **_inside("properties", _inside("instanceView", VM_ODDITIES)),
        "os-number": _put("properties.storageProfile.osDisk.osType", 1),
    },
    "view": VM_ODDITIES,
    "item": {
        "item-status-number": _put("properties.lastBackupStatus", 7),
        "item-time-list": _put("properties.lastBackupTime", ["2026-01-01T00:00:00Z"]),
        "item-point-garbage": _put("properties.lastRecoveryPoint", "yesterday"),
        "item-state-object": _put("properties.protectionState", {"state": "Protected"}),
        "item-policy-number": _put("properties.policyName", 7),
        "item-source-number": _put("properties.sourceResourceId", 7),
        "item-health-text": _put("properties.healthDetails", "all is well"),
    },
    "point": {
        "point-time-number": _put("properties.recoveryPointTime", 1_767_225_600),
        "point-tiers-object": _put("properties.recoveryPointTierDetails", {"type": "InstantRP", "status": "Valid"}),
        "point-kind-list": _put("properties.recoveryPointType", ["AppConsistent"]),
    },
    "vault": {"vault-properties-text": _put("properties", "Succeeded")},
    "extension": {
        "extension-type-number": _put("properties.type", 7),
        "extension-publisher-list": _put("properties.publisher", ["Microsoft.Azure.RecoveryServices"]),
        "extension-version-number": _put("properties.typeHandlerVersion", 1.5),
        "extension-state-object": _put("properties.provisioningState", {"code": "Succeeded"}),
    },
    "lock": {
        "lock-level-number": _put("properties.level", 1),
        "lock-level-unknown": _put("properties.level", "Sealed"),
        "lock-notes-list": _put("properties.notes", ["Ask first."]),
    },
    "policy": {
        "policy-schedule-list": _put("properties.schedulePolicy", ["Daily"]),
        "policy-often-number": _put("properties.schedulePolicy.scheduleRunFrequency", 1),
        "policy-often-unknown": _put("properties.schedulePolicy.scheduleRunFrequency", "Fortnightly"),
        "policy-days-number": _put("properties.schedulePolicy.scheduleRunDays", 3),
        "policy-weeks-words": _put("properties.schedulePolicy.scheduleWeeklyFrequency", "each"),
        "policy-hours-list": _put("properties.schedulePolicy.hourlySchedule", [4]),
        "policy-interval-words": _put("properties.schedulePolicy.hourlySchedule.interval", "four"),
    },
    "subscription": {
        "subscription-id-number": _put("subscriptionId", 7),
        "subscription-name-list": _put("displayName", ["Production"]),
        "subscription-state-number": _put("state", 1),
    },
    "operation": {
        "operation-status-number": _put("status", 7),
        "operation-status-unknown": _put("status", "Pending"),
        "operation-error-text": _put("error", "it failed"),
        "operation-properties-text": _put("properties", "none"),
        "operation-job-number": _put("properties.jobId", 7),
    },
    "": {
        "id-number": _put("id", 7),
        "name-list": _put("name", ["x"]),
        "location-number": _put("location", 7),
        "tags-list": _put("tags", ["app"]),
        "tags-objects": _put("tags", {"app": {"name": "sql"}}),
        "properties-list": _put("properties", [{}]),
        "properties-null": _put("properties", None),
        "unknown-version": _strange_row,
    },
}


def _rows_name(body: Json) -> str:
    """Where a list or Resource Graph keeps its rows; "" for an answer about one thing."""
    return next((name for name in ("value", "data") if isinstance(body.get(name), list)), "")


def _rows_as(wrong: Any) -> Callable[[Json], Any]:
    return lambda body: {**body, name: wrong} if (name := _rows_name(body)) else body


def _link_as(wrong: Any) -> Callable[[Json], Any]:
    def spoilt(body: Json) -> Any:
        name = {"value": "nextLink", "data": "$skipToken"}.get(_rows_name(body))
        return {**body, name: wrong} if name else body

    return spoilt


# What becomes of the answer as a whole.
WHOLES: Final[dict[str, Callable[[Json], Any]]] = {
    "body-list": lambda body: [body],
    "body-text": lambda body: "an answer",
    "body-null": lambda body: None,
    "body-empty": lambda body: {},
    "rows-object": _rows_as({"0": {}}),
    "rows-null": _rows_as(None),
    "rows-strange": _rows_as([None, "x", 7, [], {}]),
    "link-number": _link_as(7),
    "link-object": _link_as({}),
}
KINDS: Final = tuple(dict.fromkeys([*(name for oddities in ODDITIES.values() for name in oddities), *WHOLES]))


def twisted(body: Any, kinds: str) -> Any:
    """An answer with wrong types; `kinds` are some of KINDS, parted by spaces. It may change `body` itself."""
    if not isinstance(body, dict):
        return body
    names = kinds.split()
    for one in _resources(body):
        oddities = ODDITIES[""] | ODDITIES.get(_kind_of(one), {})
        for name in names:
            if name in oddities:
                oddities[name](one)
    for name in names:
        if name in WHOLES and isinstance(body, dict):
            body = WHOLES[name](body)
    return body


def _resources(body: Json) -> Iterator[Json]:
    name = _rows_name(body)
    for one in body[name] if name else [body]:
        if isinstance(one, dict):
            yield one


def _kind_of(one: Json) -> str:
    """What a resource is, by its type; without one (a row may leave it out) by what only its kind has."""
    fields = one.get("properties")
    if isinstance(fields, dict) and "jobType" in fields:
        return "job"
    if "subscriptionId" in one and "displayName" in one:
        return "subscription"
    if "statuses" in one:
        return "view"
    if "status" in one and "startTime" in one:
        return "operation"
    return _BY_TYPE.get(str(one.get("type", "")).casefold(), "")
