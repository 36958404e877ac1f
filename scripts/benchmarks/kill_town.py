"""A Slack and an Azure for many rounds: people click in channels of their own, and what came of it can be read."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from sandbox import azure as azures
from sandbox import slack as slacks
from sandbox.azure.estate import JobQuery
from sandbox.clock import Clock
from sandbox.control_paths import Refused
from sandbox.slack import payloads
from sandbox.slack.delivery import Request
from sandbox.slack.posting import app_says
from sandbox.slack.sender import Sender
from sandbox.slack.traffic import Traffic
from sandbox.slack.workspace import BOT_USER, Channel, Message
from scripts.benchmarks.kill_bots import APPROVES, ASKS
from scripts.benchmarks.kill_fleet import GROUP, Failure, Fleet
from scripts.benchmarks.kill_judge import Truth, happened
from scripts.benchmarks.kill_processes import ROOT

Json = dict[str, Any]
_STARTER: Final = "a failure card"


@dataclass(frozen=True)
class Place:
    """A channel that one operation has for itself, with the message whose button begins it."""

    channel: str
    starter: Message


@contextlib.asynccontextmanager
async def meanwhile(deed: Callable[[], object], every: float) -> AsyncIterator[None]:
    """Do something again and again, so many seconds apart, while the block runs."""

    async def run() -> None:
        while True:
            deed()
            await asyncio.sleep(every)

    running = asyncio.create_task(run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class Town:
    """Both sides, with a clock for each: pushing Azure's ends backups, and leaves Slack's trigger ids alone."""

    def __init__(self, slack: slacks.RunningSlack, azure: azures.RunningAzure, fleet: Fleet) -> None:
        self.slack, self.azure, self.fleet = slack, azure, fleet
        self._session: aiohttp.ClientSession | None = None
        self._quiet = Traffic(slack.clock.now, (), lambda _: None)

    @property
    def environment(self) -> dict[str, str]:
        """What leads a bot here."""
        return self.azure.environment | {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_BASE_URL": f"{self.slack.url}/api/",
            "BACKUP_BOT_HOST": "127.0.0.1",
            "BACKUP_BOT_AZURE_CREDENTIAL": "managed-identity",
        }

    def use(self, session: aiohttp.ClientSession) -> None:
        """Connections for `deliver`."""
        self._session = session

    # What people do

    def place(self, action_id: str, value: str) -> Place:
        """A new channel in which a message of the bot has one button."""
        number = len(self.slack.workspace.channels)
        channel = Channel(f"C0K{number:07}", f"kill-{number}", {ASKS, APPROVES, BOT_USER})
        self.slack.workspace.channels[channel.id] = channel
        self.slack.workspace._messages[channel.id] = []
        button = {
            "type": "button",
            "action_id": action_id,
            "value": value,
            "text": {"type": "plain_text", "text": action_id},
        }
        blocks = [{"type": "actions", "block_id": "start", "elements": [button]}]
        return Place(channel.id, app_says(self.slack.world, channel.id, {"text": _STARTER, "blocks": blocks}))

    async def click(self, url: str, user: str, message: Json, action_id: str) -> bool:
        """Click a button of a message; whether the bot at `url` took it."""
        self.slack.bot_url = url
        container = {"type": "message", "channel": message["channel"], "ts": message["ts"]}
        try:
            told = await self.slack.action(user, container, _block_of(message["blocks"], action_id), action_id)
        except Refused:  # the button went away meanwhile
            return False
        return bool(told["status"] == 200)

    async def submit(self, url: str, user: str, view: Json, reason: str) -> bool:
        """Submit a modal that asks for a reason; whether the bot took it."""
        self.slack.bot_url = url
        state = {"reason": {"reason_text": {"type": "plain_text_input", "value": reason}}}
        try:
            return bool((await self.slack.submit(user, view["id"], state))["ok"])
        except Refused:  # it was closed meanwhile
            return False

    async def deliver(self, url: str, user: str, place: Place) -> int:
        """Click a place's own button, without waiting for anybody else's click; the status, 0 when nothing came."""
        assert self._session is not None  # see `use`
        blocks = place.starter.body["blocks"]
        button = blocks[0]["elements"][0]
        clicked = {
            "type": "button",
            "block_id": "start",
            **{name: button[name] for name in ("action_id", "value", "text")},
        }
        payload = payloads.block_actions(self.slack.world, user, place.starter, clicked, {})
        sender = Sender(self._session, self.slack.signing_secret, self._quiet, lambda: url)
        return (await sender.send(Request("interactive", "block_actions", payload))).status

    # What can be read

    def said(self, place: Place) -> tuple[list[Json], list[Json]]:
        """The cards and the lines in their threads, oldest first; without the starter and what one person sees."""
        messages = [each.as_slack() for each in self.slack.workspace.said_in(place.channel)]
        own = [each | {"channel": place.channel} for each in messages if each["ts"] != place.starter.ts]
        return [each for each in own if not _is_reply(each)], [each for each in own if _is_reply(each)]

    def answers(self, place: Place) -> int:
        """How often whoever asks was told, for their eyes only, that something cannot be done."""
        said = [each for each in self.slack.workspace.seen_by(place.channel, ASKS) if each.seen_by]
        return len(said)

    def said_at(self, place: Place) -> list[float]:
        """When something was said or last changed there, in seconds since 1970."""
        messages = [message for kind in self.said(place) for message in kind]
        edits = [message["edited"]["ts"] for message in messages if "edited" in message]
        return sorted(float(stamp) for stamp in (*edits, *(message["ts"] for message in messages)))

    def triggers(self, failure: Failure) -> int:
        """How often Azure began a backup of the VM because it was asked to."""
        return happened(self.azure.calls, "trigger_backup", failure.item_path)

    def deletions(self, failure: Failure) -> int:
        """How often Azure was made to delete an extension of the VM."""
        return happened(self.azure.calls, "delete_extension", failure.vm_path)

    def cancellations(self, failure: Failure) -> int:
        """How often Azure was made to cancel the newest backup of the VM."""
        return happened(self.azure.calls, "cancel_job", self._jobs(failure)[-1]["id"])

    def truth(self, failure: Failure) -> Truth:
        """What Azure has now."""
        extensions = self.azure.estate.extensions(failure.subscription, GROUP, failure.vm)
        has = any(each["properties"]["type"].startswith("VMSnapshot") for each in extensions)
        jobs = self._jobs(failure)
        name = failure.job_path.rpartition("/")[2]
        at = next(number for number, job in enumerate(jobs) if job["name"] == name)
        return Truth(tuple(job["properties"]["status"] for job in jobs[at + 1 :]), has)

    def _jobs(self, failure: Failure) -> list[Json]:
        """Every backup of the VM, oldest first."""
        found, _ = self.azure.estate.jobs((failure.subscription, GROUP, failure.vault), JobQuery(), 0, 10_000)
        return [job for job in reversed(found) if _vm_of(job) == failure.vm]


def _vm_of(job: Json) -> str:
    return str(job["properties"]["entityFriendlyName"])


def _is_reply(message: Json) -> bool:
    return bool(message.get("thread_ts")) and message["thread_ts"] != message["ts"]


def button_in(message: Json, action_id: str) -> Json | None:
    """The button of a message, None where it has none of that id."""
    for block in message.get("blocks", ()):
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            if element.get("action_id") == action_id:
                return dict(element)
    return None


def _block_of(blocks: list[Json], action_id: str) -> str:
    for block in blocks:
        if any(one.get("action_id") == action_id for one in (*block.get("elements", ()), block.get("accessory") or {})):
            return str(block["block_id"])
    raise Refused("element_not_found", f"There is no {action_id!r}.", 404)


@contextlib.asynccontextmanager
async def town(fleet: Fleet, estate_clock: Callable[[], Clock] = Clock) -> AsyncIterator[Town]:
    """Both sides on loopback while the block runs; Azure without limits, since nobody waits for them here."""
    manifest = slacks.read_manifest(ROOT / "manifest.yml")
    async with (
        slacks.running(manifest) as slack,
        azures.running(fleet.estate, clock=estate_clock()) as azure,
        aiohttp.ClientSession(trust_env=False, connector=aiohttp.TCPConnector(limit=0)) as session,
    ):
        azure.limits.set({"on": False})
        made = Town(slack, azure, fleet)
        made.use(session)
        yield made
