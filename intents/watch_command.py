"""The words after `/backup` about routes, incidents and silences: what is told where, what fails, what is quiet."""

from collections import deque
from collections.abc import Callable, Container
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final, Literal

from intents.command_words import LONGEST_NAME, SELF, Word
from intents.routing import SEVERITIES
from intents.silence_command import read_maintain, read_mute, read_silence, read_silences, read_unmute
from intents.watch_intents import NotRead, ShowDigest, ShowIncidents, ShowRoutes, Subscribe, Unsubscribe, Watched
from intents.watch_reader import Reader, id_of
from intents.watch_words import (
    AREA_OF,
    DAILY,
    DIGEST,
    EVERYTHING,
    FILLER,
    INCIDENTS,
    LABELS,
    MAINTAIN,
    MODES,
    MUTE,
    PAIRS,
    PLACES,
    ROUTES,
    SEVERITY_OF,
    SILENCE,
    SILENCES,
    SUBSCRIBE,
    TOWARDS,
    UNMUTE,
    UNSUBSCRIBE,
    WEEKLY,
    WHICH,
    is_code,
    split_labels,
    who_of,
)  # fmt: skip
from responses.catalog.model import Language


def read_watch_command(
    words: deque[Word], language: Language | None, now: datetime, zone: tzinfo, codes: Container[str] = ()
) -> Watched | None:
    """What these words ask about routes, incidents and silences; None where they begin with none of its words.

    `now` is aware, `zone` the reader's. `codes` are the error codes that are known, in lower case.
    """
    if not words:
        return None
    given = list(words)
    first, taken = given[0].key, 1
    if len(given) > 1 and (pair := PAIRS.get((first, given[1].key))):
        first, taken = pair, 2
    for names, read in _READERS:
        if first in names:
            return read(Reader(split_labels(given[taken:]), language, now, zone, codes))
    return None


def incidents_text(asked: ShowIncidents) -> str:
    """The canonical text behind `/backup`: read anew, it asks the same."""
    parts = ["incidents", asked.which, f'vm:"{asked.name}"' if asked.name else ""]
    parts.append(f"--{asked.language}" if asked.language else "")
    return " ".join(part for part in parts if part)


def _subscribe(reader: Reader) -> Watched:
    asked, is_all = Subscribe(language=reader.language), False
    while reader.words:
        word = reader.words.popleft()
        if word.kind == "person" and word.text == SELF:
            return reader.wrong(word, "person")
        if reader.keep_label(word, PLACES | {"codes", "areas", "severities"}) or word.key in FILLER | TOWARDS:
            continue
        if word.key in EVERYTHING and not asked.name:
            is_all = True
            continue
        is_first = not (asked.name or is_all or reader.found or reader.tags)
        told = _mention(asked, word, reader) or _worded(asked, word, reader, is_first=is_first)
        if isinstance(told, NotRead):
            return told
        asked = told
    return _with_labels(reader, asked)


def _mention(asked: Subscribe, word: Word, reader: Reader) -> Subscribe | NotRead | None:
    """The one person or user group that is to be named."""
    is_mention = LABELS.get(word.label) == "mention"
    who = who_of(word) if is_mention or not word.label else ""
    if who and who != SELF:
        return reader.wrong(word) if asked.mention not in ("", who) else replace(asked, mention=who)
    is_handle = is_mention or (word.kind == "word" and not word.label and word.text.startswith("@"))
    return reader.wrong(word.text, "person") if is_handle else None


def _worded(asked: Subscribe, word: Word, reader: Reader, *, is_first: bool) -> Subscribe | NotRead:
    """A word of the command, an error's code, or the one name that is left for a vault or a subscription."""
    if word.key in MODES:
        mode = MODES[word.key]
        return reader.wrong(word) if asked.mode not in (None, mode) else replace(asked, mode=mode)
    if word.key in SEVERITY_OF:
        return replace(asked, severities=(*asked.severities, SEVERITY_OF[word.key]))
    if word.key in AREA_OF and not is_first:
        return replace(asked, areas=(*asked.areas, AREA_OF[word.key]))
    if not reader.is_name(word):
        return reader.wrong(word)
    if is_code(word, reader.codes):
        return replace(asked, codes=(*asked.codes, word.text))
    return reader.wrong(word) if asked.name else replace(asked, name=word.text)


def _with_labels(reader: Reader, asked: Subscribe) -> Watched:
    areas, severities = reader.labelled("areas"), reader.labelled("severities")
    if wrong := next((each for each in areas if each.casefold() not in AREA_OF), ""):
        return reader.wrong(wrong)
    if wrong := next((each for each in severities if each.casefold() not in SEVERITY_OF), ""):
        return reader.wrong(wrong)
    told = (*asked.severities, *(SEVERITY_OF[each.casefold()] for each in severities))
    grave = tuple(each for each in SEVERITIES if each in told)
    # Whom to name is said with severities: they then say when to name them, and not what is told.
    return replace(
        asked,
        place=reader.place(),
        codes=tuple(dict.fromkeys((*asked.codes, *reader.labelled("codes")))),
        areas=tuple(dict.fromkeys((*asked.areas, *(AREA_OF[each.casefold()] for each in areas)))),
        severities=() if asked.mention else grave,
        mention_for=(grave or SEVERITIES) if asked.mention else (),
    )


def _unsubscribe(reader: Reader) -> Watched:
    names = [word for word in reader.names() if word.key not in TOWARDS]
    if len(names) > 1:
        return reader.wrong(names[1])
    if not names or names[0].key in EVERYTHING:
        return Unsubscribe(is_all=bool(names), language=reader.language)
    name = id_of(names[0])
    if not (reader.is_name(name) or LABELS.get(name.label) in PLACES | {"codes"}):
        return reader.wrong(name)
    return Unsubscribe(name.text, language=reader.language)


def _routes(reader: Reader) -> Watched:
    for word in reader.words:
        if word.key not in EVERYTHING | FILLER:
            return reader.wrong(word)
    return ShowRoutes(any(word.key in EVERYTHING for word in reader.words), reader.language)


def _incidents(reader: Reader) -> Watched:
    name, which = "", None
    for word in reader.words:
        is_mine = word.kind == "person" and word.text == SELF
        if (is_mine or word.key in WHICH) and which is None:
            which = "mine" if is_mine else WHICH[word.key]
        elif word.key in FILLER:
            continue
        elif name or is_mine or word.key in WHICH or not _is_vm_or_vault(reader, word):
            return reader.wrong(word)
        else:
            name = word.text
    return ShowIncidents(name, which or "open", reader.language)


def _is_vm_or_vault(reader: Reader, word: Word) -> bool:
    return reader.is_name(word) or (LABELS.get(word.label) in ("vms", "vaults") and len(word.text) <= LONGEST_NAME)


def _digest(reader: Reader) -> Watched:
    kind: Literal["daily", "weekly"] | None = None
    for word in reader.words:
        if word.key in FILLER:
            continue
        if word.key not in WEEKLY | DAILY or kind is not None:
            return reader.wrong(word)
        kind = "weekly" if word.key in WEEKLY else "daily"
    return ShowDigest(kind or "daily", reader.language)


_READERS: Final[tuple[tuple[frozenset[str], Callable[[Reader], Watched]], ...]] = (
    (SUBSCRIBE, _subscribe),
    (UNSUBSCRIBE, _unsubscribe),
    (ROUTES, _routes),
    (INCIDENTS, _incidents),
    (MUTE, read_mute),
    (UNMUTE, read_unmute),
    (MAINTAIN, read_maintain),
    (SILENCE, read_silence),
    (SILENCES, read_silences),
    (DIGEST, _digest),
)
