"""A webhook on loopback that answers as it is told to, and keeps what it was sent."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from sandbox.azure import RunningAzure

PATIENCE = 10.0


@dataclass
class Webhook:
    """`answers` are the statuses of the next requests; after them all is well, or 503 while it `is_down`."""

    url: str = ""
    is_down: bool = False
    answers: deque[int] = field(default_factory=deque)
    bodies: list[bytes] = field(default_factory=list)
    bearers: list[str] = field(default_factory=list)

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """What was sent, parsed, in the order in which it came."""
        return [orjson.loads(body) for body in self.bodies]

    def jobs(self, condition: str = "Fired") -> list[str]:
        """The jobs that alerts of this condition named."""
        return [
            alert["data"]["alertContext"]["extendedInfo"]["jobId"]
            for alert in self.alerts
            if alert["data"]["essentials"]["monitorCondition"] == condition
        ]

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.bearers.append(request.headers.get("Authorization", ""))
        status = self.answers.popleft() if self.answers else 503 if self.is_down else 202
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 307 else {})


@contextlib.asynccontextmanager
async def webhook() -> AsyncIterator[Webhook]:
    """One that listens while the block runs."""
    hook, app = Webhook(), web.Application(client_max_size=1_048_576)
    app.router.add_post("/alerts/secret", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/alerts/secret"
        yield hook
    finally:
        await runner.cleanup()


async def until(holds: Callable[[], bool]) -> None:
    """Wait until it is so. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - of another task, over real sockets
            await asyncio.sleep(0.02)


async def settled(azure: RunningAzure, count: int) -> list[str]:
    """How so many deliveries came out, once nothing is on its way."""
    states: list[str] = []

    def is_over() -> bool:
        states[:] = [each["state"] for each in azure.deliveries()]
        return len(states) >= count and "waiting" not in states

    await until(is_over)
    return states
