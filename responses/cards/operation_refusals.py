"""What somebody is told who may not do what they clicked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Notice, texts
from responses.cards.render import render_card
from responses.cards.text import Mrkdwn, code_span, mrkdwn, user_mention
from responses.catalog.model import Language

_GROUP: Final = re.compile(r"S[A-Z0-9]{2,20}", re.ASCII)
_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class RefusalOf:
    """A decision that says no: operation and reason as the policy names them, the nearest grant, and who can grant."""

    operation: str
    reason: str
    grant: str
    who_can: tuple[str, ...]
    vm: str
    vault: str


def refusal_card(refusal: RefusalOf, language: Language) -> Card:
    """Which rule is missing, in plain words, and who can grant it."""
    say = labels(language)
    about = _about(refusal, say)
    why = say.mrkdwn(f"policy.{refusal.reason}", grant=code_span(refusal.grant, 100) or Mrkdwn("-"))
    notice = Notice(say("refused.title"), texts(about, why, _who(refusal.who_can, say)))
    return render_card("notice", language, mrkdwn(f"{say.text('refused.title')}. {why}", 600), notice=notice)


def _about(refusal: RefusalOf, say: Labels) -> Mrkdwn:
    """What was asked, and of which VM and vault where it was about one."""
    what = say.mrkdwn(f"operation_name.{refusal.operation}")
    vm, vault = mrkdwn(refusal.vm, 90), mrkdwn(refusal.vault, 90)
    if vm and vault:
        return say.mrkdwn("refused.about", what=what, vm=vm, vault=vault)
    return Mrkdwn(f"{what}: {vm or vault}") if vm or vault else what


def operations_off(language: Language) -> Card:
    """Nobody is granted anything yet."""
    say = labels(language)
    notice = Notice(say("refused.off_title"), texts(say.mrkdwn("refused.off")))
    return render_card("notice", language, say.mrkdwn("refused.off"), notice=notice)


def mention(id: str) -> Mrkdwn:
    """A live mention of a user or of a user group; empty for anything else."""
    return Mrkdwn(f"<!subteam^{id}>") if _GROUP.fullmatch(id) else user_mention(id)


def _who(ids: Sequence[str], say: Labels) -> Mrkdwn:
    named = [shown for each in ids if (shown := mention(each))][:_MOST]
    if not named:
        return say.mrkdwn("refused.nobody_grants")
    return say.mrkdwn("refused.who_grants", people=Mrkdwn(", ".join(named)))
