"""Watermarks: up to when the ended jobs of each source are known without a gap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_into
from bot.store.tables import watermarks


@dataclass(frozen=True, slots=True)
class Watermark:
    """Everything from `since` to `upto` is known; `read_at` is when it was last read. In seconds since 1970."""

    since: float
    upto: float
    read_at: float


async def read(connection: AsyncConnection) -> Mapping[str, Watermark]:
    """Those of all sources."""
    rows = (await connection.execute(select(watermarks))).all()
    return {row.source: Watermark(row.since, row.upto, row.read_at) for row in rows}


async def move(
    connection: AsyncConnection, sources: Iterable[str], *, since: float, upto: float, read_at: float
) -> None:
    """Everything up to a time is known of these, for a new one from `since` on; a watermark never goes back."""
    for source in sources:
        made = insert_into(connection, watermarks).values(source=source, since=since, upto=upto, read_at=read_at)
        later = {"upto": func.max(watermarks.c.upto, upto), "read_at": read_at}
        if connection.dialect.name == "postgresql":
            later["upto"] = func.greatest(watermarks.c.upto, upto)
        await connection.execute(made.on_conflict_do_update(index_elements=["source"], set_=later))
