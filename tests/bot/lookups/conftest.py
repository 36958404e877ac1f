"""Look-ups against a real Azure on loopback, through the real door and the real credentials."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from bot.lookups.lookups import Lookups
from bot.lookups.pages import Choice
from bot.settings import load_azure
from intents.look_up import LookUpJobs, read_jobs_command
from intents.resolve import Resolver
from responses.cards.jobs import JobsPage
from responses.catalog import load
from sandbox.azure import RunningAzure
from tests.bot.conftest import Seconds

CATALOG = load()
RESOLVER = Resolver(CATALOG)


@pytest.fixture
async def make(azure: RunningAzure, seconds: Seconds) -> AsyncIterator[Callable[..., Lookups]]:
    """Makes look-ups with the settings of the environment; closes them all."""
    made: list[Lookups] = []

    def one(limit: float = 60.0) -> Lookups:
        lookups = Lookups(load_azure(), CATALOG, RESOLVER, now=seconds, clock=lambda: at(azure), limit=limit)
        made.append(lookups)
        return lookups

    yield one
    for lookups in made:
        await lookups.close()


@pytest.fixture
def lookups(make: Callable[..., Lookups]) -> Lookups:
    return make()


def at(azure: RunningAzure) -> datetime:
    """The time in that Azure."""
    return datetime.fromtimestamp(azure.clock.now(), UTC)


def asked(text: str) -> LookUpJobs:
    """A command that is understood."""
    read = read_jobs_command(text, datetime.now(UTC), UTC)
    assert isinstance(read, LookUpJobs)
    return read


async def page(lookups: Lookups, text: str, number: int = 1, rows: int = 1_000) -> JobsPage:
    """An answer with jobs."""
    found = await lookups.jobs(asked(text), number, "en", rows)
    assert isinstance(found, JobsPage), found
    return found


async def choice(lookups: Lookups, text: str) -> Choice:
    """A question back."""
    found = await lookups.jobs(asked(text), 1, "en")
    assert isinstance(found, Choice), found
    return found


def items(found: JobsPage) -> set[str]:
    """The names of what the rows are about."""
    return {row.item for group in found.groups for row in group.rows}
