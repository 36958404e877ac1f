"""Slack's Web API: reads a request whichever way it is written, judges its token and scopes, runs the method."""

import asyncio
import json
import time
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.slack import answers
from sandbox.slack.faults import RESPONSE_URL
from sandbox.slack.methods import METHODS
from sandbox.slack.methods.method import Method
from sandbox.slack.wire import Json, SlackError, parsed
from sandbox.slack.world import World

_LARGEST_BODY: Final = 1_048_576


class WebApi:
    """`/api/METHOD` and the response URLs."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def method(self, request: Request) -> Response:
        """One call of a method."""
        began = time.perf_counter()
        name = request.path_params["method"]
        arguments, response = await self._judged(request, name)
        body = parsed(bytes(response.body).decode())
        self._record("from_bot", name, request, began, response.status_code, arguments, body)
        return response

    async def _judged(self, request: Request, name: str) -> tuple[Json, Response]:
        try:
            arguments = await _arguments(request)
        except SlackError as error:
            return {}, JSONResponse(error.body)
        broken = await self._fault(name)
        if broken is not None:
            return arguments, broken
        method = METHODS.get(name)
        try:
            if method is None:
                raise SlackError("unknown_method", req_method=name)
            self._authorize(request, arguments, method)
            answer: Json = {"ok": True, **method.run(self._world, arguments)}
        except SlackError as error:
            answer = error.body
        lost = self._world.faults.take("lost_answer", name) if answer.get("ok") else None
        if lost:
            return arguments, PlainTextResponse("The sandbox's fault lost_answer is on.", status_code=lost["status"])
        return arguments, JSONResponse(answer, headers=self._scopes(method))

    async def _fault(self, name: str) -> Response | None:
        faults = self._world.faults
        slow = faults.take("slow", name)
        if slow:
            await asyncio.sleep(slow["seconds"])
        failure = faults.take("server_error", name)
        if failure:
            return PlainTextResponse("The sandbox's fault server_error is on.", status_code=failure["status"])
        wait = faults.retry_after(name)
        if wait is None:
            return None
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers={"Retry-After": str(wait)})

    def _scopes(self, method: Method | None) -> dict[str, str]:
        accepted = ",".join(method.scopes) if method else ""
        return {"X-OAuth-Scopes": ",".join(self._world.app.scopes), "X-Accepted-OAuth-Scopes": accepted}

    def _authorize(self, request: Request, arguments: Json, method: Method) -> None:
        """Raises SlackError with Slack's codes for tokens and scopes."""
        if method.caller == "anyone":
            return
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = bearer.strip() if scheme.lower() == "bearer" else str(arguments.get("token") or "")
        if not token:
            raise SlackError("not_authed")
        known = self._world.secrets
        if self._world.faults.revoked_token:
            raise SlackError("token_revoked")
        if token not in (known.bot_token, known.app_token):
            raise SlackError("invalid_auth")
        if token != (known.app_token if method.caller == "app" else known.bot_token):
            raise SlackError("not_allowed_token_type")
        granted = self._world.app.scopes
        if method.scopes and not set(method.scopes) & set(granted):
            raise SlackError("missing_scope", needed=",".join(method.scopes), provided=",".join(granted))

    async def response_url(self, request: Request) -> Response:
        """A post to a response URL."""
        began = time.perf_counter()
        given: Any = None
        response = await self._fault(RESPONSE_URL)
        if response is None:
            try:
                given = await _posted(request)
                answers.to_response_url(self._world, request.path_params["key"], given)
                response = JSONResponse({"ok": True})
            except SlackError as error:
                is_dead = error.error in ("expired_url", "used_url", "invalid_url")
                response = JSONResponse(error.body, status_code=404 if is_dead else 400)
        body = parsed(bytes(response.body).decode())
        self._record("answer", RESPONSE_URL, request, began, response.status_code, given, body)
        return response

    def _record(
        self, direction: Any, kind: str, request: Request, began: float, status: int, asked: Any, answered: Any
    ) -> None:
        self._world.traffic.add(
            direction,
            kind,
            method=request.method,
            path=request.url.path,
            status=status,
            elapsed_ms=(time.perf_counter() - began) * 1000,
            request=asked,
            response=_without_ticket(answered),
        )


def _without_ticket(answer: Any) -> Any:
    """The address of a Socket Mode connection is a secret while it is unused."""
    if isinstance(answer, dict) and str(answer.get("url", "")).startswith("ws://"):
        return answer | {"url": answer["url"].partition("?")[0]}
    return answer


async def _body(request: Request) -> str:
    """The body as text. Raises SlackError when it is larger than a megabyte."""
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > _LARGEST_BODY:
            raise SlackError("request_too_large")
    return chunks.decode("utf-8", errors="replace")


async def _arguments(request: Request) -> Json:
    """Query, then form or JSON body; a body wins over the query. Raises SlackError."""
    arguments: Json = dict(request.query_params)
    if request.method == "GET":
        return arguments
    text = await _body(request)
    if not _is_json(request):
        return arguments | dict(parse_qsl(text, keep_blank_values=True))
    try:
        body = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise SlackError("invalid_json") from error
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return arguments | body


async def _posted(request: Request) -> Any:
    """What was posted to a response URL: JSON, or a form with `payload`. None when it is neither."""
    text = await _body(request)
    if not _is_json(request) and not text.lstrip().startswith("{"):
        text = dict(parse_qsl(text)).get("payload", "")
    return parsed(text)


def _is_json(request: Request) -> bool:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "application/json"
