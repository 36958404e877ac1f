"""What the cards about live jobs claim: never more than was read, and enough to know which vault it is."""

from dataclasses import replace
from typing import get_args

import pytest

from responses.cards.job_details import TaskRow, job_details
from responses.cards.jobs import JobsPage, Which, jobs_card
from responses.cards.model import MOST_CHARACTERS
from responses.cards.trouble_azure import Trouble
from responses.cards.vaults import VaultChoice, which_vault
from responses.catalog import load
from responses.catalog.model import Language
from tests.responses.cards.job_samples import DETAILS, FORBIDDEN, NIGHT, VAULT, group, page, row
from tests.responses.cards.samples import FULL, LANGUAGES
from tests.responses.cards.walk import objects, texts

WHICH: tuple[Which, ...] = get_args(Which)
CUT = Trouble("azure.window_cut", {"days": "14"})


def words(shown: JobsPage, language: Language = "en") -> str:
    return "\n".join(texts(jobs_card(shown, language)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", WHICH)
def test_none_is_only_said_where_everything_was_read(which: Which, language: Language) -> None:
    read, unread = page(which=which), page(which=which, problems=(FORBIDDEN,))
    none, blind = words(read, language), words(unread, language)
    said = {"en": "No ", "nl": "Geen "}[language]
    assert none.startswith(said)
    assert said not in blind
    assert "vault-prod" in none
    assert "vault-prod" in blind.splitlines()[0]
    assert "Acceptance" in blind.splitlines()[0], "a notification says what could not be read"


def test_a_vault_in_which_nothing_ran_at_all_is_not_called_healthy() -> None:
    assert "backup policy" in words(page(which="all"))


def test_a_limit_that_was_met_is_no_blindness() -> None:
    shown = words(page(problems=(CUT,)))
    assert "No failed jobs in vault-prod" in shown
    assert "Not everything could be read" not in shown
    assert "the last 14 days" in shown


def test_a_failure_without_any_name_is_told_as_that() -> None:
    shown = jobs_card(page(group(None, row(), title="Failed")), "en")
    assert "*Azure gave no error code*" in "\n".join(texts(shown))
    assert "Azure gave no error code (1)" in shown.text


def test_a_status_is_said_once_above_its_jobs() -> None:
    shown = page(group(None, row(status="Completed"), title="Completed"), which="all")
    assert words(shown).casefold().count("completed") == 2, "in the notification and as the heading"


def test_jobs_of_one_error_that_ended_differently_say_how() -> None:
    shown = page(group(FULL, row(), row(n=2, status="CompletedWithWarnings")), which="all")
    assert "failed" in words(shown)
    assert "completed with warnings" in words(shown)


def test_one_vault_of_several_by_that_name_is_told_apart_by_its_subscription() -> None:
    assert words(page(group(FULL, row(), row("vm-2", 2)))).count("Production") == 1
    assert "Production" not in words(page(group(FULL, row()), scope="Shared")).splitlines()[2]


def test_the_vaults_page_is_a_link_where_all_are_of_one_vault() -> None:
    address = "https://portal.azure.com/#resource/x"
    assert f"<{address}|" in words(page(group(FULL, row())))
    assert address not in words(page(group(FULL, row(), row(n=2, vault="other"))))
    for unusable in ("http://portal.example", "javascript:alert(1)", "https://portal.example/" + "x" * 500):
        assert unusable not in words(page(group(FULL, row()), portal=unusable))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_page_of_ordinary_names_is_whole_for_screen_readers_too(language: Language) -> None:
    entries = [entry for entry in load() if entry.has_code][:10]
    again = '{"q": "' + VAULT + ' failed 24h", "p": 2, "l": "en"}'
    groups = (group(entry, row(f"vm-production-{n:02}", n, attempt=2, attempts=3)) for n, entry in enumerate(entries))
    card = jobs_card(page(*groups, page=2, pages=9, previous=again, next=again, again=again), language)
    details = [one for one in objects(list(card.blocks)) if one.get("action_id") == "job_details"]
    told = [str(one["accessibility_label"]) for one in details]
    assert all(f"vm-production-{n:02}" in said for n, said in enumerate(told))
    assert len(told) == 10
    assert card.size < MOST_CHARACTERS
    assert all(f"vm-production-{n:02}" in "\n".join(texts(card)) for n in range(10))


def test_a_notification_tells_equal_vaults_apart() -> None:
    choices = [VaultChoice("vault-shared", "rg", place, "v") for place in ("Shared", "Acceptance")]
    told = which_vault("vault-shared", choices, "en", is_known=True).text
    assert told == "Which one do you mean? vault-shared (Shared), vault-shared (Acceptance)"
    assert which_vault("vault-prud", [], "en", is_known=False).text.startswith(
        "I don't know a vault of that name: vault-prud. Nothing comes near."
    )


def test_steps_for_which_there_is_no_room_are_counted() -> None:
    tasks = tuple(TaskRow(f"Step {n}", "Completed", NIGHT, 1.0) for n in range(23))
    shown = "\n".join(texts(job_details(replace(DETAILS, tasks=tasks), "en")))
    assert "… and 3 more" in shown
    assert "more" not in "\n".join(texts(job_details(replace(DETAILS, tasks=tasks[:20]), "en")))


def test_details_say_which_failure_in_a_row_it_is() -> None:
    again = replace(DETAILS, row=replace(DETAILS.row, attempt=2, attempts=3))
    assert "failure 2 of 3" in "\n".join(texts(job_details(again, "en")))
