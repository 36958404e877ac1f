"""Socket Mode: the bot connects here by WebSocket; requests go out as envelopes and come back acknowledged."""

import asyncio
import secrets
import time
from typing import Any, Final

from aiohttp import WSMsgType, web

from sandbox.hosts import is_loopback_host
from sandbox.slack.delivery import PATIENCE_SECONDS, Delivery, Request
from sandbox.slack.traffic import Traffic
from sandbox.slack.wire import Json, parsed
from sandbox.slack.workspace import APP_ID

_MOST_CONNECTIONS: Final = 10


class SocketMode:
    """A WebSocket server on a port of its own, and the transport over its connections."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._tickets: set[str] = set()
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._runner: web.AppRunner | None = None
        self._url = ""
        self.connected = asyncio.Event()

    async def start(self) -> None:
        """Listen on a free loopback port."""
        app = web.Application()
        app.router.add_get("/link/", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._url = f"ws://127.0.0.1:{self._runner.addresses[0][1]}/link/"

    async def stop(self) -> None:
        """Close every connection and the port."""
        for connection in list(self._connections):
            await connection.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def open(self) -> str:
        """An address good for one connection: the answer of apps.connections.open."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return f"{self._url}?ticket={ticket}&app_id={APP_ID}"

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to come back later (`warning`, `refresh_requested`, `link_disabled`) and close it."""
        message = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        for connection in list(self._connections):
            await connection.send_json(message)
            if reason != "warning":
                await connection.close()

    async def send(self, request: Request) -> Delivery:
        """One try, over the newest connection."""
        began = time.perf_counter()
        delivery = await self._sent(request, began)
        self._traffic.add(
            "to_bot",
            request.label,
            method="SOCKET",
            path="socket-mode",
            status=delivery.status,
            elapsed_ms=delivery.elapsed_ms,
            request=request.payload,
            response=delivery.failure or delivery.answer,
        )
        return delivery

    async def _sent(self, request: Request, began: float) -> Delivery:
        if not self._connections:
            return Delivery(0, None, 0.0, "dispatch_failed")
        envelope = _envelope(request)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._connections[-1].send_json(envelope)
                payload = await answer
        except TimeoutError:
            return Delivery(0, None, (time.perf_counter() - began) * 1000, "operation_timeout")
        except ConnectionError:
            return Delivery(0, None, (time.perf_counter() - began) * 1000, "dispatch_failed")
        finally:
            del self._waiting[envelope["envelope_id"]]
        return Delivery(200, payload or None, (time.perf_counter() - began) * 1000)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if not is_loopback_host(request.headers.get("Host", "")):
            return web.Response(status=421, text="Only loopback is served here.")
        if ticket not in self._tickets or len(self._connections) >= _MOST_CONNECTIONS:
            return web.Response(status=403, text="This address was used or never given out.")
        self._tickets.remove(ticket)
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        self._connections.append(connection)
        try:
            await connection.send_json(_hello(len(self._connections)))
            self.connected.set()
            async for message in connection:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(parsed(message.data))
        finally:
            self._connections.remove(connection)
            if not self._connections:
                self.connected.clear()
        return connection

    def _acknowledge(self, message: Any) -> None:
        waiting = self._waiting.get(message.get("envelope_id", "")) if isinstance(message, dict) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(message.get("payload"))


def _hello(connections: int) -> Json:
    return {
        "type": "hello",
        "num_connections": connections,
        "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 3600},
        "connection_info": {"app_id": APP_ID},
    }


def _envelope(request: Request) -> Json:
    envelope: Json = {
        "envelope_id": secrets.token_hex(16),
        "type": request.kind,
        "accepts_response_payload": request.kind != "events_api",
        "payload": request.payload,
    }
    if request.kind == "events_api" or request.retry_number:
        envelope |= {"retry_attempt": request.retry_number, "retry_reason": request.retry_reason}
    return envelope
