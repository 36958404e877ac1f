"""Approvals: decided once by somebody else, used once for one plan, and void when anything changed."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import approvals
from bot.store.approvals import Approval, NotDecided

PLAN, OTHER = "a" * 64, "b" * 64
EMMA, DAAN, PRIYA = "U0EMMA", "U0DAAN", "U0PRIYA"


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


@pytest.mark.parametrize("verdict", ["approved", "rejected"])
async def test_after_a_word_everybody_else_hears_who_gave_it(engine: AsyncEngine, verdict: str) -> None:
    await asked(engine)
    assert isinstance(first := await decided(engine, verdict=verdict), Approval)
    for late in ({"by": PRIYA}, {"by": EMMA}, {"by": PRIYA, "plan_hash": OTHER}, {"by": PRIYA, "at": 150.0}):
        assert await decided(engine, **late) == NotDecided("already", first)


async def test_asked_again_nothing_changes(engine: AsyncEngine) -> None:
    await asked(engine)
    await decided(engine)
    await asked(engine)
    assert isinstance(told := await decided(engine, by=PRIYA), NotDecided)
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


async def test_asked_by_twenty_at_once_it_is_asked_once(engine: AsyncEngine) -> None:
    await asyncio.gather(*(asked(engine) for _ in range(20)))
    assert isinstance(await decided(engine), Approval)


async def test_used_and_made_void_at_once_only_one_of_both_counts(engine: AsyncEngine) -> None:
    async def voided(id: str) -> bool:
        async with engine.begin() as kept:
            return await approvals.void(kept, id=id, at=60.0)

    for number in range(10):
        await asked(engine, id := f"approval {number}")
        await decided(engine, id=id)
        both = (used(engine, id=id), voided(id))
        assert sorted(await asyncio.gather(*(both if number % 2 else reversed(both)))) == [False, True]


@pytest.mark.parametrize(
    ("word", "how"),
    [
        (None, {}),
        ({"verdict": "rejected"}, {}),
        ({"by": EMMA}, {}),
        ({}, {"at": 100.0}),
        ({}, {"plan_hash": OTHER}),
        ({}, {"id": "nobody asked"}),
        (None, {"run": ""}),
    ],
    ids=["undecided", "rejected", "by the requester", "too late", "for another plan", "unknown", "for no run"],
)
async def test_without_a_yes_that_holds_nothing_is_used(
    engine: AsyncEngine, word: dict[str, Any] | None, how: dict[str, Any]
) -> None:
    await asked(engine)
    if word is not None:
        await decided(engine, **word)
    assert not await used(engine, **how)


@pytest.mark.parametrize(("end", "why"), [("void", "already"), ("expire", "expired")])
async def test_what_has_ended_takes_no_word_and_no_use(engine: AsyncEngine, end: str, why: str) -> None:
    for id in ("undecided", "decided"):
        await asked(engine, id)
        if id == "decided":
            await decided(engine, id=id)
        async with engine.begin() as kept:
            assert await (approvals.void if end == "void" else approvals.expire)(kept, id=id, at=100.0)
        assert isinstance(told := await decided(engine, id=id), NotDecided)
        assert told.why == why
        assert not await used(engine, id=id)


async def test_it_expires_only_when_time_is_up(engine: AsyncEngine) -> None:
    await asked(engine)
    async with engine.begin() as kept:
        assert not await approvals.expire(kept, id="one", at=99)
        assert await approvals.expire(kept, id="one", at=100)
    assert isinstance(await decided(engine), NotDecided)
