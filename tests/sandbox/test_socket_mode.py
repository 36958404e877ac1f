"""Socket Mode with Slack's own client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RunningSlack, running
from tests.sandbox.conftest import MANIFEST
from tests.schemas.oracle import problems

ALERTS = "C0ALERTS"


class SocketBot:
    """Acknowledges what comes with what was laid ready."""

    def __init__(self) -> None:
        self.received: list[SocketModeRequest] = []
        self.answers: list[Any] = []

    async def listen(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.received.append(request)
        payload = self.answers.pop(0) if self.answers else None
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=payload))


@pytest.fixture
async def socket_slack() -> AsyncIterator[RunningSlack]:
    async with running(MANIFEST, mode="socket") as slack:
        yield slack


@pytest.fixture
async def socket_bot(socket_slack: RunningSlack) -> AsyncIterator[SocketBot]:
    bot = SocketBot()
    web_client = AsyncWebClient(token=socket_slack.bot_token, base_url=f"{socket_slack.url}/api/")
    client = SocketModeClient(app_token=socket_slack.app_token, web_client=web_client)
    client.socket_mode_request_listeners.append(bot.listen)
    await client.connect()  # type: ignore[no-untyped-call]
    async with asyncio.timeout(5):
        await socket_slack.sockets.connected.wait()
    yield bot
    await client.close()  # type: ignore[no-untyped-call]


async def test_a_command_is_acknowledged_with_its_answer(socket_slack: RunningSlack, socket_bot: SocketBot) -> None:
    socket_bot.answers.append({"text": "Stuck"})
    assert (await socket_slack.command("U0EMMA", ALERTS, "/backup-error x"))["ok"]
    [request] = socket_bot.received
    assert (request.type, request.accepts_response_payload) == ("slash_commands", True)
    assert problems("slash_command", request.payload) == []
    [seen] = await socket_slack.messages(ALERTS, "U0EMMA")
    assert (seen["text"], seen["is_ephemeral"]) == ("Stuck", True)


async def test_interactions_and_events_have_their_types(socket_slack: RunningSlack, socket_bot: SocketBot) -> None:
    await socket_slack.shortcut("U0EMMA", "open_explainer")
    await socket_slack.open_home("U0EMMA")
    shortcut, event = socket_bot.received
    assert (shortcut.type, shortcut.payload["type"]) == ("interactive", "shortcut")
    assert (event.type, event.accepts_response_payload, event.retry_attempt) == ("events_api", False, 0)
    assert problems("event_callback", event.payload) == []


async def test_a_redelivery_is_told_in_the_envelope(socket_slack: RunningSlack, socket_bot: SocketBot) -> None:
    socket_slack.faults.set({"redeliver": {"times": 1, "reason": "timeout"}})
    await socket_slack.open_home("U0EMMA")
    first, again = socket_bot.received
    assert first.payload["event_id"] == again.payload["event_id"]
    assert (again.retry_attempt, again.retry_reason) == (1, "timeout")


async def test_after_a_disconnect_the_client_comes_back(socket_slack: RunningSlack, socket_bot: SocketBot) -> None:
    await socket_slack.sockets.disconnect("refresh_requested")
    async with asyncio.timeout(10):
        await socket_slack.sockets.connected.wait()
    assert (await socket_slack.command("U0EMMA", ALERTS, "/backup-error x"))["ok"]


async def test_without_a_connection_nothing_is_delivered(socket_slack: RunningSlack) -> None:
    assert (await socket_slack.command("U0EMMA", ALERTS, "/backup-error x"))["ok"] is False


async def test_an_address_is_good_for_one_connection_from_this_machine(socket_slack: RunningSlack) -> None:
    address = socket_slack.sockets.open().replace("ws://", "http://")
    async with aiohttp.ClientSession() as session:
        async with session.get(address, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 421
        async with session.ws_connect(address) as connection:
            assert (await connection.receive_json())["type"] == "hello"
        async with session.get(address) as answer:
            assert answer.status == 403
