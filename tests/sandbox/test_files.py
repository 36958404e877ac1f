"""Files as the app gives them to Slack, tried with the official client's own upload."""

import io
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RunningSlack, read_manifest, running
from tests.sandbox.conftest import MANIFEST
from tests.sandbox.pages import page_of

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(4) + b"IHDR" + struct.pack(">II", 1200, 480) + bytes(100)
ALERTS, EMMA = "C0ALERTS", "U0EMMA"
Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[RunningSlack]:
    async with running(read_manifest(ROOT / "manifest.yml")) as made:
        yield made


@pytest.fixture
async def client(slack: RunningSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", session=session, retry_handlers=[])


async def told(client: AsyncWebClient, method: str, **arguments: object) -> tuple[str, list[str]]:
    """Slack's word for what is wrong, and its sentences; ("ok", []) when nothing is."""
    try:
        await client.api_call(method, json=arguments)
    except SlackApiError as error:
        return str(error.response["error"]), list(error.response.get("errors") or [])
    return "ok", []


async def asked(slack: RunningSlack, address: str) -> tuple[int, Any, bytes]:
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}{address}") as answer:
        return answer.status, answer.headers, await answer.read()


async def sent(address: str, **how: Any) -> int:
    async with aiohttp.ClientSession() as session, session.post(address, **how) as answer:
        return answer.status


async def uploaded(client: AsyncWebClient, slack: RunningSlack, content: bytes = PNG, name: str = "a.png") -> str:
    """The id of a file with which Slack is done."""
    done = await client.files_upload_v2(content=content, filename=name)
    slack.clock.advance(1)
    return str(done["file"]["id"])


def image(**file: str) -> Json:
    return {"type": "image", "slack_file": file, "alt_text": "Failures over time"}


async def test_the_official_client_shares_a_picture_that_the_page_gets(
    client: AsyncWebClient, slack: RunningSlack
) -> None:
    done = await client.files_upload_v2(content=PNG, filename="a.png", channel=ALERTS, initial_comment="Look")
    file = done["files"][0]["id"]
    assert slack.file(file) == PNG
    (said,) = await slack.messages(ALERTS, EMMA)
    assert said["text"] == "Look"
    assert [block["type"] for block in said["blocks"]] == ["section", "image"]
    status, headers, content = await asked(slack, said["blocks"][1]["image_url"])
    assert (status, headers["Content-Type"], headers["X-Content-Type-Options"]) == (200, "image/png", "nosniff")
    assert content == PNG


async def test_slack_is_done_with_a_picture_only_a_moment_later(client: AsyncWebClient, slack: RunningSlack) -> None:
    slack.faults.set({"slow_file": {"seconds": 30}})
    file = (await client.files_upload_v2(content=PNG, filename="a.png"))["file"]["id"]
    thin = (await client.files_info(file=file))["file"]
    assert (thin["mimetype"], "original_w" in thin, thin["size"]) == ("", False, len(PNG))
    refusal = ("invalid_blocks", ["invalid slack file [json-pointer:/blocks/0/slack_file]"])
    assert await told(client, "chat.postMessage", channel=ALERTS, blocks=[image(id=file)]) == refusal
    slack.clock.advance(30)
    full = (await client.files_info(file=file))["file"]
    assert (full["mimetype"], full["original_w"], full["original_h"]) == ("image/png", 1200, 480)
    assert await told(client, "chat.postMessage", channel=ALERTS, blocks=[image(id=file)]) == ("ok", [])


async def test_the_page_gets_an_address_and_the_app_gets_back_what_it_sent(
    client: AsyncWebClient, slack: RunningSlack
) -> None:
    file = await uploaded(client, slack)
    slack.change_channel(ALERTS, app=True)
    async with page_of(slack, EMMA) as page:
        posted = await client.chat_postMessage(channel=ALERTS, text="x", blocks=[image(id=file)])
        event = await page.event("message")
    assert event["message"]["blocks"][0]["image_url"] == f"/files/{file}"
    assert event["message"]["blocks"][0]["alt_text"] == "Failures over time"
    kept = (await client.conversations_history(channel=ALERTS))["messages"][0]["blocks"]
    assert "image_url" not in kept[0]
    await client.chat_update(channel=ALERTS, ts=posted["ts"], text="y", blocks=kept)


async def test_pictures_stand_beside_texts_and_in_homes(client: AsyncWebClient, slack: RunningSlack) -> None:
    file = await uploaded(client, slack)
    section: Json = {"type": "section", "text": {"type": "plain_text", "text": "x"}, "accessory": image(id=file)}
    blocks: list[Json] = [section, {"type": "context", "elements": [image(id=file)]}]
    await client.chat_postMessage(channel=ALERTS, text="x", blocks=blocks)
    shown = (await slack.messages(ALERTS, EMMA))[-1]["blocks"]
    assert shown[0]["accessory"]["image_url"] == shown[1]["elements"][0]["image_url"] == f"/files/{file}"
    await client.views_publish(user_id=EMMA, view={"type": "home", "blocks": [image(id=file)]})
    home = await slack.home(EMMA)
    assert home
    assert home["blocks"][0]["image_url"] == f"/files/{file}"
    refused = await told(
        client, "views.publish", user_id=EMMA, view={"type": "home", "blocks": [image(id="F000000NONE")]}
    )
    assert refused == ("invalid_arguments", ["invalid slack file [json-pointer:/view/blocks/0/slack_file]"])


async def test_a_picture_is_also_known_by_its_addresses(client: AsyncWebClient, slack: RunningSlack) -> None:
    file = await uploaded(client, slack)
    known = (await client.files_info(file=file))["file"]
    for address in (known["url_private"], known["permalink"]):
        await client.chat_postMessage(channel=ALERTS, text="x", blocks=[image(url=address)])
        assert (await slack.messages(ALERTS, EMMA))[-1]["blocks"][0]["image_url"] == f"/files/{file}"
    foreign = known["permalink"].replace("night-shift", "elsewhere")
    refused = await told(client, "chat.postMessage", channel=ALERTS, blocks=[image(url=foreign)])
    assert refused == ("invalid_blocks", ["invalid slack file [json-pointer:/blocks/0/slack_file/url]"])


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (image(id="f1"), "input must match regex pattern: ^[F][A-Z0-9]{8,}$ [json-pointer:/blocks/0/slack_file/id]"),
        (image(), "must have exactly one of: id, url [json-pointer:/blocks/0/slack_file]"),
        ({**image(id="F000000NONE"), "image_url": "https://example.com/a.png"},
         "must have exactly one of: image_url, slack_file [json-pointer:/blocks/0]"),
        ({"type": "image", "slack_file": {"id": "F000000NONE"}},
         "missing required field: alt_text [json-pointer:/blocks/0]"),
        (image(id="F000000NONE") | {"alt_text": "x" * 2001},
         "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"),
        ({"type": "image", "slack_file": "F000000NONE", "alt_text": "x"},
         "must be an object [json-pointer:/blocks/0/slack_file]"),
        (image(id="F000000NONE"), "invalid slack file [json-pointer:/blocks/0/slack_file]"),
    ],
    ids=["id", "neither", "both", "no-alt", "long-alt", "text", "unknown"],
)  # fmt: skip
async def test_pictures_that_cannot_be_shown_are_refused(client: AsyncWebClient, block: Json, sentence: str) -> None:
    assert await told(client, "chat.postMessage", channel=ALERTS, blocks=[block]) == ("invalid_blocks", [sentence])


async def test_what_is_no_picture_is_a_file_and_no_picture(client: AsyncWebClient, slack: RunningSlack) -> None:
    file = await uploaded(client, slack, b"<script>alert(1)</script>", "log.txt")
    assert (await told(client, "chat.postMessage", channel=ALERTS, blocks=[image(id=file)]))[0] == "invalid_blocks"
    status, headers, _ = await asked(slack, f"/files/{file}")
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    assert headers["Content-Security-Policy"] == "sandbox"


async def test_an_address_takes_one_file_once(client: AsyncWebClient, slack: RunningSlack) -> None:
    place = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG), alt_txt="A chart")
    file, address = place["file_id"], place["upload_url"]
    assert await told(client, "files.completeUploadExternal", files=[{"id": file}]) == ("file_not_found", [])
    assert await told(client, "files.info", file=file) == ("file_not_found", [])
    assert (await asked(slack, f"/files/{file}"))[0] == 404
    assert [await sent(address, data=content) for content in (PNG + b"x", PNG, PNG)] == [404, 200, 404]
    await client.files_completeUploadExternal(files=[{"id": file, "title": "Failures"}])
    assert await told(client, "files.completeUploadExternal", files=[{"id": file}]) == ("file_not_found", [])
    slack.clock.advance(1)
    known = (await client.files_info(file=file))["file"]
    assert (known["title"], known["alt_txt"]) == ("Failures", "A chart")
    uploads = [entry for entry in slack.traffic.after(0) if entry["kind"] == "upload"]
    assert [entry["status"] for entry in uploads] == [404, 200, 404]
    assert address.rpartition("/")[2] not in str(uploads)


async def test_a_form_brings_the_same_file(client: AsyncWebClient, slack: RunningSlack) -> None:
    place = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    form = aiohttp.FormData()
    form.add_field("note", "not the file")
    form.add_field("filename", PNG, filename="a.png", content_type="image/png")
    assert await sent(place["upload_url"], data=form) == 200
    assert slack.file(place["file_id"]) == PNG


async def test_what_is_broken_or_too_large_is_not_taken(client: AsyncWebClient, slack: RunningSlack) -> None:
    place = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    assert await sent(place["upload_url"], data=io.BytesIO(bytes(6_000_000))) == 413
    slack.faults.set({"server_error": {"methods": ["upload"], "status": 502}})
    assert [await sent(place["upload_url"], data=PNG) for _ in range(2)] == [502, 200]
    assert await sent(f"{slack.url}/upload/v1/guessed", data=PNG) == 404


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("files.getUploadURLExternal", {"filename": "a", "length": 10**9}, "file_upload_size_restricted"),
        ("files.getUploadURLExternal", {"filename": "a", "length": 0}, "missing_argument"),
        ("files.getUploadURLExternal", {"filename": "a", "length": -1}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"filename": "a"}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"filename": "a", "length": 1, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ("files.completeUploadExternal", {"files": []}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": [{"id": "F0NONE"}]}, "file_not_found"),
        ("files.completeUploadExternal", {"files": [{"id": "F0NONE"}], "channel_id": "C0NONE"}, "channel_not_found"),
        ("files.completeUploadExternal", {"files": [{"id": "F0NONE"}], "channel_id": "general"}, "channel_not_found"),
        ("files.completeUploadExternal", {"files": [{"id": "F0NONE"}], "channel_id": "C0AZUREOPS"}, "not_in_channel"),
        ("files.info", {"file": "F0NONE"}, "file_not_found"),
    ],
)
async def test_refusals_are_slacks_words(client: AsyncWebClient, method: str, arguments: Json, error: str) -> None:
    assert (await told(client, method, **arguments))[0] == error


async def test_of_several_files_all_are_completed_or_none(client: AsyncWebClient, slack: RunningSlack) -> None:
    place = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    await sent(place["upload_url"], data=PNG)
    both = [{"id": place["file_id"]}, {"id": "F0NONE"}]
    assert (await told(client, "files.completeUploadExternal", files=both))[0] == "file_not_found"
    assert (await told(client, "files.completeUploadExternal", files=both[:1]))[0] == "ok"


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"])
async def test_files_need_their_scopes(method: str) -> None:
    async with running(MANIFEST) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
        assert (await told(client, method))[0] == "missing_scope"


async def test_the_oldest_files_are_forgotten(client: AsyncWebClient, slack: RunningSlack) -> None:
    file = await uploaded(client, slack)
    for _ in range(13):
        await client.files_getUploadURLExternal(filename="large.png", length=5 * 1_048_576)
    assert (await told(client, "files.info", file=file))[0] == "file_not_found"


async def test_a_reset_forgets_files(client: AsyncWebClient, slack: RunningSlack) -> None:
    file = await uploaded(client, slack)
    await slack.reset()
    assert (await asked(slack, f"/files/{file}"))[0] == 404
