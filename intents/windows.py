"""How far back someone wants to look: spans, days, dates and times in words, English and Dutch."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

Window = timedelta | datetime

MINUTES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuut", "minuten"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "u", "uur", "uren"), 60),
    **dict.fromkeys(("d", "day", "days", "dag", "dagen"), 1_440),
    **dict.fromkeys(("w", "week", "weeks", "weken"), 10_080),
}
_SINCE: Final = frozenset({"since", "sinds", "vanaf"})
_YESTERDAY: Final = frozenset({"yesterday", "gisteren"})
TODAY: Final = frozenset({"today", "vandaag"})
AT: Final = frozenset({"at", "om"})
WEEKDAYS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (("monday", "maandag"), ("tuesday", "dinsdag"), ("wednesday", "woensdag"), ("thursday", "donderdag"),
         ("friday", "vrijdag"), ("saturday", "zaterdag"), ("sunday", "zondag"))
    )
    for name in names
}  # fmt: skip
# Short names may be the names of vaults; only what follows "since" can be nothing else.
SHORT_WEEKDAYS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (("mon", "ma"), ("tue", "tues", "di"), ("wed", "wo"), ("thu", "thur", "thurs", "do"), ("fri", "vr"),
         ("sat", "za"), ("sun", "zo"))
    )
    for name in names
}  # fmt: skip
SPAN = re.compile(r"(\d{1,5})([a-z]+)")
COUNT = re.compile(r"\d{1,5}")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d|uur|u|h)?")
_HALF_DAY = re.compile(r"(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))?(am|pm)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}t\d{2}:\d{2})(?::\d{2}(?:\.\d{1,9})?)?(z|[+-]\d{2}:?\d{2})?")
_EARLIEST: Final = 2000
_LATEST: Final = 9_000  # a day at the end of all years has no moment in some zones


class Taken(NamedTuple):
    """How many words were about time, and what they say: None where they are, but cannot be meant."""

    words: int
    window: Window | None = None


NOT_TIME: Final = Taken(0)


def take_window(words: Sequence[str], now: datetime, zone: tzinfo) -> Taken:
    """The window that the words begin with. `now` is aware; days and times are those of the reader's zone."""
    lower = [word.casefold() for word in words[:5]]
    if lower and lower[0] in _SINCE:
        rest = _take(lower[1:], now, zone, short=True)
        return Taken(rest.words + 1, rest.window) if rest.words else Taken(min(len(lower), 2))
    return _take(lower, now, zone, short=False)


def begins(window: Window, now: datetime) -> datetime:
    """Where a window begins; nobody means more than ten years back."""
    return window if isinstance(window, datetime) else now - min(window, timedelta(days=3_650))


def window_text(window: Window) -> str:
    """The same window in words that mean it in every zone: `24h`, `7d`, `since 2026-11-20T22:00Z`."""
    if isinstance(window, datetime):
        return f"since {window.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    minutes = int(window.total_seconds()) // 60
    if minutes % 1_440 == 0 and minutes > 1_440:
        return f"{minutes // 1_440}d"
    return f"{minutes}m" if minutes % 60 else f"{minutes // 60}h"


def _take(words: Sequence[str], now: datetime, zone: tzinfo, *, short: bool) -> Taken:
    if not words:
        return NOT_TIME
    return _span(words) or _moment(words[0], now, zone) or _day_and_clock(words, now, zone, short=short)


def _span(words: Sequence[str]) -> Taken | None:
    """`24h`, `90 min`, `7 dagen`."""
    found = SPAN.fullmatch(words[0])
    if found and found[2] in MINUTES:
        count, unit, taken = int(found[1]), found[2], 1
    elif COUNT.fullmatch(words[0]) and len(words) > 1 and words[1] in MINUTES:
        count, unit, taken = int(words[0]), words[1], 2
    else:
        return None
    return Taken(taken, timedelta(minutes=count * MINUTES[unit]) if count else None)


def _moment(word: str, now: datetime, zone: tzinfo) -> Taken | None:
    """`2026-11-20T22:00`, with or without an offset."""
    moment = instant_of(word, zone)
    if moment is None:
        return None
    return Taken(1, None if isinstance(moment, str) else _past(moment, now))


def _day_and_clock(words: Sequence[str], now: datetime, zone: tzinfo, *, short: bool) -> Taken:
    """A day with or without a time, or a time alone: then the last time that the clock showed it."""
    today = now.astimezone(zone).date()
    if clock := clock_of(words[0]):
        moment = moment_at(today, clock, zone)
        return Taken(1, _past(moment if moment <= now else moment_at(today - timedelta(days=1), clock, zone), now))
    day = _day(words[0], today, short=short)
    if day is None:
        return NOT_TIME
    behind = words[1:]
    skipped = 1 if len(behind) > 1 and behind[0] in AT and clock_of(behind[1]) else 0
    clock = clock_of(behind[skipped]) if len(behind) > skipped else None
    taken = 2 + skipped if clock else 1
    if isinstance(day, str):
        return Taken(taken)
    moment = moment_at(day, clock or time(), zone)
    if moment > now and (words[0] in WEEKDAYS or words[0] in SHORT_WEEKDAYS):
        moment = moment_at(day - timedelta(days=7), clock or time(), zone)
    return Taken(taken, _past(moment, now))


def _day(word: str, today: date, *, short: bool) -> date | str | None:
    """The day that a word names; the word itself where it looks like a date and is none."""
    if word in TODAY:
        return today
    if word in _YESTERDAY:
        return today - timedelta(days=1)
    weekday = WEEKDAYS.get(word, SHORT_WEEKDAYS.get(word) if short else None)
    if weekday is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    return date_of(word)


def instant_of(word: str, zone: tzinfo) -> datetime | str | None:
    """`2026-11-20T22:00`, with its offset or in the zone; the word itself where it looks like one and is none."""
    found = _MOMENT.fullmatch(word)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found[1] + (found[2] or "").upper())
    except ValueError:
        return word
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def date_of(word: str) -> date | str | None:
    """`2026-12-01`; the word itself where it looks like a date and nobody can mean it, None for any other word."""
    if not _DATE.fullmatch(word):
        return None
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return word
    return day if _EARLIEST <= day.year <= _LATEST else word


def clock_of(word: str) -> time | None:
    """`18:00`, `6.30`, `18:00u` or `8pm`; None for any other word."""
    if found := _CLOCK.fullmatch(word):
        return time(int(found[1]), int(found[2]))
    if found := _HALF_DAY.fullmatch(word):
        return time(int(found[1]) % 12 + (12 if found[3] == "pm" else 0), int(found[2] or 0))
    return None


def moment_at(day: date, clock: time, zone: tzinfo) -> datetime:
    """A day's time in a zone, in UTC."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _past(moment: datetime, now: datetime) -> datetime | None:
    """A moment to look back to; one that is still to come is none."""
    return moment.astimezone(UTC) if moment.year >= _EARLIEST and moment <= now else None
