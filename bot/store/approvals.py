"""Approvals: a second person's word about one plan; decided once, used once, and void when anything changed."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import INSERTS
from bot.store.tables import approvals

State = Literal["open", "approved", "rejected", "expired", "void", "used"]
Verdict = Literal["approved", "rejected"]
Why = Literal["already", "expired", "own-request", "other-plan", "unknown"]

# Every change is one UPDATE that asks for what it relies on: of two that come at once, the second changes nothing.
# Made once, since putting such a statement together takes far longer than carrying it out.
_ONE: Final = approvals.c.id == bindparam("which")
_IN_TIME: Final = approvals.c.expires > bindparam("now")
_SAME_PLAN: Final = approvals.c.plan_hash == bindparam("plan")
_LIVING: Final = approvals.c.state.in_(("open", "approved"))
_READ: Final = select(approvals).where(_ONE)
_ASK: Final = {dialect: insert(approvals).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}
_DECIDE: Final = (
    update(approvals)
    .where(_ONE, approvals.c.state == "open", _IN_TIME, _SAME_PLAN, approvals.c.requested_by != bindparam("who"))
    .values(
        state=bindparam("verdict"), decided_by=bindparam("who"), reason=bindparam("said"), decided_at=bindparam("now")
    )
    .returning(approvals)
)
_USE: Final = (
    update(approvals)
    .where(_ONE, approvals.c.state == "approved", _IN_TIME, _SAME_PLAN)
    .values(state="used", run=bindparam("user"))
)
_VOID: Final = update(approvals).where(_ONE, _LIVING).values(state="void")
_EXPIRE: Final = update(approvals).where(_ONE, _LIVING, approvals.c.expires <= bindparam("now")).values(state="expired")


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
    """Ask for a decision; asked again with the same id, also at the same moment, nothing changes."""
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
    await connection.execute(_ASK[connection.dialect.name], values)


async def read(connection: AsyncConnection, id: str) -> Approval | None:
    """The approval, None where nobody asked."""
    row = (await connection.execute(_READ, {"which": id})).mappings().one_or_none()
    return Approval(**dict(row)) if row is not None else None


async def decide(
    connection: AsyncConnection, *, id: str, verdict: Verdict, by: str, reason: str, plan_hash: str, at: float
) -> Approval | NotDecided:
    """Take somebody's word, the first one, in time, about this very plan, and never the requester's own."""
    given = {"which": id, "verdict": verdict, "who": by, "said": reason, "plan": plan_hash, "now": at}
    taken = (await connection.execute(_DECIDE, given)).mappings().one_or_none()
    if taken is not None:
        return Approval(**dict(taken))
    found = await read(connection, id)
    return NotDecided(_why_not(found, by, plan_hash, at), found)


async def use(connection: AsyncConnection, *, id: str, plan_hash: str, at: float, run: str) -> bool:
    """Use up a yes, right before what it allows is done: true once, and again for the same `run` after a crash."""
    given = {"which": id, "plan": plan_hash, "now": at, "user": run}
    if (await connection.execute(_USE, given)).rowcount == 1:
        return True
    found = await read(connection, id)
    return found is not None and found.state == "used" and found.run == run and found.plan_hash == plan_hash


async def void(connection: AsyncConnection, *, id: str, at: float) -> bool:
    """The plan has changed: neither a yes nor a later one counts. False where there was nothing to void."""
    return bool((await connection.execute(_VOID, {"which": id})).rowcount == 1)


async def expire(connection: AsyncConnection, *, id: str, at: float) -> bool:
    """Time is up; false where it is not, or where there was nothing to end."""
    return bool((await connection.execute(_EXPIRE, {"which": id, "now": at})).rowcount == 1)


def _why_not(found: Approval | None, by: str, plan_hash: str, at: float) -> Why:
    if found is None:
        return "unknown"
    if found.state == "expired" or (found.state == "open" and at >= found.expires):
        return "expired"
    if found.state != "open":
        return "already"
    return "own-request" if found.requested_by == by else "other-plan"
