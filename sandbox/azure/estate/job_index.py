"""All jobs of the estate by status and end, so that a query for the latest failures looks at nothing else."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice

from sandbox.azure.estate.nouns import Job


class JobIndex:
    """Jobs that are over, per status ordered by their end; those that run, by id.

    `news` are those that were put in one by one and are over, in the order in which that became known.
    """

    def __init__(self) -> None:
        self.news: list[Job] = []
        self._ended: dict[str, tuple[list[float], list[Job]]] = {}
        self._running: dict[str, Job] = {}

    def load(self, jobs: Iterable[Job]) -> None:
        """Put in many at once; sorts once."""
        for job in sorted(jobs, key=lambda one: one.end):
            if job.is_over:
                ends, listed = self._ended.setdefault(job.status, ([], []))
                ends.append(job.end)
                listed.append(job)
            else:
                self._running[job.id] = job

    def add(self, job: Job) -> None:
        """Put in one job, or notice that one has ended."""
        self._running.pop(job.id, None)
        if not job.is_over:
            self._running[job.id] = job
            return
        self.news.append(job)
        ends, listed = self._ended.setdefault(job.status, ([], []))
        place = bisect_right(ends, job.end)
        ends.insert(place, job.end)
        listed.insert(place, job)

    def remove(self, job: Job) -> None:
        self._running.pop(job.id, None)
        for ends, listed in self._ended.values():
            if job in listed:
                place = listed.index(job)
                del ends[place], listed[place]

    def find(self, status: str | None, after: float | None) -> Iterator[Job]:
        """Jobs of that status (any case; None is every one) that end after `after`, and those that still run."""
        wanted = status.casefold() if status is not None else None
        for name, (ends, listed) in list(self._ended.items()):
            if wanted in (None, name.casefold()):
                first = bisect_right(ends, after) if after is not None else 0
                yield from islice(listed, first, None)
        for job in list(self._running.values()):
            if wanted in (None, job.status.casefold()):
                yield job

    def counts(self) -> dict[str, int]:
        """How many jobs there are per status."""
        counted = {status: len(listed) for status, (_, listed) in self._ended.items()}
        for job in self._running.values():
            counted[job.status] = counted.get(job.status, 0) + 1
        return counted
