"""On SQLite one process only: a lock on a file beside the database refuses a second."""

import fcntl
import os
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):
    """Another process holds what must be ours alone; the message says what to do."""


class Alone:
    """The lock of a SQLite database, held until release or the end of the process, however that comes."""

    def __init__(self, url: str) -> None:
        self._path = Path(url.removeprefix("sqlite:///") + ".lock")
        self._file: IO[str] | None = None

    async def take(self) -> None:
        """Raises AlreadyRunning, naming the process that holds the lock."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = self._path.open("a+", encoding="ascii")
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            opened.seek(0)
            holder = opened.read(20).strip() or "unknown"
            opened.close()
            raise AlreadyRunning(
                f"Another bot (process {holder}) uses this database. Stop it, or give this one its own"
                " BACKUP_BOT_DATABASE_URL; several bots for one workspace need Postgres."
            ) from None
        opened.seek(0)
        opened.truncate()
        opened.write(str(os.getpid()))
        opened.flush()
        self._file = opened

    async def watch(self) -> None:
        """Nothing to watch: no other process can hold it."""

    async def release(self) -> None:
        """Let another process have it."""
        if self._file is not None:
            self._file.close()
            self._file = None
