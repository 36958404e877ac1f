"""How each side of the sandbox is served: one loopback port, a door for loopback Hosts only, uvicorn in the loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import uvicorn
from starlette.responses import JSONResponse
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.hosts import is_loopback_host

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_CUT = "sandbox.cut"


class PortTaken(Exception):
    """Something listens on the port already."""


class Door:
    """Lets in only requests whose Host means this machine: a foreign name that resolves to it is turned away."""

    def __init__(self, inner: App) -> None:
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
        self._leaves = asyncio.Event()

    def leave(self) -> None:
        """Stop serving, at once and not at uvicorn's next tick."""
        self.should_exit = True
        self._leaves.set()

    async def main_loop(self) -> None:
        seconds = 0
        while not await self.on_tick(10 * seconds):  # every tenth of uvicorn's ticks renews the Date header
            seconds += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._leaves.wait(), 1)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Cuttable(HttpToolsProtocol):
    """Lets a request's handler close the connection under it: ASGI itself has no way to hang up."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_CUT: {"abort": self.transport.abort}}


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection of a request at once, with whatever was sent; returns when it is closed."""
    scope["extensions"][_CUT]["abort"]()
    while (await receive())["type"] != "http.disconnect":
        pass


def bind(port: int) -> socket.socket:
    """A loopback socket; port 0 takes a free one. Raises PortTaken."""
    # With the protocol left open asyncio would not switch off Nagle's algorithm: 40 ms for each answer.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
        bound.listen(256)
    except OSError as error:
        bound.close()
        raise PortTaken(f"Port {port} cannot be used ({error.strerror}).") from error
    return bound


@contextlib.asynccontextmanager
async def serving(
    app: App, bound: socket.socket, tls: tuple[str, str] | None = None, *, before_end: Callable[[], None] | None = None
) -> AsyncIterator[None]:
    """Serve `app`, behind the door, while the block runs. `tls` names the files of a certificate and its key.

    `before_end` tells streams that never end to end; connections get one second after that.
    """
    certificate, key = tls or (None, None)
    config = uvicorn.Config(
        Door(app),
        http=_Cuttable,
        log_config=None,  # its own would change the logging of whatever program this runs in
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        ws="none",
        loop="none",
        server_header=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        await _listening(server, task)
        yield
    finally:
        if before_end is not None:
            before_end()
        server.leave()
        await task
        bound.close()


async def _listening(server: _Server, task: asyncio.Task[None]) -> None:
    """Until it listens. Raises what ended it before."""
    waiting = asyncio.create_task(server.listens.wait())
    await asyncio.wait([waiting, task], return_when=asyncio.FIRST_COMPLETED)
    if not server.listens.is_set():
        waiting.cancel()
        task.result()
