"""The store as others use it: transactions over the database, and the audit log beside them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.audit import Audit
from bot.store.database import bring_up_to_date, engine_for

_log = logging.getLogger(__name__)
_CLOSE_SECONDS: Final = 3.0

Transaction: TypeAlias = AsyncConnection


class StoreAway(Exception):
    """The database cannot be reached, or did not answer in time; nothing of the transaction was kept."""


class Store:
    """One for the process. Everything inside one `transaction` is kept together, or not at all."""

    def __init__(self, url: str, audit_key: bytes = b"") -> None:
        """ValueError for an address that is neither SQLite's nor Postgres's."""
        self.engine: AsyncEngine = engine_for(url)
        self.audit = Audit(audit_key)
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def open(self) -> None:
        """Bring the tables up to date. Raises StoreAway."""
        with _Translated():
            await bring_up_to_date(self.engine)

    async def close(self) -> None:
        """Close every connection, as soon as the transactions that are under way have ended."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("%s transactions were still under way at the end", self._open)
        await self.engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Kept when the block ends, undone when it raises. Raises StoreAway."""
        self._open += 1
        self._idle.clear()
        try:
            with _Translated():
                async with self.engine.begin() as connection:
                    yield connection
        finally:
            self._open -= 1
            if not self._open:
                self._idle.set()


class _Translated:
    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OperationalError | InterfaceError):
            raise StoreAway(type(error.orig).__name__) from None
