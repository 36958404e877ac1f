"""What was asked of this Azure: each request that would change something in full, all others by their number."""

from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from sandbox.azure.estate import Json
from sandbox.azure.wire import Request, Route

_KEPT: Final = 10_000


class Calls:
    """`changes` is oldest first; `counts` is by the operation's name."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._changes: deque[Json] = deque(maxlen=_KEPT)
        self._counts: Counter[str] = Counter()

    def reset(self) -> None:
        self._changes.clear()
        self._counts.clear()

    @property
    def changes(self) -> list[Json]:
        """A copy, oldest first; see docs/sandbox.md for the fields."""
        return [dict(one) for one in self._changes]

    @property
    def counts(self) -> dict[str, int]:
        return dict(self._counts)

    def count(self, operation: str) -> None:
        """One more request of that name."""
        self._counts[operation] += 1

    def begin(self, route: Route, request: Request) -> Json:
        """Record a request that would change something; its fate is filled in later (status 0: no answer was sent)."""
        call = {
            "at": self._now(),
            "operation": route.operation,
            "method": request.method,
            "path": request.path,
            "app_id": request.caller.app_id,
            "object_id": request.caller.object_id,
            "client_request_id": request.headers.get("x-ms-client-request-id", ""),
            "correlation_id": request.headers.get("x-ms-correlation-request-id", ""),
            "body": request.body.decode("utf-8", errors="replace"),
            "status": 0,
            "happened": False,
        }
        self._changes.append(call)
        return call
