"""The faults, each seen from the bot's side."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Refused, RunningSlack
from tests.sandbox.pages import page_of
from tests.sandbox.tiny_bot import TinyBot
from tests.slack_schemas.payloads import CARD, MODAL

ALERTS = "C0ALERTS"


async def test_a_rate_limit_holds_until_the_clock_has_passed_it(
    slack: RunningSlack, web_client: AsyncWebClient
) -> None:
    slack.faults.set({"rate_limit": {"methods": ["users.info"], "retry_after": 30, "times": 1}})
    for _ in range(2):
        with pytest.raises(SlackApiError) as raised:
            await web_client.users_info(user="U0EMMA")
        response = raised.value.response
        assert (response.status_code, response["error"]) == (429, "ratelimited")
        assert response.headers["Retry-After"] == "30"
    assert (await web_client.auth_test())["ok"]
    slack.clock.advance(31)
    assert (await web_client.users_info(user="U0EMMA"))["ok"]


async def test_slacks_own_client_waits_out_a_rate_limit(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    slack.faults.set({"rate_limit": {"methods": ["*"], "retry_after": 0, "times": 1}})
    web_client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    assert (await web_client.auth_test())["ok"]
    assert [entry["status"] for entry in slack.traffic.after(0)] == [429, 200]


async def test_a_server_error(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    slack.faults.set({"server_error": {"methods": ["auth.test"], "status": 503}})
    with pytest.raises(SlackApiError) as raised:
        await web_client.auth_test()
    assert raised.value.response.status_code == 503
    assert (await web_client.auth_test())["ok"]


async def test_a_slow_answer(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    slack.faults.set({"slow": {"methods": ["*"], "seconds": 0.2}})
    await web_client.auth_test()
    [entry] = slack.traffic.after(0)
    assert entry["elapsed_ms"] >= 200


async def test_a_redelivery_says_so_and_its_answer_counts(slack: RunningSlack, bot: TinyBot) -> None:
    slack.faults.set({"redeliver": {"times": 1, "reason": "http_timeout"}})
    bot.answers.extend([{"text": "lost"}, {"text": "arrived"}])
    await slack.command("U0EMMA", ALERTS, "/backup-error x")
    first, again = bot.received
    assert "x-slack-retry-num" not in first.headers
    assert again.headers["x-slack-retry-num"] == "1"
    assert again.headers["x-slack-retry-reason"] == "http_timeout"
    assert (first.body, again.is_signed_with(slack.signing_secret)) == (again.body, True)
    assert [one["text"] for one in await slack.messages(ALERTS, "U0EMMA")] == ["arrived"]
    await slack.command("U0EMMA", ALERTS, "/backup-error x")
    assert len(bot.received) == 3


async def test_a_duplicate_is_signed_anew(slack: RunningSlack, bot: TinyBot) -> None:
    slack.faults.set({"duplicate": {"times": 1}})
    await slack.open_home("U0EMMA")
    first, second = bot.received
    assert first.body == second.body
    assert first.headers["x-slack-signature"] != second.headers["x-slack-signature"]
    assert all(one.is_signed_with(slack.signing_secret) for one in bot.received)


async def test_an_expired_trigger(slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient) -> None:
    slack.faults.set({"expire_trigger": {"times": 1}})
    await slack.shortcut("U0EMMA", "open_explainer")
    with pytest.raises(SlackApiError) as raised:
        await web_client.views_open(trigger_id=bot.last["trigger_id"], view=MODAL)
    assert raised.value.response["error"] == "expired_trigger_id"


async def test_a_dead_or_limited_response_url(slack: RunningSlack, bot: TinyBot, http: aiohttp.ClientSession) -> None:
    await slack.command("U0EMMA", ALERTS, "/backup-error x")
    url = bot.last["response_url"]
    slack.faults.set(
        {"response_url_dead": {"times": 1}, "rate_limit": {"methods": ["response_url"], "retry_after": 0, "times": 1}}
    )
    statuses = []
    for _ in range(3):
        async with http.post(url, json={"text": "x"}) as answer:
            statuses.append(answer.status)
    assert statuses == [429, 404, 200]


async def test_blocks_are_refused_once(slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient) -> None:
    slack.faults.set({"invalid_blocks": {"times": 2}})
    with pytest.raises(SlackApiError) as raised:
        await web_client.chat_postMessage(channel=ALERTS, text="x", blocks=CARD)
    assert raised.value.response["error"] == "invalid_blocks"
    bot.answers.append({"text": "x", "blocks": CARD})
    async with page_of(slack, "U0EMMA") as page:
        await slack.command("U0EMMA", ALERTS, "/backup-error x")
        assert "invalid_blocks" in (await page.event("notice"))["text"]
    assert (await web_client.chat_postMessage(channel=ALERTS, text="x", blocks=CARD))["ok"]


async def test_a_revoked_token(slack: RunningSlack, web_client: AsyncWebClient) -> None:
    slack.faults.set({"revoked_token": True})
    with pytest.raises(SlackApiError) as raised:
        await web_client.auth_test()
    assert raised.value.response["error"] == "token_revoked"
    slack.faults.set({"revoked_token": False})
    assert (await web_client.auth_test())["ok"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nope": {"times": 1}},
        {"duplicate": 1},
        {"duplicate": {"times": -1}},
        {"duplicate": {"times": True}},
        {"slow": {"seconds": "1"}},
        {"server_error": {"status": 200}},
        {"rate_limit": {"methods": "*"}},
        {"redeliver": {"seconds": 1}},
        {"revoked_token": 1},
    ],
    ids=str,
)
def test_a_wrong_switch_changes_nothing(slack: RunningSlack, wrong: dict[str, Any]) -> None:
    before = slack.faults.as_json()
    with pytest.raises(Refused):
        slack.faults.set({"expire_trigger": {"times": 1}, **wrong})
    assert slack.faults.as_json() == before
