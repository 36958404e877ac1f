"""The window in which a second person decides, and what they read when their word was not taken."""

from typing import Literal

from responses.cards.labels import labels
from responses.cards.model import Card, View
from responses.cards.operation_words import why_words
from responses.cards.operations import OperationOf
from responses.cards.parts import Notice, texts
from responses.cards.render import render_card, render_view
from responses.cards.text import Verbatim, code_span, mrkdwn, user_mention
from responses.cards.trouble_azure import Trouble
from responses.catalog.model import Language


def decide_view(
    verdict: Literal["approve", "reject"], op: OperationOf, language: Language, private_metadata: str
) -> View:
    """Asks for a reason. Callback id `approve_removal` or `reject_removal`, input `reason` with `reason_text`."""
    say = labels(language)
    plan = op.plan
    what = say.mrkdwn(
        f"decide.{verdict}",
        extension=code_span(plan.extension if plan else "?", 100),
        vm=mrkdwn(op.vm, 90),
        who=user_mention(op.requested_by) or mrkdwn("-"),
        hash=code_span(plan.hash[:12] if plan else "-"),
    )
    return render_view(
        "decide",
        language,
        callback_id=Verbatim(f"{verdict}_removal"),
        title=say(f"decide.{verdict}_title"),
        submit=say(f"button.{verdict}"),
        private_metadata=Verbatim(private_metadata),
        what=what,
    )


def not_decided(why: Trouble, language: Language) -> Card:
    """Why a yes or no was not taken."""
    say = labels(language)
    words = why_words(why, say)
    return render_card("notice", language, words, notice=Notice(say("not_decided.title"), texts(words)))
