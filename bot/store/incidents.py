"""Incidents: one row for each spell of failing, read and changed; `outcomes` makes them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import incident_places, incidents
from intents.watch_intents import Which

LIVE: Final = "live"
CATCH_UP: Final = "catch-up"


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as it is now. Times in seconds since 1970; `cause` is the catalog's key or Azure's code.

    `facts` are plain JSON: Azure's words, the last good recovery point, tags, and under "told" what the channels know.
    """

    id: str
    item_key: str
    cause: str
    is_open: bool
    vm: str
    vault: str
    vault_key: str
    subscription_id: str
    resource_group: str
    entry: str
    code: str
    arrival: str
    first_at: float
    last_at: float
    count: int
    last_job: str
    resolved_at: float | None
    noticed_at: float
    acknowledged_by: str = ""
    assigned_to: str = ""
    snoozed_until: float | None = None
    is_snoozed_to_good: bool = False
    snoozed_by: str = ""
    look_at: float | None = None
    revision: int = 1
    is_dirty: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_snoozed(self) -> bool:
        return self.is_snoozed_to_good or self.snoozed_until is not None


async def read(connection: AsyncConnection, id: str) -> Incident | None:
    """The incident, None where there is none (any more)."""
    row = (await connection.execute(select(incidents).where(incidents.c.id == id))).mappings().one_or_none()
    return from_row(row) if row is not None else None


async def change(
    connection: AsyncConnection, id: str, *, facts: Mapping[str, Any] | None = None, **values: Any
) -> Incident | None:
    """Change an incident, so that it is told anew; `facts` are laid over those that are there."""
    locked = select(incidents).where(incidents.c.id == id).with_for_update()
    row = (await connection.execute(locked)).mappings().one_or_none()
    if row is None:
        return None
    laid = text_of(json.loads(row["facts"]) | dict(facts or {}))
    moved = values | {"facts": laid, "revision": row["revision"] + 1, "is_dirty": True}
    await connection.execute(update(incidents).where(incidents.c.id == id).values(**moved))
    return await read(connection, id)


async def note_facts(connection: AsyncConnection, facts_of: Mapping[str, Mapping[str, Any]]) -> None:
    """Lay facts over those of several incidents without telling them anew; who tells reads them right after."""
    wanted = select(incidents.c.id, incidents.c.facts).where(incidents.c.id.in_(facts_of)).with_for_update()
    found = (await connection.execute(wanted)).all()
    for id, kept in found:
        laid = text_of(json.loads(kept) | dict(facts_of[id]))
        await connection.execute(update(incidents).where(incidents.c.id == id).values(facts=laid))


async def mark_open(connection: AsyncConnection) -> None:
    """Every open incident is to be told anew: something around them has changed."""
    values = {"is_dirty": True, "revision": incidents.c.revision + 1}
    is_meant = (incidents.c.is_open.is_(True), incidents.c.facts.like('%"told"%'))
    await connection.execute(update(incidents).where(*is_meant).values(**values))


async def untold(connection: AsyncConnection, most: int) -> list[Incident]:
    """Incidents of which something is not told yet, the longest known first."""
    wanted = (
        select(incidents)
        .where(incidents.c.is_dirty.is_(True))
        .order_by(incidents.c.noticed_at, incidents.c.id)
        .limit(most)
    )
    return [from_row(row) for row in (await connection.execute(wanted)).mappings()]


async def told(connection: AsyncConnection, one: Incident, known: Mapping[str, Any], look_at: float | None) -> bool:
    """Everything up to this revision is told; False where it has changed meanwhile, and is to be told once more."""
    facts = text_of(dict(one.facts) | {"told": dict(known)})
    wanted = update(incidents).where(incidents.c.id == one.id, incidents.c.revision == one.revision)
    # Counted by what comes back: a driver of Postgres may not count what it changed.
    done = await connection.execute(
        wanted.values(is_dirty=False, facts=facts, look_at=look_at).returning(incidents.c.id)
    )
    return done.one_or_none() is not None


async def due(connection: AsyncConnection, now: float, most: int) -> list[Incident]:
    """Open incidents that time alone has changed: a snooze or a silence is over, or a promise is broken."""
    wanted = (
        select(incidents)
        .where(incidents.c.look_at <= now, incidents.c.is_open.is_(True), incidents.c.is_dirty.is_(False))
        .order_by(incidents.c.look_at)
        .limit(most)
    )
    return [from_row(row) for row in (await connection.execute(wanted)).mappings()]


async def between(connection: AsyncConnection, since: float, until: float) -> list[Incident]:
    """Incidents that began or ended in a time, and those open now."""
    began = incidents.c.first_at.between(since, until)
    ended = and_(incidents.c.resolved_at.is_not(None), incidents.c.resolved_at.between(since, until))
    wanted = select(incidents).where(or_(began, ended, incidents.c.is_open.is_(True)))
    wanted = wanted.order_by(incidents.c.last_at.desc(), incidents.c.id)
    return [from_row(row) for row in (await connection.execute(wanted)).mappings()]


async def search(connection: AsyncConnection, which: Which, *, user: str = "", name: str = "") -> list[Incident]:
    """Incidents for a list, the newest failure first; `name` is a VM's or a vault's, without case."""
    conditions: list[ColumnElement[bool]] = []
    if which != "all":
        conditions.append(incidents.c.is_open.is_(which != "resolved"))
    if which == "mine":
        conditions.append(or_(incidents.c.assigned_to == user, incidents.c.acknowledged_by == user))
    if which == "snoozed":
        conditions.append(or_(incidents.c.snoozed_until.is_not(None), incidents.c.is_snoozed_to_good.is_(True)))
    if name:
        wanted_name = name.casefold()
        conditions.append(or_(func.lower(incidents.c.vm) == wanted_name, func.lower(incidents.c.vault) == wanted_name))
    wanted = select(incidents).where(*conditions).order_by(incidents.c.last_at.desc(), incidents.c.id)
    return [from_row(row) for row in (await connection.execute(wanted)).mappings()]


async def earlier(connection: AsyncConnection, one: Incident) -> float | None:
    """When the same cause of the same item was last over, before this incident began."""
    before = and_(incidents.c.item_key == one.item_key, incidents.c.cause == one.cause, incidents.c.id != one.id)
    wanted = select(func.max(incidents.c.resolved_at)).where(before, incidents.c.resolved_at <= one.first_at)
    found = (await connection.execute(wanted)).scalar_one()
    return float(found) if found is not None else None


async def channels_of(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Where these incidents are told: incident -> channel -> (how, storm)."""
    places: dict[str, dict[str, tuple[str, str]]] = {id: {} for id in ids}
    wanted = select(incident_places).where(incident_places.c.incident.in_(ids))
    for row in (await connection.execute(wanted)).mappings():
        places[row["incident"]][row["channel"]] = (row["how"], row["storm"])
    return places


def from_row(row: RowMapping) -> Incident:
    """A row as an incident."""
    return Incident(**dict(row) | {"facts": json.loads(row["facts"])})


def text_of(facts: Mapping[str, Any]) -> str:
    """Facts as they are kept."""
    return json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
