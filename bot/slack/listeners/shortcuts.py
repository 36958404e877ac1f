"""Shortcuts: the window from anywhere, and an explanation of any message."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from slack_bolt import BoltResponse

from bot.slack.desk import Desk, Payload, acknowledged, response_url
from bot.slack.message_text import message_text

Handler = Callable[[Desk, Payload], Awaitable[BoltResponse]]


async def open_explainer(desk: Desk, body: Payload) -> BoltResponse:
    """The window with the list and the paste box."""
    desk.open_explainer(body, desk.language_for(body))
    return acknowledged()


async def explain_message(desk: Desk, body: Payload) -> BoltResponse:
    """Explain what a message holds, to the asker only, in the thread where it stands."""
    message = body.get("message") or {}
    card = desk.answers.explain(message_text(message), desk.language_for(body)).card
    thread = str(message.get("thread_ts") or "")
    desk.start(body, lambda: desk.replies.tell(response_url(body), card, thread=thread), name="explain message")
    return acknowledged()


SHORTCUTS: Final[Mapping[str, Handler]] = {"open_explainer": open_explainer, "explain_message": explain_message}
