"""Delivery over HTTP: signed as Slack signs, and given up after three seconds."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.delivery import PATIENCE_SECONDS, Delivery, Request
from sandbox.slack.traffic import Traffic
from sandbox.slack.wire import Json, parsed

DOOR: Final = "/slack/events"
_LARGEST_ANSWER: Final = 1_048_576
_FORM: Final = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


class Sender:
    """Posts to the bot's door. `bot_url` may change while it runs; None means that no bot listens."""

    def __init__(
        self, session: aiohttp.ClientSession, secret: str, traffic: Traffic, bot_url: Callable[[], str | None]
    ):
        self._session = session
        self._secret = secret
        self._traffic = traffic
        self._bot_url = bot_url

    async def send(self, request: Request) -> Delivery:
        """One try."""
        bot_url = self._bot_url()
        path = f"{bot_url or ''}{DOOR}"
        began = time.perf_counter()
        delivery = await self._post(path, request, began) if bot_url else Delivery(0, None, 0.0, "dispatch_failed")
        self._traffic.add(
            "to_bot",
            request.label,
            method="POST",
            path=path,
            status=delivery.status,
            elapsed_ms=delivery.elapsed_ms,
            request=request.payload,
            response=delivery.failure if delivery.failure and delivery.answer is None else delivery.answer,
        )
        return delivery

    async def _post(self, url: str, request: Request, began: float) -> Delivery:
        body, content_type = _encoded(request)
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        headers = self._headers(request, body, content_type)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as got:
                raw = await got.content.read(_LARGEST_ANSWER)
                elapsed = (time.perf_counter() - began) * 1000
                text = raw.decode("utf-8", errors="replace")
                is_json = got.content_type == "application/json" or text.lstrip().startswith("{")
                answer = (parsed(text) if is_json else text) if text.strip() else None
                return Delivery(got.status, answer, elapsed, "" if got.status == 200 else "dispatch_failed")
        except TimeoutError:
            return Delivery(0, None, (time.perf_counter() - began) * 1000, "operation_timeout")
        except (aiohttp.ClientError, OSError):
            return Delivery(0, None, (time.perf_counter() - began) * 1000, "dispatch_failed")

    def _headers(self, request: Request, body: bytes, content_type: str) -> dict[str, str]:
        # Real time, not the sandbox's: the bot compares it with its own clock.
        timestamp = str(int(time.time()) - request.age_seconds)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }
        if request.retry_number:
            headers |= {"X-Slack-Retry-Num": str(request.retry_number), "X-Slack-Retry-Reason": request.retry_reason}
        return headers


def _encoded(request: Request) -> tuple[bytes, str]:
    if request.kind == "events_api":
        return _json(request.payload), "application/json"
    form = request.payload if request.kind == "slash_commands" else {"payload": _json(request.payload).decode()}
    return urlencode(form).encode(), _FORM


def _json(payload: Json) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
