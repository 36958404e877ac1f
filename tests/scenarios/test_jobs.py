"""Someone looks up what failed, live from Azure."""

import logging

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, button_ids, buttons, jobs_on, title

PRIYA = "U0PRIYA"
STUCK = "ExtensionStuckInDeletionState"


async def test_failures_of_a_vault_are_grouped_by_code_with_what_the_catalog_knows(azure_town: Town) -> None:
    card = await azure_town.jobs("vault-prod failed 24h")
    shown = str(card["blocks"])
    assert card["is_ephemeral"]
    assert STUCK in shown
    assert "The backup extension is stuck while being deleted" in shown
    assert "vm-sql-01" in shown
    assert "vm-db-01" not in shown, "its backups all succeeded"
    assert {"explain_job_group", "job_details", "jobs_refresh"} <= button_ids(card)


async def test_it_is_acknowledged_at_once_and_answered_after(azure_town: Town, azure: RunningAzure) -> None:
    azure.faults.set({"hang": {"seconds": 1.0, "path": "backupJobs", "times": 1}})
    delivered = await azure_town.slack.command(EMMA, CHANNEL, "/backup-jobs vault-prod")
    assert delivered["status"] == 200
    (placeholder,) = await azure_town.seen(EMMA, CHANNEL, lambda messages: len(messages) == 1)
    assert placeholder["is_ephemeral"]
    seen = await azure_town.seen(EMMA, CHANNEL, lambda messages: len(messages) == 2)
    assert "vm-sql-01" in str(seen[-1]["blocks"])


async def test_a_dutch_reader_reads_dutch(azure_town: Town) -> None:
    card = await azure_town.jobs("vault-prod mislukt sinds gisteren", user=DAAN)
    assert "De back-upextensie blijft hangen bij het verwijderen" in str(card["blocks"])


async def test_who_is_not_on_the_list_is_refused_and_azure_is_not_asked(
    azure_town: Town, azure: RunningAzure, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        await azure_town.slack.command(PRIYA, CHANNEL, "/backup-jobs")
        (refusal,) = await azure_town.seen(PRIYA, CHANNEL, bool)
    assert "No grant names you" in str(refusal["blocks"])
    assert f"refused: {PRIYA}" in caplog.text
    assert azure.counts == {}


async def test_everybody_may_read_how_to_ask(azure_town: Town) -> None:
    await azure_town.slack.command(PRIYA, CHANNEL, "/backup-jobs help")
    (card,) = await azure_town.seen(PRIYA, CHANNEL, bool)
    assert "/backup-jobs" in str(card["blocks"])


async def test_a_word_that_means_nothing_is_named(azure_town: Town, azure: RunningAzure) -> None:
    await azure_town.slack.command(EMMA, CHANNEL, "/backup-jobs vault-prod since tomorrow")
    (card,) = await azure_town.seen(EMMA, CHANNEL, bool)
    assert "since tomorrow" in str(card["blocks"])
    assert azure.counts == {}


async def test_a_name_of_two_vaults_is_asked_about_and_a_click_chooses(azure_town: Town) -> None:
    question = await azure_town.jobs("vault-shared")
    assert "Acceptance" in str(question["blocks"])
    assert "Shared" in str(question["blocks"])
    await azure_town.click(question, "choose_vault_2")
    seen = await azure_town.seen(EMMA, CHANNEL, lambda messages: "vm-api-14" in str(messages[-1]["blocks"]))
    assert len(seen) == 2, "the question gave way to the answer"


async def test_an_unknown_vault_gets_the_nearest(azure_town: Town) -> None:
    question = await azure_town.jobs("vault-prdo")
    assert "vault-prod" in str(question["blocks"])
    await azure_town.click(question, "choose_vault_1")
    await azure_town.seen(EMMA, CHANNEL, lambda messages: "vm-sql-01" in str(messages[-1]["blocks"]))


async def test_a_name_may_be_begun(azure_town: Town) -> None:
    assert "vm-app-12" in str((await azure_town.jobs("vault-a"))["blocks"])


async def test_a_subscription_and_everything(azure_town: Town) -> None:
    production = str((await azure_town.jobs("sub:Production 24h"))["blocks"])
    everything = await azure_town.jobs("failed")
    assert "vault-prod" in production
    assert "jobs_page_next" in button_ids(everything)


async def test_what_runs(azure_town: Town) -> None:
    assert "vm-app-01" in str((await azure_town.jobs("running"))["blocks"])


async def test_nothing_failed_is_said(azure_town: Town) -> None:
    card = await azure_town.jobs("vault-empty")
    assert "explain_job_group" not in button_ids(card)
    assert "jobs_refresh" in button_ids(card)


async def test_pages_turn_in_place(azure_town: Town) -> None:
    first = await azure_town.jobs("failed 24h")
    await azure_town.click(first, "jobs_page_next")
    (_, second) = await azure_town.seen(
        EMMA, CHANNEL, lambda messages: "jobs_page_previous" in button_ids(messages[-1])
    )
    assert jobs_on(second).isdisjoint(jobs_on(first))
    await azure_town.click(second, "jobs_page_previous")
    (_, again) = await azure_town.seen(
        EMMA, CHANNEL, lambda messages: "jobs_page_previous" not in button_ids(messages[-1])
    )
    assert jobs_on(again) == jobs_on(first)


async def test_explaining_a_group_leaves_the_list(azure_town: Town) -> None:
    card = await azure_town.jobs("vault-prod")
    await azure_town.click(card, "explain_job_group")
    await azure_town.click(card, "explain_job_group")
    seen = await azure_town.seen(EMMA, CHANNEL, lambda messages: len(messages) == 3)
    assert "share_card" in buttons(seen[-1])
    assert title(seen[1]) == title(card)


async def test_details_open_at_once_and_are_filled_in(azure_town: Town, azure: RunningAzure) -> None:
    card = await azure_town.jobs("vault-prod")
    azure.faults.set({"hang": {"seconds": 0.5, "path": "backupJobs/", "times": 1}})
    await azure_town.click(card, "job_details")
    loading = await azure_town.window(EMMA)
    filled = await azure_town.window(EMMA, lambda view: "vault-prod" in str(view["blocks"]))
    assert filled["id"] == loading["id"]


async def test_a_window_that_was_cut_is_told_and_is_no_failure(azure_town: Town) -> None:
    card = await azure_town.jobs("vault-empty 60d")
    assert "30 days" in str(card["blocks"])
    assert title(card) == "No failed jobs in vault-empty"
