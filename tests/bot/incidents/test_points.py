"""What a card says of an item is asked of Azure seldom, and as often as it takes to be true."""

from collections.abc import AsyncIterator

import pytest

from azure_ops.models import VaultRef
from bot.incidents.points import Points, key_of
from bot.lookups.lookups import Lookups
from bot.settings import load_azure
from bot.store.incidents import Incident
from intents.resolve import Resolver
from responses.catalog import load
from sandbox.azure import RunningAzure
from tests.bot.conftest import Seconds

PROD = VaultRef("11111111-1111-4111-8111-111111111111", "rg-backup-prod", "vault-prod")
CATALOG = load()


@pytest.fixture
async def points(azure: RunningAzure, seconds: Seconds) -> AsyncIterator[Points]:
    lookups = Lookups(load_azure(), CATALOG, Resolver(CATALOG), now=seconds)
    made = Points(lookups, seconds)
    yield made
    await made.close()
    await lookups.close()


def of(key: str) -> Incident:
    return Incident(
        id=key, item_key=key, cause="", is_open=True, vm="", vault="vault-prod", vault_key=PROD.key,
        subscription_id=PROD.subscription_id, resource_group="", entry="", code="", arrival="live", first_at=0.0,
        last_at=0.0, count=1, last_job=f"{PROD.path}/backupJobs/{'0' * 8}", resolved_at=None, noticed_at=0.0,
    )  # fmt: skip


async def a_key(points: Points) -> str:
    """That of an item of the vault."""
    return next(key_of(item) for item in await points.all_items() if item.ref.vault.key == PROD.key)


async def test_items_are_read_once_a_minute(points: Points, azure: RunningAzure, seconds: Seconds) -> None:
    key = await a_key(points)
    for _ in range(5):
        assert (await points.of([of(key)], 10.0))[key]["point_known"]
    assert azure.counts["list_items"] == 1
    seconds.now += 61
    await points.of([of(key)], 10.0)
    assert azure.counts["list_items"] == 2


async def test_an_item_that_is_gone_is_looked_for_once_a_minute(
    points: Points, azure: RunningAzure, seconds: Seconds
) -> None:
    await points.of([of(await a_key(points))], 10.0)
    for _ in range(5):
        assert await points.of([of("gone"), of("gone too")], 10.0) == {}
    assert azure.counts["list_items"] == 2
    seconds.now += 61
    await points.of([of("gone")], 10.0)
    assert azure.counts["list_items"] == 4
