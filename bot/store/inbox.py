"""The inbox: what Azure Monitor has sent, kept before it is acknowledged, until the job that it names has been read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batches import batches
from bot.store.database import insert_into
from bot.store.tables import inbox


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert: where to look. `vault` and `job` are ARM paths, `job` empty where the alert names none.

    `code` is what the end of Azure's own alert id holds: an error's name in lower case, maybe with more around it.
    """

    key: str
    received_at: float
    vault: str
    job: str = ""
    fired_at: float | None = None
    tries: int = 0
    code: str = ""


async def keep(connection: AsyncConnection, deliveries: Iterable[Delivery]) -> None:
    """Keep them; one that was kept before changes nothing."""
    rows = [
        {name: getattr(each, name) for name in Delivery.__slots__} | {"state": "waiting", "not_before": 0.0}
        for each in deliveries
    ]
    if rows:
        made = insert_into(connection, inbox).on_conflict_do_nothing()
        await connection.execute(made, rows)


async def due(connection: AsyncConnection, now: float, most: int) -> list[Delivery]:
    """What waits to be looked into, the oldest first."""
    wanted = (
        select(inbox)
        .where(inbox.c.state == "waiting", inbox.c.not_before <= now)
        .order_by(inbox.c.received_at, inbox.c.key)
        .limit(most)
    )
    return [_delivery(row) for row in (await connection.execute(wanted)).mappings()]


async def waiting(connection: AsyncConnection) -> int:
    """How much waits."""
    wanted = select(func.count()).select_from(inbox).where(inbox.c.state == "waiting")
    return int((await connection.execute(wanted)).scalar_one())


async def finish(connection: AsyncConnection, keys: Sequence[str], state: str) -> None:
    """ "done", "given-up" (no such job was ever found) or "foreign" (nothing that we may look into)."""
    for some in batches(keys):
        await connection.execute(update(inbox).where(inbox.c.key.in_(some)).values(state=state))


async def put_back(connection: AsyncConnection, keys: Sequence[str], not_before: float) -> None:
    """Look into them later."""
    for some in batches(keys):
        wanted = update(inbox).where(inbox.c.key.in_(some))
        await connection.execute(wanted.values(tries=inbox.c.tries + 1, not_before=not_before))


async def last_received(connection: AsyncConnection) -> float | None:
    """When the newest came, None where none ever did."""
    found = (await connection.execute(select(func.max(inbox.c.received_at)))).scalar_one()
    return float(found) if found is not None else None


async def prune(connection: AsyncConnection, before: float) -> None:
    """Forget what was received before a time and is done with; until then it is known again when it comes twice."""
    await connection.execute(delete(inbox).where(inbox.c.state != "waiting", inbox.c.received_at < before))


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{name: row[name] for name in Delivery.__slots__})
