"""Ten thousand histories of approvals, each compared with the rules as they read over the whole of it."""

from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple, TypeVar, cast

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, CursorResult, Dialect, Executable, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import approvals
from bot.store.approvals import Approval
from bot.store.tables import metadata

EMMA, DAAN, PRIYA = "U0EMMA", "U0DAAN", "U0PRIYA"
BATCH, BATCHES, EXPIRES = 40, 250, 100.0
T = TypeVar("T")


class Deed(NamedTuple):
    """What somebody tries; `word` is a verdict or a run, `own` whether it names the approval's own plan."""

    kind: str
    word: str
    by: str
    own: bool
    at: float


# Most are about the right plan and in time, since those go furthest.
TIMES, PLANS = (0.0, 50.0, 50.0, 99.9, EXPIRES, 150.0), (True, True, True, False)
VERDICTS, PEOPLE, RUNS = ("approved", "approved", "rejected"), (EMMA, DAAN, PRIYA), ("run 1", "run 2")
DEEDS = [
    *(Deed("decide", *each) for each in product(VERDICTS, PEOPLE, PLANS, TIMES)),
    *(Deed("use", *each) for each in product(RUNS, ("", "", ""), PLANS, TIMES)),
    *(Deed(kind, "", "", True, at) for kind in ("void", "expire") for at in TIMES for _ in range(6)),
]
History = list[Deed]
batches = st.lists(st.lists(st.sampled_from(DEEDS), min_size=1, max_size=6), min_size=BATCH, max_size=BATCH)


def judged(deeds: History) -> tuple[list[bool], str]:
    """What each deed should come to, and the end: found by looking at the whole history, not by keeping a state."""
    never = len(deeds)

    def first(found: Iterator[int]) -> int:
        return next(found, never)

    right = [n for n, deed in enumerate(deeds) if deed.own and deed.at < EXPIRES and deed.by != EMMA]
    ends = {"void": float("-inf"), "expire": EXPIRES}
    word = first(n for n in right if deeds[n].kind == "decide")
    end = first(n for n, deed in enumerate(deeds) if deed.kind in ends and deed.at >= ends[deed.kind])
    word = word if word < end else never
    state = deeds[word].word if word < never else "open"
    use = first(n for n in right if deeds[n].kind == "use" and word < n < end) if state == "approved" else never
    if use < never:
        again = {n for n in range(use, never) if deeds[n] == deeds[use]._replace(at=deeds[n].at)}
        return [n in {word} | again for n in range(never)], "used"
    if end < never and state != "rejected":
        return [n in {word, end} for n in range(never)], "void" if deeds[end].kind == "void" else "expired"
    return [n == word for n in range(never)], state


def check_the_promises(deeds: History, told: list[bool]) -> None:
    """Never by the requester, never twice, never too late, never for another plan, never after it had ended."""
    done = [deed for deed, is_done in zip(deeds, told, strict=True) if is_done]
    uses = [deed for deed in done if deed.kind == "use"]
    words = [deed for deed in done if deed.kind == "decide"]
    assert len(words) <= 1, deeds
    assert EMMA not in {deed.by for deed in words}, deeds
    assert len({deed.word for deed in uses}) <= 1, deeds
    assert all(deed.own for deed in done), deeds
    if uses:
        assert uses[0].at < EXPIRES, deeds
        assert [deed.word for deed in done[: done.index(uses[0])]] == ["approved"], deeds
        assert {deed.kind for deed in done} == {"decide", "use"}, deeds


class Direct:
    """The same SQL on the same database without a thread between: ten thousand histories in seconds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    async def execute(self, statement: Executable, given: Mapping[str, Any]) -> CursorResult[Any]:
        return self._connection.execute(statement, given)


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What comes of work that never waits."""
    try:
        work.send(None)
    except StopIteration as ended:
        return cast(T, ended.value)
    raise AssertionError("it waited")


async def done(kept: AsyncConnection, deed: Deed, id: str, plan: str) -> bool:
    if deed.kind == "decide":
        verdict = cast(approvals.Verdict, deed.word)
        told = await approvals.decide(
            kept, id=id, verdict=verdict, by=deed.by, reason="because", plan_hash=plan, at=deed.at
        )
        return isinstance(told, Approval)
    if deed.kind == "use":
        return await approvals.use(kept, id=id, plan_hash=plan, at=deed.at, run=deed.word)
    return await (approvals.void if deed.kind == "void" else approvals.expire)(kept, id=id, at=deed.at)


async def lived(kept: AsyncConnection, batch: list[History]) -> list[tuple[list[bool], str]]:
    """What each deed came to and each approval's end. All take turns, and another plan is that of a neighbour."""
    plans = {f"approval {number}": f"{number:064}" for number in range(len(batch))}
    ids = list(plans)
    for id, plan in plans.items():
        await approvals.ask(kept, id=id, operation="op", plan_hash=plan, requested_by=EMMA, at=0, expires=EXPIRES)
    told: list[list[bool]] = [[] for _ in batch]
    for turn in range(max(map(len, batch))):
        for number, deeds in enumerate(batch):
            if turn < len(deeds):
                plan = plans[ids[number if deeds[turn].own else number - 1]]
                told[number].append(await done(kept, deeds[turn], ids[number], plan))
    found = [await approvals.read(kept, id) for id in ids]
    return [(each, kept_as.state) for each, kept_as in zip(told, found, strict=True) if kept_as is not None]


def test_ten_thousand_histories_agree_with_the_rules() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    ends: Counter[str] = Counter()

    # A history is short and is shown by itself: to shrink the other 39 of its batch would take a minute.
    @settings(max_examples=BATCHES, phases=[Phase.generate], derandomize=True, database=None)
    @given(batches)
    def live(batch: list[History]) -> None:
        with engine.connect() as connection:  # what was not committed is rolled back at its end
            told = at_once(lived(cast(AsyncConnection, Direct(connection)), batch))
        for deeds, (each, end) in zip(batch, told, strict=True):
            assert (each, end) == judged(deeds), deeds
            check_the_promises(deeds, each)
            ends[end] += 1

    live()
    engine.dispose()
    assert ends.total() >= 10_000
    assert set(ends) == {"open", "approved", "rejected", "expired", "void", "used"}, "every way to end was gone"
    assert min(ends.values()) > 100, ends
