"""Failures post themselves, once, into the right channel, and the card lives until the next good backup."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import button_ids
from tests.scenarios.watching import WatchedTown, told, watched_town


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path) -> AsyncIterator[WatchedTown]:
    async with watched_town(monkeypatch, azure, tmp_path) as made:
        yield made


async def test_a_failure_posts_itself_once_and_turns_green_by_itself(watched: WatchedTown) -> None:
    watched.fail("vm-night-01")
    card = await watched.card("vm-night-01: backup failed", "vault-prod")
    assert "UserErrorGuestAgentStatusUnavailable" in told(card)
    assert {"retry_backup", "all_steps", "acknowledge_incident", "incident_menu"} <= button_ids(card)
    watched.azure.clock.advance(600)
    watched.fail("vm-night-01")
    card = await watched.card("vm-night-01", "Failed 2 times")
    assert len(await watched.lines(card, lambda lines: any("Failed again" in line for line in lines))) == 1
    watched.succeed("vm-night-01")
    green = await watched.card("vm-night-01: backup is good again")
    assert green["ts"] == card["ts"], "the same card, edited in place"
    assert len(await watched.lines(green, lambda lines: any("Good again" in line for line in lines))) == 2
    assert not {"retry_backup", "acknowledge_incident"} & button_ids(green)
    assert len([each for each in await watched.cards() if "vm-night-01" in told(each)]) == 1
