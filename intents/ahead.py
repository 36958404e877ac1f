"""Until when something shall hold: spans, days, dates and times to come, in words, English and Dutch."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal, NamedTuple

from intents.windows import (
    AT,
    COUNT,
    MINUTES,
    SHORT_WEEKDAYS,
    SPAN,
    TODAY,
    WEEKDAYS,
    clock_of,
    date_of,
    instant_of,
    moment_at,
)

Kind = Literal["span", "clock", "day"]

_TOMORROW: Final = frozenset({"tomorrow", "morgen"})
# Only with a time: which night begins when is anybody's guess.
_TONIGHT: Final = frozenset({"tonight", "vanavond", "vannacht"})
# Never with a day: Friday's midnight may be its beginning or its end.
_MIDNIGHT: Final = frozenset({"midnight", "middernacht"})
_HALVES: Final = frozenset({"am", "pm"})
_HOUR_MARKS: Final = frozenset({"uur", "u", "h"})
_SPANS: Final = re.compile(r"(?:\d{1,5}[a-z]+)+")
_HOUR: Final = re.compile(r"(\d{1,2})(uur|u|h)")
_TWELVE: Final = 12
_MOST_DAYS: Final = 400
_LONGEST: Final = 8


class Ahead(NamedTuple):
    """How many words were about a time, and which: None where they are, but cannot be meant."""

    words: int
    moment: datetime | None = None
    kind: Kind = "day"


_NO_TIME: Final = Ahead(0)


class _Clock(NamedTuple):
    words: int
    time: time | None


def take_ahead(words: Sequence[str], now: datetime, zone: tzinfo, *, is_end: bool = False) -> Ahead:
    """The moment to come that the words begin with: `4h`, `3 days`, `18:00`, `monday 8:00`, `2026-12-01`.

    `now` is aware; days and times are those of the reader's zone. Behind "until" (`is_end`) `18 uur` is a time of the
    day, while `8 uur`, which may be the morning or the evening, cannot be meant.
    """
    lower = [word.casefold() for word in words[:_LONGEST]]
    if not lower:
        return _NO_TIME
    if is_end and (hour := _hour(lower)):
        return _next(hour, now, zone)
    return _span(lower, now) or _iso(lower[0], now, zone) or _day_and_clock(lower, now, zone)


def _span(words: Sequence[str], now: datetime) -> Ahead | None:
    """`4h`, `1h30m`, `2 days 4 hours`: all that follow one another, together."""
    minutes = taken = 0
    while (found := _one_span(words[taken:])) is not None:
        minutes, taken = minutes + found[1], taken + found[0]
    if not taken:
        return None
    return Ahead(taken, now + timedelta(minutes=minutes) if 0 < minutes <= _MOST_DAYS * 1_440 else None, "span")


def _one_span(words: Sequence[str]) -> tuple[int, int] | None:
    """How many words, and how many minutes they are."""
    if not words:
        return None
    if len(words) > 1 and COUNT.fullmatch(words[0]) and words[1] in MINUTES:
        return 2, int(words[0]) * MINUTES[words[1]]
    parts = SPAN.findall(words[0]) if _SPANS.fullmatch(words[0]) else []
    if not parts or any(unit not in MINUTES for _, unit in parts):
        return None
    return 1, sum(int(count) * MINUTES[unit] for count, unit in parts)


def _iso(word: str, now: datetime, zone: tzinfo) -> Ahead | None:
    moment = instant_of(word, zone)
    if moment is None:
        return None
    return Ahead(1, None if isinstance(moment, str) else _to_come(moment, now))


def _day_and_clock(words: Sequence[str], now: datetime, zone: tzinfo) -> Ahead:
    """A day with or without a time, in either order; a time alone is the next time that the clock shows it."""
    if words[0] in _MIDNIGHT:
        return _next(_Clock(1, time()), now, zone)
    today = now.astimezone(zone).date()
    if (clock := _clock(words)) is not None:
        day = _day(words[clock.words], today) if len(words) > clock.words else None
        if day is None:
            return _next(clock, now, zone)
        return _moment(words[clock.words], day, clock.time, clock.words + 1, now, zone)
    skipped = 2 if len(words) > 1 and words[1] in AT else 1
    behind = _clock(words[skipped:]) or _hour(words[skipped:], is_day_said=True)
    if words[0] in _TONIGHT:
        return _next(_Clock(skipped + behind.words, behind.time), now, zone) if behind else Ahead(1)
    day = _day(words[0], today)
    if day is None:
        return _NO_TIME
    if behind is None:
        return _moment(words[0], day, time(), 1, now, zone)
    return _moment(words[0], day, behind.time, skipped + behind.words, now, zone)


def _moment(word: str, day: date | str, clock: time | None, taken: int, now: datetime, zone: tzinfo) -> Ahead:
    """A day's time; a weekday's that is over is that of the week after."""
    if isinstance(day, str) or clock is None:
        return Ahead(taken)
    moment = moment_at(day, clock, zone)
    if moment <= now and _is_weekday(word):
        moment = moment_at(day + timedelta(days=7), clock, zone)
    return Ahead(taken, _to_come(moment, now))


def _next(clock: _Clock, now: datetime, zone: tzinfo) -> Ahead:
    """The next time that the clock shows it."""
    if clock.time is None:
        return Ahead(clock.words, kind="clock")
    today = now.astimezone(zone).date()
    moment = moment_at(today, clock.time, zone)
    return Ahead(
        clock.words, moment if moment > now else moment_at(today + timedelta(days=1), clock.time, zone), "clock"
    )


def _clock(words: Sequence[str]) -> _Clock | None:
    """`18:00`, `6.30`, `18:00 uur`, `8pm`, `8 pm`."""
    if not words:
        return None
    behind = words[1] if len(words) > 1 else ""
    if behind in _HALVES and (clock := clock_of(words[0] + behind)):
        return _Clock(2, clock)
    clock = clock_of(words[0])
    return _Clock(2 if behind in _HOUR_MARKS else 1, clock) if clock else None


def _hour(words: Sequence[str], *, is_day_said: bool = False) -> _Clock | None:
    """`18u`, `18 uur`; without a day a small number may be the morning or the evening, so no time is told.

    With a day `8h` is not one of them: "saturday 8h" is as long as it is late.
    """
    if not words:
        return None
    found = _HOUR.fullmatch(words[0])
    if found:
        hour, taken = int(found[1]), 1
    elif len(words) > 1 and words[1] in _HOUR_MARKS and COUNT.fullmatch(words[0]):
        hour, taken = int(words[0]), 2
    else:
        return None
    if is_day_said and (found[2] if found else words[1]) == "h":
        return None
    is_clear = hour < 24 and (is_day_said or not 1 <= hour <= _TWELVE)
    return _Clock(taken, time(hour) if is_clear else None)


def _day(word: str, today: date) -> date | str | None:
    """The day that a word names; the word itself where it looks like a date and is none."""
    if word in TODAY:
        return today
    if word in _TOMORROW:
        return today + timedelta(days=1)
    if _is_weekday(word):
        weekday = WEEKDAYS.get(word, SHORT_WEEKDAYS.get(word, 0))
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    return date_of(word)


def _is_weekday(word: str) -> bool:
    return word in WEEKDAYS or word in SHORT_WEEKDAYS


def _to_come(moment: datetime, now: datetime) -> datetime | None:
    return moment if now < moment <= now + timedelta(days=_MOST_DAYS) else None
