"""Slash commands, messages, shortcuts and the App Home: what the bot receives, and what people then see."""

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Refused, RunningSlack
from tests.sandbox.pages import Page, page_of
from tests.sandbox.tiny_bot import TinyBot
from tests.schemas.oracle import problems
from tests.slack_schemas.payloads import CARD, HOME

ALERTS = "C0ALERTS"


async def test_a_command_is_signed_and_shaped_as_by_slack(slack: RunningSlack, bot: TinyBot) -> None:
    told = await slack.command("U0DAAN", ALERTS, "/backup-error  ExtensionStuck & <more>\nsecond line ")
    assert (told["ok"], told["status"]) == (True, 200)
    [received] = bot.received
    assert received.is_signed_with(slack.signing_secret)
    assert not received.is_signed_with("another")
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"
    assert problems("slash_command", received.payload) == []
    assert received.payload["text"] == "ExtensionStuck & <more>\nsecond line"
    assert (received.payload["user_name"], received.payload["channel_name"]) == ("daan", "backup-alerts")


async def test_an_acknowledgement_with_a_card_is_seen_by_the_asker_only(slack: RunningSlack, bot: TinyBot) -> None:
    bot.answers.append({"response_type": "ephemeral", "text": "Stuck", "blocks": CARD})
    await slack.command("U0EMMA", ALERTS, "/backup-error x")
    [seen] = await slack.messages(ALERTS, "U0EMMA")
    assert (seen["is_ephemeral"], seen["text"], len(seen["blocks"])) == (True, "Stuck", len(CARD))
    assert await slack.messages(ALERTS, "U0DAAN") == []


async def test_an_answer_for_everyone_shows_the_command_too(slack: RunningSlack, bot: TinyBot) -> None:
    bot.answers.append({"response_type": "in_channel", "text": "Stuck"})
    await slack.command("U0EMMA", ALERTS, "/backup-error x")
    seen = await slack.messages(ALERTS, "U0DAAN")
    assert [(one["user"], one["text"]) for one in seen] == [("U0EMMA", "/backup-error x"), ("U0BACKUPBOT", "Stuck")]


@pytest.mark.parametrize(("answer", "texts"), [("plain words", ["plain words"]), (200, []), ({}, [])])
async def test_an_acknowledgement_may_be_text_or_nothing(
    slack: RunningSlack, bot: TinyBot, answer: Any, texts: list[str]
) -> None:
    bot.answers.append(answer)
    await slack.command("U0EMMA", ALERTS, "/backup-error x")
    assert [one["text"] for one in await slack.messages(ALERTS, "U0EMMA")] == texts


async def test_a_failed_command_becomes_slacks_notice(slack: RunningSlack, bot: TinyBot) -> None:
    async with page_of(slack, "U0EMMA") as page:
        bot.answers.append(500)
        told = await slack.command("U0EMMA", ALERTS, "/backup-error x")
        assert (told["ok"], told["status"]) == (False, 500)
        notice = await page.event("notice")
        assert notice["text"] == '/backup-error failed with the error "dispatch_failed"'
        slack.bot_url = None
        assert (await slack.command("U0EMMA", ALERTS, "/backup-error x"))["status"] == 0


async def test_a_late_acknowledgement_is_a_timeout(slack: RunningSlack, bot: TinyBot) -> None:
    bot.hangs = True
    async with page_of(slack, "U0EMMA") as page:
        told = await slack.command("U0EMMA", ALERTS, "/backup-error x")
        assert told["ok"] is False
        assert 2_900 < told["elapsed_ms"] < 4_000
        assert (await page.event("notice"))["text"] == '/backup-error failed with the error "operation_timeout"'


async def test_an_acknowledgement_with_bad_blocks_is_refused(slack: RunningSlack, bot: TinyBot) -> None:
    bot.answers.append({"text": "hi", "blocks": [{"type": "nope"}]})
    async with page_of(slack, "U0EMMA") as page:
        await slack.command("U0EMMA", ALERTS, "/backup-error x")
        assert 'failed with the error "invalid_blocks"' in (await page.event("notice"))["text"]
    assert await slack.messages(ALERTS, "U0EMMA") == []


async def test_what_cannot_be_typed_is_refused(slack: RunningSlack, bot: TinyBot) -> None:
    for user, channel, text, code in (
        ("U0EMMA", ALERTS, "/unknown x", "invalid_command"),
        ("U0NOBODY", ALERTS, "/backup-error x", "user_not_found"),
        ("U0BACKUPBOT", ALERTS, "/backup-error x", "user_not_found"),
        ("U0PRIYA", "C0ONCALL", "/backup-error x", "channel_not_found"),
        ("U0GUEST", ALERTS, "/backup-error x", "channel_not_found"),
    ):
        with pytest.raises(Refused) as raised:
            await slack.command(user, channel, text)
        assert raised.value.code == code
    assert bot.received == []


async def test_slack_knows_no_commands_in_threads(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    ts = (await web_client.chat_postMessage(channel=ALERTS, text="head"))["ts"]
    async with page_of(slack, "U0EMMA") as page:
        told = await slack.command("U0EMMA", ALERTS, "/backup-error x", thread_ts=ts)
        assert told["ok"] is False
        assert (await page.event("notice"))["text"] == "/backup-error is not supported in threads. Sorry!"
    assert bot.received == []


async def test_a_message_is_stored_as_slack_stores_it(slack: RunningSlack, bot: TinyBot) -> None:
    log = "see https://example.com ```<Error>\n</Error>```"
    told = await slack.message("U0EMMA", ALERTS, log)
    [seen] = await slack.messages(ALERTS, "U0DAAN")
    assert (seen["ts"], seen["user"]) == (told["ts"], "U0EMMA")
    assert seen["text"] == "see https://example.com ```&lt;Error&gt;\n&lt;/Error&gt;```"
    assert problems("known_blocks", seen["blocks"]) == []
    assert seen["blocks"][0]["elements"][1]["elements"] == [{"type": "text", "text": "<Error>\n</Error>"}]
    assert bot.received == []  # the app did not subscribe to messages in channels


async def test_the_app_hears_what_it_subscribed_to(slack: RunningSlack, bot: TinyBot) -> None:
    await slack.message("U0EMMA", ALERTS, "<@U0BACKUPBOT> help")
    direct = slack.workspace.direct("U0EMMA").id
    await slack.message("U0EMMA", direct, "hello")
    mention, said = (received.payload for received in bot.received)
    assert problems("event_callback", mention) == []
    assert problems("event_callback", said) == []
    assert (mention["event"]["type"], said["event"]["channel_type"]) == ("app_mention", "im")
    assert all(received.is_signed_with(slack.signing_secret) for received in bot.received)


async def test_a_global_shortcut(slack: RunningSlack, bot: TinyBot) -> None:
    assert (await slack.shortcut("U0EMMA", "open_explainer"))["ok"]
    assert problems("global_shortcut", bot.last) == []
    with pytest.raises(Refused):
        await slack.shortcut("U0EMMA", "explain_message")


async def test_a_message_shortcut_carries_the_message(slack: RunningSlack, bot: TinyBot) -> None:
    ts = (await slack.message("U0DAAN", ALERTS, "backup failed again"))["ts"]
    await slack.shortcut("U0EMMA", "explain_message", ALERTS, ts)
    assert problems("message_shortcut", bot.last) == []
    assert bot.last["message"]["text"] == "backup failed again"


async def test_the_home_tab_is_published_and_shown(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    async with page_of(slack, "U0EMMA") as page:
        assert (await slack.open_home("U0EMMA"))["view"] is None
        assert problems("event_callback", bot.last) == []
        published = await web_client.views_publish(user_id="U0EMMA", view=HOME)
        assert (await page.event("home"))["view"]["id"] == published["view"]["id"]
    await slack.open_home("U0EMMA")
    assert problems("event_callback", bot.last) == []
    assert bot.last["event"]["view"]["id"] == published["view"]["id"]
    assert await slack.home("U0DAAN") is None


async def test_pages_hear_only_what_concerns_their_user(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    async with page_of(slack, "U0EMMA") as emma, page_of(slack, "U0DAAN") as daan:
        await web_client.chat_postEphemeral(channel=ALERTS, user="U0EMMA", text="psst")
        await web_client.chat_postMessage(channel=ALERTS, text="all")
        assert [(await emma.event("message"))["message"]["text"] for _ in range(2)] == ["psst", "all"]
        assert (await daan.event("message"))["message"]["text"] == "all"
        entry = (await daan.event("traffic"))["entry"]
        assert (entry["direction"], entry["kind"], entry["status"]) == ("from_bot", "chat.postMessage", 200)


async def test_pages_do_not_hold_up_the_end(slack: RunningSlack) -> None:
    page: Page
    async with page_of(slack, "U0EMMA") as page:
        slack.world.feed.close()
        async with asyncio.timeout(2):
            await page.ended()
