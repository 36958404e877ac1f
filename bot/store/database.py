"""Opens the bot's own database, SQLite or Postgres, with its tables brought up to date."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import await_

from bot.store.sqlite_connections import SqliteConnections

_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_SQLITE_PRAGMAS: Final = ("journal_mode=WAL", "busy_timeout=30000", "synchronous=NORMAL", "foreign_keys=ON")


# Only the dialects know what to do about a row that is there already.
INSERTS: Final[Mapping[str, Callable[[Table], Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(connection: AsyncConnection, table: Table) -> Any:
    """An insert of this connection's dialect, which can leave or change a row that is there already."""
    return INSERTS[connection.dialect.name](table)


def engine_for(url: str) -> AsyncEngine:
    """An engine for `sqlite:///path/bot.db` or `postgresql://...`; nothing is connected yet.

    Raises ValueError for any other address, without repeating it: it may hold a password.
    """
    parsed = _asynchronous(url)
    if parsed.get_backend_name() == "sqlite":
        connections = SqliteConnections()
        engine = create_async_engine(parsed, connect_args={"async_creator_fn": connections.connect})
        event.listen(engine.sync_engine, "engine_disposed", lambda _: await_(connections.close()))
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        event.listen(engine.sync_engine, "begin", _begin_immediately)
        return engine
    return create_async_engine(parsed, pool_size=10, pool_pre_ping=True, connect_args={"connect_timeout": 5})


async def bring_up_to_date(engine: AsyncEngine) -> None:
    """Make the folder and run the migrations that are missing; safe when several replicas start at once."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    # Needed once, when the bot answers already; at the start it would cost a seventh of a second.
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7262340011)")
    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")


def _asynchronous(url: str) -> URL:
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    try:
        parsed = make_url(url)
    except Exception:  # noqa: BLE001 - SQLAlchemy's own sentence would quote the address
        raise ValueError("is not a database address") from None
    driver = drivers.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise ValueError("takes sqlite:///... or postgresql://...")
    return parsed.set(drivername=driver)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy then says BEGIN itself, see below
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediately(connection: Connection) -> None:
    """A transaction that reads first and writes later would fail at the write instead of waiting for its turn."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
