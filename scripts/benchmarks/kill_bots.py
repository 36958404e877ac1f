"""Bots as child processes that share a database: started, killed, found dead, and started again."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.ports import free_port
from scripts.benchmarks import dying_bot
from scripts.benchmarks.dying_bot import Entry, read_journal
from scripts.benchmarks.kill_processes import ROOT, Mother, Process, started
from scripts.benchmarks.private_postgres import own_database

# A second person approves; nobody else is granted anything.
ASKS, APPROVES = "U0EMMA", "U0DAAN"
GRANTS: Final = f"""
[[grants]]
name = "those who act"
users = ["{ASKS}"]
role = "remediator"

[[grants]]
name = "those who approve"
users = ["{APPROVES}"]
role = "approver"
"""
# Everything that waits for Azure, ninety times as fast as by default; limits that no run reaches.
OPERATIONS: Final = {
    "poll_seconds": 0.05,
    "settle_seconds": 1,
    "retries_per_vault": 10_000,
    "retries_at_once": 10,
}
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR")
_READY_SECONDS: Final = 30.0
_END_SECONDS: Final = 5.0


class BotTrouble(Exception):
    """A bot did not come up; the message holds the end of what it printed."""


@dataclass
class Bot:
    """One bot, and the process that it is."""

    name: str
    url: str
    log: Path
    process: Process


class Bots:
    """Makes bots over one database, with one journal and one plan of deaths for all of them."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, is_mortal: bool = True) -> None:
        """`environment` leads to a Slack, an Azure and a database. Whoever is not mortal is `python -m bot serve`."""
        self._folder = folder
        self._environment = dict(environment)
        self._module = ["scripts.benchmarks.dying_bot"] if is_mortal else ["bot", "serve"]
        self._mother = Mother() if is_mortal else None
        self._journal, self.plan = folder / "journal", folder / "plan.json"
        self.all: list[Bot] = []  # the dead ones too

    async def open(self) -> None:
        """Call it before the first is started."""
        if self._mother is not None:
            await self._mother.open(self._environment)

    async def start(self, name: str, *, is_cold: bool = True) -> Bot:
        """A bot that answers, or that was killed before it did; on Postgres `name` is the replica's.

        One that is not cold is forked from a process that has loaded everything: much cheaper. Raises BotTrouble.
        """
        port = free_port()
        log = self._folder / f"{name}-{len(self.all)}.log"
        environment = self._environment | {
            "BACKUP_BOT_PORT": str(port),
            dying_bot.JOURNAL: str(self._journal),
            dying_bot.PLAN: str(self.plan),
        }
        if environment["BACKUP_BOT_DATABASE_URL"].startswith("postgres"):
            environment["BACKUP_BOT_REPLICA"] = name
        bot = Bot(name, f"http://127.0.0.1:{port}", log, await self._process(environment, log, is_cold))
        self.all.append(bot)
        await _ready(bot)
        return bot

    async def _process(self, environment: Mapping[str, str], log: Path, is_cold: bool) -> Process:
        if self._mother is None or is_cold:
            return await started(self._module, environment, log)
        return await self._mother.fork(environment, log)

    def journal(self) -> list[Entry]:
        """Every step that any of them took."""
        return read_journal(self._journal)

    async def end(self) -> None:
        """SIGTERM to all that live, SIGKILL to those that stay."""
        living = [bot.process for bot in self.all if not bot.process.is_dead]
        for process in living:
            process.send(signal.SIGTERM)
        for process in living:
            if not await process.died(_END_SECONDS):
                await process.kill()
        if self._mother is not None:
            await self._mother.close()


async def _ready(bot: Bot) -> None:
    end = time.monotonic() + _READY_SECONDS
    while not await _is_healthy(bot.url):
        if bot.process.was_killed:
            return
        if bot.process.is_dead or time.monotonic() > end:
            raise BotTrouble(f"{bot.name} did not come up:\n{tail(bot.log)}")
        await asyncio.sleep(0.03)


async def _is_healthy(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        async with asyncio.timeout(1):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return answer.startswith(b"HTTP/1.1 200")


def tail(log: Path, most: int = 3_000) -> str:
    """The end of what a process printed."""
    return log.read_text(encoding="utf-8", errors="replace")[-most:] if log.exists() else ""


def bot_environment(folder: Path, leading: Mapping[str, str], url: str) -> dict[str, str]:
    """A bot's whole environment: what leads to a Slack and an Azure, its database, and who may do what."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "bot.toml"
    config.write_text(GRANTS, encoding="utf-8")
    given = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return given | {
        **leading,
        "PYTHONPATH": str(ROOT),
        "BACKUP_BOT_CONFIG": str(config),
        "BACKUP_BOT_DATABASE_URL": url,
        "BACKUP_BOT_OPERATIONS": json.dumps(OPERATIONS),
        "BACKUP_BOT_LOG_LEVEL": "info",
    }


@contextlib.asynccontextmanager
async def database(server: str) -> AsyncIterator[str]:
    """A database of its own on a Postgres while the block runs."""
    own = own_database(server, "kill")
    url = await asyncio.to_thread(own.__enter__)
    try:
        yield url
    finally:
        await asyncio.to_thread(own.__exit__, None, None, None)
