"""Whatever Slack's answer is, its failure has a name for the log."""

from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_failures import SLACK_FAILURES, refusal
from sandbox.slack import read_manifest, running

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"server_error": {"methods": ["*"], "status": 503}}, "SlackApiError"),
        ({"rate_limit": {"methods": ["*"], "retry_after": 3}}, "ratelimited"),
        ({"revoked_token": True}, "token_revoked"),
    ],
)
async def test_a_refusal_is_named_by_its_code_and_an_answer_without_json_by_its_kind(
    fault: dict[str, object], said: str
) -> None:
    async with running(read_manifest(ROOT / "manifest.yml")) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", session=session, timeout=5)
        slack.faults.set(fault)
        with pytest.raises(SLACK_FAILURES) as error:
            await client.users_info(user="U0EMMA")
    assert refusal(error.value) == said


@pytest.mark.parametrize("response", [None, {}, "text", object(), {"error": "x"}])
def test_any_response_that_an_error_may_hold_has_a_name(response: object) -> None:
    error = SlackApiError("failed", response)  # type: ignore[no-untyped-call]
    assert refusal(error) in ("SlackApiError", "unknown", "x")
