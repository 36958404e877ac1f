"""Somebody retries a failed backup from its card."""

import asyncio

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Message, Town, button_ids, eventually, says

PRIYA = "U0PRIYA"


def triggers(azure: RunningAzure) -> list[Message]:
    return [call for call in azure.calls if call["operation"] == "trigger_backup"]


@pytest.mark.usefixtures("passing_time")
async def test_a_retry_that_succeeds_is_told_from_beginning_to_end(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details("vault-prod", "vm-web-02")
    await acting_town.click_in(window, "retry_backup")
    card = await acting_town.card_in(CHANNEL, says("vm-web-02"))
    done = await acting_town.card_in(CHANNEL, says("succeeded"))
    assert done["ts"] == card["ts"], "the card is edited in place"
    lines = await acting_town.thread(CHANNEL, card["ts"], lambda found: len(found) >= 2)
    assert len(lines) == 2, "that it runs, and how it ended"
    assert len(triggers(azure)) == 1


@pytest.mark.usefixtures("passing_time")
async def test_a_retry_without_the_fix_fails_again_and_offers_the_cure(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details("vault-prod", "vm-sql-01")
    await acting_town.click_in(window, "retry_backup")
    card = await acting_town.card_in(CHANNEL, lambda message: "remove_extension" in button_ids(message))
    assert {"retry_backup", "remove_extension", "explain_job_group"} <= button_ids(card)
    assert len(triggers(azure)) == 1


async def test_twenty_clicks_are_one_backup(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details("vault-prod", "vm-web-02")
    await asyncio.gather(*(acting_town.click_in(window, "retry_backup") for _ in range(20)))
    await acting_town.card_in(CHANNEL, says("vm-web-02"))
    await eventually(lambda: _now(len(triggers(azure))), lambda count: count == 1)
    azure.clock.advance(10)
    await acting_town.card_in(CHANNEL, lambda message: "cancel_operation" in button_ids(message))
    assert len(triggers(azure)) == 1


async def _now(value: int) -> int:
    return value


async def test_a_reader_is_refused_with_the_rule_that_is_missing(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details("vault-prod", "vm-web-02", PRIYA)
    assert "retry_backup" not in button_ids(window)
    emmas = await acting_town.details("vault-prod", "vm-sql-01", EMMA)
    await acting_town.click_in(emmas, "retry_backup")
    await eventually(lambda: _now(len(triggers(azure))), lambda count: count == 1)
    azure.clock.advance(600)
    card = await acting_town.card_in(CHANNEL, lambda message: "remove_extension" in button_ids(message))
    await acting_town.click(card, "retry_backup", user=PRIYA)
    seen = await acting_town.seen(PRIYA, CHANNEL, lambda messages: "You may not do this" in str(messages))
    refusal = seen[-1]
    assert refusal["is_ephemeral"]
    assert "readers" in str(refusal["blocks"]), "the grant that names her is told"
    assert len(triggers(azure)) == 1


async def test_a_running_retry_is_cancelled(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details("vault-prod", "vm-web-02")
    await acting_town.click_in(window, "retry_backup")
    await eventually(lambda: _now(len(triggers(azure))), lambda count: count == 1)
    azure.clock.advance(30)
    card = await acting_town.card_in(CHANNEL, says("The backup is running"))
    await acting_town.click(card, "cancel_operation")
    await acting_town.card_in(CHANNEL, says("Azure is cancelling"))
    azure.clock.advance(30)
    await acting_town.card_in(CHANNEL, says("It was cancelled"))
    assert len(triggers(azure)) == 1


async def test_what_daan_may_not_do_he_is_told(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details("vault-prod", "vm-web-02", DAAN)
    assert "retry_backup" not in button_ids(window), "an approver does not retry"
