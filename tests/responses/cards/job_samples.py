"""Backup jobs of our own making, for the cards that show them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from responses.cards.job_details import DetailsOf, TaskRow
from responses.cards.jobs import JobGroup, JobRow, JobsPage
from responses.cards.trouble_azure import Trouble
from responses.catalog.model import Entry
from tests.responses.cards.samples import FULL

NIGHT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
VAULT = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-backup-prod/providers/Microsoft.RecoveryServices/vaults/vault-prod"  # noqa: E501


def row(item: str = "vm-sql-01", n: int = 1, **changes: object) -> JobRow:
    made = JobRow(
        item=item,
        vault="vault-prod",
        subscription="Production",
        status="Failed",
        started=NIGHT + timedelta(minutes=n),
        ended=NIGHT + timedelta(minutes=n + 20),
        attempt=1,
        attempts=1,
        value=f"{VAULT}/backupJobs/5f0c1d9e-7d1b-4a30-9d55-3c9c5f1b2a{n:02}",
        portal="https://portal.azure.com/#resource/x",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def group(entry: Entry | None, *rows: JobRow, code: str = "", title: str = "", count: int = 0) -> JobGroup:
    return JobGroup(entry, code or (entry.code if entry else ""), title, count or len(rows), rows)


def page(*groups: JobGroup, **changes: object) -> JobsPage:
    made = JobsPage(
        groups=groups,
        which="failed",
        scope="vault-prod",
        since=NIGHT - timedelta(hours=24),
        total=sum(each.count for each in groups),
        page=1,
        pages=1,
        problems=(),
        previous="",
        next="",
        again='{"q": "vault-prod failed 24h", "p": 1, "l": "en"}',
        read_at=NIGHT + timedelta(hours=1),
        portal="https://portal.azure.com/#resource/x",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


FORBIDDEN = Trouble(
    "azure.not_allowed",
    {"action": "Microsoft.RecoveryServices/Vaults/backupJobs/read", "scope": "/subscriptions/2222"},
    "Acceptance",
)
BAD_NIGHT = page(
    group(FULL, row("vm-sql-01", 1, attempt=2, attempts=3), row("vm-sql-02", 2, vault="vault-other"), count=7),
    group(None, row("vm-web-01", 3), code="UserErrorSomethingNew", title="Something new <!here> happened"),
    total=8,
)
MIDDLE = page(group(FULL, row(), count=25), total=25, page=2, pages=3, previous='{"p":1}', next='{"p":3}')
EMPTY = page(scope="")
BLIND = page(scope="", problems=(FORBIDDEN, Trouble("azure.throttled", {"seconds": "40"}, "Production")))
RUNNING = page(
    group(None, row("vm-app-01", 4, status="InProgress", ended=None), title="InProgress"),
    which="running",
    scope="Production",
)
DETAILS = DetailsOf(
    row=row(),
    entry=FULL,
    code="SampleAgentError",
    title="Snapshot failed",
    message="The agent did not answer.\nSee <https://evil.example|here>.",
    recommendations=("Start the agent & try again.", "Look at https://aka.ms/AB-SampleAgentError"),
    tasks=(
        TaskRow("Take Snapshot", "Failed", NIGHT, 754.0),
        TaskRow("Transfer data to vault", "NotStarted", None, None),
    ),
    links=(
        ("jobs", "https://portal.azure.com/#resource/vault/backupJobs"),
        ("vm", "https://portal.azure.com/#resource/vm"),
        ("vault", "https://portal.azure.com/#resource/vault"),
    ),
    oddities=("properties.endTime: a time, a list",),
    job_id="5f0c1d9e-7d1b-4a30-9d55-3c9c5f1b2a01",
)
