"""Requests as Slack signs them, and an ASGI caller that sees what a client of the server would see."""

import asyncio
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.slack.guard import App, Message

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_790_000_000.0
Headers = list[tuple[bytes, bytes]]


def signature(body: bytes, timestamp: bytes, secret: str = SECRET) -> bytes:
    """Slack's `v0=` signature of a body."""
    return b"v0=" + hmac.new(secret.encode(), b"v0:%b:%b" % (timestamp, body), hashlib.sha256).hexdigest().encode()


def signed(body: bytes, *, at: float = NOW, secret: str = SECRET, more: Iterable[tuple[bytes, bytes]] = ()) -> Headers:
    """The headers of a request as Slack sends it at a time (seconds since 1970)."""
    timestamp = str(int(at)).encode()
    return [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(body)).encode()),
        (b"x-slack-request-timestamp", timestamp),
        (b"x-slack-signature", signature(body, timestamp, secret)),
        *more,
    ]


@dataclass(slots=True)
class Behind:
    """An app behind the guard that keeps the bodies that reach it."""

    status: int = 200
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take the body, answer with `status`."""
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"card"})


@dataclass(frozen=True, slots=True)
class Answered:
    """What the caller sees."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def call(
    app: App, headers: Headers, chunks: Sequence[bytes] | None = (b"",), path: str = "/slack/events"
) -> Answered:
    """Send one POST, its body in the given pieces; None stands for a body that never comes."""
    waiting = list(chunks) if chunks is not None else []
    sent: list[Message] = []

    async def receive() -> Message:
        if chunks is None:
            await asyncio.Event().wait()
        if not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answered(sent[0]["status"], dict(sent[0]["headers"]), body)
