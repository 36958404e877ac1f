"""The database comes up by itself, from nothing and from yesterday, also when two start at once."""

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.database import bring_up_to_date, engine_for
from bot.store.tables import metadata


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_make_exactly_the_tables_that_the_code_uses(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_bringing_it_up_to_date_again_changes_nothing(engine: AsyncEngine) -> None:
    await bring_up_to_date(engine)


async def test_two_that_start_at_once_both_come_up(database_url: str) -> None:
    engines = [engine_for(database_url) for _ in range(2)]
    await asyncio.gather(*(bring_up_to_date(engine) for engine in engines))
    for engine in engines:
        await engine.dispose()


def test_one_that_is_stopped_while_it_connects_leaves_no_thread_that_would_tell_a_closed_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*given: Any, connect: Any = sqlite3.connect, **options: Any) -> sqlite3.Connection:
        time.sleep(0.2)
        opened: sqlite3.Connection = connect(*given, **options)
        return opened

    async def stopped() -> None:
        engine = engine_for(f"sqlite:///{tmp_path / 'bot.db'}")
        opening = asyncio.create_task(bring_up_to_date(engine))
        await asyncio.sleep(0.05)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await engine.dispose()

    monkeypatch.setattr(sqlite3, "connect", slow)
    complaints: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda given: complaints.append(str(given.exc_value)))
    before = set(threading.enumerate())
    asyncio.run(stopped())
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert complaints == []


@pytest.mark.parametrize("url", ["", "mysql://u:secret@h/db", "secret", "sqlite"])
def test_another_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|takes") as caught:
        engine_for(url)
    assert "secret" not in str(caught.value)
