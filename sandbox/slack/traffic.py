"""Traffic: what went between Slack and the bot, without tokens or secrets."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from sandbox.slack.wire import Json

Direction = Literal["to_bot", "from_bot", "answer"]
_KEPT: Final = 1_000
_LONGEST: Final = 20_000
_HIDDEN: Final = "[hidden]"


class Traffic:
    """The last thousand exchanges, numbered from 1."""

    def __init__(self, now: Callable[[], float], secrets: Iterable[str], tell: Callable[[Json], None]) -> None:
        self._now = now
        self._secrets = tuple(secrets)
        self._tell = tell
        self._entries: deque[Json] = deque(maxlen=_KEPT)
        self._count = 0

    def reset(self) -> None:
        """Forget the entries; the numbers go on, so that no page mistakes a new entry for an old one."""
        self._entries.clear()

    def after(self, number: int) -> list[Json]:
        """Entries with a higher number, oldest first."""
        return [entry for entry in self._entries if entry["n"] > number]

    def add(
        self,
        direction: Direction,
        kind: str,
        *,
        method: str,
        path: str,
        status: int,
        elapsed_ms: float,
        request: Any,
        response: Any,
    ) -> Json:
        """Record one exchange; `status` 0 means that no answer came. Whatever is secret is hidden first."""
        self._count += 1
        entry: Json = {
            "n": self._count,
            "at": self._now(),
            "direction": direction,
            "kind": kind,
            "method": method,
            "path": self._clean(path),
            "status": status,
            "elapsed_ms": round(elapsed_ms, 2),
            "request": self._clean(request),
            "response": self._clean(response),
        }
        self._entries.append(entry)
        self._tell({"type": "traffic", "entry": entry})
        return entry

    def _clean(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: _HIDDEN if key == "token" else self._clean(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._clean(inner) for inner in value]
        return self._clean_text(value) if isinstance(value, str) else value

    def _clean_text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} [{len(text)} characters]"
