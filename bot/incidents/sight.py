"""Says in the operations channel when the bot cannot see failures, once, and once more when it can again."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from azure_ops.errors import NotSignedIn
from bot.incidents.newsroom import Newsroom
from bot.store import blindness, inbox, outcomes, watermarks
from bot.store.blindness import Blindness
from bot.store.store import Transaction
from bot.workflows.workshop import why_of
from responses.cards.jobs import Trouble
from responses.cards.watch_notices import BlindKind, blind_card, sighted_card

_log = logging.getLogger(__name__)
# So many failures that only the sweep has found, none of them fresh: then the webhook should have told some.
_SILENT_FAILURES: Final = 3
_SILENT_SECONDS: Final = 3_600.0
_ALERTS_LATE: Final = 900.0


class Sight:
    """Told by the sweep how it went; never calls Azure itself."""

    def __init__(self, room: Newsroom, *, has_door: bool) -> None:
        self._room = room
        self._has_door = has_door
        self._began = room.now()

    async def swept(self) -> None:
        """A round was good. Raises StoreAway."""
        async with self._room.store.transaction() as kept:
            for kind in ("no-sweep", "sign-in"):
                await self._end(kept, kind)
            await self._look_at_webhook(kept)
        self._room.wake_outbox()

    async def failed(self, error: Exception) -> None:
        """A round was not. Raises StoreAway."""
        room = self._room
        async with room.store.transaction() as kept:
            marks = await watermarks.read(kept)
            # Before the first good round nothing was seen since the start.
            seen = min((mark.read_at for mark in marks.values()), default=self._began)
            if isinstance(error, NotSignedIn):
                await self._begin(kept, "sign-in", room.now(), why_of(error))
            if room.now() - seen >= room.settings.blind_minutes * 60.0:
                await self._begin(kept, "no-sweep", seen, why_of(error))
        room.wake_outbox()

    async def _look_at_webhook(self, kept: Transaction) -> None:
        """The webhook is silent when failures that are not fresh were found by sweeps alone, and no alert came."""
        if not self._has_door:
            return
        now = self._room.now()
        last = await inbox.last_received(kept)
        if last is not None and now - last < _SILENT_SECONDS:
            await self._end(kept, "webhook-silent")
            return
        since = max(now - _SILENT_SECONDS, self._began)
        alone = await outcomes.failed_between(kept, since, now - _ALERTS_LATE)
        if alone >= _SILENT_FAILURES:
            await self._begin(kept, "webhook-silent", last or self._began, {})

    async def _begin(self, kept: Transaction, kind: BlindKind, since: float, why: Mapping[str, Any]) -> None:
        if not await blindness.begin(kept, Blindness(kind, since, why)):
            return
        _log.error("the bot cannot see all failures (%s)", kind)
        if channel := self._room.settings.notices_channel:
            language = self._room.language_of_channel(channel)
            trouble = Trouble(why["label"], why["values"]) if why else None
            card = blind_card(kind, datetime.fromtimestamp(since, UTC), trouble, language)
            await self._room.put_card(kept, f"blind-{kind}-{int(self._room.now())}", channel, card)

    async def _end(self, kept: Transaction, kind: BlindKind) -> None:
        over = await blindness.end(kept, kind)
        if over is None:
            return
        _log.warning("the bot sees again (%s)", kind)
        if channel := self._room.settings.notices_channel:
            language, now = self._room.language_of_channel(channel), self._room.now()
            since, until = datetime.fromtimestamp(over.since, UTC), datetime.fromtimestamp(now, UTC)
            card = sighted_card(kind, since, until, language)
            await self._room.put_card(kept, f"sighted-{kind}-{int(now)}", channel, card)
