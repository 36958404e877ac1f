"""Tells the channels what has become of incidents: one living card each, or one for all of a cause in a storm."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.incidents.newsroom import Newsroom
from bot.incidents.rules import InForce
from bot.incidents.scene import Scene, is_overdue, overdue_time
from bot.store import incidents, leases, outbox, storms
from bot.store.incidents import Incident
from bot.store.store import Transaction
from bot.store.storms import CARD, DIGEST, STORM
from bot.workflows.showing import body_of
from intents.routing import Delivery, Silence
from responses.cards.failure import LineKind, failure_card, failure_line

_log = logging.getLogger(__name__)
_LEASE: Final = "tell"
_LEASE_SECONDS: Final = 60.0
_BATCH: Final = 400
# A first card waits so long for the last recovery point; what comes later is laid over it.
_POINT_SECONDS: Final = 4.0
_LATE_POINT_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One incident with everything that decides what is told of it."""

    one: Incident
    places: dict[str, tuple[str, str]]
    deliveries: tuple[Delivery, ...]
    silence: Silence | None
    known: Mapping[str, Any]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing of it may ring now."""
        return self.one.is_snoozed or self.silence is not None


@dataclass(slots=True)
class _Round:
    """What one transaction has to tell beside the incidents themselves."""

    new: dict[tuple[str, str], list[tuple[Piece, Delivery]]] = field(default_factory=lambda: defaultdict(list))
    storms: set[str] = field(default_factory=set)
    grown: set[str] = field(default_factory=set)


class Telling:
    """One round at a time, by one replica at a time."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room

    async def round(self) -> bool:
        """Tell what is untold; whether there was something. Raises StoreAway."""
        room = self._room
        async with room.store.transaction() as kept:
            if not await leases.take(kept, _LEASE, room.replica, room.now(), _LEASE_SECONDS):
                return False
            await self._time_passes(kept)
            untold = await incidents.untold(kept, _BATCH)
            rules = await room.rules.now(kept, room.now())
        if not untold:
            return False
        untold = await self._with_points(untold)
        scene = await room.scenery.scene(untold, with_tags=rules.needs_tags)
        async with room.store.transaction() as kept:
            await self._tell(kept, untold, rules, scene)
        room.wake_outbox()
        return True

    async def _time_passes(self, kept: Transaction) -> None:
        """A snooze or a silence is over, or a promise is broken: that is told like any other change."""
        room = self._room
        for one in await incidents.due(kept, room.now(), _BATCH):
            is_over = one.snoozed_until is not None and one.snoozed_until <= room.now()
            values: dict[str, Any] = {"look_at": None}
            if is_over:
                values |= {"snoozed_until": None, "snoozed_by": ""}
            await incidents.change(kept, one.id, **values)

    async def _with_points(self, untold: Sequence[Incident]) -> list[Incident]:
        """The same with their last recovery points, for those that are open and of which that is not known yet."""
        room = self._room
        wanted = [one for one in untold if one.is_open and one.facts.get("asked_at") != one.last_at]
        if not wanted:
            return list(untold)
        is_first = any("told" not in one.facts for one in wanted)
        found = await room.points.of(wanted, _POINT_SECONDS if is_first else _LATE_POINT_SECONDS)
        facts = {one.id: {**found.get(one.id, {}), "asked_at": one.last_at} for one in wanted}
        async with room.store.transaction() as kept:
            await incidents.note_facts(kept, facts)
        return [_laid(one, facts.get(one.id)) for one in untold]

    async def _tell(self, kept: Transaction, untold: Sequence[Incident], rules: InForce, scene: Scene) -> None:
        """Everything about these in one transaction: cards, lines, and that it is told."""
        round = _Round()
        places = await incidents.channels_of(kept, [one.id for one in untold])
        pieces = [self._piece(one, places[one.id], rules, scene) for one in untold]
        for piece in pieces:
            self._sort(piece, round)
        for (channel, cause), new in round.new.items():
            await self._place(kept, channel, cause, new, round)
        for piece in pieces:
            await self._one(kept, piece, scene, round)
        await storms.touch(kept, sorted(round.storms))
        await storms.touch(kept, sorted(round.grown), at=self._room.now())

    def _piece(self, one: Incident, places: Mapping[str, tuple[str, str]], rules: InForce, scene: Scene) -> Piece:
        now = self._room.now()
        failing = scene.failing(one, now)
        silence = rules.silence_of(failing, now)
        return Piece(one, dict(places), rules.deliveries(failing), silence, one.facts.get("told") or {})

    def _sort(self, piece: Piece, round: _Round) -> None:
        """Find where it is to be told for the first time, and the storms that it is part of."""
        round.storms |= {storm for _, storm in piece.places.values() if storm}
        if not piece.one.is_open or piece.is_quiet:
            return
        for delivery in piece.deliveries:
            how, _ = piece.places.get(delivery.channel, ("", ""))
            # What a digest has told gets a card of its own when it happens again.
            is_again = how == DIGEST and piece.one.count > int(piece.known.get("count", piece.one.count))
            if not how or (is_again and delivery.mode == "each"):
                round.new[delivery.channel, piece.one.cause].append((piece, delivery))

    async def _place(
        self,
        kept: Transaction,
        channel: str,
        cause: str,
        new: Sequence[tuple[Piece, Delivery]],
        round: _Round,
    ) -> None:
        """Each gets a card of its own, or all of them one: that of the storm that goes on, or that they make."""
        room, at = self._room, self._room.now()
        each = [(piece, delivery) for piece, delivery in new if delivery.mode == "each"]
        for piece, delivery in new:
            if delivery.mode == "digest":
                await self._put(kept, piece, channel, DIGEST, "")
        if not each:
            return
        storm = await storms.going_on(kept, channel, cause)
        since = at - room.settings.storm_minutes * 60.0
        if storm is None:
            before = await storms.recent(kept, channel, cause, since)
            if before + len(each) >= room.settings.storm_incidents:
                storm = await storms.begin(kept, channel, cause, at)
                await storms.join(kept, storm, since)
        for piece, _ in each:
            await self._put(kept, piece, channel, STORM if storm else CARD, storm.id if storm else "")
        if storm is not None:
            round.grown.add(storm.id)
            mentions = sorted({who for _, delivery in each for who in delivery.mentions})
            await storms.note_mentions(kept, storm.id, mentions)

    async def _put(self, kept: Transaction, piece: Piece, channel: str, how: str, storm: str) -> None:
        await storms.place(kept, piece.one, channel, how=how, storm=storm, at=self._room.now())
        piece.places[channel] = (how, storm)

    async def _one(self, kept: Transaction, piece: Piece, scene: Scene, round: _Round) -> None:
        """Bring its cards up to date, write what has just become so into their threads, and note what is told."""
        room, one = self._room, piece.one
        lines = tuple(self._lines(piece))
        for channel, (how, _) in piece.places.items():
            if how != CARD:
                continue
            language = room.language_of_channel(channel)
            shown = await room.shown(kept, one, scene, silence=piece.silence, mentions=_mentions(piece, channel))
            key = card_key(one.id, channel)
            await room.put_card(kept, key, channel, failure_card(shown, language))
            for line in lines:
                body = body_of(failure_line(line, shown, language))
                await outbox.put_line(kept, key=key, line=f"{key}/{line}-{one.revision}", body=body)
        await incidents.told(kept, one, known_of(one, room.now(), piece.silence), self._look_at(piece))

    def _lines(self, piece: Piece) -> Sequence[LineKind]:
        """What has become so since it was last told; nothing of it while it is to be quiet, but its end."""
        one, known = piece.one, piece.known
        if not known:
            return ()
        if not one.is_open:
            return ("resolved",) if known.get("is_open") else ()
        if piece.is_quiet:
            return ()
        lines: list[LineKind] = []
        if known.get("is_snoozed"):
            lines.append("snooze-ended")
        if known.get("silence"):
            lines.append("silence-ended")
        if one.count > int(known.get("count", 0)):
            lines.append("again")
        if is_overdue(one, self._room.now()) and not known.get("is_overdue"):
            lines.append("overdue")
        return lines

    def _look_at(self, piece: Piece) -> float | None:
        """When time alone will change it."""
        one, now = piece.one, self._room.now()
        if not one.is_open:
            return None
        times = [one.snoozed_until, piece.silence.ends if piece.silence else None, overdue_time(one)]
        return min((at for at in times if at is not None and at > now), default=None)


def known_of(one: Incident, now: float, silence: Silence | None = None) -> dict[str, Any]:
    """What the channels know of an incident once it is told: the next change is judged by it."""
    return {
        "count": one.count,
        "is_open": one.is_open,
        "is_overdue": is_overdue(one, now),
        "is_snoozed": one.is_snoozed,
        "silence": silence.id if silence else "",
    }


def card_key(about: str, channel: str) -> str:
    """The key of the card about an incident, or of a digest, in a channel."""
    return f"{about}-{channel}"[:80]


def _mentions(piece: Piece, channel: str) -> tuple[str, ...]:
    return next((each.mentions for each in piece.deliveries if each.channel == channel), ())


def _laid(one: Incident, facts: Mapping[str, Any] | None) -> Incident:
    return replace(one, facts={**one.facts, **facts}) if facts else one
