"""The ASGI app: Slack's door behind its guard, health, and the parts' start and end."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.slack.door import Door
from bot.slack.guard import App, Guard, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Health:
    """Whether requests can come in, and how many entries answer them."""

    entries: int
    is_ready: bool


SLACK_PATH = "/slack/events"


class Doors:
    """Slack's requests go to the guard by one comparison; everything else is Starlette's."""

    def __init__(self, slack: App | None, rest: App) -> None:
        self._slack = slack
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one scope."""
        if self._slack is not None and scope["type"] == "http" and scope["path"] == SLACK_PATH:
            await self._slack(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


def make_web(
    bolt: AsyncApp,
    signing_secret: str | None,
    health: Callable[[], Awaitable[Health]],
    running: AbstractAsyncContextManager[None],
    more: Sequence[Route] = (),
) -> Doors:
    """Compose the doors. Without a signing secret (Socket Mode) Slack's door does not exist.

    `running` is entered at start-up and left at shutdown; `more` are other doors, such as Azure Monitor's.
    """

    async def answer(_: Request) -> JSONResponse:
        now = await health()
        words = {"status": "ok" if now.is_ready else "connecting", "entries": now.entries}
        return JSONResponse(words, status_code=200 if now.is_ready else 503)

    rest = Starlette(routes=[Route("/health", answer), *more], lifespan=lambda _: running)
    slack = Guard(Door(bolt), signing_secret) if signing_secret else None
    return Doors(slack, rest)
