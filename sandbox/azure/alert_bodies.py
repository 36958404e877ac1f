"""Alerts in the common alert schema, as Azure Backup fills it; for VM items its details are not published."""

import copy
from datetime import UTC, datetime

from sandbox.azure.estate import Json
from sandbox.azure.estate.nouns import Job, guid


def fired(job: Job) -> Json:
    """An alert about a backup that has failed; the error itself is named by the end of `originAlertId` alone."""
    item, vault = job.item, job.item.vault
    source = item.vm.path if item.vm is not None else item.path
    return {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "region": vault.location,
                "alertId": f"{vault.subscription.path}/providers/Microsoft.AlertsManagement/alerts/{_alert_id(job)}",
                "alertRule": "Backup Failure",
                "severity": "Sev1",
                "signalType": "Log",
                "monitorCondition": "Fired",
                "monitoringService": "Azure Backup",
                "alertTargetIDs": [vault.path.lower()],
                "configurationItems": [vault.name],
                "originAlertId": _origin(job),
                "firedDateTime": _time(job.end),
                "description": "Backup has failed.",
                "investigationLink": "https://portal.azure.com/",
                "essentialsVersion": "1.0",
                "alertContextVersion": "1.0",
                "targetResourceType": "microsoft.recoveryservices/vaults",
                "targetResourceGroup": vault.group.lower(),
            },
            "alertContext": {
                "category": "Jobs",
                "sourceId": source,
                "sourceType": "AzureVm",
                "extendedInfo": {
                    "jobId": job.id,
                    "possibleCauses": None,
                    "occurrenceCount": 1,
                    "recommendedActions": "",
                },
                "protectedItemId": item.path,
                "linkedResourceId": source,
                "linkedResourceName": item.name,
                "formattedSourceType": "AzureVm",
                "alertVersionNumber": "V2020_10",
            },
            "customProperties": None,
        },
    }


def resolved(alert: Json, at: float) -> Json:
    """The same alert when it is over; it still names the job that failed."""
    body = copy.deepcopy(alert)
    body["data"]["essentials"] |= {"monitorCondition": "Resolved", "resolvedDateTime": _time(at)}
    return body


def count_in(alert: Json, job: Job) -> None:
    """One alert for several failures: it counts this one too, and names it as the latest."""
    extended = alert["data"]["alertContext"]["extendedInfo"]
    extended["occurrenceCount"] += 1
    extended["jobId"] = job.id


def _alert_id(job: Job) -> str:
    return guid("alert", job.id)


def _origin(job: Job) -> str:
    """Two long numbers, the workload and the code, as in the one delivery that is known."""
    number = int(job.id.replace("-", ""), 16)
    return f"{number % 10**19}_0_{number}azureiaasvm{job.code.lower()}"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
