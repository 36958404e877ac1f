"""The card that asks which vault or subscription is meant, or says that there is none of that name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Button, Line, Runs, label_runs
from responses.cards.render import render_card
from responses.cards.text import Mrkdwn, Verbatim, excerpt, mrkdwn, one_line, plain
from responses.catalog.model import Language

MOST_CHOICES: Final = 5
_NAME: Final = 90


@dataclass(frozen=True, slots=True)
class VaultChoice:
    """A vault, or a subscription where the group is empty; `value` is what its button carries."""

    name: str
    group: str
    subscription: str
    value: str


@dataclass(frozen=True, slots=True)
class _Which:
    lead: Verbatim
    query: Verbatim
    lines: tuple[Line, ...]
    hint: Runs


def which_vault(asked: str, choices: Sequence[VaultChoice], language: Language, *, is_known: bool) -> Card:
    """Up to five places, each with its group and subscription and a button `choose_vault_N`.

    `is_known` says that the name fits several; otherwise there is none, and the choices, if any, are the nearest names.
    """
    say = labels(language)
    kind = "many" if is_known else "near" if choices else "none"
    lines = tuple(_line(n, choice, say) for n, choice in enumerate(choices[:MOST_CHOICES], start=1))
    hint = label_runs(say.text(f"which_vault.hint_{kind}"))
    card = _Which(say.literal("which_vault.asked"), excerpt(asked, _NAME), lines, hint)
    names = ", ".join(f"{one_line(each.name)} ({one_line(each.subscription)})" for each in choices[:MOST_CHOICES])
    told = names or "".join(run.text for run in hint)
    question = say.text(f"which_vault.{kind}") + ("" if is_known else f": {excerpt(asked, _NAME)}.")
    spoken = mrkdwn(f"{question} {told}", 600)
    return render_card("which_vault", language, spoken, title=say(f"which_vault.{kind}"), card=card)


def _line(number: int, choice: VaultChoice, say: Labels) -> Line:
    key = "which_vault.place" if choice.group else "which_vault.subscription"
    place = say.mrkdwn(key, group=mrkdwn(choice.group, _NAME), subscription=mrkdwn(choice.subscription, _NAME))
    name = mrkdwn(choice.name, _NAME) or Mrkdwn("-")
    spoken = plain(say.text("which_vault.choose_spoken", name=one_line(choice.name)), 75)
    button = Button(f"choose_vault_{number}", say("which_vault.choose"), Verbatim(choice.value), spoken=spoken)
    return Line(Verbatim(f"choice_{number}"), Mrkdwn(f"*{name}*\n{place}"), button)
