"""What a person does on the sandbox's page."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.page.conftest import Picture

CODE = "ExtensionStuckInDeletionState"
ENGLISH, DUTCH = (
    "The backup extension is stuck while being deleted",
    "De back-upextensie blijft hangen bij het verwijderen",
)


def say(page: Page, text: str) -> None:
    """Type into the channel's composer and send."""
    box = page.get_by_role("textbox", name="Message #backup-alerts")
    box.fill(text)
    box.press("Enter")


def become(page: Page, user: str) -> None:
    """Switch to another person."""
    page.get_by_role("combobox", name="Current user").select_option(user)


def message(page: Page, words: str | re.Pattern[str]) -> Locator:
    """The latest that holds these words; the bot may post by itself in this channel meanwhile."""
    return page.get_by_role("article").filter(has_text=words).last


def test_ask_read_switch_and_share(page: Page, picture: Picture) -> None:
    say(page, f"/backup-error {CODE}")
    card = message(page, ENGLISH)
    expect(card).to_be_visible()
    expect(card.get_by_text("Only visible to you")).to_be_visible()
    expect(card.get_by_text("az vm extension delete")).to_be_visible()
    picture(page, "page")
    picture(card, "card")
    card.get_by_role("button", name="Nederlands").click()
    card = message(page, DUTCH)
    expect(card).to_be_visible()
    picture(card, "card-nl")
    card.get_by_role("button", name="Delen in kanaal").click()
    expect(page.get_by_text("Only visible to you")).to_have_count(0)
    expect(message(page, DUTCH)).to_be_visible()
    become(page, "U0DAAN")
    expect(message(page, DUTCH)).to_be_visible()
    picture(page, "shared")


def test_the_dutch_speaker_reads_dutch_on_a_phone(phone: Page, picture: Picture) -> None:
    phone.get_by_role("button", name="Open navigation").click()
    become(phone, "U0DAAN")
    say(phone, "/backup-error UserErrorFsFreezeFailed")
    card = message(phone, "Linux kon een bestandssysteem niet bevriezen")
    expect(card).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "nothing is wider than the phone"
    )
    card.scroll_into_view_if_needed()
    picture(phone, "phone")


def test_open_the_window_and_pick_an_entry(page: Page, picture: Picture) -> None:
    say(page, "/backup-error")
    window = page.get_by_role("dialog", name="Explain a backup error")
    window.get_by_role("combobox", name=re.compile("Choose an error")).click()
    page.keyboard.type("stuck")
    option = page.get_by_role("option", name=re.compile(ENGLISH))
    expect(option).to_be_visible()
    picture(page, "window")
    option.click()
    window.get_by_role("button", name="Explain").click()
    answer = page.get_by_role("dialog", name="Backup error")
    expect(answer.get_by_text(ENGLISH)).to_be_visible()
    answer.get_by_role("button", name="Nederlands").click()
    expect(page.get_by_role("dialog").get_by_text(DUTCH)).to_be_visible()


def test_an_empty_window_shows_its_error(page: Page) -> None:
    say(page, "/backup-error")
    window = page.get_by_role("dialog", name="Explain a backup error")
    window.get_by_role("button", name="Explain").click()
    expect(window.get_by_role("alert")).to_contain_text("Choose an error above")


def test_a_typo_is_a_question_and_one_click_answers_it(page: Page, picture: Picture) -> None:
    say(page, "/backup-error ExtensionStukInDeletionState")
    card = message(page, "Did you mean this one?")
    expect(card).to_be_visible()
    picture(card, "did-you-mean")
    card.get_by_role("button", name=re.compile("Explain")).click()
    expect(message(page, ENGLISH)).to_be_visible()


def test_what_is_not_known_is_said(page: Page, picture: Picture) -> None:
    say(page, "/backup-error UserErrorOfTheThirdKind")
    card = message(page, "I don't know this one")
    expect(card).to_be_visible()
    picture(card, "unknown")


def test_a_message_is_explained_from_its_menu(page: Page) -> None:
    say(page, "vm-sql-01 again: Snapshot operation failed because VSS writers were in a bad state.")
    said = message(page, "VSS writers were in a bad state")
    said.hover()
    said.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Explain this backup error").click()
    expect(message(page, "ExtensionFailedVssWriterInBadState")).to_be_visible()


def test_the_home_tab(page: Page, picture: Picture) -> None:
    page.get_by_role("navigation", name="Workspace").get_by_role("button", name="Home").click()
    expect(page.get_by_role("button", name=re.compile("Search or paste"))).to_be_visible()
    picture(page, "home")


def test_the_inspector_shows_the_request_without_its_secrets(page: Page, picture: Picture) -> None:
    say(page, f"/backup-error {CODE}")
    expect(message(page, ENGLISH)).to_be_visible()
    page.get_by_role("button", name="Traffic").click()
    requests = page.get_by_role("list", name="Requests")
    requests.get_by_text("/slack/events").first.click()
    expect(page.get_by_role("region", name="Request")).to_contain_text("/backup-error")
    expect(page.get_by_role("region", name="Request")).not_to_contain_text("xoxb-")
    picture(page, "traffic")
