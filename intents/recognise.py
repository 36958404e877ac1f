"""The text after a slash command to an Intent."""

import re

from intents.model import CommandIntent, ExplainError, OpenExplainer, ShowHelp
from responses.catalog.model import Language

# Some phones turn a typed "--nl" into a dash; both mean the flag.
_FIRST = re.compile(r"(?:--|—|–)(nl|en)(?=\s|$)", re.IGNORECASE)
_LAST = re.compile(r"(?:^|(?<=\s))(?:--|—|–)(nl|en)$", re.IGNORECASE)
_HELP = frozenset({"help", "--help", "-h", "?", "hulp"})


def read_command(text: str) -> CommandIntent:
    """What `/backup-error TEXT` asks: a window (no text), help, or an explanation; `--nl`/`--en` choose the language.

    Flags count at the beginning and the end only, so that a pasted log keeps its own.
    """
    language, rest = _take_flags(text.strip())
    if not rest:
        return OpenExplainer(language)
    if rest.casefold() in _HELP:
        return ShowHelp(language)
    return ExplainError(rest, language)


def _take_flags(text: str) -> tuple[Language | None, str]:
    language: Language | None = None
    while found := _FIRST.match(text) or _LAST.search(text, max(0, len(text) - 5)):
        language = "nl" if found[1].casefold() == "nl" else "en"
        text = (text[: found.start()] + text[found.end() :]).strip()
    return language, text
