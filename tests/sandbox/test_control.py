"""The control paths over HTTP, and who is not let in."""

import socket
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import PortTaken, RunningSlack, running
from tests.sandbox.conftest import MANIFEST
from tests.sandbox.tiny_bot import TinyBot
from tests.slack_schemas.payloads import CARD, MODAL

ALERTS = "C0ALERTS"
HEADERS = {"X-Sandbox": "1"}


async def post(http: aiohttp.ClientSession, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    async with http.post(f"/_sandbox/{path}", json=body, headers=HEADERS) as answer:
        return answer.status, await answer.json()


async def get(http: aiohttp.ClientSession, path: str) -> tuple[int, dict[str, Any]]:
    async with http.get(f"/_sandbox/{path}") as answer:
        return answer.status, await answer.json()


async def test_the_state_is_one_persons_view(http: aiohttp.ClientSession) -> None:
    _, state = await get(http, "state?user=U0DAAN")
    assert set(state) == {
        "team", "app", "users", "user_groups", "channels", "commands", "shortcuts", "faults", "mode", "user",
    }  # fmt: skip
    assert (state["user"], state["mode"], state["app"]["name"]) == ("U0DAAN", "http", "Backup Bot")
    assert [one["command"] for one in state["commands"]] == ["/backup-error"]
    assert [one["callback_id"] for one in state["shortcuts"]] == ["open_explainer", "explain_message"]
    assert {user["name"]: user["locale"] for user in state["users"]}["daan"] == "nl-NL"
    names = [channel.get("name", "direct") for channel in state["channels"]]
    assert names == [
        "backup-alerts",
        "general",
        "azure-ops",
        "backup-ops",
        "prod-backups",
        "on-call-private",
        "direct",
    ]
    _, guest = await get(http, "state?user=U0GUEST")
    assert [channel.get("name", "direct") for channel in guest["channels"]] == ["general", "direct"]
    _, first = await get(http, "state")
    assert first["user"] == "U0EMMA"


async def test_a_whole_conversation_by_control_paths(http: aiohttp.ClientSession, bot: TinyBot) -> None:
    bot.answers.append({"text": "Stuck", "blocks": CARD})
    status, told = await post(http, "command", {"user": "U0EMMA", "channel": ALERTS, "text": "/backup-error x"})
    assert (status, told["ok"], told["status"]) == (200, True, 200)
    _, seen = await get(http, f"messages?channel={ALERTS}&user=U0EMMA")
    container = {"type": "message", "channel": ALERTS, "ts": seen["messages"][0]["ts"]}
    click = {"user": "U0EMMA", "container": container, "block_id": "card_actions", "action_id": "share_in_channel"}
    assert await post(http, "action", click) == (200, {"ok": True, "status": 200})
    status, said = await post(http, "message", {"user": "U0EMMA", "channel": ALERTS, "text": "thanks"})
    assert (status, said["ok"]) == (200, True)
    _, traffic = await get(http, "traffic")
    assert [entry["kind"] for entry in traffic["entries"]] == ["slash_command", "block_actions"]
    assert set(traffic["entries"][0]) == {
        "n", "at", "direction", "kind", "method", "path", "status", "elapsed_ms", "request", "response",
    }  # fmt: skip
    _, later = await get(http, "traffic?after=1")
    assert [entry["n"] for entry in later["entries"]] == [2]
    assert (await get(http, "view?user=U0EMMA"))[1] == {"view": None}
    assert (await get(http, "home?user=U0EMMA"))[1] == {"view": None}
    assert (await post(http, "home", {"user": "U0EMMA"}))[1] == {"ok": True, "view": None}


async def test_reset_goes_back_to_the_first_state(http: aiohttp.ClientSession) -> None:
    await post(http, "message", {"user": "U0EMMA", "channel": ALERTS, "text": "hi"})
    await post(http, "faults", {"duplicate": {"times": 3}, "revoked_token": True})
    _, faults = await get(http, "faults")
    assert (faults["duplicate"]["times"], faults["revoked_token"]) == (3, True)
    assert (await post(http, "reset", {}))[0] == 200
    assert (await get(http, f"messages?channel={ALERTS}&user=U0EMMA"))[1] == {"messages": []}
    _, faults = await get(http, "faults")
    assert (faults["duplicate"]["times"], faults["revoked_token"]) == (0, False)
    assert (await get(http, "traffic"))[1] == {"entries": []}


@pytest.mark.parametrize("advance", [-1, "5", None, True, 1e300])
async def test_the_clock_goes_only_forward(http: aiohttp.ClientSession, advance: Any) -> None:
    status, answer = await post(http, "clock", {"advance": advance})
    assert (status, answer["error"]) == (400, "invalid_argument")
    assert (await post(http, "clock", {"advance": 1.5}))[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("command", {"user": "U0EMMA", "channel": ALERTS}, 400, "invalid_argument"),
        ("command", {"user": "U0EMMA", "channel": ALERTS, "text": "/nope"}, 404, "invalid_command"),
        ("message", {"user": "U0NOBODY", "channel": ALERTS, "text": "x"}, 404, "user_not_found"),
        ("message", {"user": "U0EMMA", "channel": ALERTS, "text": " "}, 400, "no_text"),
        ("submit", {"user": "U0EMMA", "view_id": "V1", "state": {}}, 404, "view_not_found"),
        ("shortcut", {"user": "U0EMMA", "callback_id": "nope"}, 404, "shortcut_not_found"),
        ("action", {"user": "U0EMMA", "container": {}, "block_id": "a", "action_id": "b"}, 400, "invalid_container"),
        ("faults", {"nope": {}}, 400, "unknown_fault"),
        ("command", [1], 400, "invalid_json"),
    ],
    ids=lambda one: str(one)[:40],
)
async def test_what_is_wrong_is_told(
    http: aiohttp.ClientSession, path: str, body: Any, status: int, error: str
) -> None:
    got, answer = await post(http, path, body)
    assert (got, answer["error"]) == (status, error)
    assert answer["message"].endswith(".")


async def test_a_malformed_state_is_as_good_as_none(
    slack: RunningSlack, http: aiohttp.ClientSession, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    await slack.shortcut("U0EMMA", "open_explainer")
    opened = await web_client.views_open(trigger_id=bot.last["trigger_id"], view=MODAL)
    malformed: list[dict[str, Any]] = [{"log": 1}, {"log": {"log": 1}}, {"nowhere": {}}]
    for state in malformed:
        body = {"user": "U0EMMA", "view_id": opened["view"]["id"], "state": state}
        status, answer = await post(http, "submit", body)
        assert (status, answer["errors"]) == (200, {"log": "Please complete this required field."})


async def test_a_post_without_the_header_changes_nothing(slack: RunningSlack, http: aiohttp.ClientSession) -> None:
    body = {"user": "U0EMMA", "channel": ALERTS, "text": "hi"}
    for path in ("command", "message", "reset", "faults", "clock", "action", "submit", "close", "shortcut", "home"):
        async with http.post(f"/_sandbox/{path}", json=body) as answer:
            assert (answer.status, (await answer.json())["error"]) == (403, "missing_header")
    assert await slack.messages(ALERTS, "U0EMMA") == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "10.0.0.1", ""])
@pytest.mark.parametrize("path", ["/", "/static/app.js", "/api/api.test", "/_sandbox/state", "/hooks/app/T/x"])
async def test_a_foreign_host_is_turned_away(http: aiohttp.ClientSession, path: str, host: str) -> None:
    async with http.request("POST" if "hooks" in path else "GET", path, headers={"Host": host}) as answer:
        assert answer.status == 421


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:4390", "[::1]:4390", "LOCALHOST"])
async def test_this_machine_is_let_in(http: aiohttp.ClientSession, host: str) -> None:
    async with http.get("/api/api.test", headers={"Host": host}) as answer:
        assert (await answer.json())["ok"] is True


async def test_the_page_is_served_and_nothing_beside_it(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        assert answer.status == 200
        assert "<!doctype html>" in await answer.text()
        assert answer.headers["X-Frame-Options"] == "DENY"
    async with http.get("/static/app.js") as answer:
        assert answer.status == 200
    for path in ("/static/nope.js", "/static/%2e%2e/README.md", "/static/..%2f..%2f__init__.py"):
        async with http.get(path) as answer:
            assert answer.status == 404


async def test_it_listens_on_loopback_only(slack: RunningSlack) -> None:
    port = int(slack.url.rpartition(":")[2])
    with pytest.raises(PortTaken):
        async with running(MANIFEST, port=port):
            pass
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other, pytest.raises(OSError, match="refused"):
        other.connect(("127.0.0.2", port))
