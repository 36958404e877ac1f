"""A Slack on loopback for one test: it keeps what it is asked, and answers as the test tells it to."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Say:
    """One answer; `drop` closes the connection without any."""

    status: int = 200
    body: object = field(default_factory=lambda: {"ok": True})
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the Web API's method, or the path below /response/, with what it carried."""

    name: str
    values: dict[str, Any]


class StandIn:
    """`answers[name]` are given in turn, the last one again and again; without any it is `{"ok": true}`."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[Asked] = []
        self.answers: dict[str, list[Say]] = defaultdict(list)

    def of(self, name: str) -> list[dict[str, Any]]:
        """What was sent under one name, oldest first."""
        return [asked.values for asked in self.asked if asked.name == name]

    @property
    def api(self) -> str:
        """The Web API's base address."""
        return f"{self.address}/api/"

    def response_url(self, name: str = "one") -> str:
        """An address for answers."""
        return f"{self.address}/response/{name}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.asked.append(Asked(name, await _values(request)))
        waiting = self.answers[name]
        say = waiting.pop(0) if len(waiting) > 1 else (waiting or [Say()])[0]
        if say.drop:
            assert request.transport is not None
            request.transport.abort()
        text = say.body if isinstance(say.body, str) else json.dumps(say.body)
        return web.Response(status=say.status, text=text, headers=say.headers, content_type="application/json")


async def _values(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}


@asynccontextmanager
async def running() -> AsyncIterator[StandIn]:
    """A stand-in that listens on a free port of loopback."""
    slack = StandIn()
    app = web.Application()
    app.router.add_route("*", "/api/{name}", slack._answer)
    app.router.add_route("*", "/response/{name}", slack._answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield slack
    finally:
        await runner.cleanup()
