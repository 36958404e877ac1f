"""Names the errors of failed jobs; where a list tells no code, one job of each kind is read to the end."""

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from azure_ops import jobs
from azure_ops.arm import Arm
from azure_ops.errors import AzureError, Unreachable
from azure_ops.models import BackupJob, JobFailure, JobRef
from bot.lookups.problems import Problems
from intents.failures import is_named, name_failure
from intents.grouping import NamedJob
from intents.model import Match
from intents.resolve import Resolver

_MOST_READ: Final = 20
_AT_ONCE: Final = 5


async def name_jobs(
    arm: Arm, found: Iterable[BackupJob], resolver: Resolver, problems: Problems, end: float
) -> list[NamedJob]:
    """Each job with its error. Jobs whose rows say the same, word for word, share what the one that is read tells.

    Reads until the loop's time is `end`; what is not read by then keeps the name that its row gives.
    """
    names = _Names(resolver)
    listed = [NamedJob(job, await names.of(job.failure)) for job in found]
    unnamed: dict[Hashable, list[BackupJob]] = defaultdict(list)
    for named in listed:
        if _could_be_named(named):
            unnamed[_kind(named.job)].append(named.job)
    told: dict[Hashable, Match] = {}
    try:
        async with asyncio.timeout_at(end):
            await _read_kinds(arm, unnamed, names, problems, told)
    except TimeoutError:
        problems.add(Unreachable(why="the details of some jobs did not come in time"), "")
    return [
        NamedJob(named.job, told.get(_kind(named.job), named.match)) if _could_be_named(named) else named
        for named in listed
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
    told: dict[Hashable, Match],
) -> None:
    """Read one job of each kind into `told`, the most frequent kinds first, at most twenty."""
    limit = asyncio.Semaphore(_AT_ONCE)

    async def read(kind: Hashable, ref: JobRef) -> None:
        async with limit:
            try:
                details = await jobs.read_job(arm, ref)
            except AzureError as error:
                problems.add(error, "")
                return
        match = await names.of(details.failure)
        if match is not None and (match.is_sure or match.asked):
            told[kind] = match

    first: Sequence[Hashable] = sorted(unnamed, key=lambda kind: -len(unnamed[kind]))[:_MOST_READ]
    await asyncio.gather(*(read(kind, unnamed[kind][0].ref) for kind in first))
