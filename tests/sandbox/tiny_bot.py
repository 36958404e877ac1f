"""A bot of a few lines: it keeps what Slack sent it and answers what the test laid ready."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_sdk.signature import SignatureVerifier

Json = dict[str, Any]


@dataclass
class Received:
    """One request as it came."""

    headers: dict[str, str]
    body: str

    @property
    def payload(self) -> Json:
        if self.headers["content-type"].startswith("application/json"):
            return dict(json.loads(self.body))
        form = dict(parse_qsl(self.body, keep_blank_values=True))
        return dict(json.loads(form["payload"])) if "payload" in form else dict(form)

    def is_signed_with(self, secret: str) -> bool:
        return SignatureVerifier(secret).is_valid_request(self.body, self.headers)


@dataclass
class TinyBot:
    """Answers with `answers` in turn (JSON, text, or a status), then with an empty 200; waits while `hangs`."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: deque[Any] = field(default_factory=deque)
    hangs: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        headers = {key.lower(): value for key, value in request.headers.items()}
        self.received.append(Received(headers, await request.text()))
        if self.hangs:
            await self.released.wait()
        answer = self.answers.popleft() if self.answers else 200
        if isinstance(answer, int):
            return web.Response(status=answer)
        return web.Response(text=answer) if isinstance(answer, str) else web.json_response(answer)

    @property
    def last(self) -> Json:
        return self.received[-1].payload
