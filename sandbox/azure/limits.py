"""Resource Manager's token buckets and Resource Graph's quota, by the sandbox's clock, and the headers of both."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.azure.estate import Json, Refusal
from sandbox.azure.wire import Answer, Kind, Request, error_answer
from sandbox.control_paths import Refused

# As Azure documents them, for each subscription and principal: how many at once, and how many come back each second.
_USUAL: Final[Mapping[str, Mapping[str, float]]] = {
    "reads": {"burst": 250, "per_second": 25},
    "writes": {"burst": 200, "per_second": 10},
    "deletes": {"burst": 200, "per_second": 10},
    "graph": {"burst": 15, "per_second": 3},  # 15 queries in each 5 seconds
}
_NAMES: Final[Mapping[Kind, str]] = {"read": "reads", "write": "writes", "delete": "deletes", "graph": "graph"}
_GRAPH_WINDOW: Final = 5.0


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limits:
    """One bucket for each principal, subscription and sort of request."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}
        self.reset()

    def reset(self) -> None:
        """Full buckets of the usual size."""
        self._sizes = {name: dict(size) for name, size in _USUAL.items()}
        self._buckets.clear()
        self.is_on = True

    def as_json(self) -> Json:
        return {"on": self.is_on, **{name: dict(size) for name, size in self._sizes.items()}}

    def set(self, wanted: Mapping[str, Any]) -> Json:
        """Change sizes, such as {"reads": {"burst": 5, "per_second": 1}}, or {"on": false}. All buckets are full then.

        Raises Refused for what is not a size.
        """
        is_on = wanted.get("on", self.is_on)
        if not isinstance(is_on, bool):
            raise Refused("invalid_limit", "on takes true or false.")
        sizes = {name: _size(name, self._sizes.get(name), value) for name, value in wanted.items() if name != "on"}
        self._sizes |= sizes
        self._buckets.clear()
        self.is_on = is_on
        return self.as_json()

    def charge(self, request: Request, kind: Kind) -> tuple[Answer | None, dict[str, str]]:
        """The 429 for a bucket that is empty, or None; and the headers that tell what is left."""
        name, now = _NAMES[kind], self._now()
        subscription = "" if kind == "graph" else request.names.get("subscription", "").casefold()
        size = self._sizes[name]
        key = (request.caller.object_id, subscription, name)
        bucket = self._buckets.setdefault(key, _Bucket(size["burst"], now))
        bucket.left = min(size["burst"], bucket.left + (now - bucket.at) * size["per_second"])
        bucket.at = now
        refused = self.is_on and bucket.left < 1
        if not refused:
            bucket.left = max(0.0, bucket.left - 1)
        headers = _headers(name, subscription, int(bucket.left))
        return (_too_many(request, name, subscription, bucket.left, size) if refused else None), headers


def _headers(name: str, subscription: str, left: int) -> dict[str, str]:
    if name == "graph":
        return {"x-ms-user-quota-remaining": str(left), "x-ms-user-quota-resets-after": "00:00:05"}
    scope = "subscription" if subscription else "tenant"
    return {f"x-ms-ratelimit-remaining-{scope}-{name}": str(left)}


def _too_many(request: Request, name: str, subscription: str, left: float, size: Mapping[str, float]) -> Answer:
    if name == "graph":
        message = (
            "Please provide below info when asking for support: client application has been throttled. Quota is full."
        )
        return error_answer(Refusal(429, "RateLimiting", message), retry_after=f"{_GRAPH_WINDOW:.0f}")
    seconds = math.ceil((1 - left) / size["per_second"]) if size["per_second"] else 3_600
    message = (
        f"Number of '{name.removesuffix('s')}' requests for subscription '{subscription}' actor "
        f"'{request.caller.object_id}' exceeded. Please try again after '{seconds}' seconds after additional tokens "
        "are available. Refer to https://aka.ms/arm-throttling for additional information."
    )
    return error_answer(Refusal(429, "SubscriptionRequestsThrottled", message), retry_after=str(seconds))


def _size(name: str, now: Mapping[str, float] | None, value: object) -> dict[str, float]:
    if now is None:
        raise Refused("unknown_limit", f"There is no limit {name!r}. There are: {', '.join(_USUAL)}, on.")
    if not isinstance(value, Mapping) or not set(value) <= set(now):
        raise Refused("invalid_limit", f'{name} takes an object such as {{"burst": 5, "per_second": 1}}.')
    for given in value.values():
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1_000_000:
            raise Refused("invalid_limit", f"{name} takes numbers from 0 to 1000000.")
    return {**now, **value}
