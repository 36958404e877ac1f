"""Tells storms: one card for all incidents of a cause in a channel, with exact numbers and a picture of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from bot.charts.chart import Bar, Chart, draw
from bot.incidents.newsroom import Newsroom
from bot.store import leases, storms
from bot.store.store import Transaction
from bot.store.storms import Counts, Storm
from bot.workflows.showing import time_from
from responses.cards.labels import labels
from responses.cards.storm import PictureOf, StormOf, chart_alt, storm_card
from responses.catalog.model import Entry, Language

_LEASE: Final = "tell-storms"
_LEASE_SECONDS: Final = 60.0
# A storm's card changes with every failure; so often it is written anew. Its picture is drawn anew as soon as it has
# doubled or nothing more comes, but not more often than the first, and at least as often as the last of these.
_CARD_SECONDS: Final = 2.0
_BETWEEN_SECONDS: Final = 10.0
_SETTLED_SECONDS: Final = 20.0
_PICTURE_SECONDS: Final = 300.0
_MOST_BARS: Final = 60
_STEPS: Final[tuple[tuple[float, Literal["minute", "hour", "day"]], ...]] = (
    (60.0, "minute"),
    (3_600.0, "hour"),
    (86_400.0, "day"),
)


@dataclass(frozen=True, slots=True)
class _Told:
    storm: Storm
    counts: Counts
    is_over: bool


class StormTelling:
    """One round at a time, by one replica at a time."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room

    async def round(self) -> None:
        """Tell what is untold of storms; then draw what has no picture of its numbers yet. Raises StoreAway."""
        room = self._room
        wanted: list[_Told] = []
        async with room.store.transaction() as kept:
            if not await leases.take(kept, _LEASE, room.replica, room.now(), _LEASE_SECONDS):
                return
            quiet = room.now() - room.settings.storm_quiet_minutes * 60.0
            await storms.touch(kept, [each.id for each in await storms.quiet(kept, quiet)])
            for storm in await storms.untold(kept):
                if room.now() - float(storm.facts.get("told_at") or 0.0) >= _CARD_SECONDS:
                    wanted.append(await self._card(kept, storm, quiet))
        if wanted:
            room.wake_outbox()
        for told in wanted:
            if self._is_picture_old(told):
                await self._picture(told)

    async def _card(self, kept: Transaction, storm: Storm, quiet: float) -> _Told:
        """Its card as the numbers are now, in the caller's transaction."""
        room = self._room
        counts = await storms.counts(kept, storm.id)
        is_over = counts.open == 0 or storm.last_at < quiet
        facts = {**storm.facts, "told_at": room.now(), "is_over": is_over}
        language = room.language_of_channel(storm.channel)
        card = storm_card(self._shown(storm, counts, is_over=is_over), language)
        await room.put_card(kept, storm.id, storm.channel, card)
        # One whose picture is behind is looked at again without anything new; the same card is not said twice.
        picture = facts.get("picture")
        is_behind = picture is not None and picture["failures"] != counts.failures and not facts.get("is_refused")
        await storms.keep(kept, storm.id, facts=facts, is_dirty=is_behind, is_over=is_over)
        return _Told(storm, counts, is_over)

    def _shown(self, storm: Storm, counts: Counts, *, is_over: bool) -> StormOf:
        entry, picture = self._entry(storm), storm.facts.get("picture")
        return StormOf(
            id=storm.id,
            entry=entry,
            code=_code(storm, entry),
            title=storm.cause.removeprefix("title:"),
            total=counts.total,
            open=counts.open,
            resolved=counts.total - counts.open,
            failures=counts.failures,
            vaults=counts.vaults,
            vault_count=counts.vault_count,
            first_at=time_from(counts.first_at) or datetime.now(UTC),
            last_at=time_from(counts.last_at) or datetime.now(UTC),
            is_over=is_over,
            picture=PictureOf(picture["file"], picture["alt"]) if picture else None,
            charted=int(picture["failures"]) if picture else 0,
            retry_all=storm.id if counts.open and self._is_retryable(entry) else "",
            mentions=tuple(storm.facts.get("mentions") or ()),
        )

    def _entry(self, storm: Storm) -> Entry | None:
        return self._room.catalog.get(storm.cause)

    def _is_retryable(self, entry: Entry | None) -> bool:
        return (entry is None or entry.retry != "never") and self._room.rights.is_anyone_granted("retry-backup")

    def _is_picture_old(self, told: _Told) -> bool:
        """A picture is drawn when there is none; later when the numbers changed, and enough to be worth one."""
        now, picture = self._room.now(), told.storm.facts.get("picture")
        tried = now - float(told.storm.facts.get("tried_at") or 0.0)
        if picture is None:
            return tried > _PICTURE_SECONDS
        between = _PICTURE_SECONDS if told.storm.facts.get("is_refused") else _BETWEEN_SECONDS
        if picture["failures"] == told.counts.failures or tried < between:
            return False
        has_grown = told.counts.failures >= 2 * picture["failures"]
        is_settled = now - told.storm.last_at > _SETTLED_SECONDS
        return has_grown or is_settled or told.is_over or tried > _PICTURE_SECONDS

    async def _picture(self, told: _Told) -> None:
        """Draw it, give it to Slack, and tell the storm anew; without a picture the card says it all the same."""
        room, storm = self._room, told.storm
        language = room.language_of_channel(storm.channel)
        async with room.store.transaction() as kept:
            times = await storms.failures_of(kept, storm.id)
        if not times:
            return
        chart = failures_chart(times, self._title(storm, language), language, room.settings.digest_zone)
        file, alt = "", chart_alt(
            [(bar.start, bar.good, bar.failed) for bar in chart.bars], chart.step, chart.zone, language
        )  # fmt: skip
        png = await draw(chart)
        if png is not None:
            file = await room.pictures.upload(png, f"{storm.id}.png", alt)
        facts: dict[str, Any] = {"tried_at": room.now(), "is_refused": not file}
        if file:
            facts["picture"] = {"file": file, "alt": alt, "at": room.now(), "failures": told.counts.failures}
        async with room.store.transaction() as kept:
            now = await storms.read(kept, storm.id)
            if now is not None:
                merged = {**now.facts, **facts, "told_at": 0.0}
                await storms.keep(kept, storm.id, facts=merged, is_dirty=bool(file) or now.is_dirty)

    def _title(self, storm: Storm, language: Language) -> str:
        entry = self._entry(storm)
        if entry is not None:
            return entry.words[language].title
        return storm.cause.removeprefix("title:")


def failures_chart(times: Sequence[float], title: str, language: Language, zone: str) -> Chart:
    """Failures over time, in minutes, hours or days: the finest step that needs no more than sixty bars."""
    first, last = min(times, default=0.0), max(times, default=0.0)
    seconds, step = next(
        ((seconds, step) for seconds, step in _STEPS if (last - first) / seconds < _MOST_BARS), _STEPS[-1]
    )
    counted = Counter(int(at // seconds) for at in times)
    low, high = int(first // seconds), int(last // seconds)
    bars = tuple(Bar(number * seconds, 0, counted[number]) for number in range(low, high + 1))
    say = labels(language)
    return Chart(
        title=title,
        good_label=say.text("chart.good"),
        failed_label=say.text("chart.failed"),
        bars=bars[-_MOST_BARS:],
        step=step,
        zone=zone,
        language=language,
    )


def _code(storm: Storm, entry: Entry | None) -> str:
    if entry is not None:
        return entry.code if entry.has_code else ""
    return "" if storm.cause.startswith("title:") else storm.cause
