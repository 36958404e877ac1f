"""The Web API as Slack's own client sees it."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RunningSlack, running
from tests.sandbox.conftest import MANIFEST
from tests.slack_schemas.payloads import CARD

ALERTS, GENERAL, AZURE_OPS, PRIVATE, ARCHIVE = "C0ALERTS", "C0GENERAL", "C0AZUREOPS", "C0ONCALL", "C0ARCHIVE"


async def refusal(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as raised:
        await call
    return dict(raised.value.response.data)


async def test_the_token_tells_who_the_app_is(web_client: AsyncWebClient) -> None:
    answer = await web_client.auth_test()
    assert answer["user_id"] == "U0BACKUPBOT"
    assert answer["bot_id"] == "B0BACKUPBOT"
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(("token", "error"), [("xoxb-other", "invalid_auth"), ("", "not_authed")])
async def test_a_wrong_token_is_refused(slack: RunningSlack, token: str, error: str) -> None:
    client = AsyncWebClient(token=token, base_url=f"{slack.url}/api/")
    assert (await refusal(client.auth_test()))["error"] == error


async def test_bot_and_app_tokens_are_told_apart(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    wrong = await refusal(web_client.apps_connections_open(app_token=slack.bot_token))
    assert wrong["error"] == "not_allowed_token_type"
    assert (await refusal(web_client.auth_test(token=slack.app_token)))["error"] == "not_allowed_token_type"
    assert (await web_client.apps_connections_open(app_token=slack.app_token))["url"].startswith("ws://127.0.0.1:")


async def test_a_scope_that_the_manifest_lacks_is_missed() -> None:
    scarce = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["commands"]}}}
    async with running(scarce) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
        answer = await refusal(client.chat_postMessage(channel=ALERTS, text="hello"))
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")


async def test_an_unknown_method_says_so(web_client: AsyncWebClient) -> None:
    assert (await refusal(web_client.api_call("chat.shout")))["error"] == "unknown_method"


async def test_arguments_may_come_in_the_query_a_form_or_json(slack: RunningSlack, http: aiohttp.ClientSession) -> None:
    bearer = {"Authorization": f"Bearer {slack.bot_token}"}
    blocks = [{"type": "divider", "block_id": "line"}]
    asked = {"channel": ALERTS, "text": "hi", "blocks": json.dumps(blocks)}
    async with http.get("/api/chat.postMessage", params=asked, headers=bearer) as answer:
        by_query = await answer.json()
    async with http.post("/api/chat.postMessage", data={**asked, "token": slack.bot_token}) as answer:
        by_form = await answer.json()
    async with http.post("/api/chat.postMessage", json={**asked, "blocks": blocks}, headers=bearer) as answer:
        by_json = await answer.json()
    assert [one["message"]["blocks"] for one in (by_query, by_form, by_json)] == [blocks] * 3


async def test_a_broken_json_body_is_refused(slack: RunningSlack, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    for body, error in ((b"{", "invalid_json"), (b"[1]", "json_not_object"), (b"[" * 100_000, "invalid_json")):
        async with http.post("/api/auth.test", data=body, headers=headers) as answer:
            assert (await answer.json())["error"] == error


async def test_a_message_is_posted_changed_and_deleted(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    posted = await web_client.chat_postMessage(channel="#backup-alerts", text="Failed", blocks=CARD)
    ts = posted["ts"]
    [seen] = await slack.messages(ALERTS, "U0EMMA")
    assert seen["blocks"][0]["text"]["text"] == "Extension stuck in deletion state"
    assert all(block["block_id"] for block in seen["blocks"])

    await web_client.chat_update(channel=ALERTS, ts=ts, text="Solved")
    [seen] = await slack.messages(ALERTS, "U0EMMA")
    assert (seen["text"], "blocks" in seen, "edited" in seen) == ("Solved", False, True)

    await web_client.chat_delete(channel=ALERTS, ts=ts)
    assert await slack.messages(ALERTS, "U0EMMA") == []
    assert (await refusal(web_client.chat_delete(channel=ALERTS, ts=ts)))["error"] == "message_not_found"


async def test_a_reply_hangs_below_its_message(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    head = (await web_client.chat_postMessage(channel=ALERTS, text="Failed"))["ts"]
    await web_client.chat_postMessage(channel=ALERTS, text="Looking", thread_ts=head)
    thread = await web_client.conversations_replies(channel=ALERTS, ts=head)
    assert [message["text"] for message in thread["messages"]] == ["Failed", "Looking"]
    assert thread["messages"][0]["reply_count"] == 1
    history = await web_client.conversations_history(channel=ALERTS)
    assert [message["text"] for message in history["messages"]] == ["Failed"]


async def test_an_ephemeral_message_has_one_reader(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    await web_client.chat_postEphemeral(channel=ALERTS, user="U0DAAN", text="Psst")
    [seen] = await slack.messages(ALERTS, "U0DAAN")
    assert seen["is_ephemeral"] is True
    assert await slack.messages(ALERTS, "U0EMMA") == []
    assert (await web_client.conversations_history(channel=ALERTS))["messages"] == []


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE", "channel_not_found"),
        (PRIVATE, "channel_not_found"),
        (AZURE_OPS, "not_in_channel"),
        (ARCHIVE, "is_archived"),
    ],
)
async def test_the_app_cannot_speak_everywhere(web_client: AsyncWebClient, channel: str, error: str) -> None:
    assert (await refusal(web_client.chat_postMessage(channel=channel, text="hi")))["error"] == error


async def test_after_joining_it_can(web_client: AsyncWebClient) -> None:
    await web_client.conversations_join(channel=AZURE_OPS)
    assert (await web_client.chat_postMessage(channel=AZURE_OPS, text="hi"))["ok"]


async def test_without_a_messages_tab_there_are_no_direct_messages() -> None:
    home_only = {**MANIFEST["features"], "app_home": {"home_tab_enabled": True, "messages_tab_enabled": False}}
    async with running({**MANIFEST, "features": home_only}) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
        direct = (await client.conversations_open(users="U0EMMA"))["channel"]["id"]
        assert (await refusal(client.chat_postMessage(channel=direct, text="hi")))["error"] == "messages_tab_disabled"


async def test_nothing_to_say_is_refused_and_too_much_is_cut(web_client: AsyncWebClient) -> None:
    silent = web_client.api_call("chat.postMessage", json={"channel": ALERTS})
    assert (await refusal(silent))["error"] == "no_text"
    long = await web_client.chat_postMessage(channel=ALERTS, text="x" * 40_001)
    assert len(long["message"]["text"]) == 40_000


async def test_bad_blocks_are_refused_with_the_place(web_client: AsyncWebClient) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = await refusal(web_client.chat_postMessage(channel=ALERTS, text="hi", blocks=blocks))
    assert answer["error"] == "invalid_blocks"
    [message] = answer["response_metadata"]["messages"]
    assert message == "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert (await refusal(web_client.chat_postMessage(channel=ALERTS, text="hi", blocks="{")))["error"] == (
        "invalid_blocks_format"
    )


async def test_the_locale_comes_when_asked_for(web_client: AsyncWebClient) -> None:
    daan = await web_client.users_info(user="U0DAAN", include_locale=True)
    assert daan["user"]["locale"] == "nl-NL"
    assert "locale" not in (await web_client.users_info(user="U0DAAN"))["user"]
    members = (await web_client.users_list(include_locale=True))["members"]
    assert {member["locale"] for member in members} == {"en-US", "nl-NL", "en-GB"}
    assert (await refusal(web_client.users_info(user="U0NOBODY")))["error"] == "user_not_found"


async def test_lists_come_in_pages(web_client: AsyncWebClient) -> None:
    names, cursor = [], ""
    while True:
        answer = await web_client.users_list(limit=2, cursor=cursor)
        names += [member["name"] for member in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == ["emma", "daan", "priya", "sam", "noor", "lena", "backupbot"]


async def test_people_channels_and_reactions_can_be_read(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    assert (await web_client.users_lookupByEmail(email="daan@example.com"))["user"]["id"] == "U0DAAN"
    assert (await web_client.conversations_info(channel=GENERAL))["channel"]["is_general"] is True
    listed = await web_client.conversations_list(exclude_archived=True)
    names = [channel["name"] for channel in listed["channels"]]
    assert names == ["backup-alerts", "general", "azure-ops", "backup-ops", "prod-backups"]
    assert "U0GUEST" not in (await web_client.conversations_members(channel=ALERTS))["members"]
    ts = (await web_client.chat_postMessage(channel=ALERTS, text="done"))["ts"]
    await web_client.reactions_add(channel=ALERTS, timestamp=ts, name="white_check_mark")
    again = await refusal(web_client.reactions_add(channel=ALERTS, timestamp=ts, name="white_check_mark"))
    assert again["error"] == "already_reacted"
    [seen] = await slack.messages(ALERTS, "U0EMMA")
    assert seen["reactions"] == [{"name": "white_check_mark", "users": ["U0BACKUPBOT"], "count": 1}]
    link = await web_client.chat_getPermalink(channel=ALERTS, message_ts=ts)
    assert link["permalink"].endswith(f"/C0ALERTS/p{ts.replace('.', '')}")


async def test_no_token_or_secret_stands_in_the_traffic(
    slack: RunningSlack, http: aiohttp.ClientSession, web_client: AsyncWebClient
) -> None:
    await web_client.apps_connections_open(app_token=slack.app_token)
    async with http.post("/api/api.test", data={"token": slack.bot_token, "also": f"x{slack.signing_secret}y"}):
        pass
    await slack.command("U0EMMA", ALERTS, "/backup-error x")
    shown = json.dumps(slack.traffic.after(0))
    assert len(slack.traffic.after(0)) == 3
    for secret in slack.world.secrets.all():
        assert secret not in shown
    assert "ticket=" not in shown
