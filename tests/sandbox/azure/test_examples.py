"""The judge of Azure's bodies accepts Microsoft's own samples, and nothing that was spoilt."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.compute import models as compute
from azure.mgmt.recoveryservices import models as vaults
from azure.mgmt.recoveryservicesbackup import models as backup
from azure.mgmt.resourcegraph import models as graph

from tests.schemas.azure_oracle import page_problems, problems

_FOLDER = Path(__file__).parents[2] / "fixtures" / "azure" / "examples"
# Whose body is one model, and whose is a page of them.
_ONE: dict[str, Any] = {
    "CreateOrUpdateRunCommand": compute.VirtualMachineRunCommand,
    "GetRunCommand": compute.VirtualMachineRunCommand,
    "GetVirtualMachineInstanceView": compute.VirtualMachineInstanceView,
    "VirtualMachineExtension_List_MaximumSet_Gen": compute.VirtualMachineExtensionsListResult,
    "VirtualMachineRunCommand": compute.RunCommandResult,
    "VirtualMachineRunCommandGet": compute.RunCommandDocument,
    "GETVault": vaults.Vault,
    "Compute_ProtectedItem_Get": backup.ProtectedItemResource,
    "ProtectedItemOperationResults": backup.ProtectedItemResource,
    "ProtectedItemOperationStatus": backup.OperationStatus,
    "ExportJobsOperationResult": backup.OperationResultInfoBaseResource,
    "GetBackupStatus": backup.BackupStatusResponse,
    "GetJobDetails": backup.JobResource,
    "RecoveryPoints_Get": backup.RecoveryPointResource,
}
_PAGES: dict[str, Any] = {
    "ListRunCommandsInVM": compute.VirtualMachineRunCommand,
    "VirtualMachineRunCommandList": compute.RunCommandDocumentBase,
    "ListBySubscriptionIds": vaults.Vault,
    "ListResources": vaults.Vault,
    "BackupProtectedItems_List": backup.ProtectedItemResource,
    "ListJobs": backup.JobResource,
    "ListJobsWithAllSupportedFilters": backup.JobResource,
    "ListJobsWithStartTimeAndEndTimeFilters": backup.JobResource,
    "RecoveryPoints_List": backup.RecoveryPointResource,
}
_REQUESTS: dict[str, tuple[str, Any]] = {
    "TriggerBackup_Post": ("parameters", backup.BackupRequestResource),
    "GetBackupStatus": ("parameters", backup.BackupStatusRequest),
    "VirtualMachineRunCommand": ("parameters", compute.RunCommandInput),
    "CreateOrUpdateRunCommand": ("runCommand", compute.VirtualMachineRunCommand),
}
_FILES = sorted(_FOLDER.rglob("*.json"))


def _example(name: str) -> dict[str, Any]:
    file = next(file for file in _FILES if file.stem == name)
    return json.loads(file.read_text("utf-8"))  # type: ignore[no-any-return]


def _bodies(name: str) -> list[Any]:
    return [one["body"] for one in _example(name)["responses"].values() if one.get("body") is not None]


def _models(name: str) -> list[tuple[Any, Any]]:
    """Each model with the JSON that stands for it, in the answers of one sample."""
    if name in _PAGES:
        return [(_PAGES[name], one) for body in _bodies(name) for one in body["value"]]
    return [(_ONE.get(name, graph.QueryResponse), body) for body in _bodies(name)]


_NAMES = [file.stem for file in _FILES if file.stem != "TriggerBackup_Post"]


@pytest.mark.parametrize("name", _NAMES)
def test_every_official_answer_is_accepted(name: str) -> None:
    bodies = _bodies(name)
    assert bodies
    for body in bodies:
        if name in _PAGES:
            assert page_problems(_PAGES[name], body) == []
        else:
            assert problems(_ONE.get(name, graph.QueryResponse), body) == []


@pytest.mark.parametrize("name", sorted(_REQUESTS))
def test_every_official_request_is_accepted(name: str) -> None:
    key, model = _REQUESTS[name]
    assert problems(model, _example(name)["parameters"][key]) == []


@pytest.mark.parametrize("name", _NAMES)
def test_the_sdk_gives_every_official_answer_back_unchanged(name: str) -> None:
    for model, body in _models(name):
        if hasattr(model, "_attribute_map"):
            assert model.deserialize(copy.deepcopy(body)).serialize(keep_readonly=True) == _without_nulls(body)
        else:
            read = model._deserialize(copy.deepcopy(body), [])
            _touch(read)
            assert model._deserialize(copy.deepcopy(body), []).as_dict() == body


def _touch(model: Any) -> None:
    """Have the SDK convert every property; it does so only when asked."""
    if isinstance(model, list):
        for one in model:
            _touch(one)
    elif hasattr(model, "_attr_to_rest_field"):
        for attribute in model._attr_to_rest_field:
            _touch(getattr(model, attribute))


def _without_nulls(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _job(change: Callable[[dict[str, Any]], object]) -> list[str]:
    """What is found after a change to the properties of the official job."""
    body = copy.deepcopy(_bodies("GetJobDetails")[0])
    change(body["properties"])
    return problems(backup.JobResource, body)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"colour": "red"}, "properties.colour"),
        ({"jobType": "AzureIaaSVMJobV9"}, "properties.jobType"),
        ({"jobType": None}, "properties.jobType"),
        ({"backupManagementType": "AzureIaasVm"}, "properties.backupManagementType"),
        ({"startTime": "yesterday"}, "properties.startTime"),
        ({"startTime": "2026-02-30T00:00:00Z"}, "properties.startTime"),
        ({"startTime": "2026-02-20T00:00:00"}, "properties.startTime"),
        ({"startTime": 1700000000}, "properties.startTime"),
        ({"duration": "00:20:23.0896697"}, "properties.duration"),
        ({"duration": "P"}, "properties.duration"),
        ({"status": 3}, "properties.status"),
        ({"isUserTriggered": "true"}, "properties.isUserTriggered"),
        ({"actionsInfo": "Cancellable"}, "properties.actionsInfo"),
        ({"actionsInfo": ["Cancellable", "Shoutable"]}, "properties.actionsInfo[1]"),
        ({"errorDetails": [{"errorCode": "400001"}]}, "properties.errorDetails[0].errorCode"),
        ({"errorDetails": [{"errorCode": True}]}, "properties.errorDetails[0].errorCode"),
        ({"errorDetails": [{"symbol": "X"}]}, "properties.errorDetails[0].symbol"),
        ({"errorDetails": {}}, "properties.errorDetails"),
        ({"extendedInfo": []}, "properties.extendedInfo"),
        ({"extendedInfo": {"propertyBag": {"a": 1}}}, "properties.extendedInfo.propertyBag.a"),
        ({"extendedInfo": {"progressPercentage": "1"}}, "properties.extendedInfo.progressPercentage"),
        ({"extendedInfo": {"tasksList": [{"duration": "soon"}]}}, "properties.extendedInfo.tasksList[0].duration"),
    ],
)
def test_a_spoilt_job_is_found_and_its_place_named(change: dict[str, Any], path: str) -> None:
    found = _job(lambda properties: properties.update(change))
    assert [line.split(": ")[0] for line in found] == [path]


def test_a_missing_discriminator_is_found() -> None:
    assert _job(lambda properties: properties.pop("jobType"))[0].startswith("properties.jobType: None names no kind")


def test_a_subtype_two_levels_down_is_judged_by_its_own_properties() -> None:
    """The SDK itself reads this one as the base type, and finds nothing wrong with it."""
    item = {"properties": {"protectedItemType": "Microsoft.Compute/virtualMachines", "healthStatus": "Passed"}}
    assert problems(backup.ProtectedItemResource, item) == []
    item["properties"]["lastBackupTime"] = "late"
    item["properties"]["databaseName"] = "x"
    assert [line.split(": ")[0] for line in problems(backup.ProtectedItemResource, item)] == [
        "properties.lastBackupTime",
        "properties.databaseName",
    ]


def test_a_missing_required_property_is_found() -> None:
    assert problems(vaults.Vault, {"name": "v"}) == ["location: Vault requires this property"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"totalRecords": "3"}, "totalRecords"),
        ({"totalRecords": None}, "totalRecords"),
        ({"resultTruncated": "no"}, "resultTruncated"),
        ({"resultTruncated": False}, "resultTruncated"),
        ({"skipToken": "x"}, "skipToken"),
        ({"facets": [{"expression": "a", "resultType": "Fact"}]}, "facets[0].resultType"),
        ({"facets": {}}, "facets"),
    ],
)
def test_a_spoilt_answer_of_resource_graph_is_found(change: dict[str, Any], path: str) -> None:
    found = problems(graph.QueryResponse, _bodies("ResourcesBasicQuery")[0] | change)
    assert [line.split(": ")[0] for line in found] == [path]


def test_spoilt_pages_are_found() -> None:
    page = _bodies("ListJobs")[0]
    assert page_problems(backup.JobResource, page | {"count": 1}) == ["count: a page has no such property"]
    assert page_problems(backup.JobResource, page | {"nextLink": 2})[0].startswith("nextLink: ")
    assert page_problems(backup.JobResource, [])[0].startswith("value: ")
    assert page_problems(backup.JobResource, {"value": [{"nam": ""}]}) == [
        "value[0].nam: JobResource has no such property"
    ]
