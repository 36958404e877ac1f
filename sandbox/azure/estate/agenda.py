"""What is still to happen, in order of time; nothing runs by itself, a reader lets it happen up to now."""

import heapq
from collections.abc import Callable

Event = Callable[[float], None]


class Agenda:
    """Events with their times (seconds since 1970). An event gets the time it was due, not the time it was noticed."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Event]] = []
        self._held: list[Event] = []
        self._count = 0
        self.is_stuck = False

    def at(self, when: float, event: Event) -> None:
        """`event(when)` will be called by the first `settle` at or after `when`."""
        self._count += 1
        heapq.heappush(self._due, (when, self._count, event))

    def asked(self, when: float, event: Event) -> None:
        """The same for what an operation has to do; while operations are stuck it is only held."""
        if self.is_stuck:
            self._held.append(event)
        else:
            self.at(when, event)

    def settle(self, now: float) -> None:
        """Let everything happen that is due, in order, also what that brings about."""
        while self._due and self._due[0][0] <= now:
            when, _, event = heapq.heappop(self._due)
            event(when)

    def release(self, now: float) -> None:
        """Let what was held while stuck happen after all, from now on."""
        self.is_stuck = False
        held, self._held = self._held, []
        for event in held:
            self.at(now, event)
