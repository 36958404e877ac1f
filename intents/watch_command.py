"""The words after `/backup` about routes, incidents and silences: what is told where, what fails, what is quiet."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal, get_args

from intents.ahead import take_ahead
from intents.command_words import LONGEST_NAME, SELF, Word, shown
from intents.routing import SEVERITIES, Mode, Place, Severity
from intents.watch_intents import (
    AREAS,
    EndSilence,
    Maintain,
    Mute,
    NotRead,
    ShowDigest,
    ShowIncidents,
    ShowRoutes,
    ShowSilences,
    Subscribe,
    Unmute,
    Unread,
    Unsubscribe,
    Watched,
    Which,
)  # fmt: skip
from responses.catalog.model import Language

MOST_MUTE: Final = timedelta(days=90)
MOST_MAINTENANCE: Final = timedelta(days=31)

_SUBSCRIBE: Final = frozenset({"subscribe", "route", "watch", "follow", "volg", "abonneer", "meld"})
_UNSUBSCRIBE: Final = frozenset({"unsubscribe", "unroute", "unfollow", "unwatch", "ontvolg", "stop-volgen"})
_ROUTES: Final = frozenset({"routes", "subscriptions", "routing"})
_INCIDENTS: Final = frozenset({"incidents", "incident", "incidenten", "storingen", "failing"})
_MUTE: Final = frozenset({"mute", "demp", "dempen"})
_UNMUTE: Final = frozenset({"unmute", "ontdemp", "dempen-stop"})
_MAINTAIN: Final = frozenset({"maintenance", "maintain", "onderhoud"})
_SILENCES: Final = frozenset({"silences", "silence", "mutes", "dempingen", "stiltes"})
_DIGEST: Final = frozenset({"digest", "summary", "overzicht", "samenvatting"})
_EVERYTHING: Final = frozenset({"all", "everything", "alles", "alle"})
_END: Final = frozenset({"end", "stop", "remove", "delete", "beeindig", "beëindig", "verwijder"})
_BECAUSE: Final = frozenset({"because", "for", "omdat", "wegens", "vanwege", "reason:", "reden:"})
_UNTIL: Final = frozenset({"until", "till", "to", "tot"})
_FROM: Final = frozenset({"from", "van", "vanaf"})
_FILLER: Final = frozenset({"the", "a", "an", "in", "on", "of", "at", "de", "het", "een", "op", "van", "for", "voor"})
_MENTION: Final = frozenset({"mention", "noem"})
_MODES: Final[Mapping[str, Mode]] = {
    "each": "each", "every": "each", "elke": "each", "alle-mislukkingen": "each", "stuk": "each",
    "digest": "digest", "daily": "digest", "summary": "digest", "overzicht": "digest",
}  # fmt: skip
_WHICH: Final[Mapping[str, Which]] = {
    **{which: which for which in get_args(Which)},
    "mijn": "mine", "van-mij": "mine", "uitgesteld": "snoozed", "opgelost": "resolved", "alles": "all", "alle": "all",
}  # fmt: skip
_SEVERITIES: Final[Mapping[str, Severity]] = {
    **{each: each for each in SEVERITIES}, "kritiek": "critical", "hoog": "high", "normaal": "normal",
}  # fmt: skip
_LABELS: Final[Mapping[str, str]] = {
    "vm": "vms", "server": "vms", "sub": "subscriptions", "subscription": "subscriptions",
    "abonnement": "subscriptions", "vault": "vaults", "kluis": "vaults", "group": "resource_groups",
    "rg": "resource_groups", "resource-group": "resource_groups", "groep": "resource_groups", "tag": "tags",
    "code": "codes", "error": "codes", "fout": "codes", "area": "areas", "gebied": "areas",
    "severity": "severities", "ernst": "severities", "mention": "mention", "noem": "mention",
}  # fmt: skip
_LABELLED: Final = re.compile(r"([a-z-]{2,20})[:=](.+)", re.IGNORECASE | re.DOTALL)
_WHO: Final = re.compile(r"<!subteam\^(S[A-Z0-9]{2,20})(?:\|[^>]*)?>|<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")
_CODE: Final = re.compile(r"(?:UserError|Extension|Vm|VM|Guest|Backup|Fabric|Cloud)[A-Za-z0-9]{6,120}|\d{5,7}")


def read_watch_command(words: deque[Word], language: Language | None, now: datetime, zone: tzinfo) -> Watched | None:
    """What these words ask about routes, incidents and silences; None where they begin with none of its words."""
    if not words:
        return None
    first, rest = words[0].key, deque(list(words)[1:])
    for names, read in _READERS:
        if first in names:
            return read(_Reader(rest, language, now, zone))
    return None


def incidents_text(asked: ShowIncidents) -> str:
    """The canonical text behind `/backup`: read anew, it asks the same."""
    parts = ["incidents", asked.which, f'vm:"{asked.name}"' if asked.name else ""]
    parts.append(f"--{asked.language}" if asked.language else "")
    return " ".join(part for part in parts if part)


@dataclass(slots=True)
class _Reader:
    """Takes words from the left; what was labelled gathers in `found`."""

    words: deque[Word]
    language: Language | None
    now: datetime
    zone: tzinfo
    found: dict[str, list[str]] = field(default_factory=dict)
    tags: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, word: str, what: Unread = "word") -> NotRead:
        return NotRead(shown(word), what, self.language)

    def label(self, word: Word) -> bool:
        """Whether a word is a labelled name, which is kept then."""
        label, value = (word.label, word.text) if word.label else _split(word)
        kind = _LABELS.get(label, "")
        if not kind or not value or len(value) > LONGEST_NAME:
            return False
        if kind == "tags":
            key, _, pattern = value.partition("=")
            if not key or not pattern:
                return False
            self.tags.append((key, pattern))
            return True
        if kind == "mention" and not _who(value):
            return False
        self.found.setdefault(kind, []).append(value)
        return True

    def place(self) -> Place:
        return Place(
            subscriptions=tuple(self.found.get("subscriptions", ())),
            resource_groups=tuple(self.found.get("resource_groups", ())),
            vaults=tuple(self.found.get("vaults", ())),
            vms=tuple(self.found.get("vms", ())),
            tags=tuple(self.tags),
        )

    def is_name(self, word: Word) -> bool:
        return word.kind in ("word", "quoted") and not word.label and not word.text.startswith(("-", "–", "@", "<"))

    def moment(self) -> datetime | Literal["none"] | None:
        """The time that the next words name: "none" where they name none, None where it cannot be meant."""
        bare = [word.text for word in list(self.words)[:4] if word.kind == "word" and not word.label]
        taken = take_ahead(bare, self.now, self.zone)
        for _ in range(taken.words):
            self.words.popleft()
        return taken.moment if taken.words else "none"

    def reason(self) -> str:
        """Everything that is left, without the word that leads it in."""
        if self.words and self.words[0].key in _BECAUSE:
            self.words.popleft()
        text = " ".join(word.text for word in self.words)
        self.words.clear()
        return text[:200]


def _subscribe(reader: _Reader) -> Watched:
    asked = Subscribe(language=reader.language)
    while reader.words:
        word = reader.words.popleft()
        if word.kind == "person" and word.text == SELF:
            return reader.wrong(word.text, "person")
        if reader.label(word) or word.key in _FILLER | _EVERYTHING | _MENTION:
            continue
        taken = _named(asked, word) or _worded(asked, word, reader)
        if taken is None:
            return reader.wrong(word.text)
        asked = taken
    return _with_labels(reader, asked)


def _named(asked: Subscribe, word: Word) -> Subscribe | None:
    """A person or a user group that is to be named."""
    who = word.text if word.kind == "person" else _who(word.text)
    return replace(asked, mention=who) if who else None


def _worded(asked: Subscribe, word: Word, reader: _Reader) -> Subscribe | None:
    """A word of the command, an error's code, or the one name that is left for a vault or a subscription."""
    if word.key in _MODES:
        return replace(asked, mode=_MODES[word.key])
    if word.key in _SEVERITIES:
        return replace(asked, severities=(*asked.severities, _SEVERITIES[word.key]))
    if word.key in AREAS and asked.name:
        return replace(asked, areas=(*asked.areas, word.key))
    if not reader.is_name(word) or len(word.text) > LONGEST_NAME:
        return None
    if _CODE.fullmatch(word.text) or (asked.name and "*" in word.text):
        return replace(asked, codes=(*asked.codes, word.text))
    return None if asked.name else replace(asked, name=word.text)


def _with_labels(reader: _Reader, asked: Subscribe) -> Watched:
    areas = (*asked.areas, *(each.casefold() for each in reader.found.get("areas", ())))
    if wrong := next((area for area in areas if area not in AREAS), ""):
        return reader.wrong(wrong)
    told = [each.casefold() for each in reader.found.get("severities", ())]
    if wrong := next((each for each in told if each not in _SEVERITIES), ""):
        return reader.wrong(wrong)
    severities = tuple(dict.fromkeys((*asked.severities, *(_SEVERITIES[each] for each in told))))
    mention = asked.mention or next(map(_who, reader.found.get("mention", ())), "")
    codes = (*asked.codes, *reader.found.get("codes", ()))
    # Whom to name is said with severities: they then say when to name them, and not what is told.
    return replace(
        asked,
        place=reader.place(),
        codes=codes,
        areas=areas,
        severities=() if mention else severities,
        mention=mention,
        mention_for=(severities or SEVERITIES) if mention else (),
    )


def _unsubscribe(reader: _Reader) -> Watched:
    names = [word for word in reader.words if word.key not in _FILLER]
    if len(names) > 1:
        return reader.wrong(names[1].text)
    if not names or names[0].key in _EVERYTHING:
        return Unsubscribe(is_all=bool(names), language=reader.language)
    if not (reader.is_name(names[0]) or names[0].label):
        return reader.wrong(names[0].text)
    return Unsubscribe(names[0].text, language=reader.language)


def _routes(reader: _Reader) -> Watched:
    for word in reader.words:
        if word.key not in _EVERYTHING | _FILLER:
            return reader.wrong(word.text)
    return ShowRoutes(any(word.key in _EVERYTHING for word in reader.words), reader.language)


def _incidents(reader: _Reader) -> Watched:
    name, which = "", None
    for word in reader.words:
        if word.key in _WHICH and which is None:
            which = _WHICH[word.key]
        elif word.kind == "person" and word.text == SELF and which is None:
            which = "mine"
        elif word.key in _FILLER:
            continue
        elif (reader.is_name(word) or word.label in ("vm", "vault", "kluis")) and not name:
            name = word.text
        else:
            return reader.wrong(word.text)
    return ShowIncidents(name, which or "open", reader.language)


def _mute(reader: _Reader) -> Watched:
    name, until = "", None
    while reader.words and until is None:
        moment = reader.moment() if name else "none"
        if moment is None:
            return reader.wrong("", "end")
        if isinstance(moment, datetime):
            until = moment
            break
        word = reader.words.popleft()
        if word.key in _UNTIL | _FILLER:
            continue
        if name or not (reader.is_name(word) or word.label == "vm"):
            return reader.wrong(word.text)
        name = word.text
    if not name:
        return reader.wrong("", "place")
    if until is None or until - reader.now > MOST_MUTE:
        return reader.wrong("", "end")
    return Mute(name, until, reason=reader.reason(), language=reader.language)


def _unmute(reader: _Reader) -> Watched:
    names = [word for word in reader.words if word.key not in _FILLER]
    if len(names) != 1 or not (reader.is_name(names[0]) or names[0].label == "vm"):
        return reader.wrong(names[1].text if len(names) > 1 else "", "word" if len(names) > 1 else "place")
    return Unmute(names[0].text, reader.language)


def _maintain(reader: _Reader) -> Watched:
    name, starts = "", reader.now
    ends: datetime | None = None
    is_begin = False
    while reader.words and ends is None:
        word = reader.words[0]
        if word.key in _FROM | _UNTIL:
            is_begin = word.key in _FROM
            reader.words.popleft()
            continue
        moment = reader.moment() if name or reader.found or reader.tags or is_begin else "none"
        if moment is None:
            return reader.wrong("", "end")
        if isinstance(moment, datetime):
            if is_begin:
                starts, is_begin = moment, False
                reader.now = moment  # an end is after the beginning
            else:
                ends = moment
            continue
        word = reader.words.popleft()
        if reader.label(word) or word.key in _FILLER:
            continue
        if name or not reader.is_name(word):
            return reader.wrong(word.text)
        name = word.text
    place = reader.place()
    if not name and place.is_everything:
        return reader.wrong("", "place")
    if ends is None or not timedelta() < ends - starts <= MOST_MAINTENANCE:
        return reader.wrong("", "end")
    return Maintain(place, name, starts, ends, reader.reason(), reader.language)


def _silences(reader: _Reader) -> Watched:
    words = [word for word in reader.words if word.key not in _FILLER]
    if not words:
        return ShowSilences(reader.language)
    if words[0].key in _END and len(words) == 2 and reader.is_name(words[1]):
        return EndSilence(words[1].text, reader.language)
    return reader.wrong(words[0].text)


def _digest(reader: _Reader) -> Watched:
    kind: Literal["daily", "weekly"] = "daily"
    for word in reader.words:
        if word.key in ("weekly", "week", "wekelijks"):
            kind = "weekly"
        elif word.key not in ("daily", "day", "dag", "dagelijks") and word.key not in _FILLER:
            return reader.wrong(word.text)
    return ShowDigest(kind, reader.language)


_READERS: Final[tuple[tuple[frozenset[str], Callable[[_Reader], Watched]], ...]] = (
    (_SUBSCRIBE, _subscribe),
    (_UNSUBSCRIBE, _unsubscribe),
    (_ROUTES, _routes),
    (_INCIDENTS, _incidents),
    (_MUTE, _mute),
    (_UNMUTE, _unmute),
    (_MAINTAIN, _maintain),
    (_SILENCES, _silences),
    (_DIGEST, _digest),
)


def _split(word: Word) -> tuple[str, str]:
    found = _LABELLED.fullmatch(word.text) if word.kind == "word" else None
    return (found[1].casefold(), found[2].strip()) if found else ("", "")


def _who(text: str) -> str:
    """The id of a user group or of a person, as Slack writes them; empty for anything else."""
    found = _WHO.fullmatch(text)
    return (found[1] or found[2]) if found else ""
