"""Clicks, choices and searches, and the response URLs that they carry."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.slack import Refused, RunningSlack
from tests.sandbox.pages import page_of
from tests.sandbox.tiny_bot import TinyBot
from tests.schemas.oracle import problems
from tests.slack_schemas.payloads import CARD, MODAL, actions, button, option, plain, select

ALERTS = "C0ALERTS"
ENTRIES = [option("Stuck", "A"), option("Locked", "B")]
ELEMENTS: list[Any] = [
    (button("press"), None, {"type": "button", "value": "entry"}),
    (select(options=ENTRIES), "B", {"selected_option": {**ENTRIES[1]}}),
    (select(options=ENTRIES), ENTRIES[0], {"selected_option": ENTRIES[0]}),
    ({"type": "overflow", "action_id": "more", "options": ENTRIES}, "A", {"selected_option": ENTRIES[0]}),
    ({"type": "checkboxes", "action_id": "boxes", "options": ENTRIES}, ["A", "B"], {"selected_options": ENTRIES}),
    ({"type": "radio_buttons", "action_id": "radio", "options": ENTRIES}, "B", {"selected_option": ENTRIES[1]}),
    ({"type": "datepicker", "action_id": "day"}, "2026-11-22", {"selected_date": "2026-11-22"}),
    ({"type": "users_select", "action_id": "who"}, "U0DAAN", {"selected_user": "U0DAAN"}),
    ({"type": "external_select", "action_id": "find"}, ENTRIES[0], {"selected_option": ENTRIES[0]}),
]


def without_flags(value: Any) -> Any:
    """Slack adds `emoji` to plain text; what the app wrote is the rest."""
    if isinstance(value, dict):
        return {key: without_flags(inner) for key, inner in value.items() if key != "emoji"}
    return [without_flags(inner) for inner in value] if isinstance(value, list) else value


async def ephemeral_card(slack: RunningSlack, bot: TinyBot, user: str = "U0EMMA") -> dict[str, Any]:
    """The container of a card that answered a command."""
    bot.answers.append({"text": "Stuck", "blocks": CARD})
    await slack.command(user, ALERTS, "/backup-error x")
    ts = (await slack.messages(ALERTS, user))[-1]["ts"]
    return {"type": "message", "channel": ALERTS, "ts": ts}


@pytest.mark.parametrize(("element", "value", "expected"), ELEMENTS, ids=lambda one: str(one)[:40])
async def test_each_element_says_what_was_chosen(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient, element: Any, value: Any, expected: Any
) -> None:
    posted = await web_client.chat_postMessage(channel=ALERTS, text="Choose", blocks=[actions(element)])
    container = {"type": "message", "channel": ALERTS, "ts": posted["ts"]}
    told = await slack.action("U0EMMA", container, "card_actions", element["action_id"], value)
    assert told == {"ok": True, "status": 200}
    assert problems("block_action", bot.last) == []
    [action] = bot.last["actions"]
    assert expected.items() <= without_flags(action).items()
    assert bot.last["message"]["ts"] == posted["ts"]
    assert bot.received[-1].is_signed_with(slack.signing_secret)


async def test_a_click_on_an_ephemeral_card_carries_no_message(slack: RunningSlack, bot: TinyBot) -> None:
    container = await ephemeral_card(slack, bot)
    await slack.action("U0EMMA", container, "card_actions", "share_in_channel")
    assert problems("block_action", bot.last) == []
    assert bot.last["container"]["is_ephemeral"] is True
    assert "message" not in bot.last


async def test_nobody_clicks_what_they_do_not_see(slack: RunningSlack, bot: TinyBot) -> None:
    container = await ephemeral_card(slack, bot)
    for user, block, action in (("U0DAAN", "card_actions", "share_in_channel"), ("U0EMMA", "card_actions", "nope")):
        with pytest.raises(Refused):
            await slack.action(user, container, block, action)
    assert len(bot.received) == 1


async def test_a_failed_click_is_told(slack: RunningSlack, bot: TinyBot) -> None:
    container = await ephemeral_card(slack, bot)
    bot.answers.append(404)
    async with page_of(slack, "U0EMMA") as page:
        told = await slack.action("U0EMMA", container, "card_actions", "share_in_channel")
        assert told == {"ok": False, "status": 404}
        assert "status 404" in (await page.event("notice"))["text"]


async def clicked(slack: RunningSlack, bot: TinyBot) -> AsyncWebhookClient:
    container = await ephemeral_card(slack, bot)
    await slack.action("U0EMMA", container, "card_actions", "share_in_channel")
    return AsyncWebhookClient(bot.last["response_url"])


async def test_a_response_url_shares_replaces_and_deletes(slack: RunningSlack, bot: TinyBot) -> None:
    url = await clicked(slack, bot)
    assert (await url.send(text="For all", response_type="in_channel")).status_code == 200
    assert [one["text"] for one in await slack.messages(ALERTS, "U0DAAN")] == ["For all"]

    await url.send(text="Nederlands", replace_original=True)
    card, _ = await slack.messages(ALERTS, "U0EMMA")
    assert (card["text"], card["is_ephemeral"]) == ("Nederlands", True)

    await url.send(text="Only you", replace_original=False)
    assert (await slack.messages(ALERTS, "U0EMMA"))[-1]["is_ephemeral"] is True

    await url.send(delete_original=True)
    assert [one["text"] for one in await slack.messages(ALERTS, "U0EMMA")] == ["For all", "Only you"]


async def test_a_response_url_answers_in_a_thread(
    slack: RunningSlack, bot: TinyBot, http: aiohttp.ClientSession
) -> None:
    ts = (await slack.message("U0DAAN", ALERTS, "backup failed"))["ts"]
    await slack.shortcut("U0EMMA", "explain_message", ALERTS, ts)
    async with http.post(bot.last["response_url"], json={"text": "Because", "thread_ts": ts}) as answer:
        assert answer.status == 200
    seen = (await slack.messages(ALERTS, "U0EMMA"))[-1]
    assert (seen["text"], seen["thread_ts"], seen["is_ephemeral"]) == ("Because", ts, True)


async def test_a_response_url_works_five_times(slack: RunningSlack, bot: TinyBot) -> None:
    url = await clicked(slack, bot)
    assert [(await url.send(text="again")).status_code for _ in range(6)] == [200] * 5 + [404]
    assert (await url.send(text="again")).body == '{"ok":false,"error":"used_url"}'


async def test_a_response_url_lives_half_an_hour(slack: RunningSlack, bot: TinyBot) -> None:
    url = await clicked(slack, bot)
    slack.clock.advance(1_790)
    assert (await url.send(text="in time")).status_code == 200
    slack.clock.advance(15)
    assert (await url.send(text="late")).body == '{"ok":false,"error":"expired_url"}'


async def test_a_response_url_refuses_what_slack_refuses(
    slack: RunningSlack, bot: TinyBot, http: aiohttp.ClientSession
) -> None:
    url = await clicked(slack, bot)
    for body, error in (
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": [{"type": "nope"}]}, "invalid_blocks"),
        ([1], "invalid_payload"),
    ):
        async with http.post(url.url, json=body) as answer:
            assert (answer.status, (await answer.json())["error"]) == (400, error)
    async with http.post(f"{url.url}x", json={"text": "x"}) as answer:
        assert answer.status == 404


async def test_a_trigger_opens_one_modal_within_three_seconds(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    async def trigger() -> str:
        await slack.shortcut("U0EMMA", "open_explainer")
        return str(bot.last["trigger_id"])

    async def refused(trigger_id: str) -> str:
        with pytest.raises(SlackApiError) as raised:
            await web_client.views_open(trigger_id=trigger_id, view=MODAL)
        return str(raised.value.response["error"])

    once = await trigger()
    await web_client.views_open(trigger_id=once, view=MODAL)
    assert await refused(once) == "exchanged_trigger_id"
    late = await trigger()
    slack.clock.advance(3.1)
    assert await refused(late) == "expired_trigger_id"
    assert await refused("1.2.three") == "invalid_trigger_id"


async def opened(slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient, view: Any = MODAL) -> dict[str, Any]:
    await slack.shortcut("U0EMMA", "open_explainer")
    answer = await web_client.views_open(trigger_id=bot.last["trigger_id"], view=view)
    return {"type": "view", "view_id": answer["view"]["id"]}


async def test_a_search_gives_the_apps_options(slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient) -> None:
    container = await opened(slack, bot, web_client)
    bot.answers.append({"options": ENTRIES})
    assert await slack.options("U0EMMA", container, "entry", "entry", "stu") == {"options": ENTRIES}
    assert problems("block_suggestion", bot.last) == []
    assert bot.last["value"] == "stu"


@pytest.mark.parametrize(
    "answer",
    [
        {"options": [option()] * 101},
        {"options": [option("x" * 76)]},
        {"options": [option("x", "x" * 151)]},
        {"options": [], "option_groups": []},
        "text",
        500,
    ],
)
async def test_wrong_options_are_refused(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient, answer: Any
) -> None:
    container = await opened(slack, bot, web_client)
    bot.answers.append(answer)
    with pytest.raises(Refused) as raised:
        await slack.options("U0EMMA", container, "entry", "entry", "stu")
    assert (raised.value.code, raised.value.status) == ("options_failed", 424)


async def test_a_click_in_a_modal_carries_what_was_typed(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    view = {**MODAL, "blocks": [*MODAL["blocks"], actions(button("press"))], "title": plain("Both")}
    container = await opened(slack, bot, web_client, view)
    typed = {"log": {"log": {"type": "plain_text_input", "value": "half a log"}}}
    await slack.action("U0EMMA", container, "card_actions", "press", state=typed)
    assert problems("block_action", bot.last) == []
    assert "response_url" not in bot.last
    assert bot.last["view"]["state"]["values"]["log"]["log"]["value"] == "half a log"
