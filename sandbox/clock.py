"""The sandbox's clock: real time, and as far ahead as it was pushed."""

import math
import time
from collections.abc import Callable

_FURTHEST = 10 * 365 * 86_400.0


class Clock:
    """Seconds since 1970. Signatures use real time instead: the bot's own clock judges those."""

    def __init__(self, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self._ahead = 0.0
        self._last_stamp = 0

    def now(self) -> float:
        """Seconds since 1970, by this clock."""
        return self._real() + self._ahead

    def advance(self, seconds: float) -> float:
        """Push the clock forward; returns the time after it. ValueError for a step back or absurdly far."""
        if not math.isfinite(seconds) or seconds < 0 or self._ahead + seconds > _FURTHEST:
            raise ValueError("advance takes seconds, 0 or more and at most ten years in all")
        self._ahead += seconds
        return self.now()

    def stamp(self) -> str:
        """A time stamp as Slack writes it ("1700000000.000100"), later than every one before."""
        self._last_stamp = max(self._last_stamp + 1, int(self.now() * 1_000_000))
        seconds, micros = divmod(self._last_stamp, 1_000_000)
        return f"{seconds}.{micros:06d}"
