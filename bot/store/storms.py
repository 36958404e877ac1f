"""Storms: many incidents of one cause told as one in a channel; and where each incident is told."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_into
from bot.store.incidents import Incident, from_row
from bot.store.tables import incident_places, incidents, job_outcomes, storms

CARD: Final = "card"
STORM: Final = "storm"
DIGEST: Final = "digest"
_TOP: Final = 5


@dataclass(frozen=True, slots=True)
class Storm:
    """A storm as it is kept; `facts` hold its picture and what was told of it. Times in seconds since 1970."""

    id: str
    channel: str
    cause: str
    open_key: str | None
    opened_at: float
    last_at: float
    is_dirty: bool
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """A storm's exact numbers: incidents, of those open, failed jobs; the vaults with most incidents, and how many."""

    total: int
    open: int
    failures: int
    vaults: tuple[tuple[str, int], ...]
    vault_count: int
    first_at: float
    last_at: float


async def going_on(connection: AsyncConnection, channel: str, cause: str) -> Storm | None:
    """The storm of a cause that goes on in a channel."""
    wanted = select(storms).where(storms.c.open_key == _key(channel, cause))
    row = (await connection.execute(wanted)).mappings().one_or_none()
    return _storm(row) if row is not None else None


async def begin(connection: AsyncConnection, channel: str, cause: str, at: float) -> Storm:
    """Begin one; the incidents of this cause that have cards there already belong to it."""
    values = {
        "id": f"storm-{uuid.uuid4().hex[:16]}",
        "channel": channel,
        "cause": cause,
        "open_key": _key(channel, cause),
        "opened_at": at,
        "last_at": at,
        "is_dirty": True,
        "facts": "{}",
    }
    await connection.execute(insert_into(connection, storms).values(**values).on_conflict_do_nothing())
    made = await going_on(connection, channel, cause)
    assert made is not None
    return made


async def read(connection: AsyncConnection, id: str) -> Storm | None:
    """The storm, None where there is none (any more)."""
    row = (await connection.execute(select(storms).where(storms.c.id == id))).mappings().one_or_none()
    return _storm(row) if row is not None else None


async def untold(connection: AsyncConnection) -> list[Storm]:
    """Storms of which something is not told yet."""
    wanted = select(storms).where(storms.c.is_dirty.is_(True)).order_by(storms.c.opened_at)
    return [_storm(row) for row in (await connection.execute(wanted)).mappings()]


async def quiet(connection: AsyncConnection, before: float) -> list[Storm]:
    """Storms that go on, and into which nothing came since a time."""
    wanted = select(storms).where(storms.c.open_key.is_not(None), storms.c.last_at < before)
    return [_storm(row) for row in (await connection.execute(wanted)).mappings()]


async def touch(connection: AsyncConnection, ids: Sequence[str], *, at: float | None = None) -> None:
    """Something of them has changed; `at` is when something new came in."""
    values: dict[str, Any] = {"is_dirty": True} | ({"last_at": at} if at is not None else {})
    await connection.execute(update(storms).where(storms.c.id.in_(ids)).values(**values))


async def keep(
    connection: AsyncConnection, id: str, *, facts: Mapping[str, Any], is_dirty: bool, is_over: bool = False
) -> None:
    """What was told of it; one that is over makes room for a new one of the same cause."""
    values: dict[str, Any] = {"facts": json.dumps(dict(facts), sort_keys=True), "is_dirty": is_dirty}
    if is_over:
        values["open_key"] = None
    await connection.execute(update(storms).where(storms.c.id == id).values(**values))


async def note_mentions(connection: AsyncConnection, id: str, mentions: Sequence[str]) -> None:
    """Whom its card names, beside those whom it names already."""
    storm = await read(connection, id)
    if storm is None or not set(mentions) - set(storm.facts.get("mentions") or ()):
        return
    facts = {**storm.facts, "mentions": sorted({*(storm.facts.get("mentions") or ()), *mentions})}
    await connection.execute(update(storms).where(storms.c.id == id).values(facts=json.dumps(facts, sort_keys=True)))


async def place(
    connection: AsyncConnection, one: Incident, channel: str, *, how: str, storm: str = "", at: float
) -> None:
    """An incident is told in a channel this way from now on."""
    values = {"incident": one.id, "channel": channel, "how": how, "storm": storm, "cause": one.cause, "at": at}
    made = insert_into(connection, incident_places).values(**values)
    change = {"how": how, "storm": storm}
    await connection.execute(made.on_conflict_do_update(index_elements=["incident", "channel"], set_=change))


async def join(connection: AsyncConnection, storm: Storm, since: float) -> None:
    """Incidents of the cause that got cards of their own since a time are counted in the storm too."""
    mine = (incident_places.c.channel == storm.channel, incident_places.c.cause == storm.cause)
    wanted = update(incident_places).where(
        *mine, incident_places.c.how == CARD, incident_places.c.storm == "", incident_places.c.at >= since
    )
    await connection.execute(wanted.values(storm=storm.id))


async def recent(connection: AsyncConnection, channel: str, cause: str, since: float) -> int:
    """How many incidents of a cause began to be told in a channel since a time."""
    wanted = select(func.count()).where(
        incident_places.c.channel == channel,
        incident_places.c.cause == cause,
        incident_places.c.at >= since,
        incident_places.c.how != DIGEST,
    )
    return int((await connection.execute(wanted)).scalar_one())


async def counts(connection: AsyncConnection, storm: str) -> Counts:
    """The numbers of a storm, as they are now."""
    inside = incidents.join(incident_places, incident_places.c.incident == incidents.c.id)
    mine = incident_places.c.storm == storm
    totals = (
        await connection.execute(
            select(
                func.count(),
                func.count().filter(incidents.c.is_open.is_(True)),
                func.coalesce(func.sum(incidents.c.count), 0),
                func.count(incidents.c.vault_key.distinct()),
                func.coalesce(func.min(incidents.c.first_at), 0.0),
                func.coalesce(func.max(incidents.c.last_at), 0.0),
            )
            .select_from(inside)
            .where(mine)
        )
    ).one()
    top = (
        await connection.execute(
            select(func.min(incidents.c.vault), func.count())
            .select_from(inside)
            .where(mine)
            .group_by(incidents.c.vault_key)
            .order_by(func.count().desc(), func.min(incidents.c.vault))
            .limit(_TOP)
        )
    ).all()
    vaults = tuple((str(name), int(count)) for name, count in top)
    return Counts(int(totals[0]), int(totals[1]), int(totals[2]), vaults, int(totals[3]), totals[4], totals[5])


async def members(
    connection: AsyncConnection, storm: str, *, first: int = 0, most: int = 100_000, only_open: bool = False
) -> list[Incident]:
    """The incidents of a storm, open ones first, by vault and VM."""
    conditions = [incident_places.c.storm == storm]
    if only_open:
        conditions.append(incidents.c.is_open.is_(True))
    wanted = (
        select(incidents)
        .join(incident_places, incident_places.c.incident == incidents.c.id)
        .where(*conditions)
        .order_by(incidents.c.is_open.desc(), incidents.c.vault, incidents.c.vm, incidents.c.id)
        .offset(first)
        .limit(most)
    )
    return [from_row(row) for row in (await connection.execute(wanted)).mappings()]


async def failures_of(connection: AsyncConnection, storm: str) -> list[float]:
    """When each failed job of a storm ended."""
    wanted = (
        select(job_outcomes.c.at)
        .join(incident_places, incident_places.c.incident == job_outcomes.c.incident)
        .where(incident_places.c.storm == storm)
    )
    return [float(at) for at in (await connection.execute(wanted)).scalars()]


async def unplaced(connection: AsyncConnection, arrival: str) -> list[Incident]:
    """Incidents of a kind of arrival that are told nowhere yet."""
    places = select(incident_places.c.incident)
    wanted = select(incidents).where(incidents.c.arrival == arrival, incidents.c.id.not_in(places))
    wanted = wanted.where(or_(incidents.c.facts.not_like('%"told"%'), incidents.c.is_dirty.is_(True)))
    return [from_row(row) for row in (await connection.execute(wanted.order_by(incidents.c.first_at))).mappings()]


def _key(channel: str, cause: str) -> str:
    return f"{channel}|{cause}"[:400]


def _storm(row: RowMapping) -> Storm:
    return Storm(**dict(row) | {"facts": json.loads(row["facts"])})
