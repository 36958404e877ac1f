"""Protected items and recovery points as ARM and Resource Graph show them."""

from collections.abc import Callable
from typing import Final

from sandbox.azure.estate.causes import cause_of
from sandbox.azure.estate.nouns import Item, Job, Json, Point, guid
from sandbox.azure.estate.policies import policy_path
from sandbox.azure.estate.times import moment
from sandbox.azure.estate.vault_bodies import graph_row

_TYPE: Final = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems"
_INSTANT_DAYS: Final = 2 * 86_400
_ITEM_TYPES: Final = {"AzureIaasVM": "VM", "AzureWorkload": "SQLDataBase", "AzureStorage": "AzureFileShare"}


def item_body(item: Item) -> Json:
    """As protectedItems/{item} shows it."""
    return {
        "id": item.path,
        "name": item.segment,
        "type": _TYPE,
        "properties": _BY_WORKLOAD[item.workload](item),
    }


def item_row(item: Item) -> Json:
    """As Resource Graph shows it; there a VM item carries its last error too."""
    properties = item_body(item)["properties"]
    cause = cause_of(item.last.code) if item.last is not None and item.vm is not None else None
    if cause is not None:
        properties["lastBackupErrorDetail"] = {"errorCode": str(cause.number), "errorString": cause.message}
    return graph_row(item.vault, item.path, item.segment, _TYPE.lower(), properties)


def item_type(item: Item) -> str:
    """What `itemType` means in a filter, and `workloadType` in a body."""
    return _ITEM_TYPES[item.workload]


def container_name(item: Item) -> str:
    """What `containerName` says of it."""
    return item.container.partition(";")[2] if item.vm is not None else item.container


def health(item: Item) -> str:
    """Passed, or ActionRequired after a failed backup."""
    return "ActionRequired" if item.last is not None and item.last.status == "Failed" else "Passed"


def _base(item: Item, points: list[Point]) -> Json:
    properties: Json = {
        "friendlyName": item.name,
        "protectionStatus": "Healthy" if health(item) == "Passed" else "Unhealthy",
        "protectionState": item.state,
        "backupManagementType": item.workload,
        "workloadType": item_type(item),
        "containerName": container_name(item),
        "policyId": policy_path(item.vault, item.policy),
        "policyName": item.policy,
        "isScheduledForDeferredDelete": False,
    }
    if points:
        properties["lastRecoveryPoint"] = moment(points[-1].taken)
    if item.last is not None:
        properties["lastBackupTime"] = moment(item.last.start)
    return properties


def _vm_item(item: Item) -> Json:
    assert item.vm is not None
    points = points_of(item)
    properties = _base(item, points) | {
        "protectedItemType": "Microsoft.Compute/virtualMachines",
        "virtualMachineId": item.vm.path,
        "sourceResourceId": item.vm.path,
        "healthStatus": health(item),
        "healthDetails": _health_details(item),
        "lastBackupStatus": _last_status(item.last),
        "protectedItemDataId": str(int(guid("data", item.path)[:12].replace("-", ""), 16)),
    }
    if points:
        oldest = moment(points[0].taken)
        properties["extendedInfo"] = {
            "oldestRecoveryPoint": oldest,
            "recoveryPointCount": len(points),
            "policyInconsistent": False,
        }
    return properties


def _last_status(last: Job | None) -> str:
    return "IRPending" if last is None else last.status


def _health_details(item: Item) -> list[Json]:
    cause = cause_of(item.last.code) if item.last is not None and item.last.code else None
    if cause is None:
        return [{"code": 400239, "title": "IaasVmHealthGreenDefault", "message": "", "recommendations": []}]
    return [
        {
            "code": cause.number,
            "title": cause.title,
            "message": cause.message,
            "recommendations": list(cause.recommendations),
        }
    ]


def _database_item(item: Item) -> Json:
    is_well = health(item) == "Passed"
    properties = _base(item, points_of(item)) | {
        "protectedItemType": "AzureVmWorkloadSQLDatabase",
        "serverName": f"{item.parent}.contoso.example",
        "parentName": "MSSQLSERVER",
        "parentType": "AzureVmWorkloadSQLInstance",
        "sourceResourceId": f"{item.vault.subscription.path}/resourceGroups/{item.group}"
        f"/providers/Microsoft.Compute/virtualMachines/{item.parent}",
        "protectedItemHealthStatus": "Healthy" if is_well else "Unhealthy",
        "lastBackupStatus": "IRPending" if item.last is None else "Healthy" if is_well else "Unhealthy",
    }
    if item.last is not None and (cause := cause_of(item.last.code)) is not None:
        properties["lastBackupErrorDetail"] = {
            "code": item.last.code,
            "message": cause.message,
            "recommendations": list(cause.recommendations),
        }
    return properties


def _share_item(item: Item) -> Json:
    return _base(item, points_of(item)) | {
        "protectedItemType": "AzureFileShareProtectedItem",
        "sourceResourceId": f"{item.vault.subscription.path}/resourceGroups/{item.group}"
        f"/providers/Microsoft.Storage/storageAccounts/{item.parent}",
        "lastBackupStatus": _last_status(item.last),
    }


_BY_WORKLOAD: Final[dict[str, Callable[[Item], Json]]] = {
    "AzureIaasVM": _vm_item,
    "AzureWorkload": _database_item,
    "AzureStorage": _share_item,
}


def points_of(item: Item) -> list[Point]:
    """The item's recovery points, oldest first; where none were written down they follow from its completed jobs."""
    if item.points is None:
        item.points = [point_after(job) for job in item.vault.jobs if job.item is item and _made_a_point(job)]
    return item.points


def _made_a_point(job: Job) -> bool:
    return job.operation == "Backup" and job.status in ("Completed", "CompletedWithWarnings")


def point_after(job: Job) -> Point:
    """The recovery point that a completed backup leaves."""
    name = str(int(job.id.replace("-", "")[:12], 16)).rjust(15, "1")
    vm = job.item.vm
    consistency = "CrashConsistent" if vm is not None and vm.power != "running" else "AppConsistent"
    if vm is not None and vm.os == "Linux" and consistency == "AppConsistent":
        consistency = "FileSystemConsistent"
    return Point(name, job.start, consistency)


def point_body(item: Item, point: Point, now: float) -> Json:
    """As recoveryPoints/{name} shows it."""
    return {
        "id": f"{item.path}/recoveryPoints/{point.name}",
        "name": point.name,
        "type": f"{_TYPE}/recoveryPoints",
        "properties": _POINTS[item.workload](item, point, now),
    }


def _vm_point(item: Item, point: Point, now: float) -> Json:
    assert item.vm is not None
    instant = "Valid" if now - point.taken < _INSTANT_DAYS else "Deleted"
    return {
        "objectType": "IaasVMRecoveryPoint",
        "recoveryPointType": point.consistency,
        "recoveryPointTime": moment(point.taken),
        "recoveryPointAdditionalInfo": "",
        "sourceVMStorageType": "PremiumStorage",
        "isSourceVMEncrypted": False,
        "isInstantIlrSessionActive": False,
        "recoveryPointTierDetails": [
            {"type": "InstantRP", "status": instant},
            {"type": "HardenedRP", "status": "Valid"},
        ],
        "isManagedVirtualMachine": True,
        "virtualMachineSize": item.vm.size,
        "originalStorageAccountOption": False,
        "osType": item.vm.os,
    }


def _database_point(_item: Item, point: Point, _now: float) -> Json:
    return {
        "objectType": "AzureWorkloadSQLRecoveryPoint",
        "recoveryPointTimeInUTC": moment(point.taken),
        "type": "Full",
        "recoveryPointTierDetails": [{"type": "HardenedRP", "status": "Valid"}],
    }


def _share_point(item: Item, point: Point, _now: float) -> Json:
    return {
        "objectType": "AzureFileShareRecoveryPoint",
        "recoveryPointType": "FileSystemConsistent",
        "recoveryPointTime": moment(point.taken),
        "fileShareSnapshotUri": f"https://{item.parent}.file.core.windows.net/{item.name}"
        f"?sharesnapshot={moment(point.taken)}",
        "recoveryPointSizeInGB": 12,
    }


_POINTS: Final[dict[str, Callable[[Item, Point, float], Json]]] = {
    "AzureIaasVM": _vm_point,
    "AzureWorkload": _database_point,
    "AzureStorage": _share_point,
}
