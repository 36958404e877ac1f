"""The nouns of understanding: a match of a text with catalog entries, and what a person wants."""

from dataclasses import dataclass
from typing import Literal

from responses.catalog.model import Language

How = Literal["code", "number", "message", "near-message", "near-code", "symptom", "none"]


@dataclass(frozen=True, slots=True)
class Match:
    """What a text names: catalog keys, best first, and whether the first may be shown as the answer.

    `is_sure` is only true for a code, number or message that the text really holds; a guess never is.
    `asked` is the name as the text writes it when it is an alias; `how` says what was matched.
    """

    codes: tuple[str, ...]
    is_sure: bool
    how: How
    asked: str = ""


@dataclass(frozen=True, slots=True)
class ExplainError:
    """Someone wants to know what a text means; `language` is None when they did not choose one."""

    text: str
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """Someone asks what can be asked."""

    language: Language | None = None


@dataclass(frozen=True, slots=True)
class OpenExplainer:
    """Someone wants the window with the searchable list and the paste box."""

    language: Language | None = None


CommandIntent = ExplainError | ShowHelp | OpenExplainer
