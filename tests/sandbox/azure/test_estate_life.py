"""Backups, cancellations and extension removals go on by the clock, and end as their causes say."""

from typing import Any

import pytest

from sandbox.azure.estate import Refusal
from sandbox.azure.estate.causes import cause_of, causes
from tests.sandbox.azure.estate_view import ACC, ACCEPTANCE, EMPTY, PROD, PRODUCTION, SHARED, SQL, View

Json = dict[str, Any]


@pytest.fixture
def view() -> View:
    return View()


def _status(job: Json) -> str:
    return str(job["properties"]["status"])


def _refusal(call: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value


def test_same_estate_in_every_run() -> None:
    assert View().jobs() == View().jobs()
    assert View().items() == View().items()


def test_named_things_are_there(view: View) -> None:
    assert [one["displayName"] for one in view.estate.subscriptions()] == ["Production", "Acceptance", "Shared"]
    assert sorted(key[2] for key in view.vaults()) == [
        "vault-acc",
        "vault-empty",
        "vault-prod",
        "vault-prod-sql",
        "vault-shared",
        "vault-shared",
    ]
    assert {key[0] for key in view.vaults() if key[2] == "vault-shared"} == {ACCEPTANCE, SHARED}
    assert view.jobs(EMPTY) == []
    last = {name: _status(view.jobs_of(name)[0]) for name in ("vm-sql-01", "vm-web-01", "vm-web-02", "vm-db-01")}
    assert last == {"vm-sql-01": "Failed", "vm-web-01": "Failed", "vm-web-02": "Failed", "vm-db-01": "Completed"}
    assert [job["properties"]["entityFriendlyName"] for job in view.jobs(status="InProgress")] == ["vm-app-01"]


def test_last_failures_are_of_the_last_day_and_nothing_is_older_than_eleven(view: View) -> None:
    now = view.clock.now()
    for key in view.vaults():
        failed = view.jobs(key, status="Failed", start=now - 86_400)
        assert failed or key == EMPTY
        assert len(view.jobs(key, start=now - 11 * 86_400)) == len(view.jobs(key))


def test_retry_without_the_fix_fails_again(view: View) -> None:
    for _ in range(2):
        job = view.back_up("vm-sql-01")
        assert _status(job) == "Failed"
        assert job["properties"]["extendedInfo"]["propertyBag"]["Error Code"] == "ExtensionStuckInDeletionState"
        assert job["properties"]["isUserTriggered"] is True


def test_after_the_extension_is_removed_the_retry_succeeds(view: View) -> None:
    assert view.extensions("vm-sql-01")["VMSnapshot"]["properties"]["provisioningState"] == "Deleting"
    assert view.remove_extension("vm-sql-01", "VMSnapshot")["status"] == "Succeeded"
    assert "VMSnapshot" not in view.extensions("vm-sql-01")
    before = len(view.points("vm-sql-01"))
    assert _status(view.back_up("vm-sql-01")) == "Completed"
    assert view.extensions("vm-sql-01")["VMSnapshot"]["properties"]["provisioningState"] == "Succeeded"
    assert len(view.points("vm-sql-01")) == before + 1


def test_an_extension_may_have_another_name_than_its_type(view: View) -> None:
    extension = view.extensions("vm-erp-01", ACC)["VMSnapshot"]
    assert extension["name"] == "BackupSnapshot"
    assert view.estate.delete_extension(ACCEPTANCE, "rg-app-acc", "vm-erp-01", "VMSnapshot") == ""
    view.remove_extension("vm-erp-01", "BackupSnapshot", ACC)
    assert _status(view.back_up("vm-erp-01", ACC)) == "Completed"


def test_removing_the_snapshot_extension_does_not_help_where_another_one_failed(view: View) -> None:
    states = {kind: body["properties"]["provisioningState"] for kind, body in view.extensions("vm-erp-02", ACC).items()}
    assert states["VMSnapshot"] == "Succeeded"
    assert states["CustomScriptExtension"] == "Failed"
    view.remove_extension("vm-erp-02", "VMSnapshot", ACC)
    assert _status(view.back_up("vm-erp-02", ACC)) == "Failed"
    view.remove_extension("vm-erp-02", "CustomScriptExtension", ACC)
    assert _status(view.back_up("vm-erp-02", ACC)) == "Completed"


def test_an_error_that_passes_by_itself(view: View) -> None:
    assert _status(view.back_up("vm-web-02")) == "Completed"


def test_an_agent_that_is_repaired(view: View) -> None:
    agent = view.estate.vm_instance_view(PRODUCTION, "rg-app-prod", "vm-web-01")["vmAgent"]
    assert agent["statuses"][0]["displayStatus"] == "Not Ready"
    assert _status(view.back_up("vm-web-01")) == "Failed"
    view.estate.change({"mend": {"vm": "vm-web-01"}})
    agent = view.estate.vm_instance_view(PRODUCTION, "rg-app-prod", "vm-web-01")["vmAgent"]
    assert agent["statuses"][0]["displayStatus"] == "Ready"
    assert _status(view.back_up("vm-web-01")) == "Completed"


@pytest.mark.parametrize("code", sorted(code for code, one in causes().items() if one.workload == "AzureIaasVM"))
def test_every_cause_and_its_cure(view: View, code: str) -> None:
    cause = causes()[code]
    view.estate.change({"break": {"vm": "vm-db-01", "code": code}})
    if cause.operation != "Backup":
        assert _status(view.back_up("vm-db-01")) == "Completed"
        return
    failed = view.back_up("vm-db-01")
    if code == "UserErrorBcmDatasourceNotPresent":
        assert failed["error"]["code"] == code
    else:
        assert failed["properties"]["errorDetails"][0]["errorCode"] == cause.number
        assert view.item("vm-db-01")["properties"]["lastBackupStatus"] == "Failed"
    if cause.cure == "remove-extension":
        view.remove_extension("vm-db-01", "VMSnapshot")
    elif cause.cure == "mend":
        assert view.back_up("vm-db-01").get("properties", {}).get("status") in ("Failed", None)
        view.estate.change({"mend": {"vm": "vm-db-01"}})
    assert _status(view.back_up("vm-db-01")) == "Completed"
    assert view.item("vm-db-01")["properties"]["healthStatus"] == "Passed"


def test_a_database_and_a_share(view: View) -> None:
    body = {"properties": {"objectType": "AzureWorkloadBackupRequest", "backupType": "Full"}}
    assert _status(view.back_up("ORDERS", SQL, body)) == "Failed"
    view.estate.change({"mend": {"vm": "ORDERS"}})
    assert _status(view.back_up("ORDERS", SQL, body)) == "Completed"
    body = {"properties": {"objectType": "AzureFileShareBackupRequest"}}
    assert _status(view.back_up("scans", SQL, body)) == "Failed"
    assert _status(view.back_up("home", SQL, body)) == "Completed"


def test_a_backup_goes_on_step_by_step(view: View) -> None:
    operation = view.trigger("vm-db-01")
    assert view.estate.operation(PROD, operation)["status"] == "InProgress"
    assert view.estate.operation_result(PROD, operation) == (False, None)
    view.clock.advance(5)
    job_id = view.estate.operation(PROD, operation)["properties"]["jobId"]
    seen = []
    for seconds in (10, 60, 60, 300):
        view.clock.advance(seconds)
        properties = view.estate.job(PROD, job_id)["properties"]
        steps = [task["status"] for task in properties["extendedInfo"]["tasksList"]]
        seen.append((properties["status"], *steps))
    assert seen == [
        ("InProgress", "InProgress", "NotStarted"),
        ("InProgress", "Completed", "InProgress"),
        ("InProgress", "Completed", "InProgress"),
        ("Completed", "Completed", "Completed"),
    ]
    assert view.estate.operation_result(PROD, operation)[0] is True


def test_a_job_ends_when_it_was_due_however_late_one_looks(view: View) -> None:
    operation = view.trigger("vm-db-01")
    view.clock.advance(86_400)
    job = view.estate.job(PROD, view.estate.operation(PROD, operation)["properties"]["jobId"])
    assert job["properties"]["duration"] == "PT4M"
    assert view.points("vm-db-01")[0]["properties"]["recoveryPointTime"] == job["properties"]["startTime"]


def test_second_backup_of_an_item_is_told_by_the_operation(view: View) -> None:
    operation = view.trigger("vm-app-01")
    view.clock.advance(10)
    assert view.estate.operation(PROD, operation)["error"]["code"] == "UserErrorBackupOperationInProgress"
    first, second = view.trigger("vm-db-01"), view.trigger("vm-db-01")
    view.clock.advance(10)
    assert view.estate.operation(PROD, first)["status"] == "Succeeded"
    assert view.estate.operation(PROD, second)["status"] == "Failed"


@pytest.mark.parametrize("state", ["stopped", "deallocated"])
def test_a_stopped_vm_is_backed_up_as_it_lies(view: View, state: str) -> None:
    view.estate.change({"power": {"vm": "vm-db-01", "state": state}})
    assert _status(view.back_up("vm-db-01")) == "Completed"
    assert view.points("vm-db-01")[0]["properties"]["recoveryPointType"] == "CrashConsistent"


def test_a_vm_between_two_states_is_not(view: View) -> None:
    view.estate.change({"power": {"vm": "vm-db-01", "state": "stopping"}})
    assert _status(view.back_up("vm-db-01")) == "Failed"
    view.estate.change({"power": {"vm": "vm-db-01", "state": "running"}})
    assert _status(view.back_up("vm-db-01")) == "Completed"


def test_a_deleted_vm(view: View) -> None:
    view.estate.change({"remove_vm": {"vm": "vm-db-01"}})
    assert _refusal(view.estate.vm, PRODUCTION, "rg-app-prod", "vm-db-01").code == "ResourceNotFound"
    assert view.back_up("vm-db-01")["properties"]["errorDetails"][0]["errorCode"] == 400094


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"properties": {}},
        {"properties": {"objectType": "AzureFileShareBackupRequest"}},
        {"properties": {"objectType": "IaasVMBackupRequest", "recoveryPointExpiryTimeInUTC": "soon"}},
        {"properties": {"objectType": "IaasVMBackupRequest", "recoveryPointExpiryTimeInUTC": "2020-01-01T00:00:00Z"}},
        [],
    ],
)
def test_a_body_that_does_not_fit(view: View, body: Any) -> None:
    refusal = _refusal(view.trigger, "vm-db-01", PROD, body)
    assert (refusal.status, refusal.code) == (400, "BMSUserErrorInvalidInput")


def test_cancelling(view: View) -> None:
    job = view.jobs(status="InProgress")[0]
    points = len(view.points("vm-app-01"))
    operation = view.estate.cancel_job(PROD, job["name"])
    assert _status(view.estate.job(PROD, job["name"])) == "Cancelling"
    assert view.estate.job_operation(PROD, job["name"], operation) == (False, None)
    assert _refusal(view.estate.cancel_job, PROD, job["name"]).status == 400
    view.clock.advance(10)
    assert _status(view.estate.job(PROD, job["name"])) == "Cancelled"
    assert view.estate.job_operation(PROD, job["name"], operation) == (True, None)
    assert view.estate.operation(PROD, operation)["status"] == "Succeeded"
    view.clock.advance(6 * 3600)
    assert _status(view.estate.job(PROD, job["name"])) == "Cancelled"
    assert len(view.points("vm-app-01")) == points
    assert _status(view.back_up("vm-app-01")) == "Completed"


def test_what_cannot_be_cancelled(view: View) -> None:
    done = view.jobs(status="Completed")[0]["name"]
    restore = view.estate.change({"run_restore": {"vm": "vm-db-01"}})["jobs"][0]
    assert "not in progress" in _refusal(view.estate.cancel_job, PROD, done).message
    assert "not supported for this job type" in _refusal(view.estate.cancel_job, PROD, restore).message
    view.clock.advance(600)
    assert _status(view.estate.job(PROD, restore)) == "Completed"


def test_removal_takes_its_time_and_is_one_operation(view: View) -> None:
    where = (PRODUCTION, "rg-app-prod", "vm-db-01")
    first = view.estate.delete_extension(*where, "vmsnapshot")
    assert view.estate.delete_extension(*where, "VMSnapshot") == first
    assert view.estate.extension(*where, "VMSnapshot")["properties"]["provisioningState"] == "Deleting"
    assert view.estate.compute_operation(PRODUCTION, "westeurope", first)["status"] == "InProgress"
    view.clock.advance(31)
    assert view.estate.compute_operation(PRODUCTION, "westeurope", first)["status"] == "Succeeded"
    assert _refusal(view.estate.extension, *where, "VMSnapshot").status == 404
    shown = view.estate.vm_instance_view(*where)["extensions"]
    assert [one["name"] for one in shown] == ["AzureMonitorWindowsAgent"]


def test_removal_needs_a_running_vm_and_an_agent(view: View) -> None:
    view.estate.change({"power": {"vm": "vm-db-01", "state": "deallocated"}})
    refusal = _refusal(view.estate.delete_extension, PRODUCTION, "rg-app-prod", "vm-db-01", "VMSnapshot")
    assert (refusal.status, refusal.code) == (409, "OperationNotAllowed")
    failed = view.remove_extension("vm-web-01", "VMSnapshotLinux")
    assert (failed["status"], failed["error"]["code"]) == ("Failed", "VMAgentStatusCommunicationError")


def test_health_follows_the_last_backup(view: View) -> None:
    failing = {item["properties"]["friendlyName"] for item in view.items(health_state="actionrequired")}
    assert {"vm-sql-01", "vm-web-01", "vm-web-02"} <= failing
    assert "vm-db-01" not in failing
    details = view.item("vm-sql-01")["properties"]["healthDetails"][0]
    cause = cause_of("ExtensionStuckInDeletionState")
    assert cause is not None
    assert details["code"] == cause.number


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda e: e.subscription("x"), "SubscriptionNotFound"),
        (lambda e: e.vaults(PRODUCTION, "nowhere"), "ResourceGroupNotFound"),
        (lambda e: e.vault((PRODUCTION, "rg-backup-prod", "vault-x")), "ResourceNotFound"),
        (lambda e: e.vault((PRODUCTION, "nowhere", "vault-prod")), "ResourceGroupNotFound"),
        (lambda e: e.job(PROD, "x"), "JobNotFound"),
        (lambda e: e.item(PROD, "Azure", "c", "i"), "BMSUserErrorDataSourceObjectNotFound"),
        (lambda e: e.operation(PROD, "x"), "OperationNotFound"),
        (lambda e: e.compute_operation(PRODUCTION, "westeurope", "x"), "OperationNotFound"),
        (lambda e: e.vm(PRODUCTION, "rg-app-prod", "vm-x"), "ResourceNotFound"),
        (lambda e: e.extension(PRODUCTION, "rg-app-prod", "vm-db-01", "x"), "ResourceNotFound"),
    ],
)
def test_what_is_not_there(view: View, call: Any, code: str) -> None:
    refusal = _refusal(call, view.estate)
    assert (refusal.status, refusal.code) == (404, code)
