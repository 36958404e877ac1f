"""Backup jobs as ARM and Resource Graph show them; a failed one tells its code here or there, as its cause says."""

from collections.abc import Callable
from typing import Final

from sandbox.azure.estate.causes import Cause, cause_of
from sandbox.azure.estate.nouns import Job, Json
from sandbox.azure.estate.odd_types import twist_job
from sandbox.azure.estate.times import moment, span
from sandbox.azure.estate.vault_bodies import graph_row

_VAGUE: Final = "The operation failed. See the details of the job."
# Azure writes these sentences in the language of whoever asks; a number is all that can be relied on.
_LOCALIZED: Final = "Fehler bei dem Vorgang. Weitere Informationen finden Sie in den Auftragsdetails."
_SNAPSHOT_SHARE: Final = 0.25


def job_body(job: Job, now: float) -> Json:
    """As the list of backupJobs shows it: without extendedInfo."""
    properties = _BY_WORKLOAD[job.item.workload](job, now)
    if job.code:
        properties["errorDetails"] = [_error(job)]
    if job.odd:
        twist_job(properties, job.odd)
    return {
        "id": job.path,
        "name": job.id,
        "type": "Microsoft.RecoveryServices/vaults/backupJobs",
        "properties": properties,
    }


def job_details(job: Job, now: float) -> Json:
    """As backupJobs/{id} shows it: with extendedInfo."""
    body = job_body(job, now)
    body["properties"]["extendedInfo"] = _extended(job, now)
    return body


def job_row(job: Job, now: float) -> Json:
    """As Resource Graph shows it: with extendedInfo.propertyBag (and nothing else of extendedInfo)."""
    properties = job_body(job, now)["properties"]
    properties["extendedInfo"] = {"propertyBag": _bag(job)}
    path = f"/s{job.path[2:]}"
    return graph_row(job.item.vault, path, job.id, "microsoft.recoveryservices/vaults/backupjobs", properties)


def _base(job: Job, now: float, kind: str) -> Json:
    properties: Json = {
        "jobType": kind,
        "duration": span((job.end or now) - job.start),
        "entityFriendlyName": job.item.name,
        "backupManagementType": job.item.workload,
        "operation": job.operation,
        "status": job.status,
        "startTime": moment(job.start),
        "activityId": _activity(job),
    }
    if job.end:
        properties["endTime"] = moment(job.end)
    if actions := _actions(job):
        properties["actionsInfo"] = actions
    return properties


def _activity(job: Job) -> str:
    """Another GUID of the job's own; thousands are needed for a page, so it is not hashed."""
    return f"{job.id[:8][::-1]}{job.id[8:]}"


def _actions(job: Job) -> list[str]:
    if job.operation != "Backup":
        return []
    return {"InProgress": ["Cancellable"], "Failed": ["Retriable"]}.get(job.status, [])


def _vm_job(job: Job, now: float) -> Json:
    is_newer = job.item.policy.startswith("Enhanced")
    properties = _base(job, now, "AzureIaaSVMJobV2" if is_newer else "AzureIaaSVMJob")
    properties["virtualMachineVersion"] = "Compute"
    properties["containerName"] = job.item.container.partition(";")[2]
    if not is_newer:
        properties["isUserTriggered"] = job.by_user
    return properties


def _workload_job(job: Job, now: float) -> Json:
    return _base(job, now, "AzureWorkloadJob") | {"workloadType": "SQLDataBase"}


def _storage_job(job: Job, now: float) -> Json:
    return _base(job, now, "AzureStorageJob") | {
        "storageAccountName": job.item.parent,
        "storageAccountVersion": "Storage",
        "isUserTriggered": job.by_user,
    }


_BY_WORKLOAD: Final[dict[str, Callable[[Job, float], Json]]] = {
    "AzureIaasVM": _vm_job,
    "AzureWorkload": _workload_job,
    "AzureStorage": _storage_job,
}


def _sentence(cause: Cause) -> str:
    if cause.found_in in ("property-bag", "text"):
        return cause.message
    return _LOCALIZED if cause.found_in == "number" else _VAGUE


def _error(job: Job) -> Json:
    cause = _cause(job)
    recommendations = list(cause.recommendations)
    if cause.found_in == "link":
        recommendations.append(f"For more information, see https://aka.ms/AB-{job.code}")
    error: Json = {
        "errorCode": cause.number,
        "errorString": _sentence(cause),
        "recommendations": recommendations,
    }
    if job.item.workload != "AzureStorage":
        error["errorTitle"] = "" if cause.found_in == "number" else cause.title
    return error


def _cause(job: Job) -> Cause:
    cause = cause_of(job.code)
    if cause is None:
        raise LookupError(job.code)
    return cause


def _bag(job: Job) -> dict[str, str]:
    subject = {"AzureWorkload": "Data Source Name", "AzureStorage": "File Share Name"}.get(job.item.workload, "VM Name")
    bag = {subject: job.item.name}
    if job.item.workload == "AzureStorage":
        bag["Storage Account Name"] = job.item.parent
    if job.status == "Completed" and job.operation == "Backup":
        bag["Backup Size"] = f"{200 + int(job.id[:4], 16)} MB"
    if job.code and _cause(job).found_in == "property-bag":
        bag["Error Code"] = job.code
    return bag


def _extended(job: Job, now: float) -> Json:
    extended: Json = {"tasksList": tasks(job, now), "propertyBag": _bag(job)}
    if job.code and _cause(job).found_in == "dynamic-message":
        extended["dynamicErrorMessage"] = f"{_cause(job).message} Error code: {job.code}."
    if not job.is_over and job.item.workload == "AzureIaasVM":
        extended["progressPercentage"] = _percent(job.start, job.plan_end, now)
        extended["estimatedRemainingDuration"] = span(job.plan_end - now)
    return extended


def _percent(start: float, end: float, now: float) -> float:
    return round(min(99.0, max(0.0, 100 * (now - start) / max(1.0, end - start))), 1)


def tasks(job: Job, now: float) -> list[Json]:
    """The steps of a job and how far each is."""
    names = {"Backup": ["Take Snapshot", "Transfer data to vault"], "Restore": ["Transfer data from vault"]}
    steps = names.get(job.operation, [job.operation])
    turn = job.snapshot_until or job.start + _SNAPSHOT_SHARE * ((job.end or job.plan_end) - job.start)
    over = job.end or now
    if job.item.workload != "AzureIaasVM":
        return [{"taskId": "Transfer data to vault", "status": _last_status(job)}]
    if len(steps) == 1:
        return [_task(steps[0], job.start, over if job.is_over else 0.0, over, _last_status(job))]
    if _stopped_early(job) or over < turn:
        return [
            _task(steps[0], job.start, job.end, over, _last_status(job)),
            {"taskId": steps[1], "duration": "PT0S", "status": "NotStarted"},
        ]
    return [
        _task(steps[0], job.start, turn, turn, "Completed"),
        _task(steps[1], turn, job.end, over, _last_status(job)),
    ]


def _stopped_early(job: Job) -> bool:
    return bool(job.code) and _cause(job).stage != "transfer"


def _last_status(job: Job) -> str:
    return "InProgress" if job.status == "Cancelling" else job.status


def _task(name: str, start: float, end: float, until: float, status: str) -> Json:
    task: Json = {"taskId": name, "startTime": moment(start), "duration": span(until - start), "status": status}
    return task | ({"endTime": moment(end)} if end else {})
