"""What Azure is asked: filters and queries of words from closed lists and dates."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from azure_ops.fleet import jobs_query
from azure_ops.jobs import JobFilter, odata_filter
from azure_ops.models import VaultRef

MORNING = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
VAULT = VaultRef("11111111-1111-4111-8111-111111111111", "rg-(a).b", "vault-prod")


def test_the_filter_of_a_job_list_is_written_as_the_azure_cli_writes_it() -> None:
    wanted = JobFilter(status="Failed", operation="Backup", since=MORNING, until=MORNING + timedelta(hours=10))
    assert odata_filter(wanted) == (
        "status eq 'Failed' and operation eq 'Backup' and backupManagementType eq 'AzureIaasVM'"
        " and startTime eq '2026-11-22 03:04:05 AM' and endTime eq '2026-11-22 01:04:05 PM'"
    )


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 1, 2, 0, 0, tzinfo=UTC), "2026-01-02 12:00:00 AM"),
        (datetime(2026, 1, 2, 12, 0, tzinfo=UTC), "2026-01-02 12:00:00 PM"),
        (datetime(2026, 1, 2, 0, 30, tzinfo=timezone(timedelta(hours=1))), "2026-01-01 11:30:00 PM"),
    ],
)
def test_times_have_twelve_hours_and_are_in_utc(time: datetime, text: str) -> None:
    assert odata_filter(JobFilter(workload=None, since=time)) == f"startTime eq '{text}'"


def test_a_bound_within_a_second_leaves_nothing_out() -> None:
    wanted = JobFilter(workload=None, since=MORNING.replace(microsecond=9), until=MORNING.replace(microsecond=9))
    assert odata_filter(wanted) == "startTime eq '2026-11-22 03:04:05 AM' and endTime eq '2026-11-22 03:04:06 AM'"
    assert "datetime(2026-11-22T03:04:05Z) and todatetime(p.startTime) <= datetime(2026-11-22T03:04:06Z)" in jobs_query(
        wanted
    )


def test_nothing_wanted_in_particular_is_no_filter() -> None:
    assert odata_filter(JobFilter(workload=None)) == ""
    assert "| where p." not in jobs_query(JobFilter(workload=None))


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "Failed' or '1' eq '1"},
        {"status": "Unknown"},
        {"operation": "backup"},
        {"workload": "x'"},
        {"since": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"ended_since": datetime(2026, 1, 1)},  # noqa: DTZ001
    ],
)
def test_no_text_of_a_user_can_be_part_of_a_question(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        JobFilter(**wrong)


def test_the_query_for_the_whole_fleet() -> None:
    wanted = JobFilter(status="Failed", operation="Backup", ended_since=MORNING)
    assert jobs_query(wanted).splitlines() == [
        "recoveryservicesresources",
        "| where type =~ 'microsoft.recoveryservices/vaults/backupjobs'",
        "| extend p = parse_json(tostring(properties))",
        "| where p.backupManagementType =~ 'AzureIaasVM' and p.operation =~ 'Backup' and p.status =~ 'Failed'"
        " and todatetime(p.endTime) >= datetime(2026-11-22T03:04:05Z)",
        "| project id, name, type, subscriptionId, resourceGroup, properties",
        "| order by id asc",
    ]
