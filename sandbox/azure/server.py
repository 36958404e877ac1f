"""One request from door to answer: bearer, api-version, limits, the operation itself, and the faults around them."""

import asyncio
import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import parse_qsl

from sandbox.azure.calls import Calls
from sandbox.azure.estate import Json, Refusal
from sandbox.azure.faults import Faults, Plan
from sandbox.azure.identity import is_arm_audience
from sandbox.azure.limits import Limits
from sandbox.azure.mishaps import in_place, spoil, unauthorized
from sandbox.azure.routing import Router
from sandbox.azure.tokens import Tokens
from sandbox.azure.wire import OPEN, Answer, Request, Route, error_answer
from sandbox.clock import Clock
from sandbox.serving import App, Receive, Scope, Send, hang_up

_LARGEST_BODY: Final = 4 * 1_048_576
_VERSION: Final = re.compile(r"(\d{4}-\d\d-\d\d)(-(?:preview|alpha|beta|privatepreview))?", re.ASCII | re.IGNORECASE)
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]")  # callers' words may come back in headers
_ECHOED: Final = re.compile(r"[\x21-\x7e]{1,128}")


class _HungUp(Exception):
    """The caller went away in the middle of a request."""


class AzureServer:
    """The ASGI application, and the control paths beside it."""

    def __init__(
        self, router: Router, tokens: Tokens, limits: Limits, faults: Faults, calls: Calls, clock: Clock, control: App
    ) -> None:
        self._router = router
        self._tokens = tokens
        self._limits = limits
        self._faults = faults
        self._calls = calls
        self._clock = clock
        self._control = control
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Let go of requests that hang."""
        self._ending.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"].startswith("/_sandbox/"):
            await self._control(scope, receive, send)
            return
        try:
            request = await _received(scope, receive)
        except _HungUp:
            return
        except Refusal as error:
            await _send(error_answer(error), {}, send)
            return
        route, methods = self._router.find(request)
        self._calls.count(route.operation if route else "unknown")
        refused = self._not_let_in(request, route)
        if refused is not None:
            await _send(refused, _ids(request), send)
            return
        plan = self._faults.plan(request, route.operation if route else "unknown")
        await self._go(request, route, methods, plan, (scope, receive, send))

    def _not_let_in(self, request: Request, route: Route | None) -> Answer | None:
        """The 401 for a request that needs a bearer token and has no good one; sets `request.caller`."""
        if route is not None and route.kind == OPEN:
            return None
        try:
            kind, _, bearer = request.headers.get("authorization", "").partition(" ")
            if not bearer or kind.casefold() != "bearer":
                raise Refusal(
                    401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
                )
            request.caller = self._tokens.judge(bearer.strip(), lambda one: is_arm_audience(one, request.base))
        except Refusal as error:
            return unauthorized(error, request)
        return None

    async def _go(
        self, request: Request, route: Route | None, methods: list[str], plan: Plan, line: tuple[Scope, Receive, Send]
    ) -> None:
        scope, receive, send = line
        call: Json = self._calls.begin(route, request) if route is not None and route.changes else {}
        if not await self._hung(plan.seconds("before"), scope, receive):
            return
        if plan.happens("before"):
            if plan.instead == "cut":
                await hang_up(scope, receive)
                return
            answer = in_place(plan, request, route, self._clock.now())
        else:
            answer = self._done(request, route, methods)
            call["happened"] = route is not None and route.changes and answer.status == 202
            if plan.happens("after") and plan.instead != "cut":
                answer = in_place(plan, request, route, self._clock.now())
            spoil(plan, answer)
        if not await self._hung(plan.seconds("after"), scope, receive):
            return
        if plan.instead == "cut" and plan.how["when"] == "after":
            await hang_up(scope, receive)
            return
        call["status"] = answer.status
        is_cut = plan.instead == "cut"
        await _send(answer, _ids(request), send, is_half=is_cut)
        if is_cut:
            await hang_up(scope, receive)

    async def _hung(self, seconds: float, scope: Scope, receive: Receive) -> bool:
        """Wait; whether the caller is still there. When the sandbox ends meanwhile, the connection is closed."""
        if seconds <= 0:
            return True
        gone = asyncio.ensure_future(receive())
        ending = asyncio.create_task(self._ending.wait())
        await asyncio.wait([gone, ending], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        is_here = not gone.done()
        for task in (gone, ending):
            task.cancel()
        await asyncio.wait([gone, ending])
        if is_here and self._ending.is_set():
            await hang_up(scope, receive)
        return is_here and not self._ending.is_set()

    def _done(self, request: Request, route: Route | None, methods: list[str]) -> Answer:
        """What Azure answers, refusals too."""
        if route is None:
            return _no_route(request, methods)
        try:
            if route.kind == OPEN:
                return route.handle(request)
            _check_version(request)
            too_many, headers = self._limits.charge(request, route.kind)
            answer = too_many or _handled(route, request)
            answer.headers |= headers
        except Refusal as error:
            return error_answer(error)
        return answer


def _handled(route: Route, request: Request) -> Answer:
    try:
        return route.handle(request)
    except Refusal as error:
        return error_answer(error)


def _no_route(request: Request, methods: list[str]) -> Answer:
    if methods:
        message = f"The http method '{request.method}' is not supported for a resource or action of this type."
        return error_answer(Refusal(405, "MethodNotAllowed", message), Allow=", ".join(methods))
    message = (
        f"The sandbox does not play '{request.path[:500]}'. It may be an unknown type of resource or a wrong path."
    )
    return error_answer(Refusal(404, "InvalidResourceType", message))


def _check_version(request: Request) -> None:
    version = request.asked("api-version")
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise Refusal(400, "MissingApiVersionParameter", message)
    found = _VERSION.fullmatch(version)
    try:
        date.fromisoformat(found[1] if found else "")
    except ValueError:
        message = f"The api-version '{version[:40]}' is invalid. It is written yyyy-mm-dd, such as 2021-06-01."
        raise Refusal(400, "InvalidApiVersionParameter", message) from None


async def _received(scope: Scope, receive: Receive) -> Request:
    """The whole request. Raises Refusal 413 for one that is too large, _HungUp for half of one."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUp
        body += message.get("body", b"")
        if len(body) > _LARGEST_BODY:
            raise Refusal(413, "RequestEntityTooLarge", "The request content is larger than 4 MB.")
        if not message.get("more_body", False):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        method=scope["method"],
        base=f"{scope['scheme']}://{headers.get('host', '')}",
        raw_path=scope["raw_path"].decode("latin-1"),
        query=parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        headers=headers,
        body=bytes(body),
    )


def _ids(request: Request) -> dict[str, str]:
    """The headers by which Azure's support finds a request again; the client's own are told back."""
    own, client = (
        request.headers.get("x-ms-correlation-request-id", ""),
        request.headers.get("x-ms-client-request-id", ""),
    )
    request_id = str(uuid.uuid4())
    headers = {
        "x-ms-request-id": request_id,
        "x-ms-correlation-request-id": own if _ECHOED.fullmatch(own) else request_id,
        "x-ms-routing-request-id": f"SANDBOX:{request_id}",
        "Cache-Control": "no-cache",
    }
    return headers | ({"x-ms-client-request-id": client} if _ECHOED.fullmatch(client) else {})


async def _send(answer: Answer, ids: Mapping[str, str], send: Send, *, is_half: bool = False) -> None:
    """Send the answer, or (for a cut in the middle) its head and half of its body."""
    content = answer.content()
    headers = {**ids, **({"Content-Type": "application/json; charset=utf-8"} if content else {}), **answer.headers}
    if answer.status != 204:
        headers["Content-Length"] = str(len(content))
    raw = [(name.encode("ascii"), _UNPRINTABLE.sub("?", value).encode("ascii")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if is_half:
        await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
    else:
        await send({"type": "http.response.body", "body": content})
