"""Where files are uploaded to, and where the page gets its pictures from."""

import asyncio
import time
from email.parser import BytesParser
from email.policy import HTTP
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.slack.faults import UPLOAD
from sandbox.slack.files import LARGEST
from sandbox.slack.wire import SlackError
from sandbox.slack.world import World

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ENVELOPE: Final = 65_536  # what a form may need around its file


class FileRoutes:
    """`POST /upload/v1/KEY` and `GET /files/ID`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Both of them."""
        return [
            Route("/upload/v1/{key}", self._upload, methods=["POST"]),
            Route("/files/{id}", self._show, methods=["GET"]),
        ]

    async def _upload(self, request: Request) -> Response:
        """The bytes themselves, or a form with one file. 200 when they are taken."""
        began = time.perf_counter()
        content = await _body(request)
        status = await self._taken(request.path_params["key"], content)
        size = len(content or b"")
        told = f"OK - {size}" if status == 200 else f"not taken ({status})"
        self._world.traffic.add(
            "from_bot",
            UPLOAD,
            method="POST",
            path="/upload/v1/...",
            status=status,
            elapsed_ms=(time.perf_counter() - began) * 1000,
            request={"content_type": request.headers.get("Content-Type", ""), "bytes": size},
            response=told,
        )
        return PlainTextResponse(told, status_code=status)

    async def _taken(self, key: str, content: bytes | None) -> int:
        faults = self._world.faults
        slow = faults.take("slow", UPLOAD)
        if slow:
            await asyncio.sleep(slow["seconds"])
        broken = faults.take("server_error", UPLOAD)
        if broken:
            return int(broken["status"])
        if content is None:
            return 413
        return 200 if self._world.files.receive(key, content) else 404

    async def _show(self, request: Request) -> Response:
        try:
            file = self._world.files.find(request.path_params["id"])
        except SlackError:
            file = None
        if file is None or file.ready_at is None:
            return PlainTextResponse("There is no such file.\n", status_code=404, headers=dict(_HEADERS))
        return Response(file.content, media_type=file.kind[0], headers=dict(_HEADERS))


async def _body(request: Request) -> bytes | None:
    """What is uploaded; None when it is too large, or a form without a file."""
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LARGEST + _ENVELOPE:  # the rest is read and dropped, so that the answer reaches its caller
            body += chunk
    if size > len(body):
        return None
    kind = request.headers.get("Content-Type", "")
    content = _file_in_form(kind, bytes(body)) if kind.lower().startswith("multipart/form-data") else bytes(body)
    return content if content is not None and len(content) <= LARGEST else None


def _file_in_form(kind: str, body: bytes) -> bytes | None:
    """The first part that is a file."""
    form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
    for part in form.iter_parts():
        if part.get_filename():
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else None
    return None
