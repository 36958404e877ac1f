"""The server: page, Web API, response URLs and control paths on one loopback port, and the way to run it in a test."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.slack import page
from sandbox.slack.control import Control
from sandbox.slack.delivery import Courier
from sandbox.slack.hosts import is_loopback_host
from sandbox.slack.manifest import app_of
from sandbox.slack.running import RunningSlack
from sandbox.slack.sender import Sender
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.web_api import WebApi
from sandbox.slack.world import Mode, World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class PortTaken(Exception):
    """Something listens on the port already."""


class Door:
    """Lets in only requests whose Host means this machine: a foreign name that resolves to it is turned away."""

    def __init__(self, inner: Starlette) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        hosts = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"host"]
        if scope["type"] == "http" and (len(hosts) != 1 or not is_loopback_host(hosts[0])):
            body = {"error": "foreign_host", "message": "The sandbox answers only to 127.0.0.1 and localhost."}
            await JSONResponse(body, status_code=421)(scope, receive, send)
        else:
            await self._inner(scope, receive, send)


class _Server(uvicorn.Server):
    """Leaves signals to the program around it, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(port: int) -> socket.socket:
    """A loopback socket; port 0 takes a free one. Raises PortTaken."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
        bound.listen(256)
    except OSError as error:
        bound.close()
        raise PortTaken(f"Port {port} cannot be used ({error.strerror}).") from error
    return bound


@contextlib.asynccontextmanager
async def running(
    manifest: Mapping[str, Any], *, bot_url: str | None = None, port: int = 0, mode: Mode = "http"
) -> AsyncIterator[RunningSlack]:
    """A local Slack while the block runs. Raises ManifestError and PortTaken.

    `bot_url` is where the bot listens ("http://127.0.0.1:3000", without a path); it may be set later, too.
    """
    world = World(app_of(manifest), mode)
    bound = bind(port)
    world.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    sockets = SocketMode(world.traffic)
    async with aiohttp.ClientSession(trust_env=False) as session:
        slack = RunningSlack(world, sockets, bot_url)
        sender = Sender(session, world.secrets.signing_secret, world.traffic, lambda: slack.bot_url)
        courier = Courier(world.faults, lambda: sockets if world.mode == "socket" else sender)
        slack.attach(courier)
        await sockets.start()
        world.open_socket = sockets.open
        try:
            async with _serving(_app(world, courier), bound, world):
                yield slack
        finally:
            await sockets.stop()


@contextlib.asynccontextmanager
async def _serving(app: Door, bound: socket.socket, world: World) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1, ws="none", loop="none"
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        await server.listens.wait()
        yield
    finally:
        world.feed.close()
        server.should_exit = True
        await task
        bound.close()


def _app(world: World, courier: Courier) -> Door:
    api = WebApi(world)
    routes = [
        Route("/", page.index, methods=["GET"]),
        Route("/static/{name:path}", page.static, methods=["GET"]),
        Route("/api/{method:path}", api.method, methods=["GET", "POST"]),
        Route("/hooks/{kind}/{team}/{key}", api.response_url, methods=["POST"]),
        *Control(world, courier).routes(),
    ]
    return Door(Starlette(routes=routes))
