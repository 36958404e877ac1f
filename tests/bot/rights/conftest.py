"""Rights over a real Slack on loopback, with a clock that only moves when a test moves it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.rights.members import Members
from bot.rights.rights import Rights
from intents.policy import ROLES, Grant
from sandbox.slack import RunningSlack, read_manifest, running
from tests.bot.conftest import Seconds

ROOT = Path(__file__).resolve().parents[3]
EMMA, DAAN, PRIYA, GUEST, GONE, FOREIGN = "U0EMMA", "U0DAAN", "U0PRIYA", "U0GUEST", "U0NOOR", "U0LENA"
BACKUP = "S0BACKUP"


@pytest.fixture
async def slack() -> AsyncIterator[RunningSlack]:
    async with running(read_manifest(ROOT / "manifest.yml")) as made:
        yield made


@pytest.fixture
async def client(slack: RunningSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", session=session, timeout=5)


@pytest.fixture
async def rights_of(client: AsyncWebClient, seconds: Seconds) -> AsyncIterator[Callable[..., Rights]]:
    """Makes rights with some grants."""
    made: list[Rights] = []

    def make(*grants: Grant) -> Rights:
        rights = Rights(Members(client, now=seconds), grants)
        made.append(rights)
        return rights

    yield make
    for rights in made:
        await rights.close()


def by_group(**fields: object) -> Grant:
    """The backup admins may do what operators do."""
    given = {"name": "admins", "groups": frozenset({BACKUP}), "operations": ROLES["operator"]} | fields
    return Grant(**given)  # type: ignore[arg-type]


def by_name(*users: str, **fields: object) -> Grant:
    """These may do what operators do."""
    given = {"name": "named", "users": frozenset(users), "operations": ROLES["operator"]} | fields
    return Grant(**given)  # type: ignore[arg-type]


def asked(slack: RunningSlack, method: str) -> int:
    """How often Slack was asked."""
    return sum(entry["kind"] == method for entry in slack.traffic.after(0))
