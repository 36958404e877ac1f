"""The store of somebody who set nothing: its folder does not exist yet."""

import stat
from pathlib import Path

from bot.store.store import Store


async def test_a_database_in_a_folder_that_is_not_there_yet_is_made_and_is_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "backup-bot"
    store = Store(f"sqlite:///{folder / 'bot.db'}")
    await store.open()
    async with store.transaction() as kept:
        assert await store.audit.verify(kept) is None
    await store.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
