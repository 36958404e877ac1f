"""The door before Bolt: size, timestamp, signature on the raw bytes, and replays, judged before anything is parsed."""

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY: Final = 1_048_576
WINDOW_SECONDS: Final = 300
_BODY_SECONDS = 5.0
# An oversized body is read away to this much, so that the caller gets to see the refusal instead of a reset.
_DRAINED = 64 * LARGEST_BODY
_MOST_SEEN = 100_000


class Guard:
    """An ASGI app around Slack's door. What it lets in was signed by Slack within 5 minutes and was not seen before.

    Refusals are 401 (not Slack, too old, or a replay), 408 (the body does not come), 413 (too large); a redelivery of
    the same signed event (Slack's retry within one second) gets an empty 200 and goes no further. Bodies and
    signatures are never logged.
    """

    def __init__(self, app: App, signing_secret: str, *, now: Callable[[], float] = time.time) -> None:
        self._app = app
        self._key = signing_secret.encode()
        self._now = now
        self._seen = _Seen()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one HTTP request; other kinds of scope are not for Slack's door."""
        headers = _single_headers(scope["headers"])
        if _declared_length(headers) > LARGEST_BODY:
            return await _refuse(send, 413, receive)
        signature, timestamp = headers.get(b"x-slack-signature", b""), headers.get(b"x-slack-request-timestamp", b"")
        if not self._is_fresh(timestamp) or len(signature) != 67:
            return await _refuse(send, 401, receive)
        try:
            async with asyncio.timeout(_BODY_SECONDS):  # wait_for would make a task of each request
                body = await _read(receive)
        except TimeoutError:
            return await _refuse(send, 408)
        if body is None:
            return await _refuse(send, 413, receive)
        if not hmac.compare_digest(self._signature(timestamp, body), signature):
            return await _refuse(send, 401)
        if not self._seen.claim(signature, self._now()):
            return await _refuse(send, 200 if b"x-slack-retry-num" in headers else 401)
        return await self._let_in(scope, body, receive, send, signature)

    async def _let_in(self, scope: Scope, body: bytes, receive: Receive, send: Send, signature: bytes) -> None:
        """Hand the verified bytes on. What the app could not answer (5xx) may be delivered again."""
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 500:
                self._seen.forget(signature)
            await send(message)

        try:
            await self._app(scope, replay, watch)
        except BaseException:
            self._seen.forget(signature)
            raise

    def _is_fresh(self, timestamp: bytes) -> bool:
        # isdigit on bytes is ASCII only, so int() cannot fail; 12 digits reach the year 33658.
        return timestamp.isdigit() and len(timestamp) <= 12 and abs(self._now() - int(timestamp)) <= WINDOW_SECONDS

    def _signature(self, timestamp: bytes, body: bytes) -> bytes:
        return b"v0=" + hmac.new(self._key, b"v0:%b:%b" % (timestamp, body), hashlib.sha256).hexdigest().encode()


class _Seen:
    """Signatures let in within the window, oldest first, bounded."""

    def __init__(self) -> None:
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def claim(self, signature: bytes, now: float) -> bool:
        """True once for each signature while it could still be replayed."""
        while self._until and (len(self._until) >= _MOST_SEEN or next(iter(self._until.values())) < now):
            self._until.popitem(last=False)
        if signature in self._until:
            return False
        # A timestamp may lie in the future by the window: what was let in stays known for twice as long.
        self._until[signature] = now + 2 * WINDOW_SECONDS
        return True

    def forget(self, signature: bytes) -> None:
        self._until.pop(signature, None)


def _single_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Header names to values; a security header sent twice is made void."""
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        headers[name] = b"" if name in headers and name.startswith(b"x-slack-") else value
    return headers


def _declared_length(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() and len(length) < 16 else LARGEST_BODY + 1


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is larger than allowed."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY:
            return None
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _refuse(send: Send, status: int, unread: Receive | None = None) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-length", b"0"), (b"x-slack-no-retry", b"1")],
        }
    )
    if unread is not None:
        await _read_away(unread)
    await send({"type": "http.response.body", "body": b""})


async def _read_away(receive: Receive) -> None:
    size = 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while size < _DRAINED:
                message = await receive()
                size += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return
    except TimeoutError:
        return
