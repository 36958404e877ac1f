"""What control paths (`/_sandbox/`) have in common: JSON in and out, and one shape of refusal."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import Clock

Json = dict[str, Any]
_LARGEST_BODY: Final = 1_048_576


class Refused(Exception):
    """A person asked for what cannot be done: `code` for programs, `message` for people, `status` 4xx."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code = code
        self.message = message
        self.status = status
        super().__init__(f"{code}: {message}")


def reading(name: str, read: Callable[[Request], Json]) -> Route:
    """GET /_sandbox/NAME answers what `read` gives."""

    async def handle(request: Request) -> Response:
        try:
            return JSONResponse(read(request), headers={"Cache-Control": "no-store"})
        except Refused as error:
            return refusal(error)

    return Route(f"/_sandbox/{name}", handle, methods=["GET"])


def changing(name: str, change: Callable[[Json], Json]) -> Route:
    """POST /_sandbox/NAME passes its JSON object to `change` and answers what that gives."""

    async def changed(body: Json) -> Json:
        return change(body)

    return Route(f"/_sandbox/{name}", handler(changed), methods=["POST"])


def handler(deed: Callable[[Json], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a POST whose JSON object is passed to `deed`."""

    async def handle(request: Request) -> Response:
        try:
            return JSONResponse(await deed(await _body(request)))
        except Refused as error:
            return refusal(error)

    return handle


def refusal(error: Refused) -> JSONResponse:
    """A refusal as the contract shapes it."""
    return JSONResponse({"error": error.code, "message": error.message}, status_code=error.status)


def advance(clock: Clock, body: Json) -> Json:
    """Push the clock by `body["advance"]` seconds: {ok, now}. Raises Refused."""
    seconds = body.get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise Refused("invalid_argument", "advance takes a number of seconds.")
    try:
        return {"ok": True, "now": clock.advance(seconds)}
    except (ValueError, OverflowError) as error:
        raise Refused("invalid_argument", str(error)) from error


async def _body(request: Request) -> Json:
    """The JSON object of a POST; an empty body is an empty object. Raises Refused."""
    if request.headers.get("X-Sandbox") != "1":
        raise Refused(
            "missing_header", "A POST needs the header X-Sandbox: 1, so that no foreign page can send one.", 403
        )
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > _LARGEST_BODY:
            raise Refused("too_large", "The body is larger than a megabyte.", 413)
    try:
        body = json.loads(chunks) if chunks.strip() else {}
    except (ValueError, RecursionError) as error:
        raise Refused("invalid_json", "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Refused("invalid_json", "The body is not a JSON object.")
    return body
