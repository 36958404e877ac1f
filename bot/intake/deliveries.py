"""Keeps what Azure Monitor sends, many requests in one transaction: stored before any of them is acknowledged."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from bot.store import inbox
from bot.store.inbox import Delivery
from bot.store.store import Store, StoreAway

_log = logging.getLogger(__name__)
_MOST_AT_ONCE: Final = 500
_MOST_WAITING: Final = 20_000
_KEEP_SECONDS: Final = 5.0


class Full(Exception):
    """More waits than can be kept; Azure Monitor delivers again."""


class Deliveries:
    """One for the process. `wake` is called when something was kept."""

    def __init__(
        self, store: Store, wake: Callable[[], None] = lambda: None, now: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._wake = wake
        self._waiting: list[tuple[Delivery, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self.now = now

    async def keep(self, delivery: Delivery) -> None:
        """Returns when it is stored. Raises StoreAway, TimeoutError or Full: then it is not known to be."""
        if len(self._waiting) >= _MOST_WAITING:
            raise Full
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="keep deliveries")
        async with asyncio.timeout(_KEEP_SECONDS):
            await kept

    async def close(self) -> None:
        """Write what waits."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)

    async def _write(self) -> None:
        """As long as something waits: whatever came during one transaction goes into the next."""
        while self._waiting:
            now, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            error = await self._keep([delivery for delivery, _ in now])
            for _, kept in now:
                if kept.done():
                    continue
                if error is None:
                    kept.set_result(None)
                else:
                    kept.set_exception(error)
            if error is None:
                self._wake()

    async def _keep(self, deliveries: list[Delivery]) -> Exception | None:
        try:
            async with self._store.transaction() as connection:
                await inbox.keep(connection, deliveries)
        except StoreAway as error:
            return error
        except Exception as error:  # noqa: BLE001 - the outer edge of this task: whoever waits is told
            _log.exception("what Azure Monitor sent could not be kept")
            return StoreAway(type(error).__name__)
        return None
