"""The window to ask in: a searchable list of all errors and a box to paste a log into; and the one that answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from responses.cards.labels import labels
from responses.cards.model import JSON, Card, View
from responses.cards.parts import title
from responses.cards.render import render_view
from responses.cards.text import Verbatim, clean, cut, plain
from responses.catalog.model import Entry, Language

MOST_OPTIONS: Final = 100
MOST_PASTED: Final = 3000
_LABEL: Final = 75


@dataclass(frozen=True, slots=True)
class _Explainer:
    private_metadata: Verbatim
    query: Verbatim
    most_pasted: int


def explainer(language: Language, *, private_metadata: str = "", query: str = "") -> View:
    """The modal `explain_error`; `query` stands in the paste box already, `private_metadata` (<= 3000) comes back."""
    window = _Explainer(Verbatim(private_metadata), Verbatim(cut(clean(query).strip(), MOST_PASTED)), MOST_PASTED)
    return render_view("explainer", language, window=window)


def answer_view(card: Card, language: Language, *, private_metadata: str = "") -> View:
    """A modal that shows a card, with a close button only."""
    view = render_view("answer", language, private_metadata=Verbatim(private_metadata))
    blocks: list[JSON] = list(card.blocks)
    return View(body=view.body | {"blocks": blocks})


def options(entries: Iterable[Entry], language: Language) -> list[dict[str, JSON]]:
    """Options of the searchable list, at most 100: the title, the code where there is one, and the entry's key."""
    return [_option(entry, language) for entry in islice(entries, MOST_OPTIONS)]


def _option(entry: Entry, language: Language) -> dict[str, JSON]:
    option: dict[str, JSON] = {"text": _plain_text(title(entry, language)), "value": entry.code}
    return option | {"description": _plain_text(entry.code)} if entry.has_code else option


def _plain_text(text: str) -> JSON:
    return {"type": "plain_text", "text": str(plain(text, _LABEL)), "emoji": False}


def nothing_chosen(language: Language) -> str:
    """What stands below the paste box when the window is submitted empty."""
    return labels(language).text("explainer.nothing_chosen")
