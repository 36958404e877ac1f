"""However a transaction is cut short, no connection to SQLite and no thread of it is left when the database closes."""

import asyncio
import gc
import threading
import warnings
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.database import engine_for


async def _cut_short_at(url: str, turns: int, again_after: int) -> None:
    """One transaction that is cancelled twice, each time after so many turns of the loop."""
    engine = engine_for(url)

    async def transaction() -> None:
        async with engine.begin() as kept:
            await kept.execute(text("CREATE TABLE IF NOT EXISTS t (x INTEGER)"))
            await kept.execute(text("INSERT INTO t VALUES (1)"))

    working = asyncio.create_task(transaction())
    for wait in (turns, again_after, again_after):
        for _ in range(wait):
            await asyncio.sleep(0.0001)
        working.cancel()
    await asyncio.wait([working])
    await engine.dispose()


@pytest.mark.parametrize("again_after", [0, 1, 2])
def test_a_transaction_that_is_cancelled_twice_leaves_neither_connection_nor_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again_after: int
) -> None:
    complaints: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda given: complaints.append(str(given.exc_value)))
    before = set(threading.enumerate())
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ResourceWarning)
        for turns in range(24):
            url = f"sqlite:///{tmp_path / str(turns)}.db"
            asyncio.run(_cut_short_at(url, turns, again_after))
            for thread in set(threading.enumerate()) - before:
                thread.join(5)
            assert set(threading.enumerate()) == before, f"after {turns} turns"
        gc.collect()
    assert [str(one.message) for one in warned] == []
    assert complaints == []
