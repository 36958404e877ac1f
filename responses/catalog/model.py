"""The nouns of the catalog: an entry, its steps and its words in two languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Language = Literal["en", "nl"]
Area = Literal["backup", "restore", "agent", "job", "policy", "register"]
Workload = Literal["vm", "sql", "hana", "files", "blob", "disk", "mars", "vault", "other"]
OperatingSystem = Literal["any", "windows", "linux"]
Retry = Literal["now", "after-fix", "never"]
Offer = Literal["retry-backup", "remove-extension"]

LANGUAGES: tuple[Language, ...] = get_args(Language)

SpanKind = Literal["plain", "code", "bold", "link"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of one kind; `url` only for a link."""

    text: str
    kind: SpanKind = "plain"
    url: str = ""


Prose = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A code block to copy: verbatim text and the language it is written in ("" when none is named)."""

    text: str
    syntax: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step: what to do, then the commands that do it."""

    prose: Prose
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """An entry in one language. `careful` is a warning to read before acting, empty where none is needed."""

    title: str
    meaning: Prose
    steps: tuple[Step, ...]
    careful: Prose = ()


@dataclass(frozen=True, slots=True)
class TeamNote:
    """What a team adds to an entry: a note in one or both languages and a link to its own runbook."""

    words: Mapping[Language, Prose]
    runbook: str = ""

    def in_language(self, language: Language) -> Prose:
        """The note in that language, or in the one the team wrote."""
        return self.words.get(language) or next(iter(self.words.values()), ())


@dataclass(frozen=True, slots=True)
class Entry:
    """One error or topic of the catalog.

    `code` is Azure's exact spelling, or, where Microsoft gives none, a slug: then `has_code` is false and `code` is a
    key that no reader may be shown as an error code. `also` holds other codes with the same advice, `numbers` numeric
    codes as text, `messages` the service's own wordings (with `{Name}` placeholders, in either language). A generic
    code is one that other Azure services use too: alone it says little.
    """

    code: str
    has_code: bool
    also: tuple[str, ...]
    numbers: tuple[str, ...]
    messages: tuple[str, ...]
    symptoms: tuple[str, ...]
    area: Area
    workload: Workload
    os: OperatingSystem
    retry: Retry
    offers: tuple[Offer, ...]
    source: str
    reviewed: date
    is_generic: bool
    words: Mapping[Language, Words]
    team: TeamNote | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that names this entry, the main one first; empty slugs excluded."""
        return (self.code, *self.also) if self.has_code else self.also


def plain(prose: Prose) -> str:
    """Prose without its styles."""
    return "".join(span.text for span in prose)
