"""Files as the app gives them to Slack, tried with the official client's own upload."""

from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RunningSlack, read_manifest, running

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def told(client: AsyncWebClient, method: str, **arguments: object) -> str:
    try:
        await client.api_call(method, json=arguments)
    except SlackApiError as error:
        return str(error.response["error"])
    return "ok"


async def asked(slack: RunningSlack, address: str) -> tuple[int, str, bytes]:
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}{address}") as answer:
        return answer.status, answer.headers.get("Content-Type", ""), await answer.read()


async def test_the_official_client_uploads_and_the_page_gets_the_picture() -> None:
    async with running(read_manifest(ROOT / "manifest.yml")) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
        done = await client.files_upload_v2(content=PNG, filename="a.png", channel="C0ALERTS", initial_comment="Look")
        file = done["files"][0]["id"]
        assert [message["text"] for message in await slack.messages("C0ALERTS", "U0EMMA")] == ["Look"]
        assert await asked(slack, f"/files/{file}") == (200, "image/png", PNG)
        slack.clock.advance(1)
        block = {"type": "image", "slack_file": {"id": file}, "alt_text": "A"}
        await client.chat_postMessage(channel="C0ALERTS", text="x", blocks=[block])
        shown = (await slack.messages("C0ALERTS", "U0EMMA"))[-1]["blocks"][0]
        assert shown["image_url"] == f"{slack.url}/files/{file}"


async def test_what_is_not_finished_not_known_or_too_large_is_refused_in_slacks_words() -> None:
    async with running(read_manifest(ROOT / "manifest.yml")) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
        place = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
        file = place["file_id"]
        block = {"type": "image", "slack_file": {"id": file}, "alt_text": "A"}
        assert await told(client, "chat.postMessage", channel="C0ALERTS", blocks=[block]) == "invalid_blocks"
        assert await told(client, "files.completeUploadExternal", files=[{"id": file}]) == "file_not_found"
        assert (
            await told(client, "files.getUploadURLExternal", filename="a", length=10**9)
            == "file_upload_size_restricted"
        )
        assert await told(client, "files.info", file="F0NONE") == "file_not_found"
        async with aiohttp.ClientSession() as session:
            for content, status in ((PNG + b"x", 404), (PNG, 200), (PNG, 404)):
                async with session.post(place["upload_url"], data=content) as answer:
                    assert answer.status == status
        assert (await asked(slack, "/files/F0NONE"))[0] == 404


@pytest.mark.parametrize(
    ("switches", "error"), [({"archived": True}, "is_archived"), ({"app": False}, "not_in_channel")]
)
async def test_a_channel_can_be_archived_or_closed_to_the_app(switches: dict[str, bool], error: str) -> None:
    async with running(read_manifest(ROOT / "manifest.yml")) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
        slack.change_channel("C0ALERTS", **switches)
        method = "chat.postMessage" if error == "is_archived" else "conversations.history"
        assert await told(client, method, channel="C0ALERTS", text="x") == error
