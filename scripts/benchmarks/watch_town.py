"""A local Slack and Azure and a bot that watches, a process of its own; for measuring what a storm does to it."""

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from sandbox import azure, slack
from sandbox.azure.estate import Estate, small
from sandbox.clock import Clock
from sandbox.ports import free_port
from scripts.benchmarks.servers import wait_for

CHANNEL: Final = "C0ALERTS"
SECRET: Final = "b3f1c0d9e8a7465f9c2d1e0fa9b8c7d6e5f4a3b2c1d0e9f8"
_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass
class WatchTown:
    """The three of them, and where the bot remembers."""

    slack: slack.RunningSlack
    azure: azure.RunningAzure
    process: subprocess.Popen[bytes]
    url: str
    database: Path

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """A question to the bot's database; nothing while it is not there yet."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as opened:
            try:
                return list(opened.execute(question))
            except sqlite3.OperationalError:
                return []

    def number(self, question: str) -> float:
        """The one number that a question is about, 0 for none."""
        found = self.ask(question)
        return float(found[0][0] or 0) if found else 0.0

    async def settled(self, sources: int, limit: float) -> None:
        """Until the bot has looked once at each source, and has said what it had to say about before."""
        async with asyncio.timeout(limit):
            while self.number("SELECT count(*) FROM watermarks") < sources:  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.1)
        await asyncio.sleep(3.0)

    def peak_mb(self) -> float:
        """The most memory that the bot ever held."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1_024
        return 0.0

    def cpu_seconds(self) -> float:
        """What the bot has worked so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def watch_town(
    watch: dict[str, Any], *, estate: Callable[[Clock], Estate] = small, with_alerts: bool = True
) -> AsyncIterator[WatchTown]:
    """All of them while the block runs; `watch` is the bot's `[watch]`."""
    with tempfile.TemporaryDirectory(prefix="watch-") as folder:
        port, database = free_port(), Path(folder) / "bot.db"
        url = f"http://127.0.0.1:{port}"
        manifest = slack.read_manifest(_ROOT / "manifest.yml")
        async with slack.running(manifest, bot_url=url) as a_slack, azure.running(estate) as an_azure:
            environment = os.environ | an_azure.environment | {
                "SLACK_BOT_TOKEN": a_slack.bot_token,
                "SLACK_SIGNING_SECRET": a_slack.signing_secret,
                "SLACK_API_BASE_URL": f"{a_slack.url}/api/",
                "BACKUP_BOT_DATABASE_URL": f"sqlite:///{database}",
                "BACKUP_BOT_PORT": str(port),
                "BACKUP_BOT_AZURE_CREDENTIAL": "managed-identity",
                "BACKUP_BOT_WATCH": json.dumps({"default_channel": CHANNEL, "first_hours": 0, "daily": False,
                                                "weekly_on": "never"} | watch),
                "BACKUP_BOT_ALERT_SECRET": SECRET,
                "BACKUP_BOT_LOG_LEVEL": os.environ.get("BACKUP_BOT_LOG_LEVEL", "error"),
            }  # fmt: skip
            serve = [sys.executable, "-m", "bot", "serve"]
            process = await _in_thread(partial(subprocess.Popen, serve, env=environment, cwd=_ROOT))
            try:
                await _in_thread(wait_for, f"{url}/health", process)
                if with_alerts:
                    an_azure.alert_to(f"{url}/azure/alerts/{SECRET}")
                yield WatchTown(a_slack, an_azure, process, url, database)
            finally:
                process.terminate()
                await _in_thread(process.wait, 15)


async def _in_thread(work: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.to_thread(work, *arguments)
