"""The card that says what can be asked, and how."""

from dataclasses import dataclass
from typing import Final

from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Button, Runs, label_runs, open_explainer
from responses.cards.render import render_card
from responses.cards.text import mrkdwn
from responses.catalog.model import Language

_WAYS: Final = ("code", "alone", "shortcut", "jobs", "language", "share")


@dataclass(frozen=True, slots=True)
class _Help:
    ways: tuple[Runs, ...]
    buttons: tuple[Button, ...]


def help_card(language: Language) -> Card:
    """Every way to ask, and that nothing in Azure is changed by asking."""
    say = labels(language)
    card = _Help(ways=ways_to_ask(say), buttons=(open_explainer(say),))
    spoken = mrkdwn(f"{say('help.title')}. {say('help.intro')}")
    return render_card("help", language, spoken, card=card)


def ways_to_ask(say: Labels) -> tuple[Runs, ...]:
    """One line for each way to ask."""
    return tuple(label_runs(say.text(f"help.{way}")) for way in _WAYS)
