"""Connections to SQLite of which none, and no thread of one, outlives the database's closing.

The driver runs each connection in a thread of its own, which answers through the event loop. Whoever is cancelled while
a connection is opened, used or given back can abandon it: with a lock that nobody lets go, and with a thread that tells
a loop that is no more. Here each one is known from its first moment until its thread has closed it.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import aiosqlite

_ROWS_AT_ONCE: Final = 64  # as the driver's own connect() has it


class SqliteConnections:
    """All connections of one engine."""

    def __init__(self) -> None:
        self._open: set[_SqliteConnection] = set()

    async def connect(self, path: str, **options: Any) -> aiosqlite.Connection:
        """As `aiosqlite.connect` does. Raises what `sqlite3.connect` raises."""
        connection = _SqliteConnection(partial(sqlite3.connect, path, factory=_LettingGo, **options), self._open)
        return await connection

    async def close(self) -> None:
        """Close what nobody closed; when it returns, no thread has anything more to tell the loop."""
        for connection in tuple(self._open):
            await connection.close()


class _SqliteConnection(aiosqlite.Connection):
    """Closes once, to the end, however often it is told to and whoever is cancelled while waiting for it."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], among: set["_SqliteConnection"]) -> None:
        super().__init__(connect, iter_chunk_size=_ROWS_AT_ONCE)
        self._thread.daemon = True  # as SQLAlchemy does where it connects: it must not hold the process
        self._among = among
        self._among.add(self)
        self._closing: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """The thread does what it was asked before, closes and ends; the driver itself calls this, too."""
        if self._closing is None:
            self._closing = super().stop()
            if self._closing is not None:
                self._closing.add_done_callback(lambda _: self._among.discard(self))
        return self._closing

    async def close(self) -> None:
        closing = self.stop()
        if closing is not None:
            await asyncio.shield(closing)


class _LettingGo(sqlite3.Connection):
    """Ends its transaction when it is closed.

    SQLite itself keeps a closed connection, and all its locks, as long as a statement that was cut short in the middle
    of its rows is held by anybody, such as by the frames of the error that cut it short. Nobody else could write.
    """

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # closed already
            self.rollback()
        super().close()
