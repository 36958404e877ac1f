"""The Home tab: what the app does, how to ask, and how much it knows."""

from dataclasses import dataclass

from responses.cards.help import ways_to_ask
from responses.cards.labels import labels
from responses.cards.model import View
from responses.cards.parts import Button, Runs, open_explainer
from responses.cards.render import render_view
from responses.cards.text import Mrkdwn
from responses.catalog.model import Language


@dataclass(frozen=True, slots=True)
class _Home:
    ways: tuple[Runs, ...]
    buttons: tuple[Button, ...]
    count: Mrkdwn


def home(language: Language, entries: int) -> View:
    """The Home tab for a reader of that language; `entries` is how many the catalog holds."""
    say = labels(language)
    tab = _Home(ways_to_ask(say), (open_explainer(say),), say.mrkdwn("home.count", count=str(entries)))
    return render_view("home", language, tab=tab)
