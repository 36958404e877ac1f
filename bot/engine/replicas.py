"""On Postgres: every replica holds a lock while it lives; who gets a dead one's lock takes over its work."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from typing import Any, Final

import psycopg

from bot.engine.alone import AlreadyRunning

_CLASS: Final = 726_234
_WATCH_SECONDS: Final = 2.0
_CALL_SECONDS: Final = 5.0
# A replica of the same name may just be ending; Postgres notices a cut connection by its keepalives within eleven.
_TAKE_SECONDS: Final = 15.0
_ALIVE: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
_log = logging.getLogger(__name__)

# Who was taken over. Such a replica must end even if it lives: its work is somebody else's now.
_TABLE: Final = "CREATE TABLE IF NOT EXISTS dbos.backup_bot_taken_over (replica text PRIMARY KEY)"
_OTHERS: Final = (
    "SELECT DISTINCT executor_id FROM dbos.workflow_status"
    " WHERE status = 'PENDING' AND application_version = %s AND executor_id <> %s"
)


class Replicas:
    """The lock of this replica, and the watch over the others."""

    def __init__(
        self,
        url: str,
        replica: str,
        version: str,
        *,
        recover: Callable[[str], None],
        lost: Callable[[], None],
        every: float = _WATCH_SECONDS,
    ) -> None:
        self._url, self._replica, self._version = _plain(url), replica, version
        self._recover, self._lost, self._every = recover, lost, every
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._watching: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Raises AlreadyRunning when a living replica bears our name."""
        end = asyncio.get_running_loop().time() + _TAKE_SECONDS
        self._connection = await self._connect()
        while not await self._locked(self._replica):
            if asyncio.get_running_loop().time() >= end:
                await self._connection.close()
                raise AlreadyRunning(
                    f"Another replica with the name {self._replica!r} is running. Give each its own"
                    " BACKUP_BOT_REPLICA, or leave that setting out."
                )
            await asyncio.sleep(0.5)

    async def watch(self) -> None:
        """Called when the engine's tables exist."""
        await self._run(_TABLE)
        await self._run("DELETE FROM dbos.backup_bot_taken_over WHERE replica = %s", self._replica)
        self._watching = asyncio.create_task(self._always(), name="watch the other replicas")

    async def release(self) -> None:
        """Let go: another replica may take over at once."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()

    async def _always(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                async with asyncio.timeout(_CALL_SECONDS * 3):
                    await self._look()
            except (psycopg.Error, OSError, TimeoutError) as error:
                _log.warning("the lock's connection is lost (%s)", type(error).__name__)
                await self._again()
            except Exception:  # noqa: BLE001 - the outer edge of this task: it must not end while the process lives
                _log.exception("the watch over the other replicas failed; it goes on")

    async def _look(self) -> None:
        rows = await self._run(_OTHERS, self._version, self._replica)
        for (other,) in rows:
            if not await self._locked(other):
                continue  # it lives
            try:
                _log.warning("replica %s is dead; taking over its work", other)
                await self._run("INSERT INTO dbos.backup_bot_taken_over VALUES (%s) ON CONFLICT DO NOTHING", other)
                await asyncio.to_thread(self._recover, other)
            finally:
                await self._run("SELECT pg_advisory_unlock(%s, %s)", _CLASS, _key(other))

    async def _again(self) -> None:
        """A new connection and our lock once more, unless somebody has taken over: then this process must end.

        While nobody reaches the database, nobody takes over either: then it is tried for as long as it takes.
        """
        while True:
            try:
                if self._connection is not None:
                    await self._connection.close()
                self._connection = await self._connect()
                is_ours = await self._locked(self._replica)
                if await self._is_taken_over():
                    _log.critical("this replica's work was taken over while its connection was lost; it ends")
                    self._lost()
                    return
                if is_ours:
                    return
            except (psycopg.Error, OSError, TimeoutError) as error:
                _log.warning("the database cannot be reached (%s)", type(error).__name__)
            await asyncio.sleep(self._every)

    async def _is_taken_over(self) -> bool:
        return bool(await self._run("SELECT 1 FROM dbos.backup_bot_taken_over WHERE replica = %s", self._replica))

    async def _connect(self) -> "psycopg.AsyncConnection[Any]":
        async with asyncio.timeout(_CALL_SECONDS):
            return await psycopg.AsyncConnection.connect(self._url, autocommit=True, **_ALIVE)

    async def _locked(self, replica: str) -> bool:
        rows = await self._run("SELECT pg_try_advisory_lock(%s, %s)", _CLASS, _key(replica))
        return bool(rows[0][0])

    async def _run(self, query: str, *values: Any) -> list[Any]:
        assert self._connection is not None  # take() comes first
        async with asyncio.timeout(_CALL_SECONDS):
            cursor = await self._connection.execute(query.encode(), values)
            return await cursor.fetchall() if cursor.description else []


def _key(replica: str) -> int:
    return int.from_bytes(hashlib.sha256(replica.encode()).digest()[:4], "big", signed=True)


def _plain(url: str) -> str:
    """The address as the driver itself reads it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"
