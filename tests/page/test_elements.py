"""Pictures, menus, choices of people and mentions of groups, as the page draws them and as the app hears of them."""

import base64
import json
import time
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.page.test_operations import card

Json = dict[str, Any]
# Two by one pixels.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADklEQVR42mP4z8AAQgADAQEA/3bQ4gAAAABJRU5ErkJggg=="
)
WORDS = "Failures over time: most at 02:00, 30 in all"


@pytest.fixture
def slack(page: Page, started: dict[str, str]) -> Any:
    """The Web API as the app calls it."""

    def call(method: str, **arguments: object) -> Json:
        headers = {"Authorization": f"Bearer {started['bot_token']}"}
        told: Json = page.request.post(f"{started['slack_api']}/api/{method}", headers=headers, data=arguments).json()
        assert told["ok"], told
        return told

    return call


def said(page: Page, posted: Json) -> Locator:
    """That message, whatever else is said meanwhile."""
    return page.locator(f"article[data-ts='{posted['ts']}']")


def pushed(page: Page, url: str) -> None:
    page.request.post(f"{url}/_sandbox/clock", headers={"X-Sandbox": "1"}, data={"advance": 1})


def heard(page: Page, url: str, action_id: str) -> Json:
    """What the app was told of the one choice; it comes within 10 seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        entries = page.request.get(f"{url}/_sandbox/traffic?after=0").json()["entries"]
        for entry in entries:
            action: Json = entry["request"]["actions"][0] if entry["kind"] == "block_actions" else {}
            if action.get("action_id") == action_id:
                return action
        page.wait_for_timeout(50)
    raise AssertionError(f"the app never heard of {action_id}")


def test_an_uploaded_picture_is_seen_with_its_words(page: Page, page_url: str, slack: Any) -> None:
    place = slack("files.getUploadURLExternal", filename="storm.png", length=len(PNG), alt_txt=WORDS)
    form = FilePayload(name="storm.png", mimeType="image/png", buffer=PNG)
    assert page.request.post(place["upload_url"], multipart={"filename": form}).ok
    slack("files.completeUploadExternal", files=[{"id": place["file_id"]}])
    pushed(page, page_url)
    block = {"type": "image", "slack_file": {"id": place["file_id"]}, "alt_text": WORDS}
    posted = slack("chat.postMessage", channel="C0ALERTS", text="A storm", blocks=[block])
    picture = said(page, posted).get_by_role("img", name=WORDS)
    expect(picture).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth === 2", arg=picture.element_handle())
    page.reload()
    again = said(page, posted).get_by_role("img", name=WORDS)
    page.wait_for_function("image => image.complete && image.naturalWidth === 2", arg=again.element_handle())


def test_a_shared_file_is_seen_without_a_block(page: Page, slack: Any) -> None:
    place = slack("files.getUploadURLExternal", filename="storm.png", length=len(PNG))
    page.request.post(place["upload_url"], data=PNG)
    file = {"id": place["file_id"], "title": "Storm of the night"}
    slack("files.completeUploadExternal", files=[file], channel_id="C0ALERTS", initial_comment="*Look* at this")
    shared = page.get_by_role("article").filter(has=page.get_by_role("img", name="Storm of the night"))
    expect(shared).to_be_visible()
    expect(shared.get_by_text("Look", exact=True)).to_be_visible()


def test_a_line_of_a_menu_and_a_person_are_chosen(page: Page, page_url: str, slack: Any) -> None:
    options = [
        {"text": {"type": "plain_text", "text": text}, "value": value}
        for text, value in (("Snooze for 1 hour", "snooze-1h|inc-1"), ("Assign to somebody", "assign|inc-1"))
    ]
    elements = [
        {"type": "overflow", "action_id": "sandbox_menu", "options": options},
        {"type": "users_select", "action_id": "sandbox_person",
         "placeholder": {"type": "plain_text", "text": "Who takes it"}},
    ]  # fmt: skip
    text = {"type": "mrkdwn", "text": "For <!subteam^S0BACKUP> and <@U0DAAN>"}
    blocks = [{"type": "section", "text": text}, {"type": "actions", "elements": elements}]
    message = said(page, slack("chat.postMessage", channel="C0ALERTS", text="x", blocks=blocks))
    expect(message.get_by_text("@backup-admins")).to_be_visible()
    expect(message.get_by_text("@Daan")).to_be_visible()
    message.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name="Snooze for 1 hour").click()
    assert heard(page, page_url, "sandbox_menu")["selected_option"]["value"] == "snooze-1h|inc-1"
    message.get_by_role("combobox", name="Who takes it").select_option("U0DAAN")
    assert heard(page, page_url, "sandbox_person")["selected_user"] == "U0DAAN"


def test_an_incident_is_assigned_on_the_page(page: Page, azure_url: str) -> None:
    failure = {"vm": "vm-assign-01", "vault": "vault-prod", "code": "UserErrorFsFreezeFailed", "ended_ago": 0}
    change = {"add_failure": failure}
    page.request.post(f"{azure_url}/_sandbox/estate", headers={"X-Sandbox": "1"}, data=json.dumps(change))
    failed = card(page, "vm-assign-01: backup failed")
    expect(failed).to_be_visible(timeout=30_000)
    failed.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name="Assign to somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").select_option("U0DAAN")
    dialog.get_by_role("button").last.click()
    expect(failed.get_by_text("@Daan").first).to_be_visible(timeout=30_000)
