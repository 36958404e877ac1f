"""What the bot's tests share: a small Azure on loopback that the environment points to."""

import os
from collections.abc import AsyncIterator

import pytest

from sandbox.azure import RunningAzure, running


@pytest.fixture
async def azure(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningAzure]:
    """A real one, with the credentials of its managed identity, and no other setting of ours."""
    for name in [name for name in os.environ if name.startswith(("BACKUP_BOT_", "AZURE_"))]:
        monkeypatch.delenv(name)
    async with running() as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made


class Seconds:
    """A clock that only moves when a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()
