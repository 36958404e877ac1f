"""The Bolt app: one dispatcher, and behind it a dictionary of listeners for each kind of request.

Bolt's own listeners are tried one after the other, each building its whole table of arguments twice (10 to 22
microseconds for every request that it is not for, 50 for the one that it is for); a dictionary costs nothing.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import ephemeral_body
from bot.slack.desk import Desk, acknowledged, new_reference
from bot.slack.listeners.actions import ACTIONS
from bot.slack.listeners.commands import COMMANDS
from bot.slack.listeners.events import EVENTS
from bot.slack.listeners.options import OPTIONS
from bot.slack.listeners.shortcuts import SHORTCUTS
from bot.slack.listeners.views import VIEWS
from responses.cards.help import help_card
from responses.cards.trouble import expired, failed

_log = logging.getLogger(__name__)
Body = dict[str, Any]


class Identity(AsyncAuthorize):
    """Who we are in the workspace; learned once at the start, so that no acknowledgement waits for auth.test."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._bot_id: str | None = None
        self._bot_user_id: str | None = None

    async def learn(self) -> None:
        """Ask Slack. Raises SlackApiError when the token is refused."""
        answer = await self._client.auth_test()
        self._bot_id, self._bot_user_id = answer.get("bot_id"), answer.get("user_id")

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: object) -> AuthorizeResult:
        """Bolt's question for each request, answered from memory."""
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=self._client.token,
            bot_id=self._bot_id,
            bot_user_id=self._bot_user_id,
        )


def make_app(desk: Desk, identity: Identity) -> AsyncApp:
    """Build the app. The guard stands before it and has verified every request, so Bolt does not do it again."""
    app = AsyncApp(
        client=desk.client,
        authorize=identity,
        # Without this Bolt polls for an acknowledgement every 10 ms; with it, a listener must not wait for anything.
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        # Features without a listener here; each costs every request its share.
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        ignoring_self_events_enabled=False,
    )
    app.use(Dispatcher(desk))
    return app


class Dispatcher(AsyncMiddleware):
    """Bolt's last middleware: finds the listener of a request in a dictionary and answers with what it returns.

    Every method for a kind is an outer edge: whatever fails is logged and answered.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kinds: dict[str, Callable[[Body], Awaitable[BoltResponse]]] = {
            "block_actions": self.action,
            "block_suggestion": self.option,
            "view_submission": self.view,
            "shortcut": self.shortcut,
            "message_action": self.shortcut,
            "event_callback": self.event,
        }

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        """Answer one request; kinds without a listener (a closed window, say) are acknowledged and nothing more."""
        body = req.body
        if "command" in body:
            return await self.command(body)
        kind = self._kinds.get(str(body.get("type")))
        return await kind(body) if kind else acknowledged()

    async def command(self, body: Body) -> BoltResponse:
        handler = COMMANDS.get(str(body.get("command")))
        if handler is None:
            return acknowledged(ephemeral_body(help_card(self._desk.language_for(body))))
        return await self._answered(body, lambda: handler(self._desk, body))

    async def action(self, body: Body) -> BoltResponse:
        action = (body.get("actions") or [{}])[0]
        handler = ACTIONS.get(str(action.get("action_id")))
        if handler is None:
            self._desk.show(body, expired(self._desk.language_for(body)), name="expired button")
            return acknowledged()
        return await self._shown(body, lambda: handler(self._desk, body, _value_of(action)))

    async def option(self, body: Body) -> BoltResponse:
        handler = OPTIONS.get(str(body.get("action_id")))
        if handler is None:
            return acknowledged('{"options":[]}')
        return await self._answered(body, lambda: handler(self._desk, body), '{"options":[]}')

    async def view(self, body: Body) -> BoltResponse:
        handler = VIEWS.get(str((body.get("view") or {}).get("callback_id")))
        return await self._shown(body, lambda: handler(self._desk, body)) if handler else acknowledged()

    async def shortcut(self, body: Body) -> BoltResponse:
        handler = SHORTCUTS.get(str(body.get("callback_id")))
        return await self._shown(body, lambda: handler(self._desk, body)) if handler else acknowledged()

    async def event(self, body: Body) -> BoltResponse:
        handler = EVENTS.get(str((body.get("event") or {}).get("type")))
        # Slack delivers an event again with the same id when an acknowledgement got lost.
        if handler is None or not self._desk.claims.take(f"event {body.get('event_id', '')}"):
            return acknowledged()
        return await self._shown(body, lambda: handler(self._desk, body))

    async def _answered(
        self, body: Body, work: Callable[[], Awaitable[BoltResponse]], instead: str = ""
    ) -> BoltResponse:
        """Where the acknowledgement is the answer, a failure is told in it."""
        return await _edge(
            work,
            lambda reference: acknowledged(instead or ephemeral_body(failed(self._desk.language_for(body), reference))),
        )

    async def _shown(self, body: Body, work: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        """Where the answer follows the acknowledgement, a failure is told where the click came from."""

        def told(reference: str) -> BoltResponse:
            self._desk.show(body, failed(self._desk.language_for(body), reference), name="failure")
            return acknowledged()

        return await _edge(work, told)


async def _edge(work: Callable[[], Awaitable[BoltResponse]], otherwise: Callable[[str], BoltResponse]) -> BoltResponse:
    """The outer edge of every listener: what fails is logged under a reference, and answered with it."""
    try:
        return await work()
    except Exception:  # noqa: BLE001 - nobody above could tell the person
        reference = new_reference()
        _log.exception("%s: a listener failed", reference)
        return otherwise(reference)


def _value_of(action: Body) -> str:
    """What a button carries, or the chosen line of a menu."""
    chosen = action.get("selected_option") or {}
    return str(action.get("value") or chosen.get("value") or "")
