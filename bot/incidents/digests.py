"""Digests: what happened in a channel's part of the estate in a day or a week, or while the bot was away."""

from dataclasses import replace
from typing import Final

from azure_ops.errors import AzureError
from bot.charts.chart import Chart, draw
from bot.incidents.digest_making import Due, Part, digest_chart, digest_of, due_at, is_for, with_counts
from bot.incidents.newsroom import Newsroom
from bot.incidents.points import key_of
from bot.incidents.rules import InForce
from bot.incidents.telling import card_key, known_of
from bot.lookups.problems import trouble_of
from bot.store import incidents, leases, operations, outcomes, storms
from bot.store.incidents import CATCH_UP
from bot.store.store import Transaction
from bot.store.storms import DIGEST
from intents.incidents import overdue_at
from responses.cards.digest import DigestOf, OverdueItem, digest_card
from responses.cards.jobs import Trouble
from responses.cards.storm import PictureOf, chart_alt
from responses.catalog.model import Language

_LEASE: Final = "digests"
_LEASE_SECONDS: Final = 120.0
_DAY: Final = 86_400.0


class Digests:
    """One round at a time, by one replica at a time."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room

    async def round(self) -> None:
        """Tell what is due now. Raises StoreAway."""
        room, now = self._room, self._room.now()
        wanted = due_at(now, room.settings.digest_at, room.settings.digest_zone, room.settings.weekly_on,
                        daily=room.settings.daily)  # fmt: skip
        if not wanted:
            return
        async with room.store.transaction() as kept:
            if not await leases.take(kept, _LEASE, room.replica, now, _LEASE_SECONDS):
                return
            rules = await room.rules.now(kept, now)
            channels = sorted(rules.channels)
            undone = [
                (due, channel)
                for due in wanted
                for channel in channels
                if not await operations.was_done(kept, f"{due.key}/{channel}")
            ]
        for due, channel in undone:
            await self._tell(due, channel, rules)

    async def _tell(self, due: Due, channel: str, rules: InForce) -> None:
        room = self._room
        language = room.language_of_channel(channel)
        digest, chart = await self.made(due, channel, rules, language)
        if chart is not None and (png := await draw(chart)) is not None:
            alt = chart_alt([(bar.start, bar.good, bar.failed) for bar in chart.bars], chart.step, chart.zone, language)
            if file := await room.pictures.upload(png, f"digest-{due.kind}.png", alt):
                digest = replace(digest, picture=PictureOf(file, alt))
        async with room.store.transaction() as kept:
            if await operations.first_time(kept, f"{due.key}/{channel}", room.now()):
                await room.put_card(kept, card_key(due.key, channel), channel, digest_card(digest, language))
        room.wake_outbox()

    async def made(self, due: Due, channel: str, rules: InForce, language: Language) -> tuple[DigestOf, Chart | None]:
        """A channel's digest, and its chart, which is still to be drawn."""
        room = self._room
        async with room.store.transaction() as kept:
            found = await incidents.between(kept, due.since, due.until)
            ended = await outcomes.ended(kept, due.since, due.until)
            known_before = await outcomes.causes_before(kept, due.since)
        scene = await room.scenery.scene(found, with_tags=rules.needs_tags)
        mine = [one for one in found if is_for(channel, one, rules, scene, room.now())]
        of_channel = Part(channel, rules, scene)
        counted = [each for each in ended if of_channel.has_vault(each.vault_key)]
        overdue, unread = await self._overdue(of_channel)
        digest = digest_of(due, mine, scene, language, known_before)
        steps = 3_600.0 if due.kind == "daily" else _DAY
        chart = digest_chart(counted, due, steps, room.settings.digest_zone, language)
        return (
            with_counts(digest, counted, overdue, unread),
            chart if any(bar.good or bar.failed for bar in chart.bars) else None,
        )

    async def _overdue(self, part: Part) -> tuple[list[OverdueItem] | None, tuple[Trouble, ...]]:
        """Items without a good backup for longer than their policies promise; None where Azure does not tell."""
        room, now = self._room, self._room.now()
        try:
            items = await room.points.all_items()
        except AzureError as error:
            return None, (trouble_of(error),)
        late: list[tuple[float, OverdueItem]] = []
        for item in items:
            if not part.has_item(item):
                continue
            promised = await room.points.promised_hours(item)
            point = item.last_recovery_point.timestamp() if item.last_recovery_point else None
            at = overdue_at(point, promised, 0.0)
            if at is not None and now >= at:
                name = item.name or key_of(item).rpartition(";")[2]
                late.append((point or 0.0, OverdueItem(name, item.ref.vault.name, item.last_recovery_point, promised)))
        return [each for _, each in sorted(late, key=lambda pair: (pair[0], pair[1].vm))], ()

    async def caught_up(self, kept: Transaction, since: float, until: float) -> None:
        """What a gap held, as one digest for each channel, in the transaction that closes the gap."""
        room = self._room
        new = [one for one in await storms.unplaced(kept, CATCH_UP) if "told" not in one.facts]
        if not new:
            return
        rules = await room.rules.now(kept, room.now())
        scene = await room.scenery.scene_at_hand()
        due = Due("catch-up", since, until, f"catch-up-{int(until)}")
        for channel in sorted(rules.channels):
            mine = [one for one in new if is_for(channel, one, rules, scene, room.now())]
            if not mine:
                continue
            language = room.language_of_channel(channel)
            digest = digest_of(due, mine, scene, language, None)
            await room.put_card(kept, card_key(due.key, channel), channel, digest_card(digest, language))
            for one in mine:
                if one.is_open:
                    await storms.place(kept, one, channel, how=DIGEST, at=room.now())
        for one in new:
            await incidents.told(kept, one, known_of(one, room.now()), None)
