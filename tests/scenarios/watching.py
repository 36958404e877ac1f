"""A town whose bot watches: failures post themselves, by Azure's own clock, which a story may push."""

import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import DAAN, EMMA, Message, Town, eventually, town_by

ALERTS, ONCALL = "C0ALERTS", "C0ONCALL"
SECRET = "b3f1c0d9e8a7465f9c2d1e0fa9b8c7d6e5f4a3b2c1d0e9f8"
SWIFT = {"sweep_seconds": 0.1, "first_hours": 0, "default_channel": ALERTS, "daily": False, "weekly_on": "never"}
GRANTS = [
    {"name": "operators", "users": [EMMA], "role": "remediator"},
    {"name": "admins", "users": [DAAN], "role": "admin"},
    {"name": "readers", "users": ["U0PRIYA"], "role": "reader"},
]


@dataclass
class WatchedTown:
    """Slack, Azure, and a bot that watches over it."""

    town: Town
    azure: RunningAzure

    def fail(self, vm: str, code: str = "UserErrorGuestAgentStatusUnavailable", vault: str = "vault-prod") -> str:
        """A backup of this VM has just failed; gives the job's id."""
        said = self.azure.estate.change({"add_failure": {"vm": vm, "vault": vault, "code": code, "ended_ago": 0}})
        return str(said["jobs"][0])

    def succeed(self, vm: str) -> None:
        """Somebody has repaired this VM, and its next backup is good."""
        self.azure.estate.change({"mend": {"vm": vm}})
        self.azure.estate.change({"run_backup": {"vm": vm}})
        self.azure.clock.advance(3_600)

    async def cards(self, channel: str = ALERTS) -> list[Message]:
        """What stands in a channel for everyone, outside of threads."""
        messages = await self.town.slack.messages(channel, EMMA)
        return [
            each
            for each in messages
            if not each.get("is_ephemeral") and each.get("thread_ts", each["ts"]) == each["ts"]
        ]

    async def card(self, *words: str, channel: str = ALERTS) -> Message:
        """The card that shows all of these words, as soon as it does."""

        def shows(messages: list[Message]) -> list[Message]:
            return [each for each in messages if all(word in told(each) for word in words)]

        return shows(await eventually(lambda: self.cards(channel), lambda seen: bool(shows(seen)), 15.0))[-1]

    async def lines(self, card: Message, until: Callable[[list[str]], bool], channel: str = ALERTS) -> list[str]:
        """The texts below a card, as soon as they satisfy a condition."""
        return [
            told(each)
            for each in await self.town.thread(channel, card["ts"], lambda seen: until([told(one) for one in seen]))
        ]

    async def say(self, text: str, user: str = EMMA, channel: str = ALERTS) -> Message:
        """`/backup TEXT`, and the last thing that the asker then sees."""
        before = len(await self.town.slack.messages(channel, user))
        await self.town.slack.command(user, channel, f"/backup {text}".strip())
        seen = await self.town.seen(user, channel, lambda messages: len(messages) >= before + 2)
        return seen[-1]


def told(message: Message) -> str:
    """Everything that a message shows, as text."""
    return json.dumps(message.get("blocks") or message.get("text"), ensure_ascii=False)


@contextlib.asynccontextmanager
async def watched_town(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, folder: Path, *, fresh: bool = True, **settings: Any
) -> AsyncIterator[WatchedTown]:
    """A bot that watches; `settings` are laid over `[watch]`; lists `routes` and `maintenance` stand beside it."""
    lists = {name: settings.pop(name) for name in ("routes", "maintenance") if name in settings}
    given = azure.environment | {
        "BACKUP_BOT_GRANTS": json.dumps(GRANTS),
        "BACKUP_BOT_OPERATIONS": json.dumps({"poll_seconds": 0.05, "settle_seconds": 1.0}),
        "BACKUP_BOT_DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
        "BACKUP_BOT_WATCH": json.dumps(SWIFT | settings),
        "BACKUP_BOT_ALERT_SECRET": SECRET,
        **{f"BACKUP_BOT_{name.upper()}": json.dumps(value) for name, value in lists.items()},
    }
    async with town_by(azure.clock.now, monkeypatch, "http", given) as town:
        made = WatchedTown(town, azure)
        if fresh:
            await has_looked(made, folder)
        yield made


async def has_looked(watched: WatchedTown, folder: Path) -> None:
    """Until the bot has swept once, so that what fails from now on is news."""

    async def sources() -> int:
        with contextlib.closing(sqlite3.connect(folder / "bot.db")) as opened, contextlib.suppress(sqlite3.Error):
            return int(opened.execute("SELECT count(*) FROM watermarks").fetchone()[0])
        return 0

    await eventually(sources, lambda known: known >= len(watched.azure.estate.subscriptions()), 15.0)
