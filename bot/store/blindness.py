"""What is wrong with the bot's own sight, so that it is told once when it begins and once when it is over."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_into
from bot.store.tables import blindness


@dataclass(frozen=True, slots=True)
class Blindness:
    """One kind of it, since when, and why."""

    kind: str
    since: float
    facts: Mapping[str, Any] = field(default_factory=dict)


async def begin(connection: AsyncConnection, one: Blindness) -> bool:
    """True for who notes it first."""
    made = insert_into(connection, blindness).values(kind=one.kind, since=one.since, facts=json.dumps(dict(one.facts)))
    noted = await connection.execute(made.on_conflict_do_nothing().returning(blindness.c.kind))
    return noted.one_or_none() is not None


async def end(connection: AsyncConnection, kind: str) -> Blindness | None:
    """What is over now, for who notes that first."""
    gone = delete(blindness).where(blindness.c.kind == kind).returning(blindness.c.since, blindness.c.facts)
    row = (await connection.execute(gone)).one_or_none()
    return Blindness(kind, row.since, json.loads(row.facts)) if row is not None else None
