"""The page: the built bundle in sandbox/web/static, or a plain sentence where there is none."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

_STATIC: Final = Path(__file__).parent.parent / "web" / "static"
_HEADERS: Final = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
_MISSING: Final = (
    "The sandbox runs, but its page is not built (scripts/build-page). The Web API and /_sandbox/ work without it.\n"
)


async def index(_: Request) -> Response:
    """`GET /`."""
    return _file(_STATIC / "index.html")


async def static(request: Request) -> Response:
    """`GET /static/NAME`."""
    return _file(_STATIC / request.path_params["name"])


def _file(path: Path) -> Response:
    if not (_STATIC / "index.html").is_file():
        return PlainTextResponse(_MISSING, status_code=503)
    if not path.resolve().is_relative_to(_STATIC.resolve()) or not path.is_file():
        return PlainTextResponse("There is no such file.\n", status_code=404)
    return FileResponse(path, headers=dict(_HEADERS))
