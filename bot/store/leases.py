"""Leases: who does something that only one replica does at a time, until when."""

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_into
from bot.store.tables import leases


async def take(connection: AsyncConnection, name: str, owner: str, now: float, seconds: float) -> bool:
    """Have it, or keep it, until `seconds` from now; False where another has it."""
    made = insert_into(connection, leases).values(name=name, owner=owner, until=0.0)
    await connection.execute(made.on_conflict_do_nothing())
    free = or_(leases.c.owner == owner, leases.c.until <= now)
    wanted = update(leases).where(leases.c.name == name, free).values(owner=owner, until=now + seconds)
    return (await connection.execute(wanted.returning(leases.c.name))).one_or_none() is not None


async def release(connection: AsyncConnection, owner: str) -> None:
    """Let others have everything that is held by `owner`."""
    await connection.execute(update(leases).where(leases.c.owner == owner).values(until=0.0))
