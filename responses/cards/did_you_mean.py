"""The card that offers up to three errors where the text does not name one for sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Button, Run, Runs, title, value
from responses.cards.render import render_card
from responses.cards.text import Plain, Verbatim, excerpt, mrkdwn, plain
from responses.catalog.model import Entry, Language

MOST_SUGGESTIONS: Final = 3
_QUERY_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class _DidYouMean:
    title: Plain
    lead: Verbatim
    query: Verbatim
    suggestions: tuple[Runs, ...]
    none: Runs
    buttons: tuple[Button, ...]


def did_you_mean(
    suggestions: Sequence[Entry], language: Language, *, query: str, shared_messages: bool = False
) -> Card:
    """Up to three entries, best first, with a button `explain_error_N` each and none that does anything else.

    `shared_messages` says that the text is a message which belongs to all of them. ValueError without suggestions.
    """
    shown = suggestions[:MOST_SUGGESTIONS]
    if not shown:
        raise ValueError("nothing to suggest: use the unknown card")
    say = labels(language)
    kind = "shared" if shared_messages else "unsure"
    asked = excerpt(query, _QUERY_SHOWN)
    card = _DidYouMean(
        title=say(_title(len(shown), shared_messages)),
        lead=say.literal(f"did_you_mean.{kind}" if asked else f"did_you_mean.{kind}_empty"),
        query=asked,
        suggestions=tuple(_suggestion(n, entry, language) for n, entry in enumerate(shown, start=1)),
        none=(Run(say.literal("did_you_mean.none")),),
        buttons=tuple(_button(n, entry, language, say, len(shown)) for n, entry in enumerate(shown, start=1)),
    )
    titles = "; ".join(title(entry, language) for entry in shown)
    spoken = mrkdwn(f"{say.text(_title(len(shown), shared_messages))} ({titles})", 900)
    return render_card("did_you_mean", language, spoken, card=card)


def _title(count: int, shared_messages: bool) -> str:
    if count == 1:
        return "did_you_mean.title_one"
    return "did_you_mean.title_shared" if shared_messages else "did_you_mean.title"


def _suggestion(number: int, entry: Entry, language: Language) -> Runs:
    name = Run(excerpt(f"{number}. {title(entry, language)}", 200), "bold")
    return (name, Run(Verbatim("\n")), Run(Verbatim(entry.code), "code")) if entry.has_code else (name,)


def _button(number: int, entry: Entry, language: Language, say: Labels, of: int) -> Button:
    label = say("button.explain", number=number) if of > 1 else say("button.explain_one")
    spoken = plain(say.text("button.explain_spoken", title=title(entry, language)), 75)
    return Button(f"explain_error_{number}", label, value(entry, language), spoken=spoken)
