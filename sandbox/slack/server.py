"""The server: page, Web API, response URLs and control paths on one loopback port, and the way to run it in a test."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.serving import bind, serving
from sandbox.slack import page
from sandbox.slack.control import Control
from sandbox.slack.delivery import Courier
from sandbox.slack.file_routes import FileRoutes
from sandbox.slack.manifest import app_of
from sandbox.slack.running import RunningSlack
from sandbox.slack.sender import Sender
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.web_api import WebApi
from sandbox.slack.world import Mode, World


@contextlib.asynccontextmanager
async def running(
    manifest: Mapping[str, Any],
    *,
    bot_url: str | None = None,
    port: int = 0,
    mode: Mode = "http",
    clock: Clock | None = None,
) -> AsyncIterator[RunningSlack]:
    """A local Slack while the block runs. Raises ManifestError and PortTaken.

    `bot_url` is where the bot listens ("http://127.0.0.1:3000", without a path); it may be set later, too.
    `clock` is given when the other side of the sandbox lives by the same one.
    """
    world = World(app_of(manifest), mode, clock)
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
            async with serving(_app(world, courier), bound, before_end=world.feed.close):
                yield slack
        finally:
            await sockets.stop()


def _app(world: World, courier: Courier) -> Starlette:
    api = WebApi(world)
    routes = [
        Route("/", page.index, methods=["GET"]),
        Route("/static/{name:path}", page.static, methods=["GET"]),
        Route("/api/{method:path}", api.method, methods=["GET", "POST"]),
        Route("/hooks/{kind}/{team}/{key}", api.response_url, methods=["POST"]),
        *FileRoutes(world).routes(),
        *Control(world, courier).routes(),
    ]
    return Starlette(routes=routes)
