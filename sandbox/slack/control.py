"""The control paths (`/_sandbox/`): what the page and tests ask, as JSON, turned into what people do."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox.control_paths import Refused, advance, changing, handler, reading, refusal
from sandbox.slack import administration, interactions, people
from sandbox.slack.delivery import Courier
from sandbox.slack.wire import Json
from sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER, EMMA, TEAM_DOMAIN, TEAM_ID, TEAM_NAME
from sandbox.slack.world import World

Deed = Callable[..., Awaitable[Json]]
# Path -> what is done, then its arguments: needed ones, and those that may be left out.
_DEEDS: Final[dict[str, tuple[Deed, dict[str, type], dict[str, type]]]] = {
    "command": (people.command, {"user": str, "channel": str, "text": str}, {"thread_ts": str}),
    "message": (people.message, {"user": str, "channel": str, "text": str}, {"thread_ts": str}),
    "shortcut": (people.shortcut, {"user": str, "callback_id": str}, {"channel": str, "ts": str}),
    "home": (people.open_home, {"user": str}, {}),
    "action": (
        interactions.action,
        {"user": str, "container": dict, "block_id": str, "action_id": str},
        {"value": object, "state": dict},
    ),
    "options": (
        interactions.options,
        {"user": str, "container": dict, "block_id": str, "action_id": str, "value": str},
        {},
    ),
    "submit": (interactions.submit, {"user": str, "view_id": str, "state": dict}, {}),
    "close": (interactions.close, {"user": str, "view_id": str}, {}),
}


class Control:
    """The handlers, over one world."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier

    def routes(self) -> list[Route]:
        """Every control path."""
        reads: dict[str, Callable[[Request], Json]] = {
            "state": self._state,
            "messages": lambda request: people.messages(
                self._world, _asked(request, "user"), _asked(request, "channel")
            ),
            "home": lambda request: people.home(self._world, _asked(request, "user")),
            "view": lambda request: people.top_view(self._world, _asked(request, "user")),
            "traffic": lambda request: {"entries": self._world.traffic.after(_number(request, "after"))},
            "faults": lambda request: self._world.faults.as_json(),
        }
        changes: dict[str, Callable[[Json], Json]] = {
            "faults": self._world.faults.set,
            "reset": self._reset,
            "clock": lambda body: advance(self._world.clock, body),
            "group": lambda body: administration.change_group(self._world, body),
            "channel": lambda body: administration.change_channel(self._world, body),
            "person": lambda body: administration.change_person(self._world, body),
        }
        return [
            Route("/_sandbox/events", self._events, methods=["GET"]),
            *(reading(name, read) for name, read in reads.items()),
            *(changing(name, change) for name, change in changes.items()),
            *(Route(f"/_sandbox/{name}", self._done(name), methods=["POST"]) for name in _DEEDS),
        ]

    def _state(self, request: Request) -> Json:
        return state(self._world, people.member(self._world, request.query_params.get("user") or EMMA))

    def _reset(self, _: Json) -> Json:
        self._world.reset()
        return {"ok": True}

    def _done(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        deed, needed, optional = _DEEDS[name]

        async def done(body: Json) -> Json:
            return await deed(self._world, self._courier, **_arguments(body, needed, optional))

        return handler(done)

    async def _events(self, request: Request) -> Response:
        try:
            user = people.member(self._world, _asked(request, "user"))
        except Refused as error:
            return refusal(error)

        async def lines() -> AsyncIterator[str]:
            async for event in self._world.feed.read(user):
                yield ": still here\n\n" if event is None else f"data: {json.dumps(event)}\n\n"

        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


def state(world: World, user: str) -> Json:
    """What the page needs to start: the workspace as one person sees it, the app, the switches."""
    app = world.app
    return {
        "team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN},
        "app": {
            "id": APP_ID,
            "name": app.name,
            "display_name": app.name,
            "bot_id": BOT_ID,
            "bot_user_id": BOT_USER,
            "scopes": list(app.scopes),
            "home_tab_enabled": app.has_home_tab,
            "messages_tab_enabled": app.has_messages_tab,
        },
        "users": [
            one.as_slack(include_locale=True) for one in world.workspace.users.values() if not one.is_deactivated
        ],
        "user_groups": [{"id": one.id, "name": one.handle} for one in world.workspace.groups.values()],
        "channels": [channel.as_slack() for channel in world.workspace.channels_of(user)],
        "commands": list(app.commands),
        "shortcuts": list(app.shortcuts),
        "faults": world.faults.as_json(),
        "mode": world.mode,
        "user": user,
    }


def _arguments(body: Json, needed: dict[str, type], optional: dict[str, type]) -> Json:
    arguments: Json = {}
    for key, kind in {**needed, **optional}.items():
        value: Any = body.get(key)
        if value is None and key in optional:
            continue
        if not isinstance(value, kind):
            raise Refused("invalid_argument", f"{key} is missing or not a {'text' if kind is str else 'JSON object'}.")
        arguments[key] = value
    return arguments


def _asked(request: Request, key: str) -> str:
    value = request.query_params.get(key)
    if not value:
        raise Refused("invalid_argument", f"{key} is missing in the query.")
    return value


def _number(request: Request, key: str) -> int:
    value = request.query_params.get(key, "0")
    if not value.isdigit():
        raise Refused("invalid_argument", f"{key} takes a whole number.")
    return int(value)
