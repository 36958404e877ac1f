"""Routes and silences that people made by a command, kept until they take them back or they end."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_into
from bot.store.tables import routes, silences
from intents.routing import Place, Route, Silence


async def add_route(connection: AsyncConnection, route: Route, at: float) -> tuple[Route, bool]:
    """Keep a route, with an id of its own; one that is there already is given back, and False."""
    for there in await all_routes(connection):
        if replace(there, id="", by="") == replace(route, id="", by=""):
            return there, False
    made = replace(route, id=secrets.token_hex(2))
    body = {name: value for name, value in asdict(made).items() if name not in ("id", "channel", "by")}
    values = {"id": made.id, "channel": made.channel, "body": json.dumps(body), "made_by": made.by, "made_at": at}
    await connection.execute(insert_into(connection, routes).values(**values))
    return made, True


async def all_routes(connection: AsyncConnection) -> list[Route]:
    """All of them, the oldest first."""
    rows = (await connection.execute(select(routes).order_by(routes.c.made_at, routes.c.id))).mappings()
    return [_route(row["id"], row["channel"], row["made_by"], json.loads(row["body"])) for row in rows]


async def remove_routes(connection: AsyncConnection, ids: list[str]) -> None:
    """Take them back."""
    await connection.execute(delete(routes).where(routes.c.id.in_(ids)))


async def add_silence(connection: AsyncConnection, silence: Silence, at: float) -> Silence:
    """Keep a silence, with an id of its own."""
    made = replace(silence, id=secrets.token_hex(2))
    body = {"kind": made.kind, "reason": made.reason, "place": asdict(made.place)}
    values = {"id": made.id, "body": json.dumps(body), "starts": made.starts, "ends": made.ends}
    values |= {"made_by": made.by, "made_at": at}
    await connection.execute(insert_into(connection, silences).values(**values))
    return made


async def silences_until(connection: AsyncConnection, now: float) -> list[Silence]:
    """Those that have not ended, the one that ends first first."""
    wanted = select(silences).where(silences.c.ends > now).order_by(silences.c.ends, silences.c.id)
    return [_silence(row) for row in (await connection.execute(wanted)).mappings()]


async def end_silences(connection: AsyncConnection, ids: list[str], now: float) -> None:
    """They end now."""
    await connection.execute(update(silences).where(silences.c.id.in_(ids)).values(ends=now))


def _route(id: str, channel: str, by: str, body: Mapping[str, Any]) -> Route:
    lists = {name: tuple(body[name]) for name in ("codes", "areas", "severities", "mention_for")}
    return Route(
        id=id, channel=channel, by=by, place=_place(body["place"]), mode=body["mode"], mention=body["mention"], **lists
    )


def _silence(row: Mapping[Any, Any]) -> Silence:
    body = json.loads(row["body"])
    return Silence(
        id=row["id"],
        kind=body["kind"],
        place=_place(body["place"]),
        starts=row["starts"],
        ends=row["ends"],
        by=row["made_by"],
        reason=body["reason"],
    )


def _place(kept: Mapping[str, Any]) -> Place:
    """Lists back to tuples."""
    patterns = {name: tuple(kept[name]) for name in ("subscriptions", "resource_groups", "vaults", "vms")}
    return Place(**patterns, tags=tuple((str(key), str(value)) for key, value in kept["tags"]))
