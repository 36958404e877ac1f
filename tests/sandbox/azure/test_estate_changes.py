"""The control path's changes, the filters and paging, and what happens when Azure is late or stuck."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.azure.estate import ItemQuery, JobQuery, Refusal
from tests.sandbox.azure.estate_view import ACC, EMPTY, PROD, PRODUCTION, SHARED, SQL, View


@pytest.fixture
def view() -> View:
    return View()


def test_jobs_come_in_pages_newest_first(view: View) -> None:
    pages, skip, is_more = [], 0, True
    while is_more:
        page, is_more = view.estate.jobs(PROD, JobQuery(), skip, 7)
        pages += page
        skip += 7
    assert pages == view.jobs()
    starts = [job["properties"]["startTime"] for job in pages]
    assert starts == sorted(starts, reverse=True)


@pytest.mark.parametrize(
    ("wanted", "field", "value"),
    [
        ({"status": "failed"}, "status", "Failed"),
        ({"operation": "restore"}, "operation", "Restore"),
        ({"workload": "azureiaasvm"}, "backupManagementType", "AzureIaasVM"),
    ],
)
def test_job_filters(view: View, wanted: dict[str, str], field: str, value: str) -> None:
    found = [job for key in view.vaults() for job in view.jobs(key, **wanted)]
    every = [job for key in view.vaults() for job in view.jobs(key)]
    assert found == [job for job in every if job["properties"][field] == value]
    assert 0 < len(found) < len(every)


def test_job_filter_by_time_and_id(view: View) -> None:
    now = view.clock.now()
    day = view.jobs(start=now - 172_800, end=now - 86_400)
    assert 0 < len(day) < len(view.jobs())
    assert view.jobs(job_id=day[0]["name"].upper()) == day[:1]


def test_item_filters_and_pages(view: View) -> None:
    assert {item["properties"]["friendlyName"] for item in view.items(SQL, item_type="SQLDataBase")} == {
        "ORDERS",
        "STOCK",
    }
    assert view.items(SQL, workload="AzureIaasVM") == []
    assert len(view.items(container_name="IaasVMContainerV2;rg-app-prod;vm-db-01")) == 1
    assert view.items(policy_name="other") == []
    page, is_more = view.estate.items(PROD, ItemQuery(), 0, 2)
    assert (len(page), is_more) == (2, True)
    points, is_more = view.estate.recovery_points(PROD, *view.segments("vm-db-01"), 1, 2)
    assert points == view.points("vm-db-01")[1:3]
    assert is_more


def test_a_failure_is_added(view: View) -> None:
    jobs = view.estate.change(
        {"add_failure": {"vm": "vm-db-01", "code": "FailedFsFreezeFailed", "count": 3, "ended_ago": 60}}
    )["jobs"]
    assert len(jobs) == 3
    newest = view.estate.job(PROD, jobs[-1])["properties"]
    assert newest["status"] == "Failed"
    assert "aka.ms/AB-FailedFsFreezeFailed" in newest["errorDetails"][0]["recommendations"][-1]
    assert view.back_up("vm-db-01")["properties"]["status"] == "Failed"


def test_a_failure_makes_its_vm(view: View) -> None:
    view.estate.change({"add_failure": {"vm": "vm-new", "code": "UserErrorFsFreezeFailed", "vault": "vault-empty"}})
    assert [job["properties"]["status"] for job in view.jobs(EMPTY)] == ["Failed", "Completed"], "one good one before"
    assert len(view.points("vm-new", EMPTY)) == 1
    assert view.estate.vm(SHARED, "rg-shared", "vm-new")["properties"]["storageProfile"]["osDisk"]["osType"] == "Linux"


def test_a_vault_and_a_vm_are_added_protected_and_removed(view: View) -> None:
    key = (SHARED, "rg-new", "vault-new")
    view.estate.change(
        {
            "add_vault": {"subscription": SHARED, "group": "rg-new", "name": "vault-new"},
            "add_vm": {"subscription": SHARED, "group": "rg-new", "name": "vm-a", "os": "Linux", "vault": "vault-new"},
        }
    )
    view.estate.change({"add_vm": {"subscription": SHARED, "group": "rg-new", "name": "vm-b"}})
    view.estate.change({"protect": {"vm": "vm-b", "vault": "vault-new"}})
    assert [item["properties"]["friendlyName"] for item in view.items(key)] == ["vm-a", "vm-b"]
    assert view.items(key)[0]["properties"]["lastBackupStatus"] == "IRPending"
    assert view.back_up("vm-b", key)["properties"]["status"] == "Completed"
    segments = view.segments("vm-a", key)
    view.estate.change({"unprotect": {"vm": "vm-a"}})
    with pytest.raises(Refusal, match="BMSUserErrorDataSourceObjectNotFound"):
        view.estate.trigger_backup(key, *segments, {})


def test_new_jobs_are_listed_late_but_can_be_read(view: View) -> None:
    view.estate.change({"list_late": {"seconds": 120}})
    operation = view.trigger("vm-db-01")
    view.clock.advance(10)
    job_id = view.estate.operation(PROD, operation)["properties"]["jobId"]
    assert view.estate.job(PROD, job_id)["name"] == job_id
    assert view.jobs(job_id=job_id) == []
    assert job_id not in {row["name"] for row in view.estate.graph_rows("jobs", None)}
    view.clock.advance(120)
    assert [job["name"] for job in view.jobs(job_id=job_id)] == [job_id]
    assert job_id in {row["name"] for row in view.estate.graph_rows("jobs", None)}


def test_stuck_operations_go_on_when_they_are_let_go(view: View) -> None:
    view.estate.change({"stuck_operations": True})
    backup = view.trigger("vm-db-01")
    cancel = view.estate.cancel_job(PROD, view.jobs(status="InProgress")[0]["name"])
    removal = view.estate.delete_extension(PRODUCTION, "rg-app-prod", "vm-sql-01", "VMSnapshot")
    view.clock.advance(86_400)
    assert view.estate.summary()["stuck_operations"] is True
    assert view.estate.operation(PROD, backup)["status"] == "InProgress"
    assert view.estate.operation(PROD, cancel)["status"] == "InProgress"
    assert view.estate.compute_operation(PRODUCTION, "westeurope", removal)["status"] == "InProgress"
    view.estate.change({"stuck_operations": False})
    assert view.estate.operation(PROD, backup)["status"] == "Succeeded"
    assert view.estate.compute_operation(PRODUCTION, "westeurope", removal)["status"] == "Succeeded"


def test_a_schedule_backs_everything_up(view: View) -> None:
    before = len(view.jobs())
    view.estate.change({"schedule": {"every_hours": 24}})
    view.clock.advance(2 * 86_400 + 3600)
    made = view.jobs()[: len(view.jobs()) - before]
    per_item = {name: len(view.jobs_of(name)) for name in ("vm-db-01", "vm-sql-01")}
    assert len(made) >= 3 * (len(view.items()) - 2)
    assert all(per_item.values())
    assert view.jobs_of("vm-db-01")[0]["properties"]["status"] == "Completed"
    assert view.jobs_of("vm-sql-01")[0]["properties"]["status"] == "Failed"


def test_a_retired_job_is_gone(view: View) -> None:
    job = view.jobs(status="Failed")[0]["name"]
    view.estate.change({"retire_job": {"job": job}})
    assert view.jobs(job_id=job) == []
    with pytest.raises(Refusal, match="JobNotFound"):
        view.estate.job(PROD, job)
    assert job not in {row["name"] for row in view.estate.graph_rows("jobs", None)}


def test_resource_graph_forgets_after_fourteen_days(view: View) -> None:
    assert list(view.estate.graph_rows("jobs", None))
    view.clock.advance(15 * 86_400)
    assert list(view.estate.graph_rows("jobs", None)) == []
    assert view.jobs()


def test_hints_leave_out_nothing_that_is_asked_for(view: View) -> None:
    since = view.clock.now() - 6 * 3600
    every = list(view.estate.graph_rows("jobs", None))
    hinted = {row["name"] for row in view.estate.graph_rows("jobs", None, status="Failed", ended_after=since)}
    assert hinted == {
        job["name"]
        for key in view.vaults()
        for job in view.jobs(key, status="Failed")
        if job["properties"]["endTime"] > _text(since)
    }
    assert 0 < len(hinted) < len(every)
    running = list(view.estate.graph_rows("jobs", [PRODUCTION.upper()], status="inprogress"))
    assert [row["properties"]["entityFriendlyName"] for row in running] == ["vm-app-01"]


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_locks_are_put_on_and_taken_off(view: View) -> None:
    place = (PRODUCTION, "rg-app-prod", "vm-sql-01")
    view.estate.change({"lock": {"vm": "vm-sql-01", "name": "a", "level": "ReadOnly", "notes": "Ask first."}})
    view.estate.change({"lock": {"vm": "vm-sql-01", "name": "b", "at": "extension", "extension": "VMSnapshot"}})
    view.estate.change({"lock": {"vm": "vm-web-01", "name": "c"}})
    view.estate.change({"lock": {"vm": "vm-web-01", "name": "d", "at": "group"}})
    assert [one["name"] for one in view.estate.locks(*place, is_above_only=False)] == ["a", "b", "d"]
    first, last = view.estate.locks(*place, is_above_only=True)
    assert first["properties"] == {"level": "ReadOnly", "notes": "Ask first."}
    assert last["id"].startswith(f"/subscriptions/{PRODUCTION}/resourceGroups/rg-app-prod/providers/Microsoft.Auth")
    with pytest.raises(Refusal, match="ScopeLocked"):
        view.remove_extension("vm-sql-01", "VMSnapshot")
    view.estate.change({"unlock": {"vm": "vm-sql-01"}})
    assert view.remove_extension("vm-sql-01", "VMSnapshot")["status"] == "Succeeded"
    assert len(view.estate.locks(PRODUCTION, "rg-app-prod", "vm-web-01", is_above_only=True)) == 1


def test_a_vms_tags_are_those_that_were_given(view: View) -> None:
    assert view.estate.vm(PRODUCTION, "rg-app-prod", "vm-sql-01")["tags"] == {"env": "prod", "app": "sql"}
    view.estate.change({"tag": {"vm": "vm-sql-01", "tags": {"team": "data"}}})
    assert view.estate.vm(PRODUCTION, "rg-app-prod", "vm-sql-01")["tags"] == {"team": "data"}


def test_reset_starts_again_from_now(view: View) -> None:
    before = view.estate.summary()
    view.estate.change({"add_failure": {"vm": "vm-db-01", "code": "UserErrorFsFreezeFailed"}, "stuck_operations": True})
    view.clock.advance(30 * 86_400)
    view.estate.reset()
    assert view.estate.summary() == before
    assert view.jobs(start=view.clock.now() - 86_400)


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ({"lock": {"vm": "vm-none"}}, "vm-none"),
        ({"lock": {"vm": "vm-sql-01", "level": "None"}}, "level"),
        ({"lock": {"vm": "vm-sql-01", "at": "tenant"}}, "'at'"),
        ({"lock": {"vm": "vm-sql-01", "at": "extension"}}, "extension"),
        ({"lock": {"vm": "vm-sql-01"}, "unlock": {"vm": "vm-none"}}, "vm-none"),
        ({"tag": {"vm": "vm-sql-01", "tags": {"env": 1}}}, "tags"),
        ([], "add_failure"),
        ({}, "add_failure"),
        ({"explode": {}}, "explode"),
        ({"mend": "vm-db-01"}, "vm"),
        ({"mend": {"vm": "vm-x"}}, "vm-x"),
        ({"mend": {"vm": "vm-db-01", "why": 1}}, "why"),
        ({"break": {"vm": "vm-db-01", "code": "Nope"}}, "Nope"),
        ({"add_failure": {"vm": "vm-x", "code": "UserErrorFsFreezeFailed"}}, "vm-x"),
        ({"add_failure": {"vm": "vm-db-01", "code": "UserErrorFsFreezeFailed", "count": 0}}, "count"),
        ({"add_failure": {"vm": "vm-db-01", "code": "UserErrorFsFreezeFailed", "count": "2"}}, "count"),
        ({"add_failure": {"vm": "x", "code": "UserErrorFsFreezeFailed", "vault": "vault-shared"}}, "more than one"),
        ({"power": {"vm": "vm-db-01", "state": "asleep"}}, "running"),
        ({"add_vault": {"subscription": "x", "group": "g", "name": "n"}}, "subscription"),
        ({"add_vault": {"subscription": PRODUCTION, "group": "rg-backup-prod", "name": "Vault-Prod"}}, "already"),
        ({"add_vm": {"subscription": PRODUCTION, "group": "rg-app-prod", "name": "vm-db-01"}}, "already"),
        ({"protect": {"vm": "vm-db-01", "vault": "vault-acc"}}, "already"),
        ({"unprotect": {"vm": "vm-app-01"}}, "running"),
        ({"run_backup": {"vm": "vm-app-01"}}, "running"),
        ({"odd_types": {"vm": "vm-db-01", "kinds": ["x"]}}, "statuses-null"),
        ({"odd_types": {"job": "x", "kinds": ["duration"]}}, "'x'"),
        ({"list_late": {"seconds": -1}}, "seconds"),
        ({"list_late": {"seconds": float("nan")}}, "seconds"),
        ({"stuck_operations": "yes"}, "true or false"),
        ({"schedule": {"every_hours": 0}}, "every_hours"),
        ({"retire_job": {"job": 5}}, "job"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_by_name(view: View, what: Any, named: str) -> None:
    before = view.estate.summary()
    with pytest.raises(Refusal) as caught:
        view.estate.change(what)
    assert (caught.value.status, caught.value.code) == (400, "BadChange")
    assert named in caught.value.message
    assert view.estate.summary() == before


def test_a_failure_of_another_workload(view: View) -> None:
    jobs = view.estate.change({"add_failure": {"vm": "home", "code": "FileShareNotFound"}})["jobs"]
    assert view.estate.job(SQL, jobs[0])["properties"]["errorDetails"][0]["errorCode"] == 411002
    with pytest.raises(Refusal, match="AzureIaasVM"):
        view.estate.change({"add_failure": {"vm": "home", "code": "UserErrorFsFreezeFailed"}})
    assert view.jobs(ACC)
