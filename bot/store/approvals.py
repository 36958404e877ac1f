"""Approvals: a second person's word about one plan; decided once, used once, and void when anything changed."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import approvals

State = Literal["open", "approved", "rejected", "expired", "void", "used"]
Verdict = Literal["approved", "rejected"]
Why = Literal["already", "expired", "own-request", "other-plan", "unknown"]

_LIVING: Final = ("open", "approved")


@dataclass(frozen=True, slots=True)
class Approval:
    """One request for approval as it is now; times in seconds since 1970. `run` is what used it up."""

    id: str
    operation: str
    plan_hash: str
    requested_by: str
    asked_at: float
    expires: float
    state: State = "open"
    decided_by: str = ""
    reason: str = ""
    decided_at: float | None = None
    run: str = ""


@dataclass(frozen=True, slots=True)
class NotDecided:
    """A word that was not taken, and the approval as it stands."""

    why: Why
    approval: Approval | None


async def ask(
    connection: AsyncConnection,
    *,
    id: str,
    operation: str,
    plan_hash: str,
    requested_by: str,
    at: float,
    expires: float,
) -> None:
    """Ask for a decision; asked again with the same id, nothing changes."""
    if await read(connection, id) is None:
        values = {
            "id": id,
            "operation": operation,
            "plan_hash": plan_hash,
            "requested_by": requested_by,
            "asked_at": at,
            "expires": expires,
            "state": "open",
            "decided_by": "",
            "reason": "",
            "run": "",
        }
        await connection.execute(insert(approvals).values(**values))


async def read(connection: AsyncConnection, id: str) -> Approval | None:
    """The approval, None where nobody asked."""
    row = (await connection.execute(select(approvals).where(approvals.c.id == id))).mappings().one_or_none()
    return Approval(**dict(row)) if row is not None else None


async def decide(
    connection: AsyncConnection, *, id: str, verdict: Verdict, by: str, reason: str, plan_hash: str, at: float
) -> Approval | NotDecided:
    """Take somebody's word, the first one, in time, about this very plan, and never the requester's own."""
    wanted = (
        update(approvals)
        .where(approvals.c.id == id, approvals.c.state == "open", approvals.c.expires > at)
        .where(approvals.c.plan_hash == plan_hash, approvals.c.requested_by != by)
        .values(state=verdict, decided_by=by, reason=reason, decided_at=at)
    )
    is_taken = (await connection.execute(wanted)).rowcount == 1
    found = await read(connection, id)
    if is_taken and found is not None:
        return found
    return NotDecided(_why_not(found, by, plan_hash, at), found)


async def use(connection: AsyncConnection, *, id: str, plan_hash: str, at: float, run: str) -> bool:
    """Use up a yes, right before what it allows is done: true once, and again for the same `run` after a crash."""
    wanted = (
        update(approvals)
        .where(approvals.c.id == id, approvals.c.state == "approved", approvals.c.expires > at)
        .where(approvals.c.plan_hash == plan_hash)
        .values(state="used", run=run)
    )
    if (await connection.execute(wanted)).rowcount == 1:
        return True
    found = await read(connection, id)
    return found is not None and found.state == "used" and found.run == run and found.plan_hash == plan_hash


async def void(connection: AsyncConnection, *, id: str, at: float) -> bool:
    """The plan has changed: neither a yes nor a later one counts. False where there was nothing to void."""
    return await _end(connection, id, "void")


async def expire(connection: AsyncConnection, *, id: str, at: float) -> bool:
    """Time is up; false where it is not, or where there was nothing to end."""
    found = await read(connection, id)
    return found is not None and at >= found.expires and await _end(connection, id, "expired")


async def _end(connection: AsyncConnection, id: str, state: State) -> bool:
    wanted = update(approvals).where(approvals.c.id == id, approvals.c.state.in_(_LIVING)).values(state=state)
    return bool((await connection.execute(wanted)).rowcount == 1)


def _why_not(found: Approval | None, by: str, plan_hash: str, at: float) -> Why:
    if found is None:
        return "unknown"
    if found.state == "expired" or (found.state == "open" and at >= found.expires):
        return "expired"
    if found.state != "open":
        return "already"
    return "own-request" if found.requested_by == by else "other-plan"
