"""The way to run this Azure, in a test or in a program."""

import contextlib
import gc
from collections.abc import AsyncIterator, Callable

from sandbox.azure.arm_routes import VaultRoutes
from sandbox.azure.compute_routes import ComputeRoutes
from sandbox.azure.control import control_app
from sandbox.azure.estate import Estate, small
from sandbox.azure.item_routes import ItemRoutes
from sandbox.azure.pages import Habits
from sandbox.azure.routing import Router
from sandbox.azure.running import RunningAzure
from sandbox.azure.server import AzureServer
from sandbox.clock import Clock
from sandbox.serving import bind, serving


@contextlib.asynccontextmanager
async def running(
    estate: Callable[[Clock], Estate] = small,
    *,
    port: int = 0,
    clock: Clock | None = None,
    tls: tuple[str, str] | None = None,
    habits: Habits | None = None,
) -> AsyncIterator[RunningAzure]:
    """A local Azure while the block runs, over plain HTTP or, with `tls` (certificate file, key file), over TLS.

    `clock` is given when the other side of the sandbox lives by the same one. Raises PortTaken.
    """
    bound = bind(port)
    try:
        scheme = "https" if tls else "http"
        azure = RunningAzure(
            estate(clock or Clock()), f"{scheme}://127.0.0.1:{bound.getsockname()[1]}", habits or Habits()
        )
        server = _server(azure)
        gc.freeze()  # a look through a large estate for garbage would hold an answer up by a tenth of a second
        try:
            async with serving(server, bound, tls, before_end=server.end):
                try:
                    yield azure
                finally:
                    await azure.monitor.close()
        finally:
            gc.unfreeze()
    finally:
        bound.close()


def _server(azure: RunningAzure) -> AzureServer:
    routes = [
        *azure.identity.routes(),
        *VaultRoutes(azure.estate, azure.habits).routes(),
        *ItemRoutes(azure.estate, azure.habits).routes(),
        *ComputeRoutes(azure.estate, azure.habits).routes(),
    ]
    return AzureServer(
        Router(routes), azure.tokens, azure.limits, azure.faults, azure.record, azure.clock, control_app(azure)
    )
