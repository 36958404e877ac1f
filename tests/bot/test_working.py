"""Durable work opens while the bot answers already; one that is stopped half way lets go of everything."""

import asyncio
from pathlib import Path

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import town_with


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.2, 0.5])
async def test_one_that_is_stopped_while_it_opens_can_be_started_again(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path, seconds: float
) -> None:
    given = azure.environment | {"BACKUP_BOT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}"}
    for _ in range(2):  # the lock of the first would refuse the second, and end this very process
        async with town_with(monkeypatch, "http", **given):
            await asyncio.sleep(seconds)
