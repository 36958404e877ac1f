"""Until when something shall hold: spans, days, dates and times to come, in words, English and Dutch."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from intents.windows import AT, COUNT, DATE, MINUTES, MOMENT, SHORT_WEEKDAYS, SPAN, TODAY, WEEKDAYS, clock_of, moment_at

_TOMORROW: Final = frozenset({"tomorrow", "morgen"})
_MOST_DAYS: Final = 400


class Ahead(NamedTuple):
    """How many words were about a time, and which: None where they are, but cannot be meant."""

    words: int
    moment: datetime | None = None


_NO_TIME: Final = Ahead(0)


def take_ahead(words: Sequence[str], now: datetime, zone: tzinfo) -> Ahead:
    """The moment to come that the words begin with: `4h`, `3 days`, `18:00`, `monday 8:00`, `2026-12-01`.

    `now` is aware; days and times are those of the reader's zone.
    """
    lower = [word.casefold() for word in words[:4]]
    if not lower:
        return _NO_TIME
    return _span(lower, now) or _iso(lower[0], now, zone) or _day_and_clock(lower, now, zone)


def _span(words: Sequence[str], now: datetime) -> Ahead | None:
    found = SPAN.fullmatch(words[0])
    if found and found[2] in MINUTES:
        count, unit, taken = int(found[1]), found[2], 1
    elif COUNT.fullmatch(words[0]) and len(words) > 1 and words[1] in MINUTES:
        count, unit, taken = int(words[0]), words[1], 2
    else:
        return None
    minutes = count * MINUTES[unit]
    return Ahead(taken, now + timedelta(minutes=minutes) if 0 < minutes <= _MOST_DAYS * 1_440 else None)


def _iso(word: str, now: datetime, zone: tzinfo) -> Ahead | None:
    found = MOMENT.fullmatch(word)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found[1] + (found[2] or "").upper())
    except ValueError:
        return Ahead(1)
    return Ahead(1, _to_come(moment if moment.tzinfo else moment.replace(tzinfo=zone), now))


def _day_and_clock(words: Sequence[str], now: datetime, zone: tzinfo) -> Ahead:
    """A day with or without a time; a time alone is the next time that the clock shows it."""
    today = now.astimezone(zone).date()
    if clock := clock_of(words[0]):
        moment = moment_at(today, clock, zone)
        return Ahead(1, moment if moment > now else moment_at(today + timedelta(days=1), clock, zone))
    day = _day(words[0], today)
    if day is None:
        return _NO_TIME
    behind = words[1:]
    skipped = 1 if len(behind) > 1 and behind[0] in AT and clock_of(behind[1]) else 0
    clock = clock_of(behind[skipped]) if len(behind) > skipped else None
    taken = 2 + skipped if clock else 1
    if isinstance(day, str):
        return Ahead(taken)
    moment = moment_at(day, clock or time(), zone)
    if moment <= now and _is_weekday(words[0]):
        moment = moment_at(day + timedelta(days=7), clock or time(), zone)
    return Ahead(taken, _to_come(moment, now))


def _day(word: str, today: date) -> date | str | None:
    """The day that a word names; the word itself where it looks like a date and is none."""
    if word in TODAY:
        return today
    if word in _TOMORROW:
        return today + timedelta(days=1)
    if _is_weekday(word):
        weekday = WEEKDAYS.get(word, SHORT_WEEKDAYS.get(word, 0))
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    if not DATE.fullmatch(word):
        return None
    try:
        return date.fromisoformat(word)
    except ValueError:
        return word


def _is_weekday(word: str) -> bool:
    return word in WEEKDAYS or word in SHORT_WEEKDAYS


def _to_come(moment: datetime, now: datetime) -> datetime | None:
    return moment if now < moment <= now + timedelta(days=_MOST_DAYS) else None
