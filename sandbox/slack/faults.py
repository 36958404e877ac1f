"""Faults: switches for what goes wrong in real life, each counting down as it is used."""

import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

from sandbox.control_paths import Refused
from sandbox.slack.wire import Json

# Names by which `methods` means posts to response URLs and uploads of files; "*" means neither.
RESPONSE_URL: Final = "response_url"
UPLOAD: Final = "upload"

_OFF: Final[Mapping[str, Json]] = {
    "rate_limit": {"methods": ["*"], "retry_after": 2, "times": 0},
    "server_error": {"methods": ["*"], "status": 500, "times": 0},
    "lost_answer": {"methods": ["*"], "status": 503, "times": 0},
    "slow": {"methods": ["*"], "seconds": 1.5, "times": 0},
    "redeliver": {"times": 0, "reason": "http_timeout"},
    "duplicate": {"times": 0},
    "expire_trigger": {"times": 0},
    "response_url_dead": {"times": 0},
    "invalid_blocks": {"times": 0},
    "slow_file": {"seconds": 2.0, "times": 0},
}
_NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "times": (0, 1_000_000),
    "retry_after": (0, 3_600),
    "status": (400, 599),
    "seconds": (0, 60),
}


class Faults:
    """The switches. `now` is the sandbox's clock, by which rate limits age."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._switches: dict[str, Json] = {}
        self._blocked_until: dict[str, float] = {}
        self.revoked_token = False
        self.reset()

    def reset(self) -> None:
        """Everything off."""
        self._switches = deepcopy(dict(_OFF))
        self._blocked_until.clear()
        self.revoked_token = False

    def as_json(self) -> Json:
        """All switches as they stand."""
        return {**deepcopy(self._switches), "revoked_token": self.revoked_token}

    def set(self, wanted: Mapping[str, Any]) -> Json:
        """Change the switches that are named, all or none; a switch without `times` works once.

        Raises Refused for an unknown switch or a wrong value.
        """
        revoked = wanted.get("revoked_token", self.revoked_token)
        if not isinstance(revoked, bool):
            raise Refused("invalid_fault", "revoked_token takes true or false.")
        changed = {name: _switch(name, value) for name, value in wanted.items() if name != "revoked_token"}
        self._switches |= changed
        self.revoked_token = revoked
        if "rate_limit" in changed:
            self._blocked_until.clear()
        return self.as_json()

    def take(self, name: str, method: str = "") -> Json | None:
        """Use a switch up by one when it is on (for this method): its values, or None."""
        switch = self._switches[name]
        if switch["times"] < 1 or ("methods" in switch and not _covers(switch["methods"], method)):
            return None
        switch["times"] -= 1
        return dict(switch)

    def retry_after(self, method: str) -> int | None:
        """Seconds that a caller of this method must wait, or None. A limit that was hit holds until it has aged."""
        left = self._blocked_until.get(method, 0.0) - self._now()
        if left > 0:
            return math.ceil(left)
        limit = self.take("rate_limit", method)
        if limit is None:
            return None
        seconds: float = limit["retry_after"]
        self._blocked_until[method] = self._now() + seconds
        return math.ceil(seconds)


def _covers(methods: list[str], method: str) -> bool:
    return method in methods or ("*" in methods and method not in (RESPONSE_URL, UPLOAD))


def _switch(name: str, value: Any) -> Json:
    if name not in _OFF:
        raise Refused("unknown_fault", f"There is no fault {name!r}. There are: {', '.join(_OFF)}, revoked_token.")
    if not isinstance(value, Mapping):
        raise Refused("invalid_fault", f'{name} takes an object such as {{"times": 1}}.')
    for key, given in value.items():
        _check(name, key, given)
    return {**deepcopy(_OFF[name]), "times": 1, **value}


def _check(name: str, key: str, given: Any) -> None:
    if key not in _OFF[name]:
        raise Refused("invalid_fault", f"{name} has no {key}. It has: {', '.join(_OFF[name])}.")
    if key in _NUMBERS:
        least, most = _NUMBERS[key]
        whole = key in ("times", "status")
        right = isinstance(given, int if whole else (int, float)) and not isinstance(given, bool)
        if not right or not least <= given <= most:
            raise Refused("invalid_fault", f"{name}.{key} takes a number from {least:g} to {most:g}.")
    elif key == "methods" and not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
        raise Refused("invalid_fault", f'{name}.methods takes a list such as ["chat.postMessage"] or ["*"].')
    elif key == "reason" and not isinstance(given, str):
        raise Refused("invalid_fault", f"{name}.reason takes a text such as http_timeout.")
