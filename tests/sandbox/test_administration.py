"""What administrators do while the app runs: user groups, people who leave, and people of another workspace."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Refused, RunningSlack, running
from tests.sandbox.conftest import MANIFEST

ALERTS = "C0ALERTS"
GROUPS: dict[str, Any] = {
    **MANIFEST,
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "im:write", "users:read", "usergroups:read"]}},
}


async def members(client: AsyncWebClient, group: str = "S0BACKUP") -> list[str]:
    return list((await client.usergroups_users_list(usergroup=group))["users"])


def client_of(slack: RunningSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", timeout=5)


async def test_a_group_has_members_that_change() -> None:
    async with running(GROUPS) as slack:
        client = client_of(slack)
        assert await members(client) == ["U0EMMA", "U0PRIYA"]
        slack.change_group("S0BACKUP", ["U0DAAN", "U0DAAN"])
        assert await members(client) == ["U0DAAN"]
        listed = (await client.usergroups_list(include_users=True))["usergroups"]
        assert {one["handle"]: one["users"] for one in listed} == {
            "on-call": ["U0EMMA", "U0DAAN"],
            "backup-admins": ["U0DAAN"],
        }
        await slack.reset()
        assert await members(client) == ["U0EMMA", "U0PRIYA"]
        with pytest.raises(SlackApiError, match="no_such_subteam"):
            await members(client, "S0NONE")


async def test_groups_need_their_scope(web_client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="missing_scope"):
        await members(web_client)


async def test_who_is_deactivated_is_told_as_such_and_cannot_act() -> None:
    async with running(GROUPS) as slack:
        client = client_of(slack)
        slack.change_person("U0EMMA", deactivated=True)
        assert (await client.users_info(user="U0EMMA"))["user"]["deleted"] is True
        assert await members(client) == ["U0PRIYA"]
        with pytest.raises(Refused, match="user_deactivated"):
            await slack.command("U0EMMA", ALERTS, "/backup-error x")
        with pytest.raises(SlackApiError, match="user_disabled"):
            await client.conversations_open(users="U0EMMA")
        slack.change_person("U0EMMA", deactivated=False)
        assert (await client.users_info(user="U0EMMA"))["user"]["deleted"] is False


async def test_a_member_becomes_a_guest(web_client: AsyncWebClient, slack: RunningSlack) -> None:
    slack.change_person("U0PRIYA", guest=True)
    assert (await web_client.users_info(user="U0PRIYA"))["user"]["is_restricted"] is True


async def test_somebody_of_another_workspace_uses_buttons_and_nothing_else(
    web_client: AsyncWebClient, slack: RunningSlack
) -> None:
    lena = (await web_client.users_info(user="U0LENA"))["user"]
    assert lena["team_id"] != (await web_client.auth_test())["team_id"]
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
    blocks = [{"type": "actions", "block_id": "row", "elements": [button]}]
    said = await web_client.chat_postMessage(channel=ALERTS, text="card", blocks=blocks)
    await slack.action("U0LENA", {"type": "message", "channel": ALERTS, "ts": said["ts"]}, "row", "go")
    sent = next(entry for entry in slack.traffic.after(0) if entry["kind"] == "block_actions")
    assert sent["request"]["user"]["team_id"] == lena["team_id"]
    for refused in (
        slack.command("U0LENA", ALERTS, "/backup-error x"),
        slack.shortcut("U0LENA", "open_explainer"),
        slack.open_home("U0LENA"),
        slack.command("U0LENA", "C0GENERAL", "/backup-error x"),
    ):
        with pytest.raises(Refused):
            await refused


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda slack: slack.change_group("S0NONE", []), "group_not_found"),
        (lambda slack: slack.change_group("S0BACKUP", ["U0NONE"]), "user_not_found"),
        (lambda slack: slack.change_person("U0BACKUPBOT", guest=True), "user_not_found"),
        (lambda slack: slack.change_person("U0EMMA"), "invalid_argument"),
    ],
)
async def test_what_cannot_be_changed_is_refused(slack: RunningSlack, change: Any, code: str) -> None:
    with pytest.raises(Refused, match=code):
        change(slack)
