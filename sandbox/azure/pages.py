"""Lists in pages: `$skipToken` and an absolute next link, as Resource Manager gives them."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.azure.estate import Json, Refusal
from sandbox.azure.wire import Answer, Request


@dataclass(slots=True)
class Habits:
    """What the service decides and a client cannot: the size of a page, and how long to wait before asking again."""

    page_size: int = 200
    backup_retry_after: int = 60
    compute_retry_after: int = 2


def paged(request: Request, size: int, read: Callable[[int, int], tuple[list[Json], bool]]) -> Answer:
    """One page; `read` takes how many to pass over and how many to give, and says whether there is more."""
    skip = _skip(request.asked("$skipToken"))
    rows, is_more = read(skip, size)
    body: Json = {"value": rows}
    if is_more:
        body["nextLink"] = request.url_with(skipToken=_token(skip + size))
    return Answer(body=body)


def sliced(request: Request, size: int, rows: Sequence[Json]) -> Answer:
    """One page of a list that is there as a whole."""
    return paged(request, size, lambda skip, top: (list(rows[skip : skip + top]), len(rows) > skip + top))


def _token(skip: int) -> str:
    return base64.urlsafe_b64encode(f"page:{skip}".encode()).decode().rstrip("=")


def _skip(token: str) -> int:
    if not token:
        return 0
    try:
        told = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
    except (binascii.Error, UnicodeError):
        told = ""
    name, _, number = told.partition(":")
    if name != "page" or not (number.isdecimal() and len(number) < 12):
        raise Refusal(400, "InvalidSkipToken", "The $skipToken is not one that this service gave.")
    return int(number)
