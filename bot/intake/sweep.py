"""The sweep: which backups have ended since the last one, so that no failure hangs on an alert."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from azure_ops import fleet, jobs
from azure_ops.errors import AzureError, NotSignedIn, Throttled, Unreachable
from azure_ops.jobs import JobFilter
from azure_ops.models import BackupJob, Vault
from bot.intake.taking import Taking
from bot.lookups.lookups import Lookups
from bot.lookups.problems import log_error
from bot.store import leases, watermarks
from bot.store.incidents import CATCH_UP, LIVE
from bot.store.store import Store, Transaction
from bot.store.watermarks import Watermark
from bot.together import together
from bot.watch_settings import Watch

_log = logging.getLogger(__name__)
_LEASE: Final = "sweep"
_LEASE_SECONDS: Final = 90.0
# Resource Graph keeps jobs for fourteen days.
_LOOK_BACK: Final = 14 * 86_400.0 - 3_600.0
# Now and then further back: a job may be listed later than any overlap allows for.
_DEEP_EVERY: Final = 3_600.0
_DEEP_BACK: Final = 86_400.0
# A vault's list is bounded by when jobs began; a backup may take so long.
_LONGEST_JOB: Final = timedelta(hours=48)
_AT_ONCE: Final = 5
_FEW_VAULTS: Final = 10
_MOST_VAULTS: Final = 200
_ROUND_SECONDS: Final = 240.0

CaughtUp = Callable[[Transaction, float, float], Awaitable[None]]


class Sweep:
    """One round at a time, by one replica at a time; `caught_up` tells what a gap held, in the last transaction."""

    def __init__(
        self,
        store: Store,
        lookups: Lookups,
        taking: Taking,
        settings: Watch,
        replica: str,
        caught_up: CaughtUp,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._lookups = lookups
        self._taking = taking
        self._settings = settings
        self._replica = replica
        self._caught_up = caught_up
        self._now = now
        self._deep_at = 0.0

    async def round(self) -> bool:
        """Everything that ended since the watermarks; False where another replica does it.

        Raises AzureError, TimeoutError and StoreAway. What was read before is kept; the watermarks move only when
        everything was read.
        """
        if not await self._lease():
            return False
        async with asyncio.timeout(_ROUND_SECONDS):
            sources = await self._sources()
            async with self._store.transaction() as kept:
                marks = await watermarks.read(kept)
            live, behind = self._divided(sources, marks)
            if live:
                await self._one(live, self._since(live, marks), LIVE)
            for group in behind:
                await self._one(group, self._since(group, marks), CATCH_UP)
            await self._deep(live, marks)
        return True

    async def _lease(self) -> bool:
        async with self._store.transaction() as kept:
            return await leases.take(kept, _LEASE, self._replica, self._now(), _LEASE_SECONDS)

    async def _sources(self) -> list[str]:
        """The subscriptions that are watched, as ids without case."""
        places = await self._lookups.directory.places()
        return sorted(each.id.lower() for each in places.subscriptions)

    def _divided(self, sources: Sequence[str], marks: Mapping[str, Watermark]) -> tuple[list[str], list[list[str]]]:
        """Those that were read a moment ago; and, each for itself, those with a longer gap and those that are new."""
        gap = self._settings.catch_up_minutes * 60.0
        live = [each for each in sources if each in marks and self._now() - marks[each].upto <= gap]
        late = [each for each in sources if each in marks and each not in live]
        new = [each for each in sources if each not in marks]
        return live, [group for group in (late, new) if group]

    def _since(self, group: Sequence[str], marks: Mapping[str, Watermark]) -> float:
        first = self._now() - self._settings.first_hours * 3_600.0
        since = min(marks[each].upto if each in marks else first for each in group)
        return max(since, self._now() - _LOOK_BACK)

    async def _one(self, group: list[str], since: float, arrival: str) -> None:
        """Read one group and move its watermarks."""
        began = self._now()
        back = since - self._settings.overlap_minutes * 60.0
        await self._read(group, max(back, began - _LOOK_BACK), arrival)
        async with self._store.transaction() as kept:
            await watermarks.move(kept, group, since=since, upto=began, read_at=self._now())
            if arrival == CATCH_UP:
                await self._caught_up(kept, since, began)

    async def _deep(self, live: Sequence[str], marks: Mapping[str, Watermark]) -> None:
        """Failures that became visible far too late for the overlap; none from before the bot began to look."""
        if live and self._now() - self._deep_at >= _DEEP_EVERY:
            began = max(marks[each].since for each in live)
            await self._read(live, max(self._now() - _DEEP_BACK, began), LIVE, only_failed=True)
            self._deep_at = self._now()

    async def _read(self, group: Sequence[str], since: float, arrival: str, *, only_failed: bool = False) -> None:
        """By vault where there are few, else by Resource Graph; where that refuses, by vault too."""
        vaults = await self._vaults(group)
        by, arm = self._settings.by, self._lookups.arm
        if by == "vaults" or (by == "auto" and len(vaults) <= _FEW_VAULTS):
            await self._by_vault(vaults, since, arrival)
            return
        ask = fleet.list_failed if only_failed else fleet.list_ended
        try:
            await self._take(ask(arm, group, _time(since)), arrival)
        except (NotSignedIn, Throttled, Unreachable):
            raise
        except AzureError as error:
            if by == "graph" or len(vaults) > _MOST_VAULTS:
                raise
            log_error(error, "Resource Graph; the vaults are asked one by one")
            await self._by_vault(vaults, since, arrival)

    async def _vaults(self, group: Sequence[str]) -> list[Vault]:
        places = await self._lookups.directory.places()
        return [vault for vault in places.vaults if vault.ref.subscription_id.lower() in group]

    async def _by_vault(self, vaults: Sequence[Vault], since: float, arrival: str) -> None:
        """Every vault's own list. One that cannot be read holds the watermarks back, and the others are read first."""
        limit = asyncio.Semaphore(_AT_ONCE)
        wanted = JobFilter(operation="Backup", since=_time(since) - _LONGEST_JOB, ended_since=_time(since))
        failed: list[AzureError] = []

        async def read(vault: Vault) -> None:
            async with limit:
                try:
                    await self._take(jobs.list_jobs(self._lookups.arm, vault.ref, wanted), arrival)
                except AzureError as error:
                    log_error(error, vault.ref.path)
                    failed.append(error)

        await together(read(vault) for vault in vaults)
        if failed:
            raise failed[0]

    async def _take(self, pages: AsyncIterator[list[BackupJob]], arrival: str) -> None:
        async for page in pages:
            taken = await self._taking.take(page, source="sweep", arrival=arrival)
            if taken.failed:
                _log.info("the sweep found %s backups that failed", taken.failed)
            await self._lease()  # a long catch-up keeps it


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
