"""Where files are uploaded to, and where the page gets its pictures from."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.slack.files import LARGEST
from sandbox.slack.wire import SlackError
from sandbox.slack.world import World

_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "sandbox"}


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
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > LARGEST:
                return PlainTextResponse("too large", status_code=413)
        is_kept = self._world.files.receive(request.path_params["key"], bytes(content))
        size = len(content)
        return PlainTextResponse(f"OK - {size}" if is_kept else "not found", status_code=200 if is_kept else 404)

    async def _show(self, request: Request) -> Response:
        try:
            file = self._world.files.find(request.path_params["id"])
        except SlackError:
            return PlainTextResponse("There is no such file.\n", status_code=404)
        return Response(file.content, media_type=file.kind[0], headers=dict(_HEADERS))
