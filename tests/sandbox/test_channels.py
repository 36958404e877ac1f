"""Channels as the app finds them: joined, archived, closed to it and open again; and who brings it there."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Refused, RunningSlack, read_manifest, running
from tests.sandbox.conftest import MANIFEST
from tests.sandbox.pages import page_of
from tests.sandbox.tiny_bot import TinyBot

ROOT = Path(__file__).parents[2]
ALERTS, OPS, PRIVATE, ARCHIVE, EMMA = "C0ALERTS", "C0BACKUPOPS", "C0ONCALL", "C0ARCHIVE", "U0EMMA"


@pytest.fixture
async def slack(bot: TinyBot) -> AsyncIterator[RunningSlack]:
    async with running(read_manifest(ROOT / "manifest.yml"), bot_url=bot.url) as made:
        yield made


@pytest.fixture
async def client(slack: RunningSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", session=session, retry_handlers=[])


async def told(client: AsyncWebClient, method: str, channel: str, **more: object) -> str:
    try:
        await client.api_call(method, json={"channel": channel, "text": "x", **more})
    except SlackApiError as error:
        return str(error.response["error"])
    return "ok"


async def test_a_public_channel_is_joined_once(client: AsyncWebClient, slack: RunningSlack) -> None:
    assert await told(client, "conversations.history", OPS) == "not_in_channel"
    joined = await client.conversations_join(channel=OPS)
    assert (joined["channel"]["is_member"], joined.get("warning")) == (True, None)
    again = await client.conversations_join(channel=OPS)
    assert (again["warning"], again["response_metadata"]["warnings"]) == ("already_in_channel", ["already_in_channel"])
    assert await told(client, "conversations.history", OPS) == "ok"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        (PRIVATE, "channel_not_found"),
        (ARCHIVE, "is_archived"),
        ("D0EMMA", "method_not_supported_for_channel_type"),
        ("C0NONE", "channel_not_found"),
        ("general", "channel_not_found"),
        ("#general", "channel_not_found"),
    ],
)
async def test_other_channels_cannot_be_joined(client: AsyncWebClient, channel: str, error: str) -> None:
    assert await told(client, "conversations.join", channel) == error


async def test_a_private_channel_takes_only_who_is_invited(client: AsyncWebClient, slack: RunningSlack) -> None:
    assert await told(client, "chat.postMessage", PRIVATE) == "channel_not_found"
    slack.invite_bot(PRIVATE)
    assert await told(client, "conversations.join", PRIVATE) == "method_not_supported_for_channel_type"
    said = await client.chat_postMessage(channel=PRIVATE, text="x")
    slack.remove_bot(PRIVATE)
    assert await told(client, "chat.postMessage", PRIVATE) == "channel_not_found"
    assert await told(client, "chat.update", PRIVATE, ts=said["ts"]) == "channel_not_found"
    assert await told(client, "conversations.history", PRIVATE) == "channel_not_found"


async def test_out_of_a_public_channel_the_app_still_speaks_and_hears_nothing(
    client: AsyncWebClient, slack: RunningSlack
) -> None:
    slack.remove_bot(ALERTS)
    assert await told(client, "chat.postMessage", ALERTS) == "ok"
    assert await told(client, "conversations.history", ALERTS) == "not_in_channel"


async def test_without_the_scope_for_public_channels_it_must_be_in_them(slack: RunningSlack) -> None:
    async with running(MANIFEST) as narrow:
        client = AsyncWebClient(token=narrow.bot_token, base_url=f"{narrow.url}/api/")
        assert await told(client, "chat.postMessage", OPS) == "not_in_channel"
        await client.conversations_join(channel=OPS)
        assert await told(client, "chat.postMessage", OPS) == "ok"


async def test_in_an_archived_channel_nothing_is_said_or_edited(client: AsyncWebClient, slack: RunningSlack) -> None:
    said = await client.chat_postMessage(channel=ALERTS, text="x")
    slack.archive(ALERTS)
    assert await told(client, "chat.postMessage", ALERTS) == "is_archived"
    assert await told(client, "chat.postMessage", ALERTS, thread_ts=said["ts"]) == "is_archived"
    assert await told(client, "chat.update", ALERTS, ts=said["ts"]) == "is_inactive"
    assert await told(client, "conversations.join", ALERTS) == "is_archived"
    slack.unarchive(ALERTS)
    assert await told(client, "chat.update", ALERTS, ts=said["ts"]) == "ok"


async def test_the_same_by_the_control_path(client: AsyncWebClient, slack: RunningSlack) -> None:
    async with aiohttp.ClientSession(headers={"X-Sandbox": "1"}) as session:

        async def asked(**body: object) -> int:
            async with session.post(f"{slack.url}/_sandbox/channel", json=body) as answer:
                return answer.status

        assert await asked(channel=PRIVATE, app=True) == 200
        assert await told(client, "chat.postMessage", PRIVATE) == "ok"
        assert await asked(channel=PRIVATE, archived=True) == 200
        assert await told(client, "chat.postMessage", PRIVATE) == "is_archived"
        assert [await asked(channel="C0NONE", app=True), await asked(channel=PRIVATE)] == [404, 400]


async def test_a_person_invites_the_app(client: AsyncWebClient, slack: RunningSlack) -> None:
    async with page_of(slack, EMMA) as page:
        await slack.command(EMMA, PRIVATE, "/invite @Backup Bot")
        assert "was added to #on-call-private" in (await page.event("notice"))["text"]
    assert await told(client, "chat.postMessage", PRIVATE) == "ok"
    for channel, whom in ((PRIVATE, "@daan"), ("D0EMMA", "@Backup Bot")):
        with pytest.raises(Refused):
            await slack.command(EMMA, channel, f"/invite {whom}")
    with pytest.raises(Refused, match="channel_not_found"):
        await slack.command("U0PRIYA", PRIVATE, "/invite @Backup Bot")


@pytest.mark.parametrize(
    ("typed", "received"),
    [
        ("subscribe vault-prod mention:@backup-admins", "mention:<!subteam^S0BACKUP|@backup-admins>"),
        ("audit @daan", "audit <@U0DAAN|daan>"),
        ("audit @Daan.", "<@U0DAAN|daan>."),
        ("audit <@U0EMMA|emma>", "audit <@U0EMMA|emma>"),
        ("routes #general", "<#C0GENERAL|general>"),
        ("routes #on-call-private", "<#C0ONCALL|>"),
        ("audit @nobody a@daan.nl", "audit @nobody a@daan.nl"),
        ("mute vm-1 https://example.com/#general", "https://example.com/#general"),
    ],
)
async def test_a_command_that_asks_for_it_gets_names_with_their_ids(
    slack: RunningSlack, bot: TinyBot, typed: str, received: str
) -> None:
    await slack.command(EMMA, ALERTS, f"/backup {typed}")
    assert received in bot.last["text"]


async def test_other_commands_get_names_as_typed(slack: RunningSlack, bot: TinyBot) -> None:
    await slack.command(EMMA, ALERTS, "/backup-error @daan says 400 in #general")
    assert bot.last["text"] == "@daan says 400 in #general"
