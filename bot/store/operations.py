"""Operations: one row for each that was ever asked for, claimed by its id, and what may run beside what."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_into
from bot.store.tables import done_once, operations

RETRY: Final[Literal["retry-backup"]] = "retry-backup"
REMOVE: Final[Literal["remove-extension"]] = "remove-extension"
GROUP: Final = "retry-group"
# An operation in one of these has ended, whatever came of it.
OVER: Final = frozenset(
    {"succeeded", "failed", "cancelled", "refused", "rejected", "expired", "void", "removed", "unknown"}
)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as it is now. `job` is the ARM path of the failed job that it is about, `number` its how-many-eth
    try; `facts` are plain JSON values, such as the plan, the new job's id and why it ended so. Times in seconds."""

    id: str
    kind: str
    phase: str
    owner: str
    job: str
    job_key: str
    number: int
    requested_by: str
    asked_at: float
    workspace: str = ""
    channel: str = ""
    language: str = "en"
    group_id: str = ""
    item_key: str = ""
    vault_key: str = ""
    held_item: str | None = None
    triggered_at: float | None = None
    ended_at: float | None = None
    is_over: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


def operation_id(kind: str, subject: str, number: int) -> str:
    """The same for the same kind, subject and number; `subject` is compared without case, as Azure's ids are."""
    text = f"{kind}|{subject.casefold()}|{number}"
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


async def claim(connection: AsyncConnection, wanted: Operation) -> Operation:
    """Write a new operation down, or give the one that has its id already: whoever was first owns it."""
    values = {each.name: getattr(wanted, each.name) for each in fields(wanted)} | {"facts": _text(wanted.facts)}
    await connection.execute(insert_into(connection, operations).values(**values).on_conflict_do_nothing())
    found = await read(connection, wanted.id)
    assert found is not None  # it was there, or it is now
    return found


async def read(connection: AsyncConnection, id: str) -> Operation | None:
    """The operation, None where there is none."""
    row = (await connection.execute(select(operations).where(operations.c.id == id))).mappings().one_or_none()
    return _operation(row) if row is not None else None


async def change(
    connection: AsyncConnection, id: str, *, at: float, phase: str = "", facts: Mapping[str, Any] | None = None
) -> Operation:
    """Move an operation on: `facts` are laid over those that are there. One that is over stays as it is.

    An end lets go of the item.
    """
    locked = select(operations).where(operations.c.id == id).with_for_update()
    row = (await connection.execute(locked)).mappings().one()
    if row["is_over"]:
        return _operation(row)
    values: dict[str, Any] = {"facts": _text(json.loads(row["facts"]) | dict(facts or {}))}
    if phase:
        values |= {"phase": phase, "is_over": phase in OVER}
    if phase in OVER:
        values |= {"ended_at": at, "held_item": None}
    await connection.execute(update(operations).where(operations.c.id == id).values(**values))
    changed = await read(connection, id)
    assert changed is not None
    return changed


async def settle_on(connection: AsyncConnection, id: str, *, item_key: str, vault_key: str) -> None:
    """Note which item the operation is about, once that is known."""
    wanted = update(operations).where(operations.c.id == id)
    await connection.execute(wanted.values(item_key=item_key.casefold(), vault_key=vault_key.casefold()))


async def hold(connection: AsyncConnection, id: str) -> Operation | None:
    """Take the operation's item, so that no other works on it; gives who has it, None when it is ours."""
    ours = await read(connection, id)
    assert ours is not None
    if ours.held_item is not None:
        return None
    try:
        async with connection.begin_nested():
            wanted = update(operations).where(operations.c.id == id, operations.c.is_over.is_(False))
            await connection.execute(wanted.values(held_item=ours.item_key))
    except IntegrityError:
        found = await connection.execute(select(operations).where(operations.c.held_item == ours.item_key))
        row = found.mappings().one_or_none()
        return _operation(row) if row is not None else ours
    return None


async def note_trigger(connection: AsyncConnection, id: str, at: float) -> None:
    """Count this operation against the limits of its item and vault from now on."""
    wanted = update(operations).where(operations.c.id == id, operations.c.triggered_at.is_(None))
    await connection.execute(wanted.values(triggered_at=at))


async def triggered_since(connection: AsyncConnection, since: float, *, item_key: str = "", vault_key: str = "") -> int:
    """How many backups were started for an item, or in a vault, since a time."""
    wanted = select(func.count()).where(operations.c.kind == RETRY, operations.c.triggered_at >= since)
    if item_key:
        wanted = wanted.where(operations.c.item_key == item_key.casefold())
    if vault_key:
        wanted = wanted.where(operations.c.vault_key == vault_key.casefold())
    return int((await connection.execute(wanted)).scalar_one())


async def last_number(connection: AsyncConnection, kind: str, job_key: str) -> int:
    """The highest number of this kind that was asked for a job, 0 where none was."""
    wanted = select(func.max(operations.c.number)).where(
        operations.c.kind == kind, operations.c.job_key == job_key.casefold()
    )
    return int((await connection.execute(wanted)).scalar_one() or 0)


async def next_value(connection: AsyncConnection, kind: str, job: str) -> str:
    """What a button carries that does this to a failed job once more: the job and the next number."""
    return f"{job}|{await last_number(connection, kind, job) + 1}"


async def members(connection: AsyncConnection, group_id: str, *, phases: Sequence[str], most: int) -> list[Operation]:
    """The first operations of a group that are in one of these phases, in the order in which they were asked for."""
    wanted = (
        select(operations)
        .where(operations.c.group_id == group_id, operations.c.phase.in_(phases))
        .order_by(operations.c.asked_at, operations.c.id)
        .limit(most)
    )
    return [_operation(row) for row in (await connection.execute(wanted)).mappings()]


async def phases(connection: AsyncConnection, group_id: str) -> Counter[str]:
    """How many of a group are in which phase."""
    wanted = (
        select(operations.c.phase, func.count()).where(operations.c.group_id == group_id).group_by(operations.c.phase)
    )
    found = (await connection.execute(wanted)).all()
    return Counter({str(row[0]): int(row[1]) for row in found})


async def first_time(connection: AsyncConnection, key: str, at: float) -> bool:
    """True once for each key: what hangs on it is done in the same transaction, or not at all."""
    # Postgres's driver does not count the rows of such an insert; what was made comes back.
    made = insert_into(connection, done_once).values(key=key, at=at).on_conflict_do_nothing().returning(done_once.c.key)
    return (await connection.execute(made)).one_or_none() is not None


async def was_done(connection: AsyncConnection, key: str) -> bool:
    """Whether it was done before."""
    wanted = select(done_once.c.key).where(done_once.c.key == key)
    return (await connection.execute(wanted)).one_or_none() is not None


def _operation(row: RowMapping) -> Operation:
    return Operation(**dict(row) | {"facts": json.loads(row["facts"])})


def _text(facts: Mapping[str, Any]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
