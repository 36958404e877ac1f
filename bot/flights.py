"""One question at a time for each key: whoever asks meanwhile shares the answer, which is kept for a while."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[V]):
    value: V
    since: float


class Flights(Generic[V]):
    """A bounded memory of answers, each fetched by one task that no single asker can cancel. Failures are not kept."""

    def __init__(self, seconds: float, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most
        self._now = now
        self._kept: OrderedDict[Hashable, _Kept[V]] = OrderedDict()
        self._flying: dict[Hashable, asyncio.Task[V]] = {}

    async def get(
        self, key: Hashable, fetch: Callable[[], Coroutine[Any, Any, V]], *, within: float | None = None
    ) -> V:
        """The answer for a key: kept for less than `seconds` (or than `within`), or fetched, or on its way already.

        Raises what `fetch` raises, to everyone who waits for it.
        """
        kept = self._kept.get(key)
        if kept is not None and self._now() - kept.since < (self._seconds if within is None else within):
            return kept.value
        task = self._flying.get(key)
        if task is None:
            task = self._flying[key] = asyncio.create_task(fetch(), name="look-up")
            task.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(task)

    def kept(self, key: Hashable) -> V | None:
        """The answer that is kept and younger than `seconds`, without asking."""
        kept = self._kept.get(key)
        return kept.value if kept is not None and self._now() - kept.since < self._seconds else None

    async def close(self) -> None:
        """Give up what is under way and forget everything."""
        flying = list(self._flying.values())
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
        self._kept.clear()

    def _landed(self, key: Hashable, task: asyncio.Task[V]) -> None:
        self._flying.pop(key, None)
        if task.cancelled() or task.exception() is not None:  # looked at here: its askers may all have gone
            return
        self._kept[key] = _Kept(task.result(), self._now())
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
