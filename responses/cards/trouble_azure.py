"""What went wrong with Azure, in the reader's language: a sentence, and the card that says only that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Run, Runs
from responses.cards.render import render_card
from responses.cards.text import Verbatim, excerpt, mrkdwn, one_line
from responses.catalog.model import Language

# Limits that were met; with these alone everything was read that there was to read.
NOTES: Final = frozenset({"azure.window_cut", "azure.more_jobs", "azure.hidden_jobs"})
# Beside jobs that are shown it is only to know; with none shown, nobody may think that there are none.
HIDING: Final = frozenset({"azure.hidden_jobs"})
_VALUE: Final = 300
# The value `why` is Azure's own sentence, or the key of a reason of ours, which is told in the reader's language.
_OUR_REASONS: Final = "azure.why."


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be read, or a limit that was met: a label key, values, and the place it is about."""

    label: str
    values: Mapping[str, str]
    about: str = ""


class _Given(dict[str, str]):
    """What a sentence names and nobody said is a dash."""

    def __missing__(self, key: str) -> str:
        return "-"


def sentence(trouble: Trouble, say: Labels) -> str:
    """One or two sentences for people, on one line; what comes from outside is cut and has no line ends."""
    given = _Given({name: excerpt(value, _VALUE) for name, value in trouble.values.items() if one_line(value)})
    try:
        words = say.text(trouble.label)
    except KeyError:
        words = say.text("azure.failed")
    if (why := trouble.values.get("why", "")).startswith(_OUR_REASONS):
        given["why"] = _reason(why, given, say)
    told = words.format_map(given)
    return f"{excerpt(trouble.about, 100)}: {told}" if one_line(trouble.about) else told


def _reason(key: str, given: "_Given", say: Labels) -> str:
    """A reason of our own; one that an older version wrote down, and nobody knows any more, is a dash."""
    try:
        return say.text(key).format_map(given)
    except KeyError:
        return "-"


def azure_trouble(trouble: Trouble, language: Language, reference: str) -> Card:
    """Nothing could be read: what happened, that nothing was changed, and the reference in the log (may be empty)."""
    say = labels(language)
    told = sentence(trouble, say)
    unchanged = say.text("azure.unchanged")
    words = (*_literal(told), *_literal(f" {unchanged}"), *_reference(reference, say))
    spoken = mrkdwn(f"{say.text('azure.title')}. {told} {unchanged}")
    return render_card("trouble", language, spoken, title=say("azure.title"), words=words)


def _literal(text: str) -> Runs:
    return (Run(Verbatim(text)),)


def _reference(reference: str, say: Labels) -> Runs:
    shown = excerpt(reference, 100)
    return (Run(Verbatim(f" {say.text('azure.reference')} ")), Run(shown, "code")) if shown else ()
