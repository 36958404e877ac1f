"""The commands that keep something silent for a while, and those that end it: mute, maintenance, silences."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from intents.ahead import Ahead
from intents.command_words import Word
from intents.watch_intents import EndSilence, Maintain, Mute, NotRead, ShowSilences, Unmute, Watched
from intents.watch_reader import Reader, id_of
from intents.watch_words import AND, END, FILLER, FOR, FROM, LABELS, NO_LEAD, NOW, PLACES, UNTIL
from intents.windows import clock_of

MOST_MUTE: Final = timedelta(days=90)
MOST_MAINTENANCE: Final = timedelta(days=31)


class _Period(NamedTuple):
    starts: datetime
    ends: datetime


class _Quiet(NamedTuple):
    name: str
    period: _Period | None
    why: str


# Takes the time that stands in front, told whether it is known already what shall be silent.
_TakeTime = Callable[[Reader, bool], _Period | NotRead | None]


def read_mute(reader: Reader) -> Watched:
    """`mute vm-sql-01 3d because of a move`: one VM, until a time within 90 days."""
    told = _quiet(reader, frozenset({"vms", "vaults"}), _end)
    if isinstance(told, NotRead):
        return told
    names, vaults = (*filter(None, (told.name,)), *reader.labelled("vms")), reader.labelled("vaults")
    if more := (*names[1:], *vaults[1:]):
        return reader.wrong(more[0])
    if not names:
        return reader.wrong("", "place")
    if told.period is None or told.period.ends - reader.now > MOST_MUTE:
        return reader.wrong("", "end")
    return Mute(names[0], told.period.ends, "".join(vaults), told.why, reader.language)


def read_unmute(reader: Reader) -> Watched:
    names = reader.names()
    if not names:
        return reader.wrong("", "place")
    if len(names) > 1:
        return reader.wrong(names[1])
    if not (reader.is_name(names[0]) or LABELS.get(names[0].label) == "vms"):
        return reader.wrong(names[0])
    return Unmute(names[0].text, reader.language)


def read_maintain(reader: Reader) -> Watched:
    """`maintenance vault-prod from 22:00 until 06:00`: a part of the estate, for at most 31 days."""
    told = _quiet(reader, PLACES, _period)
    if isinstance(told, NotRead):
        return told
    place, period = reader.place(), told.period
    if not told.name and place.is_everything:
        return reader.wrong("", "place")
    if period is None or not timedelta() < period.ends - period.starts <= MOST_MAINTENANCE:
        return reader.wrong("", "end")
    return Maintain(place, told.name, period.starts, period.ends, told.why, reader.language)


def read_silences(reader: Reader) -> Watched:
    """`silences`, or `silences end 4f2a`."""
    words = list(reader.words)
    if not words:
        return ShowSilences(reader.language)
    if words[0].key not in END or len(words) == 1:
        return reader.wrong(words[0])
    name = id_of(words[1])
    if len(words) > 2 or not reader.is_name(name):
        return reader.wrong(words[-1])
    return EndSilence(name.text, reader.language)


def read_silence(reader: Reader) -> Watched:
    """`silence vm-sql-01 3d` mutes it; "silence" alone, or with "end", is about the list."""
    return read_silences(reader) if not reader.words or reader.key() in END else read_mute(reader)


def _quiet(reader: Reader, kinds: frozenset[str], take_time: _TakeTime) -> _Quiet | NotRead:
    """A name or labels of these kinds, and a time, in any order; then why."""
    names: list[str] = []
    period: _Period | None = None
    while reader.words:
        is_placed = bool(names or reader.found or reader.tags)
        times = take_time(reader, is_placed) if period is None else None
        if isinstance(times, NotRead):
            return times
        if times is not None:
            period = times
        elif reader.keep_label(reader.words[0], kinds):
            reader.words.popleft()
        elif period is not None and is_placed:
            why = reader.reason()
            return why if isinstance(why, NotRead) else _Quiet("".join(names), period, why)
        elif wrong := _take_name(reader, names):
            return wrong
    return _Quiet("".join(names), period, "")


def _take_name(reader: Reader, names: list[str]) -> NotRead | None:
    """Keep the one bare name; a second one was not read."""
    word = reader.words.popleft()
    if word.key in FILLER:
        return None
    if names or not reader.is_name(word):
        return reader.wrong(word)
    names.append(word.text)
    return None


def _end(reader: Reader, is_placed: bool) -> _Period | NotRead | None:
    """The end that stands here: taken, None where none does. Before the name a weekday is a name."""
    lead = reader.key()
    if lead in NO_LEAD and reader.ahead(1).words:
        return reader.wrong(reader.words[0])
    skipped = 1 if lead in UNTIL | FOR else 0
    found = reader.ahead(skipped, is_end=lead in UNTIL)
    if not found.words:
        return reader.wrong(reader.take(min(2, len(reader.words))), "end") if lead in UNTIL else None
    if not skipped and not is_placed and found.kind == "day":
        return None
    written = reader.take(skipped + found.words)
    if found.moment is None or (lead in FOR and found.kind != "span"):
        return reader.wrong(written, "end")
    return _Period(reader.now, found.moment)


def _period(reader: Reader, is_placed: bool) -> _Period | NotRead | None:
    """The time that stands here: taken, None where none does. A moment alone is no time: it may be either end."""
    _part_dash(reader)
    lead = reader.key()
    found = reader.ahead(1 if lead in UNTIL | FOR | NO_LEAD else 0)
    if lead in FROM or (lead in NO_LEAD and found.words and found.kind != "span"):
        return _from(reader, 1)
    if lead in UNTIL | FOR | NO_LEAD or found.kind == "span":
        return _end(reader, is_placed)
    if not found.words or (not is_placed and found.kind == "day"):
        return None
    return _from(reader, 0)


def _from(reader: Reader, skipped: int) -> _Period | NotRead | None:
    """`from 22:00 until 06:00`, `saturday 22:00 for 8h`, `van nu tot 6:00`; nothing but both ends is a time."""
    is_now = bool(skipped) and reader.key(skipped) in NOW
    begin = Ahead(1, reader.now) if is_now else reader.ahead(skipped, is_end=bool(skipped))
    if not begin.words and reader.key() in FILLER:  # "onderhoud van vault-prod"
        return None
    behind = skipped + begin.words
    if begin.moment is None or begin.kind == "span":
        return reader.wrong(reader.take(min(max(behind, 2), len(reader.words))), "end")
    is_until = reader.key(behind) in UNTIL | AND
    past = behind + (1 if is_until or reader.key(behind) in FOR else 0)
    end = reader.ahead(past, begin.moment, is_end=is_until)
    if end.moment is None or not (is_until or end.kind == "span"):
        return reader.wrong(reader.take(past + end.words if end.words else behind), "end")
    if begin.kind == end.kind == "clock":
        running = reader.ahead(past, is_end=True)
        if running.moment is not None and running.moment < begin.moment:  # tonight's has begun already
            reader.take(past + end.words)
            return _Period(reader.now, running.moment)
    reader.take(past + end.words)
    return _Period(begin.moment, end.moment)


def _part_dash(reader: Reader) -> None:
    """`22:00-06:00` as three words."""
    for at in range(min(2, len(reader.words))):
        first, dash, last = reader.key(at).replace("–", "-").partition("-")
        if dash and clock_of(first) and clock_of(last):
            written = reader.words[at].written
            del reader.words[at]
            for each in (Word(last, written=last), Word("until"), Word(first, written=written)):
                reader.words.insert(at, each)
            return
