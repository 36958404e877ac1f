"""Somebody retries a failed backup from its card."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Message, Town, button_ids, eventually

PRIYA = "U0PRIYA"


@pytest.fixture
async def passing_time(azure: RunningAzure) -> AsyncIterator[None]:
    """Azure's hours pass in moments."""

    async def pass_on() -> None:
        while True:
            await asyncio.sleep(0.05)
            azure.clock.advance(20.0)

    task = asyncio.create_task(pass_on())
    yield
    task.cancel()


def triggers(azure: RunningAzure) -> list[Message]:
    return [call for call in azure.calls if call["operation"] == "trigger_backup"]


def says(word: str) -> "Callable[[Message], bool]":
    return lambda message: word in str(message["blocks"])


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
    emmas = await acting_town.details("vault-prod", "vm-web-02", EMMA)
    block = next(block for block in emmas["blocks"] if "retry_backup" in str(block))
    assert block
    assert triggers(azure) == []


@pytest.mark.usefixtures("passing_time")
async def test_a_running_retry_is_cancelled(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details("vault-prod", "vm-web-02")
    await acting_town.click_in(window, "retry_backup")
    card = await acting_town.card_in(CHANNEL, lambda message: "cancel_operation" in button_ids(message))
    await acting_town.click(card, "cancel_operation")
    await acting_town.card_in(CHANNEL, says("ancelled"))
    assert len(triggers(azure)) == 1


async def test_what_daan_may_not_do_he_is_told(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details("vault-prod", "vm-web-02", DAAN)
    assert "retry_backup" not in button_ids(window), "an approver does not retry"
