"""Approvals: decided once by somebody else, used once for one plan, and void when anything changed."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any, cast

import pytest
from sqlalchemy import Connection, CursorResult, Executable, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import approvals
from bot.store.approvals import Approval, NotDecided
from bot.store.tables import metadata

PLAN, OTHER = "a" * 64, "b" * 64
EMMA, DAAN = "U0EMMA", "U0DAAN"
HISTORIES = 10_000


async def asked(engine: AsyncEngine, id: str = "one") -> None:
    async with engine.begin() as kept:
        await approvals.ask(kept, id=id, operation="op", plan_hash=PLAN, requested_by=EMMA, at=0, expires=100)


async def decided(engine: AsyncEngine, by: str = DAAN, **how: Any) -> Approval | NotDecided:
    usual: dict[str, Any] = {"id": "one", "verdict": "approved", "reason": "because", "plan_hash": PLAN, "at": 50.0}
    async with engine.begin() as kept:
        return await approvals.decide(kept, **(usual | {"by": by} | how))


async def used(engine: AsyncEngine, **how: Any) -> bool:
    async with engine.begin() as kept:
        given: dict[str, Any] = {"id": "one", "plan_hash": PLAN, "at": 60.0, "run": "run"} | how
        return await approvals.use(kept, **given)


async def test_a_yes_is_kept_with_who_and_why(engine: AsyncEngine) -> None:
    await asked(engine)
    told = await decided(engine)
    assert isinstance(told, Approval)
    assert (told.state, told.decided_by, told.reason, told.decided_at) == ("approved", DAAN, "because", 50.0)


async def test_asked_again_nothing_changes(engine: AsyncEngine) -> None:
    await asked(engine)
    await decided(engine)
    await asked(engine)
    assert isinstance(told := await decided(engine, by="U0PRIYA"), NotDecided)
    assert told.approval is not None
    assert told.approval.decided_by == DAAN


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"by": EMMA}, "own-request"),
        ({"at": 100.0}, "expired"),
        ({"plan_hash": OTHER}, "other-plan"),
        ({"id": "nobody asked"}, "unknown"),
    ],
)
async def test_what_is_not_taken_says_why(engine: AsyncEngine, how: dict[str, Any], why: str) -> None:
    await asked(engine)
    told = await decided(engine, **how)
    assert isinstance(told, NotDecided)
    assert told.why == why
    assert isinstance(await decided(engine), Approval), "the right one still counts"


async def test_of_twenty_who_decide_at_once_one_is_taken(engine: AsyncEngine) -> None:
    await asked(engine)
    told = await asyncio.gather(
        *(decided(engine, by=f"U{number}", verdict=("approved", "rejected")[number % 2]) for number in range(20))
    )
    (taken,) = [each for each in told if isinstance(each, Approval)]
    for each in told:
        if isinstance(each, NotDecided):
            assert each.why == "already"
            assert each.approval == taken


async def test_of_ten_runs_at_once_one_may_use_it_and_may_ask_again(engine: AsyncEngine) -> None:
    await asked(engine)
    await decided(engine)
    told = await asyncio.gather(*(used(engine, run=f"run {number}") for number in range(10)))
    assert told.count(True) == 1
    winner = f"run {told.index(True)}"
    assert await used(engine, run=winner, at=500.0), "after a crash the same run goes on, however late"
    assert not await used(engine, run="another")


async def test_it_expires_only_when_time_is_up(engine: AsyncEngine) -> None:
    await asked(engine)
    async with engine.begin() as kept:
        assert not await approvals.expire(kept, id="one", at=99)
        assert await approvals.expire(kept, id="one", at=100)
    assert isinstance(await decided(engine), NotDecided)


@dataclass
class Model:
    """What should be, computed by other means: every rule as a plain condition."""

    state: str = "open"
    run: str = ""

    def decide(self, verdict: str, by: str, plan: str, at: float) -> bool:
        may = self.state == "open" and at < 100 and plan == PLAN and by != EMMA
        if may:
            self.state = verdict
        return may

    def use(self, plan: str, at: float, run: str) -> bool:
        if self.state == "approved" and plan == PLAN and at < 100:
            self.state, self.run = "used", run
            return True
        return self.state == "used" and self.run == run and plan == PLAN

    def end(self, state: str, at: float) -> bool:
        may = self.state in ("open", "approved") and (state == "void" or at >= 100)
        if may:
            self.state = state
        return may


def history_of(chance: Random) -> list[tuple[Any, ...]]:
    """One to six deeds, most of them about the right plan and in time, since those go furthest."""
    deeds: list[tuple[Any, ...]] = []
    for _ in range(chance.randint(1, 6)):
        plan, at = chance.choice([PLAN, PLAN, PLAN, OTHER]), chance.choice([0.0, 50.0, 50.0, 99.9, 100.0, 150.0])
        kind = chance.choice(["decide", "decide", "use", "use", "void", "expire"])
        if kind == "decide":
            who = chance.choice([EMMA, DAAN, "U0PRIYA"])
            deeds.append((kind, chance.choice(["approved", "approved", "rejected"]), who, plan, at))
        else:
            deeds.append((kind, plan, at, chance.choice(["run 1", "run 2"])) if kind == "use" else (kind, at))
    return deeds


async def done(kept: AsyncConnection, deed: tuple[Any, ...], id: str) -> bool:
    if deed[0] == "decide":
        _, verdict, by, plan, at = deed
        told = await approvals.decide(kept, id=id, verdict=verdict, by=by, reason="r", plan_hash=plan, at=at)
        return isinstance(told, Approval)
    if deed[0] == "use":
        _, plan, at, run = deed
        return await approvals.use(kept, id=id, plan_hash=plan, at=at, run=run)
    return await (approvals.void if deed[0] == "void" else approvals.expire)(kept, id=id, at=deed[1])


def expected(model: Model, deed: tuple[Any, ...]) -> bool:
    if deed[0] == "decide":
        return model.decide(*deed[1:])
    if deed[0] == "use":
        return model.use(*deed[1:])
    return model.end("void" if deed[0] == "void" else "expired", deed[1])


class Direct:
    """The same SQL on the same database without a thread between: ten thousand histories in seconds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable) -> CursorResult[Any]:
        return self._connection.execute(statement)


async def test_ten_thousand_histories_agree_with_the_rules() -> None:
    """Never by the requester, never twice, never too late, never for another plan, never after it is void."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    chance = Random(4)
    ends: Counter[str] = Counter()
    with engine.connect() as connection:
        kept = cast(AsyncConnection, Direct(connection))
        for number in range(HISTORIES):
            ends[await _history(kept, history_of(chance), str(number))] += 1
    engine.dispose()
    assert sum(ends.values()) == HISTORIES
    assert set(ends) == {"open", "approved", "rejected", "expired", "void", "used"}, "every way to end was gone"


async def _history(kept: AsyncConnection, deeds: list[tuple[Any, ...]], id: str) -> str:
    """The state in which it ends, after each deed was compared with the rules."""
    model, uses = Model(), set()
    await approvals.ask(kept, id=id, operation="op", plan_hash=PLAN, requested_by=EMMA, at=0, expires=100)
    for deed in deeds:
        told = await done(kept, deed, id)
        assert told == expected(model, deed), (deeds, deed)
        if deed[0] == "use" and told:
            uses.add(deed[3])
    assert len(uses) <= 1
    found = await approvals.read(kept, id)
    assert found is not None
    assert found.state == model.state
    return found.state
