"""Lists a vault's backup jobs and reads a single one with its details."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, get_args

from azure_ops import versions
from azure_ops.ids import checked
from azure_ops.models import STILL_RUNNING, BackupJob, JobRef, JobStatus, VaultRef
from azure_ops.reading import job_from
from azure_ops.slices import parsed_pages
from azure_ops.typed import as_answer, plain

if TYPE_CHECKING:
    from azure_ops.arm import Arm

JobOperation = Literal[
    "Backup",
    "Restore",
    "ConfigureBackup",
    "DisableBackup",
    "DeleteBackupData",
    "CrossRegionRestore",
    "Undelete",
    "Register",
    "UnRegister",
    "UpdateCustomerManagedKey",
]
Workload = Literal["AzureIaasVM", "AzureStorage", "AzureWorkload", "AzureSql", "AzureBackupServer", "DPM", "MAB"]

_STATUSES: Final = frozenset(get_args(JobStatus)) - {"Unknown"}
_OPERATIONS: Final = frozenset(get_args(JobOperation))
_WORKLOADS: Final = frozenset(get_args(Workload))


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are wanted; None stands for all.

    `since` and `until` bound when a job started; `ended_since` when it ended, which leaves out what still runs. Times
    are aware. Every word comes from a closed list, so that no text of a user is ever part of a question to Azure.
    """

    status: JobStatus | None = None
    operation: JobOperation | None = None
    workload: Workload | None = "AzureIaasVM"
    since: datetime | None = None
    until: datetime | None = None
    ended_since: datetime | None = None

    def __post_init__(self) -> None:
        """ValueError for a word that is not on Azure's list, or a time without a zone."""
        for word, known in ((self.status, _STATUSES), (self.operation, _OPERATIONS), (self.workload, _WORKLOADS)):
            if word is not None and word not in known:
                raise ValueError(f"not one of Azure's words: {word!r}")
        if any(time is not None and time.tzinfo is None for time in (self.since, self.until, self.ended_since)):
            raise ValueError("a time needs a zone")


def odata_filter(wanted: JobFilter) -> str:
    """The `$filter` of a vault's job list: words and 12-hour UTC times, as the Azure CLI writes them; may be empty."""
    parts = {
        "status": wanted.status,
        "operation": wanted.operation,
        "backupManagementType": wanted.workload,
        "startTime": twelve_hours(wanted.since) if wanted.since else None,
        "endTime": twelve_hours(whole_second_after(wanted.until)) if wanted.until else None,
    }
    return " and ".join(f"{name} eq '{value}'" for name, value in parts.items() if value)


def whole_second_after(time: datetime) -> datetime:
    """A bound that, cut to whole seconds, leaves nothing out."""
    return time + timedelta(seconds=1, microseconds=-1)


def twelve_hours(time: datetime) -> str:
    """`2026-11-22 03:04:05 PM` in UTC, the only form that the job list's filter takes; `%p` would follow the locale."""
    time = time.astimezone(UTC)
    half = "AM" if time.hour < 12 else "PM"
    return f"{time:%Y-%m-%d} {time.hour % 12 or 12:02}:{time:%M:%S} {half}"


async def list_jobs(arm: "Arm", vault: VaultRef, wanted: JobFilter) -> AsyncIterator[list[BackupJob]]:
    """A vault's jobs page by page, as Azure orders them; without details.

    A page may be empty. Azure reads `startTime` and `endTime` as bounds of the job's start. Raises AzureError; the
    pages before it are good.
    """
    checked(vault)
    condition = odata_filter(wanted)
    params = {"$filter": condition} if condition else None
    pages = arm.pages(f"{vault.path}/backupJobs", api_version=versions.BACKUP, params=params)
    async for jobs in parsed_pages(pages, partial(job_from, vault=vault)):
        yield jobs if wanted.ended_since is None else [job for job in jobs if _has_ended(job, wanted.ended_since)]


def _has_ended(job: BackupJob, since: datetime) -> bool:
    """One whose end cannot be read is kept: nothing that failed may be lost for that."""
    return job.ended >= since if job.ended is not None else job.status not in STILL_RUNNING


async def read_job(arm: "Arm", ref: JobRef) -> BackupJob:
    """A job with its tasks and everything else that only its details tell. Raises AzureError."""
    checked(ref)
    vault = ref.vault
    answer = await arm.read(
        vault.subscription_id,
        lambda client: plain(client.job_details.get(vault.name, vault.resource_group, ref.name, cls=as_answer)),
        path=ref.path,
    )
    return job_from(answer.body, vault)
