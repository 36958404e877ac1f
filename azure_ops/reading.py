"""Azure's JSON as our models: jobs, items, recovery points, vaults, subscriptions and operations, read leniently.

Nothing in here raises, whatever the JSON holds: what is missing or of a wrong type becomes the neutral value, and an
`Oddity` where Azure's own description promises it. An id that is not exactly of its kind gives a reference with empty
names, which no function of this package asks Azure about.
"""

from functools import lru_cache
from types import NoneType
from typing import Any, Final, get_args

import orjson

from azure_ops.fields import Fields, duration_of, time_of
from azure_ops.hints import WENT_WELL, item_failure, job_failure
from azure_ops.ids import is_job_name, parse_item, parse_job, parse_vault, parse_vm
from azure_ops.models import (
    BackupJob,
    ItemRef,
    JobDetails,
    JobFailure,
    JobRef,
    JobStatus,
    JobTask,
    OperationState,
    OperationStatus,
    ProtectedItem,
    RecoveryPoint,
    Subscription,
    Vault,
    VaultRef,
)

__all__ = [
    "item_from",
    "job_from",
    "operation_from",
    "parse_item",
    "parse_job",
    "parse_vault",
    "parse_vm",
    "recovery_point_from",
    "subscription_from",
    "vault_from",
]

_CONTAINERS: Final = ("containerName", "storageAccountName", "mabServerName", "dpmServerName")
_OTHER_CONTAINERS: Final = _CONTAINERS[1:]
_TRUTH_OR_NONE: Final = (bool, NoneType)
_LIST_OR_NONE: Final = (list, NoneType)
_NO_ACTIONS: Final = (False, False)
_COMMON_ACTIONS: Final = {
    ("Cancellable",): (True, False),
    ("Retriable",): (False, True),
    ("Cancellable", "Retriable"): (True, True),
}
_LONGEST_KNOWN: Final = 8_000

NOWHERE: Final = VaultRef("", "", "")

_JOB_STATUSES: Final[dict[str, JobStatus]] = {
    **{spelling: status for status in get_args(JobStatus) for spelling in (status, status.casefold())},
    "canceled": "Cancelled",
    "canceling": "Cancelling",
}
_OPERATION_STATES: Final[dict[str, OperationState]] = {
    **{state.casefold(): state for state in get_args(OperationState) if state != "Unknown"},
    "invalid": "Unknown",
    # Compute's own words beside the common ones, and the other spelling.
    "cancelled": "Canceled",
    "updating": "InProgress",
    "deleting": "InProgress",
    "accepted": "InProgress",
    "running": "InProgress",
}
_ACTIONS: Final = {"invalid": 0, "0": 0, "cancellable": 1, "1": 1, "retriable": 2, "2": 2}
_FAILED_BACKUPS: Final = frozenset({"failed", "unhealthy"})


class _Filling:
    """A BackupJob while it is filled: storing into a frozen dataclass takes three times as long, and lists are long."""

    __slots__ = tuple(BackupJob.__slots__)


class _FillingRef:
    """The same of a JobRef."""

    __slots__ = tuple(JobRef.__slots__)


def job_from(row: object, vault: VaultRef | None = None) -> BackupJob:
    """A backup job of any workload, from the list of a vault, from its own details, or from a row of Resource Graph.

    `vault` is the one that was asked, so that its name keeps the spelling of the question; without it the id says it.
    """
    return _common_job(row, vault) or _any_job(row, vault)


def _any_job(row: object, vault: VaultRef | None) -> BackupJob:
    fields = Fields(row)
    ref = _job_ref(fields, vault)
    properties = fields.inside("properties")
    status = _job_status(properties)
    extended = properties.inside("extendedInfo")
    actions = _actions(properties)
    return BackupJob(
        ref,
        properties.text("entityFriendlyName"),
        properties.text("backupManagementType"),
        properties.text("operation"),
        status,
        properties.time("startTime"),
        properties.time("endTime"),
        properties.duration("duration"),
        properties.first_text(*_CONTAINERS),
        properties.text("activityId"),
        properties.truth("isUserTriggered"),
        1 in actions,
        2 in actions,
        job_failure(properties, extended, status),
        _job_details(extended) if extended else None,
        tuple(fields.oddities),
    )


def _common_job(row: Any, vault: VaultRef | None) -> BackupJob | None:
    """The same for the row that nearly every row of a list is, in a third of the time; None for any other.

    Common is: nothing odd, no extendedInfo. Error records repeat in a list, and are read once.
    """
    try:
        properties, path, name = row["properties"], row["id"], row["name"]
        get = properties.get
        status = _JOB_STATUSES[properties["status"]]
        item, workload, operation = get("entityFriendlyName", ""), get("backupManagementType", ""), get("operation", "")
        container, activity = get("containerName", ""), get("activityId", "")
        started, ended, length = get("startTime"), get("endTime"), get("duration")
        user, actions = get("isUserTriggered"), get("actionsInfo")
        # A TypeError unless all of them are text.
        "".join((item, workload, operation, container, activity, path, name))
        if (
            type(user) not in _TRUTH_OR_NONE
            or type(actions) not in _LIST_OR_NONE
            or get("extendedInfo") is not None
            or not path
            or not (container or properties.keys().isdisjoint(_OTHER_CONTAINERS))
        ):
            return None
        ref: Any = parse_job(path) if vault is None else _FillingRef() if is_job_name(name) else None
        if ref is None:
            return None
        if vault is not None:
            ref.vault, ref.name = vault, name
            ref.__class__ = JobRef
        job: Any = _Filling()
        job.ref, job.item_name, job.workload, job.operation, job.status = ref, item, workload, operation, status
        job.started = None if started is None else time_of(started)
        job.ended = None if ended is None else time_of(ended)
        job.duration = None if length is None else duration_of(length)
        job.container, job.activity_id, job.is_user_triggered = container, activity, user
        job.can_cancel, job.can_retry = _COMMON_ACTIONS[tuple(actions)] if actions else _NO_ACTIONS
        job.failure = None if status in WENT_WELL else _known_failure(orjson.dumps(get("errorDetails")), status)
        job.details, job.oddities = None, ()
        # Both classes have the same slots, which is all that Python asks; from here on it is frozen.
        job.__class__ = BackupJob
        filled: BackupJob = job
        return filled
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


@lru_cache(maxsize=512)
def _known_failure(error_details: bytes, status: str) -> JobFailure | None:
    """The failure in the error records of a job, which many jobs of a list share; ValueError if they are odd."""
    fields = Fields({"errorDetails": orjson.loads(error_details)})
    failure = job_failure(fields, Fields(None), status)
    if fields.oddities or len(error_details) > _LONGEST_KNOWN:
        raise ValueError
    return failure


def _job_ref(fields: Fields, vault: VaultRef | None) -> JobRef:
    path = fields.text("id", required=True)
    if vault is None:
        return _ref_of(fields, path)
    name = fields.text("name", required=True)
    if is_job_name(name):
        return JobRef(vault, name)
    fields.odd("name", "a job's id", name)
    return JobRef(vault, "")


def _ref_of(fields: Fields, path: str) -> JobRef:
    ref = parse_job(path)
    if ref is None and path:
        fields.odd("id", "the id of a job", path)
    if not fields.text("name") and ref is None:
        fields.odd("name", "text", fields.raw("name"))
    return ref or JobRef(NOWHERE, "")


def _job_status(properties: Fields) -> JobStatus:
    word = properties.text("status", required=True)
    status = _JOB_STATUSES.get(word) or _JOB_STATUSES.get(word.casefold())
    if status is None and word:
        properties.odd("status", "a job's status", word)
    return status or "Unknown"


def _actions(properties: Fields) -> set[int]:
    """What may be done with the job: Azure writes words, and in older answers numbers."""
    found: set[int] = set()
    for value in properties.values("actionsInfo"):
        action = _ACTIONS.get(str(value).casefold())
        if action is None or isinstance(value, bool):
            properties.odd("actionsInfo", "an action on a job", value)
        else:
            found.add(action)
    return found


def _job_details(extended: Fields) -> JobDetails:
    return JobDetails(
        tasks=tuple(_task(task) for task in extended.each("tasksList")),
        properties=extended.pairs("propertyBag"),
        percent=extended.number("progressPercentage"),
        remaining=extended.duration("estimatedRemainingDuration"),
    )


def _task(task: Fields) -> JobTask:
    return JobTask(
        name=task.text("taskId"),
        status=task.text("status"),
        started=task.time("startTime"),
        ended=task.time("endTime"),
        duration=task.duration("duration"),
        percent=task.number("progressPercentage"),
    )


def item_from(row: object) -> ProtectedItem:
    """A protected item of any workload, from a vault's list, by itself, or from Resource Graph."""
    fields = Fields(row)
    path = fields.text("id", required=True)
    ref = parse_item(path)
    if ref is None and path:
        fields.odd("id", "the id of a protected item", path)
    inside = fields.inside("properties", required=True)
    last_status = inside.text("lastBackupStatus")
    return ProtectedItem(
        ref=ref or ItemRef(NOWHERE, "", "", ""),
        name=inside.first_text("friendlyName") or fields.text("name", required=True),
        workload=inside.text("backupManagementType"),
        kind=inside.first_text("workloadType", "protectedItemType"),
        vm=parse_vm(inside.first_text("sourceResourceId", "virtualMachineId")),
        policy_name=inside.text("policyName") or inside.text("policyId").rpartition("/")[2],
        protection_state=inside.text("protectionState"),
        health=inside.first_text("healthStatus", "protectedItemHealthStatus", "protectionStatus"),
        last_status=last_status,
        last_backup=inside.time("lastBackupTime"),
        last_recovery_point=inside.time("lastRecoveryPoint") or inside.time("latestRecoveryPoint"),
        failure=item_failure(inside) if last_status.casefold() in _FAILED_BACKUPS else None,
        oddities=tuple(fields.oddities),
    )


def recovery_point_from(row: object) -> RecoveryPoint:
    """A recovery point; `tiers` are those whose status is Valid or Rehydrated."""
    fields = Fields(row)
    name = fields.text("name", required=True)
    inside = fields.inside("properties", required=True)
    tiers = [tier.text("type") for tier in inside.each("recoveryPointTierDetails") if _is_there(tier.text("status"))]
    return RecoveryPoint(
        name=name,
        taken=inside.time("recoveryPointTime") or inside.time("recoveryPointTimeInUTC"),
        consistency=inside.first_text("recoveryPointType", "fileShareSnapshotUri", "type"),
        tiers=tuple(tiers),
        oddities=tuple(fields.oddities),
    )


def _is_there(status: str) -> bool:
    return status.casefold() in ("valid", "rehydrated")


def vault_from(row: object) -> Vault:
    """A Recovery Services vault, from ARM or from Resource Graph."""
    fields = Fields(row)
    path = fields.text("id", required=True)
    ref = parse_vault(path)
    if ref is None and path:
        fields.odd("id", "the id of a vault", path)
    location, tags = fields.text("location"), fields.pairs("tags")
    return Vault(ref or NOWHERE, location, tags, tuple(fields.oddities))


def subscription_from(row: object) -> Subscription:
    """A subscription; its id is the GUID."""
    fields = Fields(row)
    name, identity = fields.text("displayName"), fields.text("subscriptionId", required=True)
    return Subscription(identity, name or identity, fields.text("state"), tuple(fields.oddities))


def operation_from(body: object, wait: float | None = None) -> OperationStatus:
    """What a long-running operation's own status says, from Azure Backup or from Compute."""
    fields = Fields(body)
    word = fields.text("status", required=True)
    state = _OPERATION_STATES.get(word.casefold())
    if state is None and word:
        fields.odd("status", "an operation's status", word)
    error = fields.inside("error")
    return OperationStatus(
        state=state or "Unknown",
        job_id=_job_id(fields.inside("properties")),
        error_code=error.text("code"),
        error_message=error.text("message"),
        wait=wait,
        oddities=tuple(fields.oddities),
    )


def _job_id(properties: Fields) -> str:
    """The job that the operation made; an operation for several items gives them by item."""
    job = properties.text("jobId")
    if not job and (several := properties.pairs("jobIds")):
        job = several[0][1]
    if job and not is_job_name(job):
        properties.odd("jobId", "a job's id", job)
        return ""
    return job
