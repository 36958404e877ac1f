"""What the bot says by itself, as people see it: a failing night, a storm with its chart, a digest."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import Picture
from tests.page.test_operations import card
from tests.page.test_page import become, say

SECONDS = 30_000
Azure = Callable[[str, dict[str, object]], None]

pytestmark = pytest.mark.usefixtures("looked")


@pytest.fixture
def azure(page: Page, azure_url: str) -> Azure:
    """Azure's control paths."""

    def ask(path: str, body: dict[str, object]) -> None:
        told = page.request.post(f"{azure_url}/_sandbox/{path}", headers={"X-Sandbox": "1"}, data=body)
        assert told.ok, told.text()

    return ask


def fail(azure: Azure, vm: str, code: str) -> None:
    azure("estate", {"add_failure": {"vm": vm, "vault": "vault-prod", "code": code, "ended_ago": 0}})


def test_a_digest(page: Page, azure: Azure, picture: Picture) -> None:
    """Before the others push the clock: the bot goes by its own, and a digest of the last day ends now."""
    page.set_viewport_size({"width": 1280, "height": 1600})
    fail(azure, "vm-night-02", "UserErrorGuestAgentStatusUnavailable")
    expect(card(page, "vm-night-02")).to_be_visible(timeout=SECONDS)
    say(page, "/backup digest")
    digest = card(page, "The last day: ")
    expect(digest).to_be_visible(timeout=SECONDS)
    expect(digest.get_by_text("% good")).to_be_visible()
    expect(digest.get_by_text("more causes")).to_be_visible()
    picture(digest, "digest")


def test_a_failing_night(page: Page, azure: Azure, picture: Picture) -> None:
    page.set_viewport_size({"width": 1280, "height": 1400})
    fail(azure, "vm-night-01", "ExtensionStuckInDeletionState")
    failed = card(page, "vm-night-01: backup failed")
    expect(failed).to_be_visible(timeout=SECONDS)
    expect(failed.get_by_text("Last good recovery point")).to_be_visible(timeout=SECONDS)
    picture(failed, "incident")
    failed.get_by_role("button", name="I have seen it").click()
    expect(failed.get_by_text("Seen by")).to_be_visible(timeout=SECONDS)
    failed.get_by_role("button", name="All steps").click()
    azure("estate", {"mend": {"vm": "vm-night-01"}, "run_backup": {"vm": "vm-night-01"}})
    azure("clock", {"advance": 3_600})
    green = card(page, "vm-night-01: backup is good again")
    expect(green).to_be_visible(timeout=SECONDS)
    expect(green.get_by_role("button", name="Retry")).to_have_count(0)
    picture(green, "incident-green")


def test_a_storm_and_its_chart(page: Page, azure: Azure, picture: Picture) -> None:
    page.set_viewport_size({"width": 1280, "height": 1400})
    for first, failures in ((0, 12), (12, 60), (72, 28)):
        azure(
            "estate", {"storm": {"failures": failures, "vaults": 8, "code": "UserErrorFsFreezeFailed", "first": first}}
        )
        azure("clock", {"advance": 120})
    found = card(page, "100 backups fail by one cause")
    expect(found).to_be_visible(timeout=SECONDS)
    chart = found.get_by_role("img", name="Chart of failed backups")
    expect(chart).to_be_visible(timeout=SECONDS)
    expect(found.get_by_text("The chart shows")).to_have_count(0, timeout=2 * SECONDS)
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=chart.element_handle())
    picture(found, "storm")
    found.get_by_role("button", name="Show list").click()
    listed = card(page, "Incidents: 100")
    expect(listed).to_be_visible(timeout=SECONDS)
    picture(listed, "storm-list")
    listed.get_by_role("button", name="Show the incident of vm-storm").first.click()
    expect(card(page, "vm-storm-.*: backup failed")).to_be_visible(timeout=SECONDS)


def test_what_is_told_here_in_dutch(page: Page, azure: Azure, picture: Picture) -> None:
    become(page, "U0DAAN")
    say(page, "/backup subscribe vault-prod digest")
    made = card(page, "Wordt hier voortaan gemeld")
    expect(made).to_be_visible(timeout=SECONDS)
    say(page, "/backup routes")
    expect(card(page, "Wat in dit kanaal wordt gemeld")).to_be_visible(timeout=SECONDS)
    say(page, "/backup unsubscribe vault-prod")
    expect(card(page, "Wordt hier niet meer gemeld")).to_be_visible(timeout=SECONDS)


def test_a_failure_on_a_phone(phone: Page, azure_url: str, picture: Picture) -> None:
    failure = {"vm": "vm-night-03", "vault": "vault-prod", "code": "ExtensionSnapshotFailedCOM", "ended_ago": 0}
    headers = {"X-Sandbox": "1"}
    told = phone.request.post(f"{azure_url}/_sandbox/estate", headers=headers, data={"add_failure": failure})
    assert told.ok
    failed = card(phone, "vm-night-03: backup failed")
    expect(failed).to_be_visible(timeout=SECONDS)
    failed.scroll_into_view_if_needed()
    picture(phone, "incident-phone")
