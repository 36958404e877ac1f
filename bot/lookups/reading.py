"""Reads the jobs of a vault, of a subscription or of everything, as far as Azure lets us and time allows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Final

from azure_ops import fleet, jobs
from azure_ops.arm import Arm
from azure_ops.errors import AzureError, NotSignedIn, Throttled, Unreachable
from azure_ops.jobs import JobFilter
from azure_ops.models import BackupJob, JobStatus, Subscription, Vault
from azure_ops.reasons import Why
from bot.lookups.directory import Places
from bot.lookups.problems import Problems, log_error
from intents.choose import Place
from intents.look_up import Which
from responses.cards.jobs import Trouble

# More rows than anybody reads; beyond them the page says that there are more.
MOST_JOBS: Final = 5_000
# Where Resource Graph refuses, so many vaults are asked one by one.
_MOST_VAULTS: Final = 40
_AT_ONCE: Final = 5
_STATUS: Final[dict[Which, JobStatus | None]] = {"failed": "Failed", "running": "InProgress", "all": None}


class Reading:
    """One look-up under way: jobs gather in `jobs`, and what could not be read in `problems`."""

    def __init__(self, arm: Arm, problems: Problems, progress: Callable[[int], None] = lambda count: None) -> None:
        self._arm = arm
        self._progress = progress
        self.problems = problems
        self.jobs: dict[str, BackupJob] = {}

    async def read(self, place: Place | None, places: Places, which: Which, since: datetime, end: float) -> None:
        """Read until the loop's time is `end`. Raises AzureError only when nothing at all could be read."""
        wanted = JobFilter(status=_STATUS[which], workload=None, since=since)
        try:
            async with asyncio.timeout_at(end):
                await self._of(place, places, wanted)
        except AzureError as error:
            self._only_in_part(error)
        except TimeoutError:
            self._only_in_part(Unreachable(why=Why.INCOMPLETE))
        if len(self.jobs) >= MOST_JOBS:
            self.problems.note(Trouble("azure.more_jobs", {"count": str(MOST_JOBS)}))

    async def _of(self, place: Place | None, places: Places, wanted: JobFilter) -> None:
        if isinstance(place, Vault):
            await self._take(jobs.list_jobs(self._arm, place.ref, wanted))
        else:
            await self._many(place, places, wanted)

    async def _many(self, place: Subscription | None, places: Places, wanted: JobFilter) -> None:
        """By Resource Graph; where that refuses and there are few vaults, from each vault itself."""
        subscriptions = places.subscriptions if place is None else (place,)
        vaults = places.vaults_of(place)
        try:
            await self._take(fleet.list_jobs(self._arm, [each.id for each in subscriptions], wanted))
        except (NotSignedIn, Throttled, Unreachable):
            raise
        except AzureError as error:
            if self.jobs or not 0 < len(vaults) <= _MOST_VAULTS:
                raise
            log_error(error, "Resource Graph")
            await self._one_by_one(vaults, places, wanted)

    async def _one_by_one(self, vaults: Sequence[Vault], places: Places, wanted: JobFilter) -> None:
        limit = asyncio.Semaphore(_AT_ONCE)
        before = len(self.problems.errors)

        async def read(vault: Vault) -> bool:
            async with limit:
                try:
                    await self._take(jobs.list_jobs(self._arm, vault.ref, wanted))
                except AzureError as error:
                    self.problems.add(error, places.name_of(vault.ref.subscription_id))
                    return False
                return True

        if not any(await asyncio.gather(*(read(vault) for vault in vaults))) and not self.jobs:
            raise self.problems.errors[before]

    async def _take(self, pages: AsyncIterator[list[BackupJob]]) -> None:
        async for page in pages:
            self.jobs.update((job.ref.key, job) for job in page)
            self._progress(len(self.jobs))
            if len(self.jobs) >= MOST_JOBS:
                return

    def _only_in_part(self, error: AzureError) -> None:
        if not self.jobs:
            raise error
        self.problems.add(error, "")
