"""The loops that look for failures, tell about them and sum them up, from the start of the bot to its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from azure_ops.errors import AzureError
from bot.incidents.digests import Digests
from bot.incidents.joining import Joining
from bot.incidents.newsroom import Newsroom
from bot.incidents.sight import Sight
from bot.incidents.storm_telling import StormTelling
from bot.incidents.telling import Telling
from bot.intake.inbox_reading import InboxReading
from bot.intake.sweep import Sweep
from bot.store import inbox, leases, outcomes
from bot.store.store import StoreAway

Work = Callable[[], Awaitable[bool | None]]
_log = logging.getLogger(__name__)
_TELL_SECONDS: Final = 1.0
_INBOX_SECONDS: Final = 1.0
_STORM_SECONDS: Final = 1.0
_DIGEST_SECONDS: Final = 5.0
_PRUNE_SECONDS: Final = 3_600.0
_JOIN_SECONDS: Final = 3_600.0
_RETRY_SECONDS: Final = 5.0
_INBOX_KEPT: Final = 3 * 86_400.0


class Watching:
    """One for the process. Its work is shared with other replicas by leases: each round is done by one of them."""

    def __init__(
        self,
        room: Newsroom,
        telling: Telling,
        reading: InboxReading,
        sweep: Sweep,
        sight: Sight,
        digests: Digests,
        joining: Joining,
    ) -> None:
        self._room = room
        self._telling = telling
        self._storms = StormTelling(room)
        self._reading = reading
        self._sweep = sweep
        self._sight = sight
        self._digests = digests
        self._joining = joining
        self._told = asyncio.Event()
        self._received = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin; the store is open."""
        settings = self._room.settings
        loops: dict[str, tuple[Work, asyncio.Event | None, float]] = {
            "tell": (self._telling.round, self._told, _TELL_SECONDS),
            "read the inbox": (self._reading.round, self._received, _INBOX_SECONDS),
            "sweep": (self._swept, None, settings.sweep_seconds),
            "tell storms": (self._storms.round, None, _STORM_SECONDS),
            "digests": (self._digests.round, None, _DIGEST_SECONDS),
            "prune": (self._pruned, None, _PRUNE_SECONDS),
            "join": (self._joined, None, _JOIN_SECONDS),
        }
        self._tasks = [
            asyncio.create_task(_always(name, work, woken, seconds), name=name)
            for name, (work, woken, seconds) in loops.items()
        ]

    def wake(self) -> None:
        """Something of incidents has changed."""
        self._told.set()

    def received(self) -> None:
        """Something came in at the webhook."""
        self._received.set()

    async def close(self) -> None:
        """Stop; what is under way is done anew at the next start, and another replica may go on at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._tasks:
            try:
                async with self._room.store.transaction() as kept:
                    await leases.release(kept, self._room.replica)
            except StoreAway as error:
                _log.info("the leases run out by themselves (%s)", error)
        await self._room.points.close()

    async def _swept(self) -> None:
        if not (await self._room.in_force()).channels:
            return  # what fails goes nowhere, so Azure is not asked
        try:
            did = await self._sweep.round()
        except (AzureError, TimeoutError) as error:
            _log.warning("the sweep could not read everything (%s)", str(error) or type(error).__name__)
            await self._sight.failed(error)
            return
        if did:
            await self._sight.swept()
            self.wake()

    async def _joined(self) -> None:
        """Be in every channel that something is told in; what cannot be joined is logged."""
        channels = (await self._room.in_force()).channels
        for channel in sorted(channels | {self._room.settings.operations_channel} - {""}):
            how = await self._joining.join(channel)
            if how in ("invite", "archived"):
                _log.error("nothing can be told in channel %s (%s)", channel, how)

    async def _pruned(self) -> None:
        now = self._room.now()
        async with self._room.store.transaction() as kept:
            await outcomes.prune(kept, now - self._room.settings.kept_days * 86_400.0)
            await inbox.prune(kept, now - _INBOX_KEPT)


async def _always(name: str, work: Work, woken: asyncio.Event | None, seconds: float) -> None:
    """Until cancelled: again at once while `work` says that there is some, else when woken or after some seconds."""
    while True:
        try:
            if await work():
                continue
        except StoreAway as error:
            _log.warning("%s: the database cannot be reached (%s)", name, error)
            await asyncio.sleep(_RETRY_SECONDS)
        except Exception:  # noqa: BLE001 - the outer edge of this task: it must go on with the next round
            _log.exception("%s: a round failed; it is tried again", name)
            await asyncio.sleep(_RETRY_SECONDS)
        if woken is None:
            await asyncio.sleep(seconds)
            continue
        try:
            async with asyncio.timeout(seconds):
                await woken.wait()
        except TimeoutError:
            pass
        woken.clear()
