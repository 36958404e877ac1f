"""Submitted modals."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt import BoltResponse

from bot.slack.desk import Desk, Payload, acknowledged, in_language
from bot.slack.incident_answers import submit_assignee
from bot.slack.operation_answers import submit_verdict
from responses.cards.explainer import answer_view, nothing_chosen
from responses.cards.trouble import expired
from responses.catalog.model import LANGUAGES, Language

Handler = Callable[[Desk, Payload], Awaitable[BoltResponse]]


async def explain_error(desk: Desk, body: Payload) -> BoltResponse:
    """A chosen entry or a pasted text: the window turns into its answer."""
    view = body.get("view") or {}
    language = _language(desk, body, str(view.get("private_metadata") or ""))
    values = (view.get("state") or {}).get("values") or {}
    chosen = (_element(values, "entry", "find_entry").get("selected_option") or {}).get("value")
    pasted = str(_element(values, "paste", "pasted_text").get("value") or "").strip()
    if chosen:
        card = desk.answers.entry_card(str(chosen), language, "modal") or expired(language)
    elif pasted:
        card = desk.answers.explain(pasted, language, "modal").card
    else:
        errors = {"paste": nothing_chosen(language)}
        return acknowledged(json.dumps({"response_action": "errors", "errors": errors}))
    shown = answer_view(card, language, private_metadata=in_language(language))
    return acknowledged(json.dumps({"response_action": "update", "view": shown.body}))


async def approve_removal(desk: Desk, body: Payload) -> BoltResponse:
    """A second person's yes, with the reason."""
    return await submit_verdict(desk, body, "approved")


async def reject_removal(desk: Desk, body: Payload) -> BoltResponse:
    """A second person's no, with the reason."""
    return await submit_verdict(desk, body, "rejected")


VIEWS: Final[Mapping[str, Handler]] = {
    "explain_error": explain_error,
    "approve_removal": approve_removal,
    "reject_removal": reject_removal,
    "assign_incident": submit_assignee,
}


def _element(values: Mapping[str, Any], block: str, action: str) -> Mapping[str, Any]:
    return (values.get(block) or {}).get(action) or {}


def _language(desk: Desk, body: Payload, metadata: str) -> Language:
    """The language that the window was opened in."""
    try:
        wanted = json.loads(metadata).get("language")
    except (ValueError, AttributeError):
        wanted = None
    return next((language for language in LANGUAGES if language == wanted), None) or desk.language_for(body)
