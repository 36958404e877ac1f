"""`events`: ends of backup jobs, doubled, shuffled and late, over two replicas, against an independent count."""

import asyncio
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from bot.store import incidents, outcomes
from bot.store.outcomes import Seen
from bot.store.store import Store
from bot.store.tables import incidents as incident_rows
from scripts.benchmarks.made_events import expected, made_events
from scripts.benchmarks.private_postgres import own_database, postgres_server

EVENTS: Final = 200_000
_PER_ITEM: Final = 40
_SHARE: Final = 1.28  # with the doubled ones
_BATCH: Final = 250
SEED: Final = 20_261_123


def measure(events: int = EVENTS) -> dict[str, Any]:
    """So many events on SQLite and on Postgres, taken in by two stores at once."""
    items = max(1, int(events / _SHARE / _PER_ITEM))
    made = made_events(random.Random(SEED), items=items, per_item=_PER_ITEM)
    told: dict[str, Any] = {"events": len(made), "jobs": items * _PER_ITEM}
    with tempfile.TemporaryDirectory(prefix="events-") as folder:
        told["sqlite"] = asyncio.run(_run(f"sqlite:///{folder}/bot.db", made))
        with postgres_server(Path(folder) / "postgres") as server, own_database(server, "events") as url:
            told["postgres"] = asyncio.run(_run(url, made))
    return told


async def _run(url: str, events: list[Seen]) -> dict[str, Any]:
    replicas = [Store(url), Store(url)]
    await replicas[0].open()
    begun = time.monotonic()
    await asyncio.gather(*(_feed(store, events[at::2]) for at, store in enumerate(replicas)))
    seconds = time.monotonic() - begun
    async with replicas[0].transaction() as kept:
        rows = [incidents.from_row(row) for row in (await kept.execute(select(incident_rows))).mappings()]
    for store in replicas:
        await store.close()
    found = defaultdict(list)
    for row in rows:
        found[row.item_key, row.cause].append((row.first_at, row.last_at, row.count, row.resolved_at))
    wanted = expected(events)
    wrong = sum(sorted(found[key]) != value for key, value in wanted.items()) + len(found.keys() - wanted.keys())
    return {
        "incidents": len(rows),
        "wrong": wrong,
        "seconds": round(seconds, 1),
        "per_second": round(len(events) / seconds),
    }


async def _feed(store: Store, share: list[Seen]) -> None:
    for start in range(0, len(share), _BATCH):
        async with store.transaction() as kept:
            await outcomes.take(kept, share[start : start + _BATCH], at=float(start), source="sweep")


def is_good(told: dict[str, Any]) -> bool:
    """Every incident is as it must be."""
    return not told["sqlite"]["wrong"] and not told["postgres"]["wrong"]


def show(told: dict[str, Any]) -> None:
    """A row for each database."""
    table = Table(box=None, title=f"{told['events']:,} events about {told['jobs']:,} jobs, over two replicas")
    names = ("incidents", "wrong", "seconds", "per_second")
    table.add_column("")
    for name in names:
        table.add_column(name.replace("_", " "), justify="right")
    for database in ("sqlite", "postgres"):
        table.add_row(database, *(f"{told[database][name]:,}" for name in names))
    Console().print(table)
