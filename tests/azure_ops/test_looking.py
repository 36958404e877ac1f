"""Every function that reads, asked of a local Azure by the real client package: what the caller gets."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from azure_ops import fleet, vaults
from azure_ops.arm import Arm
from azure_ops.backups import list_items, list_recovery_points, read_item
from azure_ops.errors import NotFound, UnexpectedAnswer
from azure_ops.extensions import read_vm, snapshot_extension
from azure_ops.jobs import JobFilter, list_jobs, read_job
from azure_ops.models import ItemRef, JobRef, VaultRef, VmRef
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import (
    ACCEPTANCE,
    EVERY,
    PRODUCTION,
    SHARED,
    VAULT,
    all_of,
    item_of,
    job_of,
)


async def test_subscriptions_and_their_vaults(arm: Arm) -> None:
    found = await vaults.list_subscriptions(arm)
    assert [(one.id, one.name, one.state) for one in found] == [
        (PRODUCTION, "Production", "Enabled"),
        (ACCEPTANCE, "Acceptance", "Enabled"),
        (SHARED, "Shared", "Enabled"),
    ]
    names = {one.name: [v.ref.name for v in await all_of(vaults.list_vaults(arm, one.id))] for one in found}
    assert names["Production"] == ["vault-prod", "vault-prod-sql"]
    assert "vault-shared" in names["Acceptance"]
    assert "vault-shared" in names["Shared"]


async def test_a_vault_of_several_pages_is_the_same_vault(arm: Arm, azure: RunningAzure) -> None:
    whole = await all_of(list_jobs(arm, VAULT, EVERY))
    azure.habits.page_size = 7
    pages = [page async for page in list_jobs(arm, VAULT, EVERY)]
    assert [job for page in pages for job in page] == whole
    assert {len(page) for page in pages[:-1]} == {7}
    assert all(job.oddities == () and job.details is None for job in whole)


async def test_jobs_by_status_operation_workload_and_time(arm: Arm, azure: RunningAzure) -> None:
    every = await all_of(list_jobs(arm, VAULT, EVERY))
    assert {job.status for job in every} >= {"Failed", "Completed", "InProgress"}
    now = datetime.fromtimestamp(azure.clock.now(), UTC)
    since, until = now - timedelta(hours=24), now - timedelta(hours=2)
    cases: list[tuple[JobFilter, Callable[[Any], bool]]] = [
        (JobFilter(), lambda job: job.workload == "AzureIaasVM"),
        (JobFilter(status="Failed"), lambda job: job.status == "Failed"),
        (JobFilter(status="InProgress"), lambda job: job.status == "InProgress"),
        (JobFilter(operation="Register"), lambda job: job.operation == "Register"),
        (JobFilter(since=since), lambda job: job.started >= since),
        (JobFilter(since=since, until=until), lambda job: since <= job.started <= until),
        (JobFilter(ended_since=since), lambda job: job.ended is not None and job.ended >= since),
    ]
    for wanted, is_wanted in cases:
        found = await all_of(list_jobs(arm, VAULT, wanted))
        assert found == [job for job in every if is_wanted(job)], wanted
        assert found, wanted
    sql = VaultRef(PRODUCTION, "rg-backup-prod", "vault-prod-sql")
    assert {job.workload for job in await all_of(list_jobs(arm, sql, JobFilter(workload=None)))} >= {
        "AzureWorkload",
        "AzureStorage",
    }


async def test_a_failed_job_by_itself_tells_what_the_list_does_not(arm: Arm) -> None:
    listed = await job_of(arm, "vm-sql-01", status="Failed")
    job = await read_job(arm, listed.ref)
    assert (job.ref, job.started, job.ended, job.oddities) == (listed.ref, listed.started, listed.ended, ())
    assert job.details is not None
    assert [task.status for task in job.details.tasks].count("Failed") == 1
    assert ("VM Name", "vm-sql-01") in job.details.properties
    assert job.failure is not None
    assert set(job.failure.hints) >= set(listed.failure.hints if listed.failure else ())


async def test_a_running_job_tells_how_far_it_is(arm: Arm) -> None:
    job = await read_job(arm, (await job_of(arm, "vm-app-01", status="InProgress")).ref)
    assert (job.ended, job.failure, job.can_cancel) == (None, None, True)
    assert job.details is not None
    assert job.details.percent is not None
    assert any(task.status == "InProgress" for task in job.details.tasks)


async def test_items_and_their_recovery_points(arm: Arm, azure: RunningAzure) -> None:
    azure.habits.page_size = 3
    items = await all_of(list_items(arm, VAULT))
    assert {"vm-sql-01", "vm-web-01", "vm-db-01"} <= {item.name for item in items}
    assert all(item.vm is not None and item.oddities == () for item in items)
    item = next(item for item in items if item.name == "vm-db-01")
    assert await read_item(arm, item.ref) == item
    points = await all_of(list_recovery_points(arm, item.ref))
    assert points
    assert points[0].taken == item.last_recovery_point
    assert all(point.consistency and point.tiers and not point.oddities for point in points)


async def test_databases_and_file_shares_are_items_too(arm: Arm) -> None:
    vault = VaultRef(PRODUCTION, "rg-backup-prod", "vault-prod-sql")
    items = await all_of(list_items(arm, vault, only_vms=False))
    assert {item.name for item in items} >= {"ORDERS", "STOCK", "home", "scans"}
    for item in items:
        assert item.oddities == ()
        assert (await read_item(arm, item.ref)).name == item.name


async def test_a_vm_and_its_snapshot_extension(arm: Arm) -> None:
    item = await item_of(arm, "vm-sql-01")
    assert item.vm is not None
    state = await read_vm(arm, item.vm)
    assert (state.power, state.agent, state.os, state.oddities) == ("running", "Ready", "Windows", ())
    extension = snapshot_extension(state)
    assert extension is not None
    assert (extension.type, extension.state) == ("VMSnapshot", "Deleting")


async def test_an_extension_under_another_name_is_still_found(arm: Arm) -> None:
    vault = VaultRef(ACCEPTANCE, "rg-backup-acc", "vault-acc")
    item = next(one for one in await all_of(list_items(arm, vault)) if one.name == "vm-erp-01")
    extension = snapshot_extension(await read_vm(arm, item.vm))
    assert extension is not None
    assert extension.name == "BackupSnapshot"


async def test_a_vm_whose_agent_is_silent(arm: Arm) -> None:
    item = await item_of(arm, "vm-web-01")
    state = await read_vm(arm, item.vm or pytest.fail("no VM"))
    assert (state.agent, state.os) == ("Not Ready", "Linux")


async def test_the_fleet_is_what_the_vaults_say(arm: Arm) -> None:
    found = [one.ref async for page in fleet.list_vaults(arm) for one in page]
    assert len(found) == len(set(found)) == 6
    by_vault = [job for vault in found for job in await all_of(list_jobs(arm, vault, EVERY))]
    jobs = await all_of(fleet.list_jobs(arm, [], EVERY))
    assert {job.ref.key for job in jobs} == {job.ref.key for job in by_vault}
    assert [job.ref.key for job in jobs] == sorted({job.ref.key for job in jobs})
    assert all(job.oddities == () for job in jobs)
    failed = {job.ref.key for job in jobs if job.status == "Failed" and job.workload == "AzureIaasVM"}
    assert {job.ref.key for job in await all_of(fleet.list_jobs(arm, [], JobFilter(status="Failed")))} == failed


async def test_the_fleet_by_subscription_by_time_and_by_workload(arm: Arm, azure: RunningAzure) -> None:
    now = datetime.fromtimestamp(azure.clock.now(), UTC)
    every = await all_of(fleet.list_jobs(arm, [PRODUCTION, PRODUCTION.upper()], EVERY))
    assert {job.ref.vault.subscription_id for job in every} == {PRODUCTION}
    assert len(every) == len({job.ref for job in every})
    since = now - timedelta(hours=24)
    cases: list[tuple[JobFilter, Callable[[Any], bool]]] = [
        (JobFilter(status="InProgress"), lambda job: job.status == "InProgress"),
        (JobFilter(status="Failed", ended_since=since), lambda job: job.status == "Failed" and job.ended >= since),
        (JobFilter(since=since), lambda job: job.started >= since),
        (JobFilter(until=since), lambda job: job.started <= since),
    ]
    for wanted, is_wanted in cases:
        found = await all_of(fleet.list_jobs(arm, [PRODUCTION], wanted))
        assert found == [job for job in every if is_wanted(job) and job.workload == "AzureIaasVM"], wanted
        assert found, wanted
    assert await all_of(fleet.list_jobs(arm, ["44444444-4444-4444-8444-444444444444"], EVERY)) == []
    items = await all_of(fleet.list_items(arm, [PRODUCTION]))
    assert {item.name for item in items} >= {"vm-sql-01", "vm-web-01"}
    assert {item.name for item in await all_of(fleet.list_items(arm, only_vms=False))} >= {"ORDERS", "home"}


async def test_what_is_not_there_is_named(arm: Arm) -> None:
    nowhere = VaultRef(PRODUCTION, "rg-backup-prod", "vault-gone")
    item = await item_of(arm, "vm-db-01")
    gone_item = ItemRef(VAULT, "Azure", item.ref.container, item.ref.item + "x")
    gone_vm = VmRef(PRODUCTION, "rg-app-prod", "vm-gone")
    gone_job = JobRef(VAULT, "00000000-0000-4000-8000-000000000000")
    for what, reading in [
        (nowhere.path, all_of(list_jobs(arm, nowhere, EVERY))),
        (nowhere.path, all_of(list_items(arm, nowhere))),
        (gone_job.path, read_job(arm, gone_job)),
        (gone_item.path, read_item(arm, gone_item)),
        (gone_item.path, all_of(list_recovery_points(arm, gone_item))),
        (gone_vm.path, read_vm(arm, gone_vm)),
    ]:
        with pytest.raises(NotFound) as caught:
            await reading
        assert caught.value.values["what"].startswith(what)
        assert caught.value.correlation_id


async def test_azure_is_not_asked_about_what_is_no_id(arm: Arm, azure: RunningAzure) -> None:
    no_vault = VaultRef(PRODUCTION, "..", "vault-prod")
    for reading in [
        all_of(list_jobs(arm, no_vault, EVERY)),
        all_of(list_items(arm, no_vault)),
        read_job(arm, JobRef(VAULT, "")),
        read_item(arm, ItemRef(VAULT, "Azure", "c", "..")),
        all_of(list_recovery_points(arm, ItemRef(VAULT, "Azure", "c", "a/b"))),
        read_vm(arm, VmRef(PRODUCTION, "rg", "")),
        all_of(vaults.list_vaults(arm, "..")),
        all_of(fleet.list_jobs(arm, ["x'"], EVERY)),
    ]:
        with pytest.raises(UnexpectedAnswer):
            await reading
    assert sum(azure.counts.values()) - azure.counts.get("token", 0) == 0


@pytest.mark.parametrize(
    ("kind", "odd"),
    [
        ("duration", set()),
        ("actions", set()),
        ("end-list", {"properties.endTime"}),
        ("end-year-one", set()),
        ("start-garbage", {"properties.startTime"}),
        ("error-object", {"properties.errorDetails"}),
        ("recommendations-null", set()),
        ("number-text", set()),
        ("name-number", {"properties.entityFriendlyName"}),
        ("job-type", set()),
    ],
)
async def test_wrong_types_in_a_job_are_told_and_the_rest_is_read(
    arm: Arm, azure: RunningAzure, kind: str, odd: set[str]
) -> None:
    right = await job_of(arm, "vm-sql-01", status="Failed")
    azure.estate.change({"odd_types": {"job": right.ref.name, "kinds": [kind]}})
    listed = next(job for job in await all_of(list_jobs(arm, VAULT, EVERY)) if job.ref == right.ref)
    for job in (listed, await read_job(arm, right.ref)):
        assert {oddity.path for oddity in job.oddities} == odd
        assert (job.ref, job.status, job.operation) == (right.ref, "Failed", "Backup")
        assert job.failure is not None
        assert {hint.source for hint in job.failure.hints} >= {"number", "text"}


@pytest.mark.parametrize(
    ("kind", "odd"),
    [
        ("statuses-null", set()),
        ("agent-list", {"properties.instanceView.vmAgent"}),
        ("extensions-object", {"properties.instanceView.extensions"}),
        ("agent-missing", set()),
    ],
)
async def test_wrong_types_in_a_vm_leave_its_extension_findable(
    arm: Arm, azure: RunningAzure, kind: str, odd: set[str]
) -> None:
    azure.estate.change({"odd_types": {"vm": "vm-sql-01", "kinds": [kind]}})
    state = await read_vm(arm, VmRef(PRODUCTION, "rg-app-prod", "vm-sql-01"))
    assert {oddity.path for oddity in state.oddities} == odd
    assert snapshot_extension(state) is not None


async def test_a_job_that_is_listed_late_can_be_read_at_once(arm: Arm, azure: RunningAzure) -> None:
    azure.estate.change({"list_late": {"seconds": 120}})
    made = azure.estate.change({"run_backup": {"vm": "vm-db-01"}})["jobs"][0]
    running = JobFilter(status="InProgress")
    assert made not in {job.ref.name for job in await all_of(list_jobs(arm, VAULT, running))}
    assert (await read_job(arm, JobRef(VAULT, made))).status == "InProgress"
    azure.clock.advance(121)
    assert made in {job.ref.name for job in await all_of(list_jobs(arm, VAULT, running))}


async def test_the_tags_of_vms_from_the_whole_fleet(arm: Arm, azure: RunningAzure) -> None:
    azure.estate.change({"tag": {"vm": "vm-web-02", "tags": {"Owner": "Web & Co"}}})
    found = await all_of(fleet.list_vm_tags(arm, [PRODUCTION]))
    names = {vm.ref.name: vm.tags for vm in found}
    assert names["vm-web-02"] == (("Owner", "Web & Co"),)
    assert ("app", "sql") in names["vm-sql-01"]
    assert "vm-erp-01" not in names, "it is in another subscription"
    sql = await read_vm(arm, VmRef(PRODUCTION, "rg-app-prod", "vm-sql-01"))
    assert (sql.ref.key, sql.tags) in [(vm.ref.key, vm.tags) for vm in found]
