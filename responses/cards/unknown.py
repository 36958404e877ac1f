"""The card that says honestly that a text names no error we know, and what to do then."""

from dataclasses import dataclass
from typing import Final

from responses.cards.labels import Labels, labels
from responses.cards.model import Card, Place
from responses.cards.parts import Button, Run, Runs, label_runs, open_explainer
from responses.cards.render import render_card
from responses.cards.text import Verbatim, excerpt, mrkdwn
from responses.catalog.model import Language

TROUBLESHOOTING: Final = "https://learn.microsoft.com/azure/backup/backup-azure-vms-troubleshoot"
_QUERY_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class _Unknown:
    query: Verbatim
    next_steps: tuple[Runs, ...]
    buttons: tuple[Button, ...]


def unknown(query: str, language: Language, *, place: Place) -> Card:
    """What a person asked, literally and cut, and the ways to find out more.

    In a modal there is no button that would open another modal on top of it.
    """
    say = labels(language)
    card = _Unknown(
        query=excerpt(query, _QUERY_SHOWN),
        next_steps=(
            *(label_runs(say.text(f"unknown.{key}")) for key in ("spelling", "paste", "portal")),
            _microsoft(say),
        ),
        buttons=() if place == "modal" else (open_explainer(say),),
    )
    spoken = mrkdwn(f"{say('unknown.title')}. {say('unknown.honest')}")
    return render_card("unknown", language, spoken, card=card)


def _microsoft(say: Labels) -> Runs:
    before, after = say.text("unknown.microsoft").split("{link}")
    page = Run(say.literal("unknown.microsoft_link"), url=Verbatim(TROUBLESHOOTING))
    return Run(Verbatim(before)), page, Run(Verbatim(after))
