"""A Resource Manager on loopback for one test: it keeps what it is asked, and answers byte by byte as it is told."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions

from azure_ops.arm import Arm, ArmSettings
from azure_ops.retry import Limits

SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
PATH = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v/backupJobs"
VERSION = "2026-10-01"

Fault = Literal["", "hang", "cut", "truncate", "stall"]


@dataclass(frozen=True, slots=True)
class Say:
    """One answer. "cut" closes without any; "truncate" and "stall" send half of it, and close or stay silent."""

    status: int = 200
    body: object = field(default_factory=lambda: {"value": []})
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault = ""

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    @property
    def token(self) -> str:
        return self.headers["authorization"].removeprefix("Bearer ")


class StandIn:
    """`says` are given in turn, the last one again and again; a token among the `refused` gets 401 instead."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.says: list[Say] = []
        self.refused: set[str] = set()
        self.came = asyncio.Event()
        self._over = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        came = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(
            Asked(request.method, request.path, dict(request.query), came, json.loads(content) if content else None)
        )
        self.came.set()
        if self.asked[-1].headers.get("authorization", "").removeprefix("Bearer ") in self.refused:
            return web.Response(status=401)
        say = self.says.pop(0) if len(self.says) > 1 else (self.says or [Say()])[0]
        if say.fault == "hang":
            await self._over.wait()
        if say.fault == "cut":
            _abort(request)
        if say.fault in ("truncate", "stall"):
            return await self._half(request, say)
        headers = {"Content-Type": "application/json"} | say.headers
        return web.Response(status=say.status, body=say.content, headers=headers)

    async def _half(self, request: web.Request, say: Say) -> web.StreamResponse:
        response = web.StreamResponse(
            status=say.status, headers=say.headers | {"Content-Length": str(len(say.content))}
        )
        await response.prepare(request)
        await response.write(say.content[: len(say.content) // 2])
        if say.fault == "stall":
            await self._over.wait()
        _abort(request)
        return response

    def end(self) -> None:
        """Let go of those who hang."""
        self._over.set()


def _abort(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


@asynccontextmanager
async def running() -> AsyncIterator[StandIn]:
    """A stand-in that listens on a free port of loopback."""
    azure = StandIn()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", azure.answer)
    runner = web.AppRunner(app, access_log=None, logger=logging.getLogger("stand-in"), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    azure.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield azure
    finally:
        azure.end()
        await runner.cleanup()


class Time:
    """A clock that only its own sleep moves, and chance that is always the same."""

    def __init__(self) -> None:
        self.at = 1_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
        await asyncio.sleep(0)

    @staticmethod
    def chance() -> float:
        return 0.5


class Badge:
    """A credential that gives `token-1`, `token-2`, ... and keeps what it was asked."""

    def __init__(self, *, lasts: float = 3_600) -> None:
        self.lasts = lasts
        self.asked: list[tuple[tuple[str, ...], TokenRequestOptions | None]] = []

    async def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        self.asked.append((scopes, options))
        return AccessTokenInfo(f"token-{len(self.asked)}", int(time.time() + self.lasts))

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        info = await self.get_token_info(*scopes)
        return AccessToken(info.token, info.expires_on)

    async def close(self) -> None: ...

    async def __aenter__(self) -> "Badge":
        return self

    async def __aexit__(self, *_: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """A door, the Azure behind it, its clock and its credential."""

    arm: Arm
    azure: StandIn
    time: Time
    badge: Badge


@asynccontextmanager
async def scene(*says: Say, limits: Limits | None = None, badge: Badge | None = None) -> AsyncIterator[Scene]:
    """A door to a stand-in that will say this."""
    clock, badge = Time(), badge or Badge()
    async with running() as azure:
        azure.says = list(says)
        door = Arm(
            ArmSettings(azure.url),
            credential=badge,
            sleep=clock.sleep,
            now=clock.now,
            chance=clock.chance,
            limits=limits,
        )
        async with door as arm:
            yield Scene(arm, azure, clock, badge)
