"""The digest of a day, a week, or of the time while the bot was away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from responses.cards.bulletin import Bulletin
from responses.cards.failure import lasting
from responses.cards.fitting import first_that_fits
from responses.cards.incident_list import IncidentRow, row_line, show_button
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Run, Runs, title
from responses.cards.storm import PictureOf
from responses.cards.text import Mrkdwn, Verbatim, excerpt, moment, mrkdwn, plain
from responses.cards.trouble_azure import Trouble, sentence
from responses.catalog.model import Entry, Language

_HEADER: Final = 150
_ALT: Final = 1_000
_ROOMS: Final = (90, 40, 20)


@dataclass(frozen=True, slots=True)
class OverdueItem:
    """A VM without a good backup for longer than its policy promises."""

    vm: str
    vault: str
    recovery_point: datetime | None
    promised_hours: float | None


@dataclass(frozen=True, slots=True)
class CauseOf:
    """How many incidents have this cause; `is_new` where it was never met before."""

    entry: Entry | None
    code: str
    title: str
    count: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class DigestOf:
    """What happened from `since` to `until` in a channel's part of the estate: `good` and `failed` are backup jobs.

    `overdue_count` is None where it could not be read; `unread` says why.
    """

    kind: Literal["daily", "weekly", "catch-up"]
    since: datetime
    until: datetime
    good: int
    failed: int
    opened: int
    resolved: int
    open_now: int
    causes: tuple[CauseOf, ...]
    incidents: tuple[IncidentRow, ...]
    more: int
    overdue: tuple[OverdueItem, ...]
    overdue_count: int | None
    picture: PictureOf | None = None
    unread: tuple[Trouble, ...] = ()
    more_causes: int = 0


def digest_card(digest: DigestOf, language: Language) -> Card:
    """The digest, calm where all is well; under 12,000 characters. Button: `show_incident`."""
    return first_that_fits(_ROOMS, lambda most: _card(digest, language, most))


def _card(digest: DigestOf, language: Language, most: int) -> Card:
    say = labels(language)
    bulletin = Bulletin()
    mood = _mood(digest)
    count = digest.overdue_count if mood == "late" else digest.open_now
    head = say.text(f"digest.title_{mood}_{digest.kind}", count=count or 0)
    bulletin.header(plain(head, _HEADER))
    bulletin.text(Mrkdwn("\n".join(_numbers(digest, say))), "numbers")
    if digest.picture is not None:
        bulletin.picture(digest.picture.file_id, plain(digest.picture.alt, _ALT))
    bulletin.bullets((Run(say.literal("digest.causes"), "bold"),), _causes(digest, language, say, most), name="causes")
    bulletin.bullets((Run(say.literal("digest.overdue"), "bold"),), _overdue(digest, say, most), name="overdue")
    for number, row in enumerate(digest.incidents, start=1):
        bulletin.line(row_line(row, say, most), show_button(row, say, most), f"row_{number}")
    if digest.more:
        bulletin.text(say.mrkdwn("digest.more", count=str(digest.more)), "more")
    for number, trouble in enumerate(digest.unread[:3]):
        bulletin.text(Mrkdwn(f":warning: {mrkdwn(sentence(trouble, say), 300)}"), f"unread_{number}")
    bulletin.facts(say.mrkdwn("digest.period", since=moment(digest.since), until=moment(digest.until)))
    return bulletin.card(language, mrkdwn(f"{head}. {_rate(digest, say)}".strip(), 300))


def _mood(digest: DigestOf) -> Literal["bad", "late", "unsure", "good"]:
    """Whether there is anything to do; all is well only where everything was read."""
    if digest.open_now:
        return "bad"
    if digest.overdue_count:
        return "late"
    is_untold = digest.overdue_count is None and digest.kind != "catch-up"  # while away, nobody asked
    return "unsure" if digest.unread or is_untold else "good"


def _numbers(digest: DigestOf, say: Labels) -> Iterator[Mrkdwn]:
    if digest.kind == "catch-up":
        yield say.mrkdwn("digest.away", since=moment(digest.since), until=moment(digest.until))
        yield say.mrkdwn("digest.away_counts", opened=str(len(digest.incidents) + digest.more),
                         open=str(digest.open_now))  # fmt: skip
        return
    yield mrkdwn(_rate(digest, say))
    yield say.mrkdwn(
        "digest.counts", open=str(digest.open_now), opened=str(digest.opened), resolved=str(digest.resolved)
    )
    if digest.overdue_count == 1:
        yield say.mrkdwn("digest.overdue_count_one")
    elif digest.overdue_count:
        yield say.mrkdwn("digest.overdue_count", count=str(digest.overdue_count))
    elif digest.overdue_count == 0:
        yield say.mrkdwn("digest.overdue_none")
    else:
        yield say.mrkdwn("digest.overdue_unread")


def _rate(digest: DigestOf, say: Labels) -> str:
    """How many of the backups were good; a hundred percent only where none failed."""
    total = digest.good + digest.failed
    if digest.kind == "catch-up":
        return ""
    if not total:
        return say.text("digest.no_jobs")
    percent = digest.good * 1_000 // total / 10
    shown = f"{percent:g}".replace(".", say.text("digest.decimal"))
    return say.text("digest.rate", percent=shown, good=digest.good, total=total, failed=digest.failed)


def _causes(digest: DigestOf, language: Language, say: Labels, most: int) -> Iterator[Runs]:
    for cause in digest.causes:
        name = title(cause.entry, language) if cause.entry else cause.title or cause.code or "?"
        found: list[Run] = [Run(excerpt(name, most + 60) or Verbatim("?")), Run(Verbatim(f": {cause.count}"))]
        if cause.is_new:
            found += [Run(Verbatim(" ")), Run(say.literal("digest.new"), "bold")]
        yield tuple(found)
    if digest.more_causes:
        name = "digest.more_causes" if digest.more_causes > 1 else "digest.one_more_cause"
        yield (Run(say.literal(name, count=digest.more_causes)),)


def _overdue(digest: DigestOf, say: Labels, most: int) -> Iterator[Runs]:
    for item in digest.overdue:
        place = Run(Verbatim(f"{excerpt(item.vm, most)} ({excerpt(item.vault, most)}): "))
        if item.recovery_point is None:
            yield place, Run(say.literal("digest.never"))
            continue
        age = lasting((digest.until - item.recovery_point).total_seconds(), say)
        if item.promised_hours is None:
            yield place, Run(say.literal("digest.age", age=age))
        else:
            yield place, Run(say.literal("digest.late", age=age, every=lasting(item.promised_hours * 3_600.0, say)))
    left = (digest.overdue_count or 0) - len(digest.overdue)
    if left > 0:
        yield (Run(say.literal("digest.more_overdue", count=left)),)
