"""Azure's JSON in the shapes that it really comes in, and in every shape that it should not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azure_ops.models import (
    BackupJob,
    ItemRef,
    JobRef,
    JobTask,
    Oddity,
    OperationStatus,
    RecoveryPoint,
    Subscription,
    Vault,
    VaultRef,
    VmRef,
)
from azure_ops.reading import (
    _any_job,
    item_from,
    job_from,
    operation_from,
    recovery_point_from,
    subscription_from,
    vault_from,
)

VAULT = VaultRef("11111111-1111-4111-8111-111111111111", "rg-backup-prod", "vault-prod")
JOB = JobRef(VAULT, "7ddead57-bcb9-4269-ac31-6a1b57588700")
ITEM_PATH = (
    f"{VAULT.path}/backupFabrics/Azure/protectionContainers/IaasVMContainer;v2;rg;vm-1/protectedItems/VM;v2;rg;vm-1"
)
VM = VmRef(VAULT.subscription_id, "rg", "vm-1")


def job_row(**properties: Any) -> dict[str, Any]:
    """A row of a vault's job list, as Azure Backup sends it today."""
    return {
        "id": JOB.path,
        "name": JOB.name,
        "type": "Microsoft.RecoveryServices/vaults/backupJobs",
        "properties": {
            "jobType": "AzureIaaSVMJob",
            "duration": "PT20M23.0896697S",
            "actionsInfo": ["Cancellable"],
            "virtualMachineVersion": "Compute",
            "entityFriendlyName": "vm-1",
            "backupManagementType": "AzureIaasVM",
            "operation": "Backup",
            "status": "Completed",
            "startTime": "2018-05-21T08:35:40.9488967Z",
            "endTime": "2018-05-21T08:56:04.0385664Z",
            "activityId": "7df8e874-1d66-4f81-8e91-da2fe054811d",
            **properties,
        },
    }


def test_a_row_of_the_job_list() -> None:
    assert job_from(job_row(), VAULT) == BackupJob(
        ref=JOB,
        item_name="vm-1",
        workload="AzureIaasVM",
        operation="Backup",
        status="Completed",
        started=datetime(2018, 5, 21, 8, 35, 40, 948896, UTC),
        ended=datetime(2018, 5, 21, 8, 56, 4, 38566, UTC),
        duration=timedelta(minutes=20, seconds=23.08967),
        activity_id="7df8e874-1d66-4f81-8e91-da2fe054811d",
        can_cancel=True,
    )


def test_a_row_of_resource_graph_says_itself_which_vault_and_may_hold_its_properties_as_text() -> None:
    row = job_row()
    assert job_from(row) == job_from(row, VAULT)
    assert job_from(row | {"properties": orjson.dumps(row["properties"]).decode()}) == job_from(row, VAULT)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("00:20:23.0896697", timedelta(minutes=20, seconds=23.08967)),
        ("1.02:03:04", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("-00:00:01", timedelta(seconds=-1)),
        ("PT0S", timedelta()),
        ("P1DT2H", timedelta(days=1, hours=2)),
        ("PT12.4272909S", timedelta(seconds=12.427291)),
        (None, None),
        ("", None),
    ],
)
def test_lengths_of_time_of_two_decades(written: str | None, meant: timedelta | None) -> None:
    job = job_from(job_row(duration=written), VAULT)
    assert (job.duration, job.oddities) == (meant, ())


@pytest.mark.parametrize(
    "written", [None, "", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999Z"]
)
def test_no_time_in_every_spelling(written: str | None) -> None:
    job = job_from(job_row(status="InProgress", endTime=written), VAULT)
    assert (job.ended, job.oddities) == (None, ())


@pytest.mark.parametrize(
    "written",
    ["2026-11-22T03:00:00Z", "2026-11-22T03:00:00", "2026-11-22T04:00:00+01:00", "2026-11-22 03:00:00.0000000"],
)
def test_times_are_in_utc(written: str) -> None:
    job = job_from(job_row(startTime=written), VAULT)
    assert job.started == datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert job.started.tzinfo is UTC
    assert job.oddities == ()


@pytest.mark.parametrize(
    ("written", "cancel", "retry"),
    [
        ([1], True, False),
        (["Cancellable"], True, False),
        (["Retriable", "Cancellable"], True, True),
        ([2], False, True),
        (["Invalid"], False, False),
        ([], False, False),
        (None, False, False),
    ],
)
def test_what_may_be_done_with_a_job_as_words_and_as_numbers(written: object, cancel: bool, retry: bool) -> None:
    job = job_from(job_row(actionsInfo=written), VAULT)
    assert (job.can_cancel, job.can_retry, job.oddities) == (cancel, retry, ())


@pytest.mark.parametrize(
    ("field", "value", "expected", "found"),
    [
        ("status", "Melted", "a job's status", "text"),
        ("status", None, "text", "nothing"),
        ("status", 3, "text", "a number"),
        ("startTime", "soon", "a time", "text"),
        ("endTime", 1, "a time", "a number"),
        ("duration", "a while", "a duration", "text"),
        ("duration", 20, "a duration", "a number"),
        ("actionsInfo", ["Explodable"], "an action on a job", "text"),
        ("actionsInfo", {"Cancellable": 1}, "a list", "an object"),
        ("entityFriendlyName", ["vm-1"], "text", "a list"),
        ("isUserTriggered", "perhaps", "true or false", "text"),
        ("extendedInfo", [], "an object", "a list"),
    ],
)
def test_a_wrong_field_is_told_and_the_rest_is_read(field: str, value: object, expected: str, found: str) -> None:
    job = job_from(job_row(**{field: value}), VAULT)
    assert Oddity(f"properties.{field}", expected, found) in job.oddities
    assert job.ref == JOB
    assert job.operation == "Backup"
    assert job.status == ("Unknown" if field == "status" else "Completed")


def test_a_job_without_id_and_name_points_nowhere() -> None:
    row = job_row()
    del row["id"], row["name"]
    assert {oddity.path for oddity in job_from(row, VAULT).oddities} == {"id", "name"}
    assert job_from(row).ref.vault == VaultRef("", "", "")
    assert {oddity.path for oddity in job_from(row).oddities} == {"id", "name"}


def test_details_of_a_running_job() -> None:
    extended = {
        "tasksList": [
            {"taskId": "Take Snapshot", "duration": "PT5M", "status": "Completed", "startTime": "2026-11-22T03:00:00Z"},
            {
                "taskId": "Transfer data to vault",
                "duration": "PT0S",
                "status": "InProgress",
                "progressPercentage": "37.5",
            },
        ],
        "propertyBag": {"VM Name": "vm-1", "Backup Size": "2332 MB", "Tries": 2},
        "progressPercentage": 50,
        "estimatedRemainingDuration": "PT1H",
    }
    job = job_from(job_row(status="InProgress", endTime=None, extendedInfo=extended), VAULT)
    assert job.oddities == ()
    assert job.details is not None
    assert job.details.tasks == (
        JobTask("Take Snapshot", "Completed", datetime(2026, 11, 22, 3, tzinfo=UTC), None, timedelta(minutes=5)),
        JobTask("Transfer data to vault", "InProgress", None, None, timedelta(), 37.5),
    )
    assert job.details.properties == (("VM Name", "vm-1"), ("Backup Size", "2332 MB"), ("Tries", "2"))
    assert (job.details.percent, job.details.remaining) == (50, timedelta(hours=1))


def test_a_protected_vm() -> None:
    row = {
        "id": ITEM_PATH,
        "name": "VM;v2;rg;vm-1",
        "properties": {
            "friendlyName": "vm-1",
            "protectedItemType": "Microsoft.Compute/virtualMachines",
            "backupManagementType": "AzureIaasVM",
            "workloadType": "VM",
            "sourceResourceId": VM.path,
            "policyId": f"{VAULT.path}/backupPolicies/daily",
            "protectionState": "Protected",
            "healthStatus": "ActionRequired",
            "lastBackupStatus": "Failed",
            "lastBackupTime": "2018-01-22T12:25:32.048723Z",
            "lastRecoveryPoint": "2017-11-22T12:25:32.048723Z",
            "healthDetails": [
                {"code": 400094, "title": "VMNotFound", "message": "It is gone.", "recommendations": ["Look for it."]}
            ],
        },
    }
    item = item_from(row)
    assert item.oddities == ()
    assert item.ref == ItemRef(VAULT, "Azure", "IaasVMContainer;v2;rg;vm-1", "VM;v2;rg;vm-1")
    assert (item.name, item.kind, item.vm, item.policy_name) == ("vm-1", "VM", VM, "daily")
    assert (item.health, item.last_status) == ("ActionRequired", "Failed")
    assert item.last_recovery_point == datetime(2017, 11, 22, 12, 25, 32, 48723, UTC)
    assert item.failure is not None
    assert (item.failure.title, item.failure.recommendations) == ("VMNotFound", ("Look for it.",))


def test_an_item_that_is_well_has_no_failure_and_a_database_is_no_vm() -> None:
    path = ITEM_PATH.replace("VM;v2;rg;vm-1", "SQLDataBase;MSSQLSERVER;my db")
    properties = {
        "friendlyName": "my db",
        "lastBackupStatus": "Healthy",
        "healthDetails": [{"code": 400239, "title": "Green", "message": "All is well."}],
        "sourceResourceId": VM.path.replace("Microsoft.Compute", "Microsoft.Sql"),
    }
    item = item_from({"id": path, "name": "x", "properties": properties})
    assert item.ref.item == "SQLDataBase;MSSQLSERVER;my db"
    assert (item.vm, item.failure, item.oddities) == (None, None, ())


def test_a_recovery_point_has_the_tiers_that_can_be_restored_from() -> None:
    row = {
        "name": "22244821112382",
        "properties": {
            "recoveryPointType": "CrashConsistent",
            "recoveryPointTime": "2017-12-21T22:48:25.4353958Z",
            "recoveryPointTierDetails": [
                {"type": "InstantRP", "status": "Deleted"},
                {"type": "HardenedRP", "status": "Valid"},
                {"type": "ArchivedRP", "status": "Rehydrated"},
            ],
        },
    }
    taken = datetime(2017, 12, 21, 22, 48, 25, 435395, UTC)
    assert recovery_point_from(row) == RecoveryPoint(
        "22244821112382", taken, "CrashConsistent", ("HardenedRP", "ArchivedRP")
    )


def test_a_vault_and_a_subscription() -> None:
    row = {"id": VAULT.path, "name": "vault-prod", "location": "westeurope", "tags": {"team": "ops"}}
    assert vault_from(row) == Vault(VAULT, "westeurope", (("team", "ops"),))
    assert vault_from(row | {"tags": None}).oddities == ()
    subscription = {"subscriptionId": VAULT.subscription_id, "displayName": "Production", "state": "Enabled"}
    assert subscription_from(subscription) == Subscription(VAULT.subscription_id, "Production", "Enabled")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (
            {"status": "Succeeded", "properties": {"objectType": "OperationStatusJobExtendedInfo", "jobId": JOB.name}},
            OperationStatus("Succeeded", JOB.name),
        ),
        ({"status": "Succeeded", "properties": {"jobIds": {"vm-1": JOB.name}}}, OperationStatus("Succeeded", JOB.name)),
        (
            {"status": "Failed", "error": {"code": "UserErrorX", "message": "No."}},
            OperationStatus("Failed", "", "UserErrorX", "No."),
        ),
        ({"status": "inprogress", "properties": None}, OperationStatus("InProgress")),
        ({"status": "Cancelled"}, OperationStatus("Canceled")),
        (None, OperationStatus("Unknown", oddities=(Oddity("status", "text", "nothing"),))),
    ],
)
def test_how_far_an_operation_is(body: object, status: OperationStatus) -> None:
    assert operation_from(body) == status


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=10), below, max_size=3),
    max_leaves=8,
)
DETAIL = {"errorCode": 1, "errorTitle": "t", "errorString": "s", "recommendations": ["aka.ms/AB-UserErrorX"]}
FULL = job_row(
    status="Failed",
    containerName="v2;rg;vm-1",
    isUserTriggered=True,
    errorDetails=[DETAIL, DETAIL | {"errorCode": "UserErrorY"}],
    extendedInfo={
        "tasksList": [{"taskId": "a", "status": "b", "duration": "PT1S", "startTime": "2026-11-22T03:00:00Z"}],
        "propertyBag": {"Error Code": "UserErrorX"},
        "dynamicErrorMessage": "It says UserErrorX.",
        "progressPercentage": 1,
        "estimatedRemainingDuration": "PT1S",
    },
)
ITEM = {
    "id": ITEM_PATH,
    "name": "x",
    "properties": {
        "lastBackupStatus": "Failed",
        "lastBackupErrorDetail": DETAIL,
        "healthDetails": [{"code": 1}],
        "lastBackupTime": "2026-11-22T03:00:00Z",
    },
}
OPERATION = {
    "status": "Failed",
    "error": {"code": "a", "message": "b"},
    "properties": {"jobId": "1", "jobIds": {"a": "1"}},
}
VAULT_ROW = {"id": VAULT.path, "location": "a", "tags": {"a": "b"}}
POINT = {
    "name": "1",
    "properties": {"recoveryPointTime": "x", "recoveryPointTierDetails": [{"type": "a", "status": "b"}]},
}
SHAPES: list[tuple[Any, Any]] = [
    (job_from, FULL),
    (job_from, job_row(status="Failed", errorDetails=[DETAIL])),
    (item_from, ITEM),
    (operation_from, OPERATION),
    (vault_from, VAULT_ROW),
    (recovery_point_from, POINT),
    (subscription_from, {"subscriptionId": "1", "displayName": "a", "state": "b"}),
]


def places(value: Any) -> list[tuple[Any, ...]]:
    """The path of every value in a JSON document."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *rest) for key, child in below for rest in places(child))]


def with_put(value: Any, place: tuple[Any, ...], put: Any) -> Any:
    """The document with another value in one place."""
    if not place:
        return put
    key, *rest = place
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[key] = with_put(value[key], tuple(rest), put)
    return changed


@pytest.mark.parametrize(("read", "document"), SHAPES, ids=range(len(SHAPES)))
@given(data=st.data())
@settings(max_examples=150)
def test_anything_in_any_place_is_read_without_an_error(read: Any, document: Any, data: st.DataObject) -> None:
    put = data.draw(JSON | st.sampled_from([2**70, float("inf"), "9999-12-31T23:59:59-23:00", "P999999D", "\ud800"]))
    found = read(with_put(document, data.draw(st.sampled_from(places(document))), put))
    assert isinstance(found.oddities, tuple)
    hash(found)


@given(data=st.data())
@settings(max_examples=400)
def test_the_quick_way_and_the_thorough_way_read_the_same(data: st.DataObject) -> None:
    document = job_row(status="Failed", errorDetails=[DETAIL], isUserTriggered=False, containerName="v2;rg;vm-1")
    value = JSON | st.sampled_from(["Completed", "", "storageAccountName", [1], {"Cancellable": 1}, [True], "00:00:01"])
    row = with_put(document, data.draw(st.sampled_from(places(document))), data.draw(value))
    if isinstance(row, dict) and isinstance(row.get("properties"), dict) and data.draw(st.booleans()):
        row["properties"].pop(data.draw(st.sampled_from(sorted(document["properties"]))), None)
    for vault in (VAULT, None):
        assert job_from(row, vault) == _any_job(row, vault)
