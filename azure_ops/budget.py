"""How often each subscription is asked: token buckets far below Azure's limits, shrinking with what it has left."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Final, Literal

from azure_ops.calls import Call
from azure_ops.errors import SlowedDown

Kind = Literal["read", "write", "graph"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute, and so many at once after a rest."""

    a_minute: float
    at_once: int


# A fifth of what Resource Manager gives one identity for a subscription; a third of Resource Graph's 15 in 5 seconds.
# People and their other tools keep the rest.
RATES: Final[Mapping[Kind, Rate]] = {"read": Rate(300, 50), "write": Rate(30, 10), "graph": Rate(60, 10)}
_MOST_BUCKETS: Final = 2_000
# However long Azure asks to wait, an hour later we look again.
_LONGEST_PAUSE: Final = 3_600.0
_SLOWEST: Final = 0.1
_REMAINING: Final[Mapping[Kind, tuple[str, ...]]] = {
    "read": (
        "x-ms-ratelimit-remaining-subscription-reads",
        "x-ms-ratelimit-remaining-subscription-global-reads",
        "x-ms-ratelimit-remaining-tenant-reads",
    ),
    "write": (
        "x-ms-ratelimit-remaining-subscription-writes",
        "x-ms-ratelimit-remaining-subscription-global-writes",
        "x-ms-ratelimit-remaining-subscription-deletes",
        "x-ms-ratelimit-remaining-subscription-global-deletes",
    ),
    "graph": ("x-ms-user-quota-remaining",),
}
# What a resource provider has left for this identity, one number for each of its own limits:
# `Microsoft.Compute/GetVMInstanceView3Min;238,Microsoft.Compute/GetVMInstanceView30Min;1190`.
_REMAINING_OF_PROVIDER: Final = "x-ms-ratelimit-remaining-resource"


class Bucket:
    """Tokens that come back with time. `level` below zero means that so many wait for theirs."""

    __slots__ = ("_at", "_rate", "_speed", "level")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._at = now
        self._speed = 1.0
        self.level = float(rate.at_once)

    def take(self, now: float) -> float:
        """Take a token, or the promise of one: the seconds until it is there."""
        self._fill(now)
        self.level -= 1
        return max(0.0, self._at - now) + max(0.0, -self.level) / self._a_second

    def give_back(self) -> None:
        """The last token taken was not used."""
        self.level = min(self.level + 1, float(self._rate.at_once))

    @property
    def _a_second(self) -> float:
        return self._rate.a_minute / 60 * self._speed

    def _fill(self, now: float) -> None:
        if now > self._at:
            self.level = min(float(self._rate.at_once), self.level + (now - self._at) * self._a_second)
            self._at = now

    def hold(self, now: float, seconds: float) -> None:
        """Nothing for so long; then one at once, and the others at the usual pace."""
        self._fill(now)
        self._at = max(self._at, now + seconds)
        self.level = min(self.level, 1.0)

    def cap(self, now: float, remaining: float) -> None:
        """Never plan with more than Azure has left for us."""
        self._fill(now)
        self.level = min(self.level, remaining)

    def slow_down(self, remaining: float) -> None:
        """Go slower while little is left: what comes back is not for us alone."""
        self._speed = min(1.0, max(_SLOWEST, remaining / self._rate.at_once))


class Budgets:
    """The buckets of all subscriptions; one for Resource Graph, whose limit is for the whole identity."""

    def __init__(
        self,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        rates: Mapping[Kind, Rate] = RATES,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._rates = rates
        self._buckets: OrderedDict[tuple[Kind, str], Bucket] = OrderedDict()

    async def take(self, call: Call) -> None:
        """Wait for the call's turn. SlowedDown, at once, if that is later than the call may last."""
        bucket = self._bucket(*_key(call))
        now = self._now()
        wait = bucket.take(now)
        if now + wait > call.deadline:
            bucket.give_back()
            raise SlowedDown(seconds=str(ceil(wait)), correlation_id=call.correlation_id)
        if wait <= 0:
            return
        try:
            await self._sleep(wait)
        except BaseException:
            bucket.give_back()
            raise

    def _bucket(self, kind: Kind, subscription: str) -> Bucket:
        key = (kind, subscription)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self._rates[kind], self._now())
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket

    def saw(self, call: Call, headers: Mapping[str, str]) -> None:
        """Learn from an answer's headers (lower-case names) how much Azure has left for us."""
        kind, subscription = _key(call)
        told = [headers.get(name) for name in _REMAINING[kind]]
        told += [each.rpartition(";")[2] for each in headers.get(_REMAINING_OF_PROVIDER, "").split(",")]
        left = [number for text in told if (number := _count(text)) is not None]
        if not left:
            return
        bucket = self._bucket(kind, subscription)
        bucket.cap(self._now(), min(left))
        if kind != "graph":
            bucket.slow_down(min(left))
        elif min(left) < 1:
            # Resource Graph counts anew every five seconds, for this identity alone; our pace is a third of that.
            bucket.hold(self._now(), _clock(headers.get("x-ms-user-quota-resets-after")))

    def hold(self, call: Call, seconds: float) -> None:
        """Azure said 429: the whole subscription waits, whatever is asked of it."""
        kind, subscription = _key(call)
        kinds: tuple[Kind, ...] = ("graph",) if kind == "graph" else ("read", "write")
        for one in kinds:
            self._bucket(one, subscription).hold(self._now(), min(seconds, _LONGEST_PAUSE))


def _key(call: Call) -> tuple[Kind, str]:
    path = call.path.casefold()
    if path.startswith("/providers/microsoft.resourcegraph/"):
        return "graph", ""
    parts = path.split("/", 3)
    subscription = parts[2] if len(parts) > 2 and parts[1] == "subscriptions" else ""
    return "write" if call.is_write else "read", subscription


def _count(text: str | None) -> float | None:
    """A number that is not negative; None for anything else."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def _clock(text: str | None) -> float:
    """Seconds of `00:00:05`; the 5 seconds of Resource Graph's window for anything else."""
    try:
        hours, minutes, seconds = (float(part) for part in (text or "").split(":"))
    except ValueError:
        return 5.0
    total = hours * 3600 + minutes * 60 + seconds
    return total if isfinite(total) and total >= 0 else 5.0
