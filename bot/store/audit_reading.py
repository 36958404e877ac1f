"""Reads the audit log by VM or vault, person and time: a page at a time, newest first, or all of it in order."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, event, func, inspect, make_url, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.audit import Record, in_order
from bot.store.database import engine_for
from bot.store.tables import audit_records


class NoAuditLog(Exception):
    """There is nothing to read; the message says why, without the address."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which records: `name` a VM's or a vault's whole name, or an ARM id; `since` in seconds since 1970. Empty: all."""

    name: str = ""
    actor: str = ""
    since: float = 0.0


async def read_page(
    connection: AsyncConnection, wanted: AuditFilter, *, page: int = 1, rows: int = 10
) -> tuple[list[Record], int]:
    """The records of a page, newest first, and how many there are in all. Pages count from 1."""
    counted = select(func.count()).select_from(audit_records).where(*_conditions(wanted))
    total = int((await connection.execute(counted)).scalar_one())
    asked = _records(wanted).order_by(audit_records.c.number.desc()).limit(rows).offset((max(page, 1) - 1) * rows)
    found = await connection.execute(asked)
    return [Record(**row) for row in found.mappings()], total


async def read_all(connection: AsyncConnection, wanted: AuditFilter) -> AsyncIterator[Record]:
    """Every record that fits, oldest first, in batches, for an export."""
    async for row in in_order(connection, *_conditions(wanted)):
        yield Record(**row)


@asynccontextmanager
async def opened_to_read(url: str) -> AsyncIterator[AsyncConnection]:
    """One moment of the database, which nothing here can change, and no writer has to wait for.

    Raises NoAuditLog; ValueError for an address that is neither SQLite's nor Postgres's.
    """
    engine = _reading_engine(url)
    try:
        async with engine.connect() as connection:
            if not await connection.run_sync(lambda inner: inspect(inner).has_table(audit_records.name)):
                raise NoAuditLog("the database has no audit log: the bot has not run with it yet")
            yield connection
    except DBAPIError as error:  # its own sentence may quote the address
        raise NoAuditLog(f"the database cannot be read ({type(error.orig).__name__})") from None
    finally:
        await engine.dispose()


def _reading_engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(
            engine_for(url).url,
            isolation_level="REPEATABLE READ",
            connect_args={"connect_timeout": 5, "options": "-c default_transaction_read_only=on"},
        )
    address = make_url(url)
    path = Path(address.database or "")
    if not path.is_file():
        raise NoAuditLog(f"there is no file {path}")
    engine = create_async_engine(address.set(drivername="sqlite+aiosqlite"))
    event.listen(engine.sync_engine, "connect", _only_read)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _only_read(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy then says BEGIN itself
    cursor = connection.cursor()
    for pragma in ("query_only=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _records(wanted: AuditFilter) -> Select[Any]:
    return select(audit_records).where(*_conditions(wanted))


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [audit_records.c.at >= wanted.since]
    if wanted.actor:
        conditions.append(audit_records.c.actor == wanted.actor)
    if wanted.name:
        conditions.append(_is_about(wanted.name.casefold()))
    return conditions


def _is_about(name: str) -> ColumnElement[bool]:
    """A whole name, so that vm-1 is not vm-11: the last part of an item's id, a part of any path, or the VM noted."""
    subject, noted = audit_records.c.subject, json.dumps(name, ensure_ascii=False)
    if name.startswith("/"):
        return subject.startswith(name, autoescape=True)
    return or_(
        subject.endswith(f";{name}", autoescape=True),
        subject.endswith(f"/{name}", autoescape=True),
        subject.contains(f"/{name}/", autoescape=True),
        func.lower(audit_records.c.details).contains(f'"vm":{noted}', autoescape=True),
    )
