"""A protected item's jobs as Azure lists them: what runs, what is new, and how a job that we follow ended."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from azure_ops import backups, jobs
from azure_ops.arm import Arm
from azure_ops.errors import AzureError
from azure_ops.finding import is_in
from azure_ops.ids import parse_item, parse_job
from azure_ops.jobs import JobFilter
from azure_ops.models import BackupJob, ItemRef, JobRef

# Clocks differ, and a job may begin a little before its failure is known here.
_SLACK: Final = timedelta(minutes=10)
_LONGEST: Final = timedelta(days=7)
OVER: Final = frozenset({"Completed", "CompletedWithWarnings", "Failed", "Cancelled", "Invalid"})


async def jobs_of(arm: Arm, item: ItemRef, since: float | None) -> list[BackupJob]:
    """The item's backup jobs since a time, newest first. Raises AzureError."""
    earliest = datetime.now(UTC) - _LONGEST
    begin = max(earliest, datetime.fromtimestamp(since, UTC) - _SLACK) if since else earliest
    wanted = JobFilter(operation="Backup", since=begin)
    found = [
        job async for page in jobs.list_jobs(arm, item.vault, wanted) for job in page if is_in(item, job.container)
    ]
    return sorted(found, key=lambda job: job.started or earliest, reverse=True)


async def newest_point(arm: Arm, item: ItemRef, since: datetime | None) -> float | None:
    """When the newest recovery point since a time was taken; None where there is none, or Azure does not say."""
    try:
        taken = [point.taken async for page in backups.list_recovery_points(arm, item) for point in page if point.taken]
    except AzureError:
        return None
    fresh = [each for each in taken if since is None or each >= since - _SLACK]
    return max(fresh).timestamp() if fresh else None


def item_of(facts: Any) -> ItemRef | None:
    """The protected item that an operation is about."""
    return parse_item(str(facts.get("item") or ""))


def job_of(facts: Any) -> JobRef | None:
    """The job that an operation follows."""
    return parse_job(str(facts.get("new_job") or ""))
