"""How backups of VMs ended, over the whole fleet: one query, every page, nothing that is still running."""

from datetime import UTC, datetime, timedelta

import pytest

from azure_ops import fleet
from azure_ops.arm import Arm
from azure_ops.backups import list_items, read_item
from azure_ops.fleet import ended_query, list_ended, list_failed
from azure_ops.jobs import list_jobs
from azure_ops.models import BackupJob
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import ACCEPTANCE, EVERY, PRODUCTION, SHARED, VAULT, all_of, item_of

ALL = (PRODUCTION, ACCEPTANCE, SHARED)
AGENT = "UserErrorGuestAgentStatusUnavailable"


def ago(azure: RunningAzure, **passed: float) -> datetime:
    return datetime.fromtimestamp(azure.clock.now(), UTC) - timedelta(**passed)


def test_one_query_of_words_from_closed_lists() -> None:
    lines = ended_query(("Failed", "Completed"), datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)).splitlines()
    assert lines[3] == (
        "| where p.status in~ ('Failed', 'Completed') and p.backupManagementType =~ 'AzureIaasVM'"
        " and p.operation =~ 'Backup' and todatetime(p.endTime) >= datetime(2026-11-22T03:04:05Z)"
    )
    with pytest.raises(ValueError):
        ended_query(("Failed' or '1' =~ '1",), datetime(2026, 11, 22, tzinfo=UTC))  # type: ignore[arg-type]


async def test_backups_of_vms_that_ended_lately_well_or_not(arm: Arm, azure: RunningAzure) -> None:
    since = ago(azure, hours=30)
    azure.counts.clear()
    ended: list[BackupJob] = await all_of(list_ended(arm, ALL, since))
    assert azure.counts["graph"] == 1
    assert {job.status for job in ended} == {"Failed", "Completed", "CompletedWithWarnings"}
    assert all(job.ended and job.ended >= since.replace(microsecond=0) for job in ended)
    assert {(job.workload, job.operation) for job in ended} == {("AzureIaasVM", "Backup")}
    every = [job for job in await all_of(fleet.list_jobs(arm, ALL, EVERY)) if job.workload == "AzureIaasVM"]
    wanted = {
        job.ref.key
        for job in every
        if job.operation == "Backup" and job.status not in ("InProgress", "Cancelled") and job.ended >= since
    }
    assert {job.ref.key for job in ended} == wanted


async def test_those_alone_that_failed(arm: Arm, azure: RunningAzure) -> None:
    since = ago(azure, hours=30)
    ended = await all_of(list_ended(arm, ALL, since))
    failed = await all_of(list_failed(arm, ALL, since))
    assert failed == [job for job in ended if job.status == "Failed"]
    assert all(job.failure for job in failed)


async def test_every_page_of_a_storm(arm: Arm, azure: RunningAzure) -> None:
    azure.storm(2_500, 20, AGENT)
    storm = [one["subscriptionId"] for one in azure.estate.subscriptions() if one["displayName"] == "Storm"]
    pages = [page async for page in list_failed(arm, storm, ago(azure, minutes=5))]
    assert [len(page) for page in pages] == [1_000, 1_000, 500]
    assert len({job.ref.key for page in pages for job in page}) == 2_500
    azure.recover(share=0.5)
    ended = await all_of(list_ended(arm, storm, ago(azure, minutes=5)))
    assert len(ended) == 3_750


async def test_a_storm_is_in_the_list_of_each_vault_too(arm: Arm, azure: RunningAzure) -> None:
    azure.storm(20, 4, AGENT)
    items = await all_of(fleet.list_items(arm, [one["subscriptionId"] for one in azure.estate.subscriptions()]))
    (vault,) = {item.ref.vault for item in items if item.ref.vault.name == "vault-storm-002"}
    jobs = await all_of(list_jobs(arm, vault, EVERY))
    assert sum(job.status == "Failed" for job in jobs) == 5


async def test_an_item_says_the_same_of_its_policy_and_recovery_point_wherever_it_is_read(arm: Arm) -> None:
    listed = {item.ref.key: item for item in await all_of(list_items(arm, VAULT))}
    rows = {item.ref.key: item for item in await all_of(fleet.list_items(arm, [PRODUCTION]))}
    for key, item in listed.items():
        row, alone = rows[key], await read_item(arm, item.ref)
        assert item.policy_name == row.policy_name == alone.policy_name == "DefaultPolicy"
        assert item.last_recovery_point == row.last_recovery_point == alone.last_recovery_point
        assert item.last_backup == row.last_backup == alone.last_backup is not None


async def test_the_last_recovery_point_stays_behind_while_backups_fail(arm: Arm, azure: RunningAzure) -> None:
    before = await item_of(arm, "vm-db-01")
    azure.change({"add_failure": {"vm": "vm-db-01", "code": AGENT}})
    failing = await item_of(arm, "vm-db-01")
    assert failing.last_recovery_point == before.last_recovery_point
    assert (failing.last_status, failing.last_backup != before.last_backup) == ("Failed", True)
    azure.change({"mend": {"vm": "vm-db-01"}, "run_backup": {"vm": "vm-db-01"}})
    azure.advance(600)
    after = await item_of(arm, "vm-db-01")
    assert after.last_recovery_point is not None
    assert before.last_recovery_point is not None
    assert after.last_recovery_point > before.last_recovery_point
    assert after.last_backup == after.last_recovery_point
