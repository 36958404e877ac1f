"""The whole bot beside a whole Slack, both real and on loopback, for stories that go over the wire."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
import uvicorn

from bot import settings, wiring
from sandbox.azure import RunningAzure
from sandbox.azure import running as azure_running
from sandbox.ports import free_port
from sandbox.slack import RunningSlack, read_manifest, running

ROOT = Path(__file__).resolve().parents[2]
EMMA, DAAN = "U0EMMA", "U0DAAN"
CHANNEL = "C0ALERTS"
Message = dict[str, Any]
T = TypeVar("T")


@dataclass
class Town:
    """Slack, the bot, and what people do and see."""

    slack: RunningSlack
    bot_url: str

    async def ask(self, text: str, user: str = EMMA, channel: str = CHANNEL) -> Message:
        """`/backup-error TEXT`, and the ephemeral answer that the asker then sees."""
        before = len(await self.slack.messages(channel, user))
        delivered = await self.slack.command(user, channel, f"/backup-error {text}".strip())
        assert delivered["status"] == 200, delivered
        seen = await self.seen(user, channel, lambda messages: len(messages) > before)
        return seen[-1]

    async def jobs(self, text: str = "", user: str = EMMA, channel: str = CHANNEL) -> Message:
        """`/backup-jobs TEXT`, and the answer that follows the placeholder."""
        before = len(await self.slack.messages(channel, user))
        delivered = await self.slack.command(user, channel, f"/backup-jobs {text}".strip())
        assert delivered["status"] == 200, delivered
        seen = await self.seen(user, channel, lambda messages: len(messages) >= before + 2)
        return seen[-1]

    async def click(self, message: Message, action_id: str, user: str = EMMA, channel: str = CHANNEL) -> None:
        """A click on a button of a message."""
        container = {"type": "message", "channel": channel, "ts": message["ts"]}
        delivered = await self.slack.action(user, container, *block_and_action(message["blocks"], action_id))
        assert delivered["status"] == 200, delivered

    async def choose(
        self, message: Message, action_id: str, value: str, user: str = EMMA, channel: str = CHANNEL
    ) -> None:
        """A line of a message's menu, by the beginning of its value."""
        container = {"type": "message", "channel": channel, "ts": message["ts"]}
        block, action = block_and_action(message["blocks"], action_id)
        menu = next(each for each in elements(message) if each["action_id"] == action_id)
        wanted = next(each["value"] for each in menu["options"] if each["value"].startswith(value))
        delivered = await self.slack.action(user, container, block, action, wanted)
        assert delivered["status"] == 200, delivered

    async def click_in(self, view: Message, action_id: str, user: str = EMMA) -> None:
        """A click on a button of a window."""
        container = {"type": "view", "view_id": view["id"]}
        delivered = await self.slack.action(user, container, *block_and_action(view["blocks"], action_id))
        assert delivered["status"] == 200, delivered

    async def details(self, vault: str, vm: str, user: str = EMMA, channel: str = CHANNEL) -> Message:
        """The window of the newest failed job of a VM, opened from the list as a person does."""
        card = await self.jobs(f"{vault} failed 7d", user, channel)
        row = next(block for block in card["blocks"] if vm in str(block.get("text")) and "accessory" in block)
        container = {"type": "message", "channel": channel, "ts": card["ts"]}
        await self.slack.action(user, container, row["block_id"], "job_details")
        return await self.window(user, lambda view: vm in str(view["blocks"]))

    async def card_in(self, channel: str, until: Callable[[Message], bool], user: str = EMMA) -> Message:
        """The newest message that everyone sees and that satisfies a condition."""

        def shown(messages: list[Message]) -> list[Message]:
            return [each for each in messages if not each.get("is_ephemeral") and until(each)]

        return shown(await self.seen(user, channel, lambda messages: bool(shown(messages))))[-1]

    async def thread(self, channel: str, ts: str, until: Callable[[list[Message]], bool]) -> list[Message]:
        """The lines below a card."""
        messages = await self.seen(EMMA, channel, lambda seen: until(_replies(seen, ts)))
        return _replies(messages, ts)

    async def seen(self, user: str, channel: str, until: Callable[[list[Message]], bool]) -> list[Message]:
        """The channel's messages as soon as they satisfy a condition."""
        return await eventually(lambda: self.slack.messages(channel, user), until)

    async def window(self, user: str, until: Callable[[Message], bool] = bool) -> Message:
        """The modal on top as soon as there is one that satisfies a condition."""

        async def now() -> Message:
            return await self.slack.view(user) or {}

        return await eventually(now, lambda view: bool(view) and until(view))


def _replies(messages: list[Message], ts: str) -> list[Message]:
    return [each for each in messages if each.get("thread_ts") == ts and each["ts"] != ts]


async def eventually(look: Callable[[], Awaitable[T]], until: Callable[[T], bool], seconds: float = 8.0) -> T:
    """What `look` gives once `until` holds; the failure shows the last thing seen."""
    end = asyncio.get_running_loop().time() + seconds
    while not until(found := await look()):
        assert asyncio.get_running_loop().time() < end, f"never came; last seen: {found}"
        await asyncio.sleep(0.01)
    return found


def block_and_action(blocks: list[dict[str, Any]], action_id: str) -> tuple[str, str]:
    """The ids of a block and its button; fails when the button is not there."""
    for block in blocks:
        for element in (*block.get("elements", []), block.get("accessory") or {}):
            if element.get("action_id") == action_id:
                return block["block_id"], action_id
    raise AssertionError(f"there is no button {action_id}")


def buttons(message: Message) -> list[str]:
    """The action ids of all buttons, in order."""
    return [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def elements(message: Message) -> list[Message]:
    """All buttons, those beside a text included."""
    found = []
    for block in message["blocks"]:
        beside = block.get("accessory") or {}
        found += [each for each in (*block.get("elements", []), beside) if "action_id" in each]
    return found


def button_ids(message: Message) -> set[str]:
    """The action ids of all buttons."""
    return {str(element["action_id"]) for element in elements(message)}


def jobs_on(message: Message) -> set[str]:
    """The jobs that a page shows, by what its buttons for details carry."""
    return {str(element["value"]) for element in elements(message) if element["action_id"] == "job_details"}


def title(message: Message) -> str:
    """The text of the header."""
    return str(next(block["text"]["text"] for block in message["blocks"] if block["type"] == "header"))


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # pytest keeps its own


@contextlib.asynccontextmanager
async def bot_running(configured: settings.Settings, now: Callable[[], float] = time.time) -> AsyncIterator[None]:
    """The real program's server in this process, until it listens and can be reached by Slack."""
    server = wiring.make_server(configured, now)
    server.__class__ = _Server
    task = asyncio.create_task(server.serve())
    try:
        await _healthy(configured.port, task)
        yield
    finally:
        server.should_exit = True
        await task


async def _healthy(port: int, task: asyncio.Task[None]) -> None:
    async def look() -> bytes:
        assert not task.done(), "the bot did not start"
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return b""
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        return answer

    await eventually(look, lambda answer: answer.startswith(b"HTTP/1.1 200"))


@contextlib.asynccontextmanager
async def town_with(
    monkeypatch: pytest.MonkeyPatch, mode: Literal["http", "socket"] = "http", **environment: str
) -> AsyncIterator[Town]:
    """A Slack and a bot that knows it, in one of the two modes."""
    async with town_by(time.time, monkeypatch, mode, environment) as made:
        yield made


@contextlib.asynccontextmanager
async def town_by(
    now: Callable[[], float],
    monkeypatch: pytest.MonkeyPatch,
    mode: Literal["http", "socket"],
    environment: Mapping[str, str],
) -> AsyncIterator[Town]:
    """The same with the clock that incidents go by."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with running(read_manifest(ROOT / "manifest.yml"), bot_url=url, mode=mode) as slack:
        given = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_BASE_URL": f"{slack.url}/api/",
            "BACKUP_BOT_MODE": mode,
            "BACKUP_BOT_PORT": str(port),
        }
        for name, value in (given | dict(environment)).items():
            monkeypatch.setenv(name, value)
        # At its end a bot has two seconds to say what is left; nobody listens when a story is over.
        monkeypatch.setattr("bot.working._DRAIN_SECONDS", 0.0)
        async with bot_running(settings.load(), now):
            town = Town(slack, url)
            await knows_everyone(town)
            yield town


async def knows_everyone(town: Town) -> None:
    """Wait until the bot has learnt the members' languages, as it does at its start; then nothing was ever asked."""

    async def answer() -> str:
        return str(await town.ask("help", user=DAAN))

    await eventually(answer, lambda help_card: "Vraag" in help_card)
    await town.slack.reset()


@pytest.fixture
async def azure() -> AsyncIterator[RunningAzure]:
    """An Azure of a few subscriptions in which every known error happens."""
    async with azure_running() as running_azure:
        yield running_azure


@pytest.fixture
async def azure_town(monkeypatch: pytest.MonkeyPatch, azure: RunningAzure) -> AsyncIterator[Town]:
    """A Slack, an Azure, and a bot between them that looks into it for Emma and Daan."""
    given = azure.environment | {"BACKUP_BOT_LOOKUP_USERS": f"{EMMA},{DAAN}"}
    async with town_with(monkeypatch, "http", **given) as made:
        yield made


GRANTS = [
    {"name": "readers", "users": ["U0PRIYA"], "role": "reader"},
    {"name": "operators", "users": [EMMA], "role": "remediator"},
    {"name": "approvers", "users": [DAAN], "role": "approver"},
]
QUICK = {"poll_seconds": 0.05, "settle_seconds": 1.0}


@pytest.fixture
async def acting_town(monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path) -> AsyncIterator[Town]:
    """A bot that acts: Emma asks, Daan approves, Priya only reads."""
    given = azure.environment | {
        "BACKUP_BOT_GRANTS": json.dumps(GRANTS),
        "BACKUP_BOT_OPERATIONS": json.dumps(QUICK),
        "BACKUP_BOT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
    }
    async with town_with(monkeypatch, "http", **given) as made:
        yield made


@pytest.fixture
async def passing_time(azure: RunningAzure) -> AsyncIterator[None]:
    """Azure's hours pass in moments."""

    async def pass_on() -> None:
        while True:
            await asyncio.sleep(0.05)
            azure.clock.advance(20.0)

    task = asyncio.create_task(pass_on())
    yield
    task.cancel()


def says(*words: str) -> Callable[[Message], bool]:
    """Whether a message shows all of these."""
    return lambda message: all(word in str(message["blocks"]) for word in words)


@pytest.fixture(params=["http", "socket"])
async def town(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """Every story is told twice: over signed HTTP and over Socket Mode."""
    async with town_with(monkeypatch, request.param) as made:
        yield made


@pytest.fixture
async def http_town(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """For stories about HTTP itself."""
    async with town_with(monkeypatch) as made:
        yield made
