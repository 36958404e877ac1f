"""From verified bytes to Bolt and back: the ASGI app that stands behind the guard.

Bolt's own ASGI adapter does the same, but parses a form field by field with the standard library (a tenth of a whole
request's time) and answers 500 for a body that is not what its content type says.
"""

import json
import logging
from typing import Any
from urllib.parse import unquote_plus

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.guard import Receive, Scope, Send

_log = logging.getLogger(__name__)
_RETRY_HEADERS = (b"x-slack-retry-num", b"x-slack-retry-reason")


class Door:
    """Hands each request to the app and its response back; 400 for a body that is neither Slack's form nor JSON."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request whose body comes in one piece (the guard gives it so)."""
        body = (await receive())["body"]
        try:
            payload = read_payload(body.decode("utf-8"))
        except (ValueError, RecursionError):
            return await _answer(send, 400, {}, b"")
        headers: dict[str, Any] = {
            name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _RETRY_HEADERS
        }
        # "socket_mode" is Bolt's word for a request whose body is parsed already and whose sender is known.
        try:
            request = AsyncBoltRequest(body=payload, headers=headers, mode="socket_mode")
            response = await self._app.async_dispatch(request)
        except Exception:  # noqa: BLE001 - the outer edge: a signed payload of a shape that Bolt does not expect
            _log.exception("a signed request could not be read")
            return await _answer(send, 400, {}, b"")
        return await _answer(send, response.status, response.headers, response.body.encode())


def read_payload(body: str) -> dict[str, Any]:
    """Slack's three shapes: a form (commands), a form with a JSON `payload` (interactions), JSON (events).

    Raises ValueError or RecursionError for anything else.
    """
    fields: Any = json.loads(body) if body.startswith("{") else read_form(body)
    if isinstance(fields, dict) and "payload" in fields:
        if not isinstance(fields["payload"], str):
            raise ValueError("the payload is not text")
        fields = json.loads(fields["payload"])
    if not isinstance(fields, dict) or not fields:
        raise ValueError("the body is not a payload of Slack's")
    return fields


def read_form(body: str) -> dict[str, str]:
    """`a=1&b=x+y` to a dictionary; the last of two equal names wins, as Slack never sends two."""
    fields: dict[str, str] = {}
    for pair in body.split("&"):
        name, equals, value = pair.partition("=")
        if equals:
            fields[unquote_plus(name) if "%" in name or "+" in name else name] = (
                unquote_plus(value) if "%" in value or "+" in value else value
            )
    return fields


async def _answer(send: Send, status: int, headers: dict[str, Any], body: bytes) -> None:
    pairs = [(name.encode(), value.encode()) for name, values in headers.items() for value in values]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
