"""Pictures reach Slack and can be shown; where Slack refuses, nothing breaks."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.pictures import Pictures
from sandbox.slack import RunningSlack, read_manifest, running
from tests.bot.slack import stand_in

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2_000)


@pytest.fixture
async def slack() -> AsyncIterator[RunningSlack]:
    async with running(read_manifest(ROOT / "manifest.yml")) as made:
        yield made


@pytest.fixture
async def client(slack: RunningSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", session=session, retry_handlers=[])


def image(file: str) -> list[dict[str, object]]:
    return [{"type": "image", "slack_file": {"id": file}, "alt_text": "Failures over time"}]


async def test_an_uploaded_picture_can_be_shown_at_once(slack: RunningSlack, client: AsyncWebClient) -> None:
    file = await Pictures(client).upload(PNG, "storm.png", "Failures over time")
    assert slack.file(file) == PNG
    said = await client.chat_postMessage(channel="C0ALERTS", text="x", blocks=image(file))
    assert said["ok"]


async def test_a_picture_that_slack_still_works_on_is_waited_for(slack: RunningSlack, client: AsyncWebClient) -> None:
    slack.faults.set({"slow_file": {"seconds": 30}})
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        slack.clock.advance(8.0)

    assert await Pictures(client, sleep).upload(PNG, "storm.png", "alt")
    assert waits


async def test_where_slack_never_finishes_the_card_goes_without_it(slack: RunningSlack, client: AsyncWebClient) -> None:
    slack.faults.set({"slow_file": {"seconds": 60}})

    async def sleep(seconds: float) -> None: ...

    assert await Pictures(client, sleep).upload(PNG, "storm.png", "alt") == ""


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"])
async def test_a_refusal_is_no_picture_and_no_error(slack: RunningSlack, client: AsyncWebClient, method: str) -> None:
    slack.faults.set({"server_error": {"methods": [method], "times": 9}})
    assert await Pictures(client).upload(PNG, "storm.png", "alt") == ""


async def test_nothing_is_sent_to_a_place_that_is_not_slacks(slack: RunningSlack, client: AsyncWebClient) -> None:
    pictures = Pictures(client)
    assert pictures._is_slacks(f"{slack.url}/upload/v1/x")
    assert not pictures._is_slacks("http://127.0.0.1:1/upload")
    assert not pictures._is_slacks(slack.url.replace("http:", "ftp:"))
    real = Pictures(AsyncWebClient(token="xoxb-1", base_url="https://slack.com/api/"))
    assert real._is_slacks("https://files.slack.com/upload/v1/x")
    for foreign in ("http://files.slack.com/x", "https://slack.com.example/x", "https://evilslack.com/x", "None", "",
                    "https://files.slack.com@example.com/x", "http://127.0.0.1/x"):  # fmt: skip
        assert not real._is_slacks(foreign), foreign


async def test_a_place_elsewhere_is_refused_and_gets_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with stand_in.running() as slack, stand_in.running() as elsewhere:
        place = {"ok": True, "upload_url": f"{elsewhere.address}/api/upload", "file_id": "F1"}
        slack.answers["files.getUploadURLExternal"] = [stand_in.Say(body=place)]
        assert await Pictures(AsyncWebClient(token="xoxb-1", base_url=slack.api)).upload(PNG, "a.png", "alt") == ""
        assert elsewhere.asked == []
        assert [asked.name for asked in slack.asked] == ["files.getUploadURLExternal"]
    assert "not its own" in caplog.text


@pytest.mark.parametrize(
    "say",
    [
        stand_in.Say(status=500, body="no"),
        stand_in.Say(status=302, headers={"Location": "/api/other"}),
        stand_in.Say(drop=True),
    ],
    ids=["error", "led-away", "dropped"],
)
async def test_an_upload_that_does_not_arrive_is_not_completed(say: stand_in.Say) -> None:
    async with stand_in.running() as slack:
        place = {"ok": True, "upload_url": f"{slack.address}/api/upload", "file_id": "F1"}
        slack.answers |= {"files.getUploadURLExternal": [stand_in.Say(body=place)], "upload": [say]}
        client = AsyncWebClient(token="xoxb-1", base_url=slack.api, retry_handlers=[])
        assert await Pictures(client).upload(PNG, "a.png", "alt" * 1_000) == ""
        assert [asked.name for asked in slack.asked] == ["files.getUploadURLExternal", "upload"]
        assert len(slack.of("files.getUploadURLExternal")[0]["alt_txt"]) == 1_000


async def test_too_many_calls_is_no_picture_either() -> None:
    async with stand_in.running() as slack:
        limit = stand_in.Say(status=429, body={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "30"})
        slack.answers["files.getUploadURLExternal"] = [limit]
        client = AsyncWebClient(token="xoxb-1", base_url=slack.api, retry_handlers=[])
        assert await Pictures(client).upload(PNG, "a.png", "alt") == ""
