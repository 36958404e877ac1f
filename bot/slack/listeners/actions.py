"""Clicks on a card's buttons. A button carries a catalog key and a language, never a target."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from slack_bolt import BoltResponse

from bot.slack.desk import Desk, Payload, acknowledged, channel_of, response_url, user_of
from bot.slack.replies import ReplyFailed
from responses.cards.model import Card
from responses.cards.trouble import expired
from responses.catalog.model import LANGUAGES, Language

_log = logging.getLogger(__name__)
Handler = Callable[[Desk, Payload, str], Awaitable[BoltResponse]]


async def show_entry(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Another entry or another language, in place of what was clicked."""
    code, language = _read_value(desk, body, value)
    place: Final = "modal" if body.get("view") else "ephemeral"
    card = desk.answers.entry_card(code, language, place) or expired(language)
    desk.show(body, card, name="show entry", language=language)
    return acknowledged()


async def share_card(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """The card for everyone in the channel; once, however often it is clicked."""
    code, language = _read_value(desk, body, value)
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
}


def _read_value(desk: Desk, body: Payload, value: str) -> tuple[str, Language]:
    """`code|language`; a value without a known language means the clicker's own."""
    code, _, wanted = value.partition("|")
    return code, next((language for language in LANGUAGES if language == wanted), None) or desk.language_for(body)
