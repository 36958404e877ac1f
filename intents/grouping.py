"""Jobs with their named errors to groups, attempts and pages."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from azure_ops.models import BackupJob
from intents.model import Match

ROWS_ON_PAGE: Final = 10
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NamedJob:
    """A job and the error that it names; None for a job that names none."""

    job: BackupJob
    match: Match | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A job as the `number`th of `of` failed runs of the same item with the same error, the first run first."""

    job: BackupJob
    number: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs with one error, newest first. `key` is the catalog's, empty where the error is not surely known.

    `code` is the code as Azure spells it, empty where it gave none or where it is just the catalog's own; `title`
    Azure's words, localized; `status` is given only where that holds the jobs together: what did not fail has no error.
    """

    key: str
    code: str
    title: str
    status: str
    attempts: tuple[Attempt, ...]

    @property
    def newest(self) -> datetime:
        return _when(self.attempts[0].job)


@dataclass(frozen=True, slots=True)
class Page:
    """Part of every group that reaches into one page; `counts` are those of the whole groups."""

    groups: tuple[Group, ...]
    counts: tuple[int, ...]
    number: int
    of: int
    total: int


@dataclass(frozen=True, slots=True)
class _Cause:
    """What holds jobs together."""

    key: str = ""
    code: str = ""
    title: str = ""
    status: str = ""


def group(jobs: Iterable[NamedJob]) -> tuple[Group, ...]:
    """Groups by error, those of most jobs first and among equals the newest; a job listed twice counts once.

    What did not fail comes after what did.
    """
    distinct = {named.job.ref.key: named for named in jobs}
    by_cause: dict[_Cause, list[NamedJob]] = defaultdict(list)
    for named in distinct.values():
        by_cause[_cause(named)].append(named)
    return _in_order(_group(cause, members) for cause, members in by_cause.items())


def only(groups: Iterable[Group], keep: Callable[[BackupJob], bool]) -> tuple[Group, ...]:
    """The same groups with those of their jobs that are kept, in the order of what is left; empty ones go."""
    left = (replace(each, attempts=tuple(run for run in each.attempts if keep(run.job))) for each in groups)
    return _in_order(each for each in left if each.attempts)


def _in_order(groups: Iterable[Group]) -> tuple[Group, ...]:
    # Two stable sorts: by age, then by what matters more.
    newest_first = sorted(groups, key=lambda each: each.newest, reverse=True)
    return tuple(sorted(newest_first, key=lambda each: (bool(each.status), -len(each.attempts))))


def page_of(groups: Sequence[Group], number: int, rows: int = ROWS_ON_PAGE) -> Page:
    """The rows of one page, counted from 1; a number beyond either end means the page at that end."""
    total = sum(len(each.attempts) for each in groups)
    pages = max(1, -(-total // rows))
    number = min(max(number, 1), pages)
    first, behind = (number - 1) * rows, number * rows
    shown: list[Group] = []
    counts: list[int] = []
    at = 0
    for each in groups:
        part = each.attempts[max(0, first - at) : max(0, behind - at)]
        at += len(each.attempts)
        if part:
            shown.append(Group(each.key, each.code, each.title, each.status, part))
            counts.append(len(each.attempts))
    return Page(tuple(shown), tuple(counts), number, pages, total)


def _cause(named: NamedJob) -> _Cause:
    match, failure = named.match, named.job.failure
    if match is not None and match.is_sure:
        return _Cause(key=match.codes[0])
    if match is not None and match.asked:
        return _Cause(code=match.asked)
    if failure is None or named.job.status not in ("Failed", "CompletedWithWarnings"):
        return _Cause(status=named.job.status)
    return _Cause(title=failure.title or failure.message)


def _group(cause: _Cause, members: Sequence[NamedJob]) -> Group:
    jobs = sorted((named.job for named in members), key=_when)
    runs = Counter(_item(job) for job in jobs)
    seen: Counter[tuple[str, str, str]] = Counter()
    attempts = []
    for job in jobs:
        item = _item(job)
        seen[item] += 1
        attempts.append(Attempt(job, seen[item], runs[item]) if job.status == "Failed" else Attempt(job))
    spelled = (each.match.asked for each in members if each.match is not None and not each.match.asked.isdigit())
    code = cause.code or next(filter(None, spelled), "")
    title = cause.title or next((job.failure.title for job in jobs if job.failure and job.failure.title), "")
    return Group(cause.key, code, title, cause.status, tuple(reversed(attempts)))


def _item(job: BackupJob) -> tuple[str, str, str]:
    """A container may hold many items: a server its databases."""
    name = job.item_name or ("" if job.container else job.ref.name)
    return job.ref.vault.key, job.container.casefold(), name.casefold()


def _when(job: BackupJob) -> datetime:
    return job.started or job.ended or _NEVER
