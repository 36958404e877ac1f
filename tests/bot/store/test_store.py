"""The store comes up from nothing, and nothing that is given up keeps others out of it."""

import asyncio
import gc
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.store import Store


async def test_a_database_in_a_folder_that_is_not_there_yet_is_made_and_is_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "backup-bot"
    store = Store(f"sqlite:///{folder / 'bot.db'}")
    await store.open()
    async with store.transaction() as kept:
        assert await store.audit.verify(kept) is None
    await store.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_transaction_that_is_cut_short_among_its_rows_lets_the_database_go(
    database_url: str,
) -> None:
    store = Store(database_url)
    await store.open()
    # Slow to begin with, and with rows left: what is cut short is a statement that has not come to its end.
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1500000)"
    rows = f"{numbers} SELECT x FROM n ORDER BY -x"

    async def read() -> None:
        async with store.transaction() as kept:
            await kept.execute(text(rows))

    gc.disable()  # whatever else holds the error and its frames for a while
    try:
        for _ in range(3):
            reading = asyncio.create_task(read())
            await asyncio.sleep(0.15)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            async with asyncio.timeout(5), store.transaction() as kept:
                assert await kept.scalar(text("SELECT 1")) == 1
    finally:
        gc.enable()
        await store.close()
