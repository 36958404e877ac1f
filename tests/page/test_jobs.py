"""Looking up live failures on the sandbox's page, as a person does it."""

import re

from playwright.sync_api import Page, expect

from tests.page.conftest import Picture
from tests.page.test_page import DUTCH, ENGLISH, become, message, say


def test_what_failed_in_a_vault_its_explanation_and_its_details(page: Page, picture: Picture) -> None:
    say(page, "/backup-jobs vault-prod")
    card = page.get_by_role("article").filter(has_text=re.compile(r"\d+ failed jobs in vault-prod"))
    expect(card).to_be_visible()
    expect(card.get_by_text("vm-sql-01")).to_be_visible()
    expect(card.get_by_text(ENGLISH)).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 1900})
    picture(card, "jobs")
    card.get_by_role("button", name=f"Explain: {ENGLISH}").click()
    expect(message(page, "az vm extension delete")).to_be_visible()
    card.get_by_role("button", name="Details of vm-sql-01").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_text("Take Snapshot")).to_be_visible()
    expect(window.get_by_role("link", name="VM")).to_have_attribute("href", re.compile(r"^https://portal\.azure\.com/"))
    picture(window, "job-details")


def test_the_pages_of_a_long_list_turn_in_place(page: Page) -> None:
    say(page, "/backup-jobs 7d")
    # The bot may post by itself in this channel meanwhile: the list is known by its pages, not by being last.
    lists = page.get_by_role("article").filter(has_text=re.compile(r"page \d+ of"))
    expect(lists.last.get_by_text(re.compile("page 1 of"))).to_be_visible()
    count = lists.count()
    lists.last.get_by_role("button", name="Next").click()
    expect(lists.last.get_by_text(re.compile("page 2 of"))).to_be_visible()
    lists.last.get_by_role("button", name="Previous").click()
    expect(lists.last.get_by_text(re.compile("page 1 of"))).to_be_visible()
    assert lists.count() == count


def test_a_name_that_means_two_vaults_is_asked_about(page: Page, picture: Picture) -> None:
    say(page, "/backup-jobs vault-shared")
    card = message(page, "Which one do you mean?")
    expect(card).to_be_visible()
    picture(card, "which-vault")
    card.get_by_role("button", name="Choose vault-shared").last.click()
    expect(message(page, re.compile("failed jobs? in vault-shared"))).to_be_visible()


def test_whoever_has_no_grant_is_told_who_can_give_one(page: Page) -> None:
    become(page, "U0PRIYA")
    say(page, "/backup-jobs")
    refusal = message(page, "You may not do this")
    expect(refusal).to_be_visible()
    expect(refusal.get_by_text("No grant names you")).to_be_visible()


def test_the_dutch_speaker_looks_it_up_on_a_phone(phone: Page, picture: Picture) -> None:
    phone.get_by_role("button", name="Open navigation").click()
    become(phone, "U0DAAN")
    say(phone, "/backup-jobs vault-prod mislukt sinds gisteren")
    card = message(phone, "mislukte taken in vault-prod")
    expect(card).to_be_visible()
    expect(card.get_by_text(DUTCH)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "nothing is wider than the phone"
    )
    card.scroll_into_view_if_needed()
    picture(phone, "jobs-phone-nl")
