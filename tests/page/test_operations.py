"""The whole story on the sandbox's page: retried in vain, removal asked, refused, approved, removed, retried, green."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.page.conftest import Picture
from tests.page.test_page import become, say

VM = "vm-erp-01"
SECONDS = 30_000


def push(page: Page, seconds: float) -> None:
    """Let time pass in Slack and Azure."""
    parts = urlsplit(page.url)
    told = page.request.post(
        f"{parts.scheme}://{parts.netloc}/_sandbox/clock", headers={"X-Sandbox": "1"}, data={"advance": seconds}
    )
    assert told.ok


def card(page: Page, title: str) -> Locator:
    """The newest message with this title."""
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=re.compile(title))).last


def appears(page: Page, title: str, *, seconds: float = 90.0) -> Locator:
    """The card with this title, while hours pass in moments."""
    found = card(page, title)
    for _ in range(20):
        push(page, seconds)
        try:
            expect(found).to_be_visible(timeout=3_000)
        except AssertionError:
            continue
        return found
    expect(found).to_be_visible()
    return found


def confirmed(page: Page, click: Callable[[], None], answer: str) -> str:
    """Press a button that asks once more; gives what the dialog said."""
    click()
    dialog = page.get_by_role("dialog").last
    expect(dialog.get_by_role("button", name=answer)).to_be_visible()
    said = dialog.inner_text()
    dialog.get_by_role("button", name=answer).click()
    return said


def test_from_the_failure_to_the_green_card(page: Page, picture: Picture) -> None:
    page.set_viewport_size({"width": 1280, "height": 1400})
    say(page, "/backup-jobs vault-acc")
    page.get_by_role("button", name=f"Details of {VM}").first.click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("button", name="Retry")).to_be_visible()
    picture(window, "operation-offer")
    said = confirmed(page, lambda: window.get_by_role("button", name="Retry").click(), "Start the backup")
    assert VM in said
    assert "vault-acc" in said
    page.keyboard.press("Escape")

    failed = appears(page, f"The retry for {VM} failed")
    expect(failed.get_by_role("button", name="Remove extension…")).to_be_visible()
    picture(failed, "operation-failed")

    become(page, "U0PRIYA")
    reader = card(page, f"The retry for {VM} failed")
    confirmed(page, lambda: reader.get_by_role("button", name="Remove extension…").click(), "Make the plan")
    expect(card(page, "You may not do this")).to_be_visible(timeout=SECONDS)

    become(page, "U0EMMA")
    again = card(page, f"The retry for {VM} failed")
    confirmed(page, lambda: again.get_by_role("button", name="Remove extension…").click(), "Make the plan")
    asked = card(page, f"Approval needed: remove the snapshot extension of {VM}")
    expect(asked).to_be_visible(timeout=SECONDS)
    expect(asked.get_by_text("BackupSnapshot")).to_be_visible()
    picture(asked, "operation-approval")

    become(page, "U0DAAN")
    card(page, "Approval needed").get_by_role("button", name="Approve").click()
    window = page.get_by_role("dialog")
    window.get_by_role("textbox").fill("The agent is ready, go ahead")
    picture(window, "operation-reason")
    window.get_by_role("button", name=re.compile("Goedkeuren|Approve")).click()

    become(page, "U0EMMA")
    gone = appears(page, f"The snapshot extension of {VM} is gone")
    expect(gone.get_by_text("The agent is ready, go ahead").first).to_be_visible()
    picture(gone, "operation-removed")
    confirmed(page, lambda: gone.get_by_role("button", name="Retry").click(), "Start the backup")
    good = appears(page, f"Backup of {VM} succeeded")
    expect(good.get_by_text("New recovery point")).to_be_visible()
    picture(good, "operation-succeeded")
