"""Outcomes in any order, doubled and late, over two replicas, make the incidents that an independent count gives."""

import asyncio
import random
from collections import defaultdict

import pytest
from sqlalchemy import select

from bot.store import incidents, outcomes
from bot.store.outcomes import Seen
from bot.store.store import Store
from bot.store.tables import incidents as incident_rows
from bot.store.tables import job_outcomes
from scripts.benchmarks.made_events import expected, made_events

VAULT = "/subscriptions/1/resourcegroups/rg/providers/microsoft.recoveryservices/vaults/v"


def seen(number: int, at: float, cause: str = "", item: str = "vm-1") -> Seen:
    about = {"vm": item, "vault": "v", "code": cause, "entry": cause}
    return Seen(f"{VAULT}/backupJobs/{number}", f"{VAULT}|{item}", VAULT, at, not cause, cause, about)


async def told(store: Store, *events: Seen, at: float = 100.0) -> outcomes.Taken:
    async with store.transaction() as kept:
        return await outcomes.take(kept, events, at=at, source="sweep")


async def rows(store: Store) -> list[incidents.Incident]:
    async with store.transaction() as kept:
        found = await kept.execute(select(incident_rows).order_by(incident_rows.c.first_at, incident_rows.c.cause))
        return [incidents.from_row(row) for row in found.mappings()]


@pytest.fixture
async def store(database_url: str) -> Store:
    made = Store(database_url)
    await made.open()
    return made


async def test_failures_of_one_item_and_cause_are_one_incident_until_a_good_backup(store: Store) -> None:
    await told(store, seen(1, 10, "A"))
    await told(store, seen(2, 20, "A"), seen(3, 20, "B"))
    await told(store, seen(4, 30))
    await told(store, seen(5, 40, "A"))
    found = [(row.cause, row.count, row.first_at, row.last_at, row.resolved_at) for row in await rows(store)]
    assert found == [("A", 2, 10, 20, 30), ("B", 1, 20, 20, 30), ("A", 1, 40, 40, None)]
    await store.close()


async def test_the_same_job_by_webhook_and_sweep_counts_once(store: Store) -> None:
    assert (await told(store, seen(1, 10, "A"))).new == 1
    again = await told(store, seen(1, 10, "A"))
    assert (again.new, again.changed) == (0, frozenset())
    upper = Seen(seen(1, 10, "A").job.upper(), f"{VAULT}|vm-1", VAULT, 10, False, "A")
    assert (await told(store, upper)).new == 0, "Azure writes ids in any case"
    assert [row.count for row in await rows(store)] == [1]
    await store.close()


async def test_a_good_backup_that_is_known_late_divides_an_incident_and_its_card_stays_with_the_newer_half(
    store: Store,
) -> None:
    await told(store, seen(1, 10, "A"))
    await told(store, seen(2, 30, "A"))
    [whole] = await rows(store)
    await told(store, seen(3, 20))
    older, newer = await rows(store)
    assert (newer.id, newer.first_at, newer.is_open) == (whole.id, 30, True)
    assert (older.vm, older.count, older.resolved_at, older.is_dirty) == ("vm-1", 1, 20, False)
    async with store.transaction() as kept:
        of_jobs = dict((await kept.execute(select(job_outcomes.c.at, job_outcomes.c.incident))).all())
    assert of_jobs == {10: older.id, 20: "", 30: newer.id}
    await store.close()


async def test_an_end_ends_a_snooze_and_a_late_failure_only_counts(store: Store) -> None:
    await told(store, seen(1, 10, "A"))
    [one] = await rows(store)
    async with store.transaction() as kept:
        await incidents.change(kept, one.id, snoozed_until=9_000.0, snoozed_by="U0EMMA")
    await told(store, seen(2, 30))
    [one] = await rows(store)
    assert (one.is_open, one.snoozed_until, one.is_dirty) == (False, None, True)
    await told(store, seen(3, 5, "A"))
    [one] = await rows(store)
    assert (one.count, one.first_at, one.is_open) == (2, 5, False)
    await store.close()


async def test_what_is_over_for_long_is_forgotten_and_what_is_open_never(store: Store) -> None:
    await told(store, seen(1, 10, "A"), seen(2, 20), seen(3, 30, "B"), seen(4, 15, item="vm-2"))
    async with store.transaction() as kept:
        for row in await incidents.untold(kept, 10):
            await incidents.told(kept, row, {}, None)
        await outcomes.prune(kept, 1_000.0)
        left = (await kept.execute(select(job_outcomes.c.at))).scalars().all()
    assert [row.cause for row in await rows(store)] == ["B"]
    assert left == [30]
    await told(store, seen(5, 40, "B"))
    assert [row.count for row in await rows(store)] == [2]
    await store.close()


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_over_two_replicas_gives_what_an_independent_count_gives(database_url: str, seed: int) -> None:
    events = made_events(random.Random(seed), items=60, per_item=12)
    replicas = [Store(database_url), Store(database_url)]
    await replicas[0].open()

    async def feed(store: Store, share: list[Seen]) -> None:
        for start in range(0, len(share), 50):
            await told(store, *share[start : start + 50])

    await asyncio.gather(*(feed(store, events[at::2]) for at, store in enumerate(replicas)))
    found = defaultdict(list)
    for row in await rows(replicas[0]):
        found[row.item_key, row.cause].append((row.first_at, row.last_at, row.count, row.resolved_at))
    assert {key: sorted(value) for key, value in found.items()} == expected(events)
    async with replicas[0].transaction() as kept:
        columns = job_outcomes.c
        stray = select(columns.job_key).where(columns.is_good.is_(False), columns.incident == "")
        assert (await kept.execute(stray)).all() == [], "a failure is in no incident"
    for store in replicas:
        await store.close()
