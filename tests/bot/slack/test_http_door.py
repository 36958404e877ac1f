"""The whole bot behind a real server on loopback: hostile bytes get their refusal, Slack gets its card."""

import asyncio
import io
import json
import os
import socket
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
import uvicorn

from bot import settings
from bot.slack.guard import LARGEST_BODY
from bot.wiring import build
from tests.bot.slack.signing import SECRET, signed
from tests.bot.slack.stand_in import StandIn
from tests.bot.slack.test_guard import HOSTILE, SIGNED_BUT_BROKEN

FORM = b"command=%2Fbackup-error&text=ExtensionStuckInDeletionState&user_id=U012&team_id=T1&trigger_id=1.2.3"


@pytest.fixture
async def door(slack: StandIn, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The address of Slack's door."""
    for name in [name for name in os.environ if name.startswith(("SLACK_", "BACKUP_BOT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-not-a-real-token")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)
    monkeypatch.setenv("SLACK_API_BASE_URL", slack.api)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(build(settings.load()), log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
        server.should_exit = True
        await serving


async def _post(door: str, headers: list[tuple[bytes, bytes]], body: bytes) -> tuple[int, str]:
    sent = [(name.decode(), value.decode("latin-1")) for name, value in headers if name != b"content-length"]
    async with aiohttp.ClientSession() as session, session.post(door, data=io.BytesIO(body), headers=sent) as answer:
        return answer.status, await answer.text()


async def test_a_signed_command_gets_its_card(door: str) -> None:
    status, text = await _post(door, signed(FORM, at=time.time()), FORM)
    card = json.loads(text)
    assert (status, card["response_type"]) == (200, "ephemeral")
    assert "stuck" in card["text"]


async def test_slack_may_check_the_address(door: str) -> None:
    body = b'{"type":"url_verification","challenge":"abc","token":"x"}'
    status, text = await _post(door, signed(body, at=time.time()), body)
    assert status == 200
    assert "abc" in text


async def test_no_hostile_request_makes_the_server_fail(door: str, caplog: pytest.LogCaptureFixture) -> None:
    for name, (headers, body, _) in HOSTILE.items():
        if name not in ("a length that is a lie", "a length that is a word", "a negative length"):
            status, text = await _post(door, headers, body)
            assert (status, text) in ((401, ""), (413, ""), (400, "Invalid HTTP request received.")), name
    assert "Traceback" not in caplog.text


async def test_no_broken_body_makes_the_server_fail(door: str, caplog: pytest.LogCaptureFixture) -> None:
    for name, body in SIGNED_BUT_BROKEN.items():
        status, _ = await _post(door, signed(body, at=time.time()), body)
        assert status == 400, name
    assert "Traceback" not in caplog.text


async def test_a_chunked_body_is_cut_off(door: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 65_536 + 1):
            yield b"a=1&" * 16_384

    headers = {"x-slack-request-timestamp": str(int(time.time())), "x-slack-signature": "v0=" + "0" * 64}
    async with aiohttp.ClientSession() as session, session.post(door, data=pieces(), headers=headers) as answer:
        assert answer.status == 413


async def test_other_paths_and_methods_are_closed(door: str) -> None:
    async with aiohttp.ClientSession() as session:
        for method, path, status in (("GET", "", 401), ("GET", "/more", 404), ("POST", "/../../etc/passwd", 404)):
            async with session.request(method, door + path) as answer:
                assert answer.status == status
        async with session.get(door.replace("/slack/events", "/health")) as answer:
            assert (answer.status, (await answer.json())["status"]) == (200, "ok")


async def test_a_replay_is_refused_and_a_redelivery_acknowledged(door: str) -> None:
    headers = signed(FORM, at=time.time())
    assert (await _post(door, headers, FORM))[0] == 200
    assert await _post(door, headers, FORM) == (401, "")
    assert await _post(door, [*headers, (b"x-slack-retry-num", b"1")], FORM) == (200, "")
