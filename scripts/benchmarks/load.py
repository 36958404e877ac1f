"""A load generator that costs little: prepared signed requests over kept connections, one at a time on each."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import cast
from urllib.parse import urlencode

import uvloop

from scripts.benchmarks.servers import CODE, SECRET

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one server did in one turn: answers a second, milliseconds, and answers that were not 200."""

    per_second: float
    p50: float
    p99: float
    refused: int


def signed_request(text: str = CODE) -> bytes:
    """A whole signed HTTP request for `/backup-error`, different from every other one."""
    number = next(_numbers)
    form = {
        "token": "legacy",
        "team_id": "T0001",
        "team_domain": "bench",
        "channel_id": "C0001",
        "channel_name": "general",
        "user_id": f"U{number % 50:04}",
        "user_name": "someone",
        "command": "/backup-error",
        "text": text,
        "api_app_id": "A0001",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:9/response/1",
        "trigger_id": f"{number}.{time.time_ns()}",
    }
    body = urlencode(form).encode()
    stamp = str(int(time.time())).encode()
    signature = hmac.new(SECRET.encode(), b"v0:%b:%b" % (stamp, body), hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp.decode()}\r\nX-Slack-Signature: v0={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """Sends the next request when the last one is answered."""

    def __init__(self, requests: Iterator[bytes], times: list[float], done: asyncio.Event) -> None:
        self._requests, self._times, self._done = requests, times, done
        self._buffer = bytearray()
        self._sent = 0.0
        self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class is no subclass of it
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.lower().find(b"content-length:", 0, head)
        length = int(self._buffer[at + 15 : self._buffer.index(b"\r\n", at)])
        if len(self._buffer) < head + 4 + length:
            return
        self._times.append(time.perf_counter() - self._sent)
        self.refused += not self._buffer.startswith(b"HTTP/1.1 200")
        self._buffer.clear()
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done.set()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._done.set()
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


def turn(port: int, connections: int, seconds: float, expected_rate: float) -> Turn:
    """Drive one server for about `seconds`; the requests are signed before the clock starts."""
    requests = [signed_request() for _ in range(max(connections * 4, int(expected_rate * seconds)))]
    return uvloop.run(_drive(port, connections, requests))


async def _drive(port: int, connections: int, requests: list[bytes]) -> Turn:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    waiting = iter(requests)
    dones = [asyncio.Event() for _ in range(connections)]
    start = time.perf_counter()
    opened = [
        (await loop.create_connection(lambda done=done: _Connection(waiting, times, done), "127.0.0.1", port))[1]  # type: ignore[misc]
        for done in dones
    ]
    await asyncio.gather(*(done.wait() for done in dones))
    elapsed = time.perf_counter() - start
    times.sort()
    refused = sum(connection.refused for connection in opened) + len(requests) - len(times)
    return Turn(len(times) / elapsed, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000, refused)
