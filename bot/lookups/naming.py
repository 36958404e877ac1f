"""Names the errors of failed jobs; where a list tells no code, two jobs of each kind are read to the end."""

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from azure_ops import jobs
from azure_ops.arm import Arm
from azure_ops.errors import AzureError, Unreachable
from azure_ops.models import BackupJob, JobFailure, JobRef
from azure_ops.reasons import Why
from bot.lookups.problems import Problems
from bot.together import together
from intents.failures import is_named, name_failure
from intents.grouping import NamedJob
from intents.model import Match
from intents.resolve import Resolver

_MOST_KINDS: Final = 20
_MOST_READ: Final = 30
_AT_ONCE: Final = 5


async def name_jobs(
    arm: Arm, found: Iterable[BackupJob], resolver: Resolver, problems: Problems, end: float
) -> list[NamedJob]:
    """Each job with its error. Jobs whose rows say the same, word for word, share what two that are read both tell.

    Reads until the loop's time is `end`; what is not read by then keeps the name that its row gives.
    """
    names = _Names(resolver)
    listed = [NamedJob(job, await names.of(job.failure)) for job in found]
    unnamed: dict[Hashable, list[BackupJob]] = defaultdict(list)
    for named in listed:
        if _could_be_named(named):
            unnamed[_kind(named.job)].append(named.job)
    told = _Told()
    try:
        async with asyncio.timeout_at(end):
            await _read_kinds(arm, unnamed, names, problems, told)
    except TimeoutError:
        problems.add(Unreachable(why=Why.DETAILS_LATE), "")
    return [
        NamedJob(named.job, told.of(named.job) or named.match) if _could_be_named(named) else named for named in listed
    ]


def _could_be_named(named: NamedJob) -> bool:
    return named.job.status == "Failed" and not is_named(named.match)


class _Names:
    """Every failure named once; sentences cost a millisecond each, and the loop must run on."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._known: dict[JobFailure, Match | None] = {}

    async def of(self, failure: JobFailure | None) -> Match | None:
        if failure is None:
            return None
        if failure not in self._known:
            self._known[failure] = name_failure(failure, self._resolver)
            await asyncio.sleep(0)
        return self._known[failure]


class _Told:
    """What the jobs that were read tell of themselves and of those that look like them."""

    def __init__(self) -> None:
        self._of_job: dict[JobRef, Match] = {}
        self._of_kind: dict[Hashable, list[Match]] = defaultdict(list)

    def add(self, kind: Hashable, ref: JobRef, match: Match | None) -> None:
        if match is not None and (match.is_sure or match.asked):
            self._of_job[ref] = match
            self._of_kind[kind].append(match)

    def of(self, job: BackupJob) -> Match | None:
        """The job's own word; else that of its kind, unless two of the kind said different things."""
        if own := self._of_job.get(job.ref):
            return own
        said = self._of_kind.get(_kind(job), [])
        is_one = len({(match.codes, "" if match.is_sure else match.asked) for match in said}) == 1
        return said[0] if is_one else None


def _kind(job: BackupJob) -> Hashable:
    """What a job's list row says of its failure; a row that says nothing stands for itself alone."""
    failure = job.failure
    if failure is None or not (failure.hints or failure.title or failure.message):
        return job.ref
    numbers = tuple(hint.value for hint in failure.hints if hint.source == "number")
    return numbers, failure.title, failure.message


async def _read_kinds(
    arm: Arm,
    unnamed: dict[Hashable, list[BackupJob]],
    names: _Names,
    problems: Problems,
    told: _Told,
) -> None:
    """Read into `told` the first and the last job of each kind, the most frequent kinds first.

    The first ones of all kinds go before any last one, which only says whether the first speaks for all.
    """
    limit = asyncio.Semaphore(_AT_ONCE)

    async def read(kind: Hashable, ref: JobRef) -> None:
        async with limit:
            try:
                details = await jobs.read_job(arm, ref)
            except AzureError as error:
                problems.add(error, "")
                return
        told.add(kind, ref, await names.of(details.failure))

    kinds: Sequence[Hashable] = sorted(unnamed, key=lambda kind: -len(unnamed[kind]))[:_MOST_KINDS]
    several = [kind for kind in kinds if len(unnamed[kind]) > 1]
    wanted = [(kind, unnamed[kind][0].ref) for kind in kinds] + [(kind, unnamed[kind][-1].ref) for kind in several]
    await together(read(kind, ref) for kind, ref in wanted[:_MOST_READ])
