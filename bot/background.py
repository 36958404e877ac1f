"""Work that goes on after an acknowledgement: kept, bounded, timed out, and waited for at the end."""

import asyncio
import logging
from collections.abc import Coroutine

_log = logging.getLogger(__name__)


class Background:
    """Tasks with an owner. Bolt's own lazy listeners keep no reference and are not waited for at shutdown."""

    def __init__(self, most: int = 500) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._most = most

    def start(self, work: Coroutine[object, object, None], *, name: str, seconds: float = 20.0) -> bool:
        """Run `work` for at most `seconds`; its failure is logged by name. False (and not run) when too much waits."""
        if len(self._tasks) >= self._most:
            work.close()
            _log.warning("too much work is waiting; %s was not started", name)
            return False
        task = asyncio.create_task(_bounded(work, name, seconds), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def drain(self, seconds: float) -> None:
        """Wait up to `seconds` for what runs, then cancel the rest."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
        for task in late:
            _log.warning("%s was given up at the end", task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _bounded(work: Coroutine[object, object, None], name: str, seconds: float) -> None:
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            await work
    except TimeoutError:
        why = f"took longer than {seconds:g} s and was given up" if limit.expired() else "met a time limit of its own"
        _log.warning("%s %s", name, why)
    except Exception:  # noqa: BLE001 - the outer edge of this work: nobody above could tell
        _log.exception("%s failed", name)
