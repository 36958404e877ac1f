"""Asks Azure Resource Graph about many subscriptions at once: vaults, protected items, and jobs of the last 14 days.

Resource Graph keeps jobs for 14 days and sees a new one a little later than its vault does. It shows only what the
identity may read.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from azure_ops import versions
from azure_ops.errors import UnexpectedAnswer
from azure_ops.ids import is_subscription
from azure_ops.jobs import JobFilter, whole_second_after
from azure_ops.models import BackupJob, JobStatus, ProtectedItem, Vault, VmState
from azure_ops.reading import item_from, job_from, vault_from
from azure_ops.reasons import Why
from azure_ops.slices import parsed
from azure_ops.vm_reading import tagged_vm_from

if TYPE_CHECKING:
    from azure_ops.arm import Arm

T = TypeVar("T")

_RESOURCES: Final = "/providers/Microsoft.ResourceGraph/resources"
# Resource Graph's own limits: rows of one page, and subscriptions that one query may name without being slowed down.
_PAGE: Final = 1_000
_SUBSCRIPTIONS: Final = 300

# The id must be in what is projected, or Azure gives no token for the next page; ordered by it, pages are stable.
_TAIL: Final = "| order by id asc"
_VAULTS: Final = (
    "resources\n| where type =~ 'microsoft.recoveryservices/vaults'\n"
    f"| project id, name, type, location, tags, subscriptionId, resourceGroup\n{_TAIL}"
)
_VM_TAGS: Final = (
    "resources\n| where type =~ 'microsoft.compute/virtualmachines'\n"
    f"| where isnotempty(tags)\n| project id, name, type, tags, subscriptionId, resourceGroup\n{_TAIL}"
)
_ITEMS: Final = (
    "recoveryservicesresources\n"
    "| where type =~ 'microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems'\n"
    "| extend p = parse_json(tostring(properties))\n"
    "| where p.backupManagementType =~ 'AzureIaasVM'\n"
    f"| project id, name, type, subscriptionId, resourceGroup, properties\n{_TAIL}"
)
_ENDED: Final[tuple[JobStatus, ...]] = ("Failed", "Completed", "CompletedWithWarnings")
_ALL_ITEMS: Final = _ITEMS.replace("| where p.backupManagementType =~ 'AzureIaasVM'\n", "")


def jobs_query(wanted: JobFilter) -> str:
    """The query for these jobs, in Kusto: words from closed lists and dates, nothing else."""
    words = {
        "backupManagementType": wanted.workload,
        "operation": wanted.operation,
        "status": wanted.status,
    }
    conditions = [f"p.{name} =~ '{word}'" for name, word in words.items() if word]
    bounds = {
        "startTime >=": wanted.since,
        "startTime <=": whole_second_after(wanted.until) if wanted.until else None,
        "endTime >=": wanted.ended_since,
    }
    for bound, time in bounds.items():
        name, _, sign = bound.partition(" ")
        conditions += [f"todatetime(p.{name}) {sign} datetime({_instant(time)})"] if time else []
    return "\n".join(
        (
            "recoveryservicesresources",
            "| where type =~ 'microsoft.recoveryservices/vaults/backupjobs'",
            "| extend p = parse_json(tostring(properties))",
            *([f"| where {' and '.join(conditions)}"] if conditions else []),
            "| project id, name, type, subscriptionId, resourceGroup, properties",
            _TAIL,
        )
    )


def ended_query(statuses: Sequence[JobStatus], since: datetime) -> str:
    """The query for the backups of VMs that ended at `since` or later in one of these ways."""
    words = ", ".join(f"'{JobFilter(status=status).status}'" for status in statuses)
    return jobs_query(JobFilter(operation="Backup", ended_since=since)).replace(
        "| where p.", f"| where p.status in~ ({words}) and p.", 1
    )


def _instant(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


async def list_vaults(arm: "Arm", subscriptions: Sequence[str] = ()) -> AsyncIterator[list[Vault]]:
    """Every vault of these subscriptions, of all in sight if none is named; up to 1,000 a page. Raises AzureError."""
    async for vaults in _pages(arm, subscriptions, _VAULTS, vault_from):
        yield vaults


async def list_items(
    arm: "Arm", subscriptions: Sequence[str] = (), *, only_vms: bool = True
) -> AsyncIterator[list[ProtectedItem]]:
    """What is backed up in these subscriptions, only VMs unless asked otherwise. Raises AzureError."""
    async for items in _pages(arm, subscriptions, _ITEMS if only_vms else _ALL_ITEMS, item_from):
        yield items


async def list_vm_tags(arm: "Arm", subscriptions: Sequence[str]) -> AsyncIterator[list[VmState]]:
    """The VMs of these subscriptions that have tags, with them and nothing else. Raises AzureError."""
    async for vms in _pages(arm, subscriptions, _VM_TAGS, tagged_vm_from):
        yield vms


async def list_jobs(arm: "Arm", subscriptions: Sequence[str], wanted: JobFilter) -> AsyncIterator[list[BackupJob]]:
    """The jobs of all vaults of these subscriptions (all in sight if none is named), at most 14 days old.

    Each job once, ordered by id within a group of 300 subscriptions; with what Resource Graph keeps of their details.
    Raises AzureError, after the pages before it: UnexpectedAnswer too where Azure says that it left rows out.
    """
    async for jobs in _pages(arm, subscriptions, jobs_query(wanted), job_from):
        yield jobs


async def list_ended(arm: "Arm", subscriptions: Sequence[str], since: datetime) -> AsyncIterator[list[BackupJob]]:
    """The backups of VMs that ended at `since` or later, well or not; one that was cancelled is neither.

    As `list_jobs` in everything else. Raises AzureError.
    """
    async for jobs in _pages(arm, subscriptions, ended_query(_ENDED, since), job_from):
        yield jobs


async def list_failed(arm: "Arm", subscriptions: Sequence[str], since: datetime) -> AsyncIterator[list[BackupJob]]:
    """The same for those alone that failed. Raises AzureError."""
    async for jobs in _pages(arm, subscriptions, ended_query(("Failed",), since), job_from):
        yield jobs


async def _pages(
    arm: "Arm", subscriptions: Sequence[str], query: str, parse: Callable[[object], T]
) -> AsyncIterator[list[T]]:
    """Rows that were not seen before, parsed, page by page and group by group."""
    seen: set[str] = set()
    for group in _groups(subscriptions):
        async for rows in _rows(arm, group, query):
            yield await parsed([row for row in rows if _is_new(row, seen)], parse)


def _groups(subscriptions: Sequence[str]) -> Iterator[list[str]]:
    """At most 300 subscriptions each, without repeats; one empty group, which means all in sight, for none."""
    named = list(dict.fromkeys(name.lower() for name in subscriptions))
    if not all(map(is_subscription, named)):
        raise UnexpectedAnswer(where=_RESOURCES, why=Why.NOT_A_SUBSCRIPTION)
    for start in range(0, max(len(named), 1), _SUBSCRIPTIONS):
        yield named[start : start + _SUBSCRIPTIONS]


def _is_new(row: object, seen: set[str]) -> bool:
    """Rows without an id are kept: the parser reports them."""
    path = row.get("id") if isinstance(row, dict) else None
    if not isinstance(path, str) or not path:
        return True
    key = path.casefold()
    if key in seen:
        return False
    seen.add(key)
    return True


async def _rows(arm: "Arm", group: list[str], query: str) -> AsyncIterator[list[object]]:
    """The rows of one query, page by page, until Azure gives no token for a next page."""
    tokens: set[str] = set()
    token = ""
    while True:
        answer = await arm.ask(_RESOURCES, _question(query, group, token), api_version=versions.RESOURCE_GRAPH)
        body: Any = answer.body if isinstance(answer.body, dict) else {}
        rows, following = body.get("data"), body.get("$skipToken")
        # A token that cannot be read is not the end either.
        if not isinstance(rows, list) or not isinstance(following, str | None):
            raise UnexpectedAnswer(where=_RESOURCES, why=Why.NO_PAGE, correlation_id=answer.correlation_id)
        token = following or ""
        yield rows
        if not token and str(body.get("resultTruncated")).lower() == "true":
            raise UnexpectedAnswer(where=_RESOURCES, why=Why.ROWS_LEFT_OUT, correlation_id=answer.correlation_id)
        if token in tokens:
            raise UnexpectedAnswer(where=_RESOURCES, why=Why.SAME_PAGE, correlation_id=answer.correlation_id)
        if not token:
            return
        tokens.add(token)


def _question(query: str, group: list[str], token: str) -> dict[str, Any]:
    options: dict[str, Any] = {"resultFormat": "objectArray", "$top": _PAGE}
    if token:
        options["$skipToken"] = token
    return {"query": query, "options": options} | ({"subscriptions": group} if group else {})
