"""Clicks on a card's buttons. A button says what to show, and who may see it is decided at the click."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from slack_bolt import BoltResponse

from bot.slack import incident_answers, operation_answers
from bot.slack.backup_answers import answer_audit_page, answer_incidents_page
from bot.slack.desk import Desk, Payload, acknowledged, channel_of, response_url, user_of
from bot.slack.job_answers import answer_details, answer_explain, answer_turn
from bot.slack.replies import ReplyFailed
from responses.cards.model import Card
from responses.cards.trouble import expired

_log = logging.getLogger(__name__)
Handler = Callable[[Desk, Payload, str], Awaitable[BoltResponse]]


async def show_entry(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Another entry or another language, in place of what was clicked."""
    code, language = desk.read_choice(body, value)
    place: Final = "modal" if body.get("view") else "ephemeral"
    card = desk.answers.entry_card(code, language, place) or expired(language)
    desk.show(body, card, name="show entry", language=language)
    return acknowledged()


async def share_card(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """The card for everyone in the channel; once, however often it is clicked."""
    code, language = desk.read_choice(body, value)
    container = body.get("container") or {}
    claim = f"share {channel_of(body)} {container.get('message_ts', '')} {user_of(body)} {code}"
    card = desk.answers.entry_card(code, language, "channel", shared_by=user_of(body))
    if card is None:
        desk.show(body, expired(language), name="share expired")
    elif desk.claims.take(claim) and not desk.start(body, lambda: _share(desk, body, card, claim), name="share card"):
        desk.claims.give_back(claim)
    return acknowledged()


async def _share(desk: Desk, body: Payload, card: Card, claim: str) -> None:
    thread = str((body.get("container") or {}).get("thread_ts") or "")
    try:
        await desk.replies.share(response_url(body), card, thread=thread)
    except BaseException:
        desk.claims.give_back(claim)
        raise
    try:
        await desk.replies.remove(response_url(body))  # the shared card stands below; a second copy only confuses
    except ReplyFailed as error:
        _log.warning("a shared card's private copy could not be removed (%s)", error)


async def open_explainer(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """The window with the list and the paste box."""
    desk.open_explainer(body, desk.language_for(body))
    return acknowledged()


async def turn_to_jobs(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Another page of jobs, the same anew, or a chosen vault."""
    return answer_turn(desk, body, value)


async def show_job(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """One job in a window."""
    return answer_details(desk, body, value)


async def explain_group(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """What the error of a group means, beside the list."""
    return answer_explain(desk, body, value)


async def retry_backup(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Retry the backup of a failed job."""
    return await operation_answers.answer_retry(desk, body, value)


async def remove_extension(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Ask for the removal of the snapshot extension."""
    return await operation_answers.answer_removal(desk, body, value)


async def retry_group(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Retry every backup of a group."""
    return await operation_answers.answer_group(desk, body, value)


async def turn_incidents(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Another page of incidents, of a storm's or of a question's."""
    if value.startswith("storm-"):
        return await incident_answers.answer_show_storm(desk, body, value)
    return answer_incidents_page(desk, body, value)


async def retry_storm(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Retry everything of a storm that is still open."""
    return await operation_answers.answer_storm(desk, body, value)


async def cancel_operation(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Cancel a retry that runs."""
    return await operation_answers.answer_cancel(desk, body, value)


async def approve_removal(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """A second person's yes: first their reason."""
    return await operation_answers.answer_verdict(desk, body, value, "approved")


async def reject_removal(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """A second person's no: first their reason."""
    return await operation_answers.answer_verdict(desk, body, value, "rejected")


async def turn_audit(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Another page of the audit log."""
    return answer_audit_page(desk, body, value)


async def follow_link(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Slack opens the link itself and still tells us; there is nothing to do."""
    return acknowledged()


ACTIONS: Final[Mapping[str, Handler]] = {
    "share_card": share_card,
    "switch_language": show_entry,
    "explain_error_1": show_entry,
    "explain_error_2": show_entry,
    "explain_error_3": show_entry,
    "open_explainer": open_explainer,
    "open_documentation": follow_link,
    "open_runbook": follow_link,
    "explain_job_group": explain_group,
    "job_details": show_job,
    "audit_page_previous": turn_audit,
    "audit_page_next": turn_audit,
    "retry_backup": retry_backup,
    "remove_extension": remove_extension,
    "retry_group": retry_group,
    "retry_storm": retry_storm,
    "all_steps": incident_answers.answer_all_steps,
    "acknowledge_incident": incident_answers.answer_acknowledge,
    "incident_menu": incident_answers.answer_menu,
    "show_incident": incident_answers.answer_show_incident,
    "show_storm": incident_answers.answer_show_storm,
    "incidents_page_previous": turn_incidents,
    "incidents_page_next": turn_incidents,
    "cancel_operation": cancel_operation,
    "approve_removal": approve_removal,
    "reject_removal": reject_removal,
    "jobs_page_previous": turn_to_jobs,
    "jobs_page_next": turn_to_jobs,
    "jobs_refresh": turn_to_jobs,
    **{f"choose_vault_{number}": turn_to_jobs for number in range(1, 6)},
}
