"""The buttons that act: each click is written down as durable work, and only then acknowledged."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal

from slack_bolt import BoltResponse

from bot.slack.clicks import click_of, kept_in
from bot.slack.desk import Desk, Payload, acknowledged, new_reference, response_url
from bot.store.approvals import NotDecided
from bot.store.operations import REMOVE, RETRY
from bot.workflows.front import Click, Operations, Verdict
from intents.policy import Decision
from responses.cards.approvals import decide_view, not_decided
from responses.cards.explainer import answer_view
from responses.cards.model import Card
from responses.cards.operation_refusals import operations_off
from responses.cards.operations import OperationOf
from responses.cards.trouble import expired, failed
from responses.cards.trouble_azure import Trouble
from responses.catalog.model import Language

_log = logging.getLogger(__name__)
_OVER: Final = ("approved", "rejected", "expired", "void", "used")
Begin = Callable[[Operations, Click], Awaitable[bool]]


async def answer_retry(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Retry the backup of a failed job."""
    return await _begun(desk, body, lambda front, click: front.ask(RETRY, value, click))


async def answer_removal(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Ask for the removal of the snapshot extension."""
    return await _begun(desk, body, lambda front, click: front.ask(REMOVE, value, click))


async def answer_group(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Retry every backup of a group."""
    return await _begun(desk, body, lambda front, click: front.ask_group(value, click))


async def answer_storm(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Retry every backup of a storm that is still open."""
    return await _begun(desk, body, lambda front, click: front.ask_storm(value, click))


async def answer_cancel(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Cancel a retry that runs."""
    return await _begun(desk, body, lambda front, click: front.cancel(value, click))


async def answer_verdict(desk: Desk, body: Payload, value: str, verdict: Verdict) -> BoltResponse:
    """Approve or Reject was clicked: a window asks for the reason of whoever may say so."""
    click = click_of(desk, body)

    async def ask() -> None:
        front = desk.operations
        row = await front.find(value)
        if row is None or "plan" not in row.facts:
            await _tell(desk, click, expired(click.language))
            return
        decision = await front.may_decide(row, click)
        shown = front.shop.showing.operation(row)
        if row.is_over or (row.facts.get("approval") or {}).get("state") != "open":
            await _tell(desk, click, not_decided(_already(shown), click.language))
        elif not decision.is_allowed:
            await front.refuse_to_decide(row, decision, click)
        else:
            metadata = json.dumps({"approval": value, "language": click.language, "channel": click.channel})
            word: Literal["approve", "reject"] = "approve" if verdict == "approved" else "reject"
            view = decide_view(word, shown, click.language, metadata)
            await desk.client.views_open(trigger_id=str(body.get("trigger_id", "")), view=view.body)

    desk.start(body, ask, name="ask for a reason")
    return acknowledged()


async def submit_verdict(desk: Desk, body: Payload, verdict: Verdict) -> BoltResponse:
    """The window came back with a reason: the word is taken, or it is said why not."""
    view: Mapping[str, Any] = body.get("view") or {}
    kept = kept_in(view)
    click = click_of(desk, body, channel=str(kept.get("channel") or ""))
    values = (view.get("state") or {}).get("values") or {}
    reason = str(((values.get("reason") or {}).get("reason_text") or {}).get("value") or "").strip()
    told = await desk.operations.decide(str(kept.get("approval") or ""), verdict, reason, click)
    if told is None:
        return acknowledged()
    row = await desk.operations.find(str(kept.get("approval") or ""))
    card = _why_not(told, desk.operations.shop.showing.operation(row) if row else None, click.language)
    return acknowledged(json.dumps({"response_action": "update", "view": answer_view(card, click.language).body}))


async def _begun(desk: Desk, body: Payload, begin: Begin) -> BoltResponse:
    """Write the click down; a click that cannot be is answered all the same."""
    click = click_of(desk, body)
    front = desk.operations
    if not front.is_on:
        await _say(desk, body, operations_off(click.language))
        return acknowledged()
    try:
        if not await begin(front, click):
            await _say(desk, body, expired(click.language))
    except Exception:  # noqa: BLE001 - nothing was written down, so nothing will happen: the person must know
        reference = new_reference()
        _log.exception("%s: a click could not be written down", reference)
        await _say(desk, body, failed(click.language, reference))
    return acknowledged()


async def _say(desk: Desk, body: Payload, card: Card) -> None:
    if body.get("view"):
        desk.push(body, card, desk.language_for(body))
    else:
        desk.start(body, lambda: desk.replies.tell(response_url(body), card), name="tell")


async def _tell(desk: Desk, click: Click, card: Card) -> None:
    await desk.replies.tell(click.url, card)


def _already(shown: OperationOf) -> Trouble:
    approval = shown.approval
    state = approval.state if approval else "expired"
    by = approval.decided_by if approval and approval.decided_by else "-"
    return Trouble(f"not_decided.{state if state in _OVER else 'expired'}", {"by": by})


def _why_not(told: NotDecided | Decision, shown: OperationOf | None, language: Language) -> Card:
    if isinstance(told, Decision):
        return not_decided(Trouble("not_decided.not-allowed", {}), language)
    if told.why == "already" and shown is not None:
        return not_decided(_already(shown), language)
    return not_decided(Trouble(f"not_decided.{told.why}", {}), language)
