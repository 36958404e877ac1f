"""Any text to ranked catalog keys, and whether the first is sure.

Rules that matter more than reach: sure only for a code, a number or a message that the text really holds; two errors in
one text, or one message held by two errors, are told as two; a guess is a suggestion; everything else is "unknown".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from intents.model import How, Match
from intents.phrases import Hit, Phrases
from intents.reading import Reading, read
from intents.symptoms import Symptoms
from responses.catalog import Catalog
from responses.catalog.model import Entry

NOTHING = Match((), False, "none")

_TOKEN = re.compile(r"(?:ext-status-\d{1,4})|[A-Za-z][A-Za-z0-9]{5,99}(?:[.:][A-Z][A-Za-z0-9]{2,60})?", re.ASCII)
# "400094 bytes" is an amount, not a code.
_NUMBER = re.compile(
    r"(?<![\w.,-])(?:0x[0-9A-Fa-f]{3,8}|\d{5,10})(?![\w-]|[.,]\d)"
    r"(?!\s{0,2}(?:[kmgt]i?b|bytes|ms|s|secs?|seconds|seconden|files|bestanden|items|rows|rijen|blocks|records|iops)\b)",
    re.ASCII | re.IGNORECASE,
)
_CALLED_NUMBER = re.compile(
    r"(?:code|error|fout|nummer|number|errorcode|id)[\"'\s:=#(\[]{1,8}(0x[0-9A-Fa-f]{3,8}|\d{5,10})\b", re.IGNORECASE
)
_CAMEL = re.compile(r"[A-Z]?[a-z0-9]+[A-Z]|[A-Z]{2,}[a-z]")
_SPLITTERS = re.compile(r"[\s_\-./]+")
_ABOUT_BACKUP = re.compile(
    r"back-?\s?up|recovery\s?services|herstelpunt|restore|snapshot|moment\s?opname|kluis|vault|herstel|vm.?agent|extensi"
    r"|taak|job\b",
    re.IGNORECASE,
)
# A product's name counts only as a word of its own: `prod-mysql-01` is the name of somebody's VM.
_FOREIGN = re.compile(
    r"arn:aws:|compute\.googleapis"
    r"|(?<![\w./-])(?:aws|amazon|ec2|ebs|rds|gcp|google\s?cloud|gcloud|veeam|commvault|rubrik|cohesity|netbackup|veritas"
    r"|vcenter|vsphere|esxi|proxmox|kubernetes|kubectl|aks|velero|cosmos\s?db|app\s?service|front\s?door|data\s?factory"
    r"|synapse|databricks|postgres(?:ql)?|mysql|mongodb|oracle)(?![\w./-])"
    r"|(?<![\w.])microsoft\.(?:web|sql|cache|documentdb|keyvault|containerservice|logic|eventhub|servicebus|cdn"
    r"|machinelearningservices)\b",
    re.IGNORECASE,
)
_SURE_LIKENESS = 90.0
_SURE_MARGIN = 5.0
_WORTH_ASKING = 68.0
_MOST_TOKENS = 4_000


@dataclass(frozen=True)
class _Asked:
    """One text under way: what was read of it, and, found at most once, what it is about."""

    reading: Reading

    @cached_property
    def tokens(self) -> list[str]:
        """Everything that could be a code, in order, without repeats."""
        return list(dict.fromkeys(_TOKEN.findall(self.reading.text)))[:_MOST_TOKENS]

    @cached_property
    def is_foreign(self) -> bool:
        return bool(_FOREIGN.search(self.reading.sample))

    @cached_property
    def is_about_backup(self) -> bool:
        return bool(_ABOUT_BACKUP.search(self.reading.sample))


class Resolver:
    """Knows the names and wordings of one catalog; make one and keep it (building takes some milliseconds)."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names = {name.casefold(): entry for entry in catalog for name in entry.codes}
        # People leave the family's name out when they type from memory.
        self._spellings = {name.removeprefix("usererror"): entry for name, entry in self._names.items()} | self._names
        self._numbers = {number.casefold(): entry for entry in catalog for number in entry.numbers}
        self._squeezed = {_SPLITTERS.sub("", name): entry for name, entry in self._names.items() if len(name) >= 14}
        self._phrases = Phrases(catalog)
        self._symptoms = Symptoms(catalog)

    def resolve(self, text: str) -> Match:
        """Text in any shape to catalog keys.

        At most 50 ms whatever the text; never raises for any str.
        """
        asked = _Asked(read(text))
        if told := self._by_declared_code(asked.reading) or self._by_code(asked) or self._by_number(asked):
            return told
        message = self._by_message(asked)
        if message and (message.is_sure or message.how == "message"):
            return message
        return self._by_split_code(asked) or message or self._by_likeness(asked) or NOTHING

    def named(self, code: str) -> Match | None:
        """The entry of a symbolic code that a field declares, in any case; None when the catalog does not hold it."""
        entry = self._names.get(code.strip().casefold())
        return Match((entry.code,), True, "code", _alias(entry, code.strip())) if entry else None

    def numbered(self, number: str) -> Match | None:
        """The entry of a numeric code that a field declares; None when the catalog does not hold it."""
        entry = self._numbers.get(number.strip().casefold())
        return Match((entry.code,), True, "number", number.strip()) if entry else None

    def _by_declared_code(self, reading: Reading) -> Match | None:
        """What a job's or alert's own fields say: one symbolic code or number decides."""
        named = {}
        for declared in reading.report.codes:
            by_number = self._numbers.get(declared.casefold())
            entry = by_number or self._names.get(declared.casefold())
            if entry and (by_number or not entry.is_generic):
                named[entry.code] = declared
        if len(named) == 1:
            ((code, declared),) = named.items()
            return Match(
                (code,), True, "number" if declared[0].isdigit() else "code", _alias(self._catalog[code], declared)
            )
        return Match(tuple(named)[:3], False, "code") if named else None

    def _by_code(self, asked: _Asked) -> Match | None:
        named: dict[str, str] = {}
        for token in asked.tokens:
            if entry := self._names.get(token.casefold()):
                named.setdefault(entry.code, token)
        if not named:
            return self._by_whole_split_code(asked.reading)
        entries = [self._catalog[code] for code in named]
        telling = [entry for entry in entries if not entry.is_generic]
        if len(telling) == 1 or (len(entries) == 1 and _is_ours(asked, next(iter(named.values())))):
            entry = (telling or entries)[0]
            return Match((entry.code,), True, "code", _alias(entry, named[entry.code]))
        if not telling and asked.is_foreign:
            return NOTHING
        return Match(tuple(entry.code for entry in telling or entries)[:3], False, "code")

    def _by_whole_split_code(self, reading: Reading) -> Match | None:
        """A text that is one code, its words split by spaces, hyphens or a line's end."""
        if len(reading.text) > 200:
            return None
        entry = self._squeezed.get(_SPLITTERS.sub("", reading.text).casefold().strip("`'\"*:!?()"))
        return Match((entry.code,), not entry.is_generic, "code") if entry else None

    def _by_split_code(self, asked: _Asked) -> Match | None:
        """Codes that stand in the text once its spaces are gone: they may be plain words, so only suggested."""
        if len(asked.reading.text) > 2_000 or asked.is_foreign:
            return None
        joined = _SPLITTERS.sub("", asked.reading.text).casefold()
        whole = [token.casefold() for token in asked.tokens]  # a name inside one word is another, longer name
        inside = [name for name in self._squeezed if name in joined and not any(name in token for token in whole)]
        longest = [name for name in inside if not any(name != other and name in other for other in inside)]
        codes = tuple(dict.fromkeys(self._squeezed[name].code for name in longest))
        return Match(codes[:3], False, "near-code") if codes else None

    def _by_number(self, asked: _Asked) -> Match | None:
        reading = asked.reading
        found = [n.casefold() for n in _NUMBER.findall(reading.sample) if n.casefold() in self._numbers]
        codes = tuple(dict.fromkeys(self._numbers[number].code for number in found))
        if not codes or asked.is_foreign:
            return None
        called = {number.casefold() for number in _CALLED_NUMBER.findall(reading.sample)}
        alone = reading.text.strip(" `'\"#").casefold() == found[0]
        is_sure = len(codes) == 1 and (alone or found[0] in called or asked.is_about_backup)
        return Match(codes[:3], is_sure, "number")

    def _by_message(self, asked: _Asked) -> Match | None:
        sentences = asked.reading.sentences
        held = self._phrases.held_by(sentences, asked.is_about_backup)
        if held:
            return _told(held, "message", is_sure=len(_codes(held)) == 1 and not asked.is_foreign)
        near = self._phrases.near(sentences)
        if not near or near[0].score < _WORTH_ASKING or asked.is_foreign:
            return None
        ahead = near[0].score - (near[1].score if len(near) > 1 else 0.0)
        best = near[0].phrase
        is_sure = best.is_message and near[0].score >= _SURE_LIKENESS and ahead >= _SURE_MARGIN and len(best.codes) == 1
        return _told(near, "near-message" if best.is_message else "symptom", is_sure=is_sure)

    def _by_likeness(self, asked: _Asked) -> Match | None:
        """A typo of a code, then a description in words; only ever suggestions."""
        if codes := self._misspelt(asked.tokens):
            return Match(codes, False, "near-code")
        if asked.is_foreign:
            return None
        codes = self._symptoms.describe(asked.reading.sentences or (asked.reading.text,))
        return Match(codes, False, "symptom") if codes else None

    def _misspelt(self, tokens: Iterable[str]) -> tuple[str, ...]:
        """Codes that a token nearly spells, begins, or is a part of."""
        near: dict[str, float] = {}
        for token in [token.casefold() for token in tokens if len(token) >= 8 and _looks_like_code(token)][:20]:
            for scored in (self._nearly_spelt(token), self._partly_spelt(token)):
                for code, score in scored:
                    near[code] = max(near.get(code, 0.0), score)
        return tuple(sorted(near, key=lambda code: -near[code]))[:3]

    def _nearly_spelt(self, token: str) -> Iterator[tuple[str, float]]:
        spellings = process.extract(
            token, self._spellings.keys(), scorer=OSA.normalized_similarity, score_cutoff=0.80, limit=5
        )
        for spelling, score, _ in spellings:
            yield self._spellings[spelling].code, score

    def _partly_spelt(self, token: str) -> Iterator[tuple[str, float]]:
        if len(token) >= 10:
            for name, entry in self._names.items():
                if token in name or (name in token and len(name) >= 14):
                    yield entry.code, min(len(token), len(name)) / max(len(token), len(name))


def _is_ours(asked: _Asked, token: str) -> bool:
    """A generic code means our entry when it stands alone, or in a text about backups and nothing foreign."""
    if asked.reading.text.strip(" `'\"*_<>.:!?").casefold() == token.casefold():
        return True
    return asked.is_about_backup and not asked.is_foreign


def _looks_like_code(token: str) -> bool:
    return bool(_CAMEL.search(token)) or len(token) >= 14


def _codes(hits: Iterable[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for hit in hits for code in hit.phrase.codes))


def _told(hits: Sequence[Hit], how: How, *, is_sure: bool) -> Match:
    codes = _codes(hits)
    return Match(codes[:1] if is_sure else codes[:3], is_sure, how)


def _alias(entry: Entry, written: str) -> str:
    return written if written.casefold() != entry.code.casefold() else ""
