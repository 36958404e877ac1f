"""Budgets: what goes out at once, what waits, and what Azure's own counts change; the clock is pushed, nobody waits."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_ops.budget import RATES, Bucket, Budgets, Rate
from azure_ops.calls import Call
from azure_ops.errors import Throttled
from tests.azure_ops.arm_stand_in import PATH, Time

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
OTHER = "/subscriptions/22222222-2222-4222-8222-222222222222/x"


class Desk:
    """Budgets with a clock of their own."""

    def __init__(self) -> None:
        self.time = Time()
        self.budgets = Budgets(self.time.now, self.time.sleep)

    def call(self, path: str = PATH, *, is_write: bool = False, lasts: float = 25.0) -> Call:
        return Call("GET", path, is_write, self.time.at + lasts)

    async def waits(self, path: str = PATH, *, is_write: bool = False) -> float:
        """How long one call waits for its turn."""
        before = self.time.at
        await self.budgets.take(self.call(path, is_write=is_write))
        return self.time.at - before

    async def at_once(self, path: str = PATH, *, is_write: bool = False) -> int:
        """How many go out before one must wait."""
        for number in range(1_000):
            if await self.waits(path, is_write=is_write) > 0:
                return number
        return 1_000


async def test_each_kind_has_its_burst_and_its_pace() -> None:
    desk = Desk()
    assert await desk.at_once() == 50
    assert [await desk.waits() for _ in range(5)] == pytest.approx([0.2] * 5)
    assert await desk.at_once(is_write=True) == 10
    assert await desk.waits(is_write=True) == pytest.approx(2)
    assert await desk.at_once(GRAPH) == 10
    assert await desk.waits(GRAPH) == pytest.approx(1)


async def test_subscriptions_do_not_share_and_are_compared_without_case() -> None:
    desk = Desk()
    assert await desk.at_once(OTHER) == 50
    assert await desk.at_once() == 50
    assert await desk.waits(PATH.upper()) > 0


async def test_what_a_resource_provider_has_left_counts_too() -> None:
    desk = Desk()
    left = "Microsoft.Compute/GetVMInstanceView3Min;3,Microsoft.Compute/GetVMInstanceView30Min;1190"
    desk.budgets.saw(desk.call(), {"x-ms-ratelimit-remaining-resource": left})
    assert await desk.at_once() == 3
    assert await desk.waits() > 0.2
    other = Desk()
    other.budgets.saw(other.call(), {"x-ms-ratelimit-remaining-resource": "nonsense;,;x,Microsoft.Compute/A"})
    assert await other.at_once() == 50


async def test_a_rest_fills_it_again() -> None:
    desk = Desk()
    await desk.at_once()
    desk.time.at += 60
    assert await desk.at_once() == 50


async def test_a_turn_later_than_the_call_is_refused_at_once_and_costs_nothing() -> None:
    desk = Desk()
    await desk.at_once()
    for _ in range(100):
        with pytest.raises(Throttled, match="seconds=1"):
            await desk.budgets.take(desk.call(lasts=0.1))
    assert await desk.waits() == pytest.approx(0.2)


async def test_one_who_is_cancelled_gives_the_turn_back() -> None:
    ahead = asyncio.Event()
    clock = Time()

    async def forever(_: float) -> None:
        await ahead.wait()

    budgets = Budgets(clock.now, forever, {"read": Rate(60, 1), "write": Rate(1, 1), "graph": Rate(1, 1)})
    await budgets.take(Call("GET", PATH, False, clock.at + 25))
    waiting = [asyncio.create_task(budgets.take(Call("GET", PATH, False, clock.at + 25))) for _ in range(20)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    clock.at += 1
    await asyncio.wait_for(budgets.take(Call("GET", PATH, False, clock.at)), 1)


@pytest.mark.parametrize(
    "name", ["x-ms-ratelimit-remaining-subscription-reads", "x-ms-ratelimit-remaining-subscription-global-reads"]
)
async def test_little_left_at_azure_is_little_for_us(name: str) -> None:
    desk = Desk()
    desk.budgets.saw(desk.call(), {name: "5"})
    assert await desk.at_once() == 5
    assert await desk.waits() == pytest.approx(2)
    desk.budgets.saw(desk.call(), {name: "249"})
    desk.time.at += 60
    assert await desk.at_once() == 50


async def test_counts_of_writes_do_not_slow_reads() -> None:
    desk = Desk()
    desk.budgets.saw(desk.call(is_write=True), {"x-ms-ratelimit-remaining-subscription-deletes": "2"})
    assert await desk.at_once(is_write=True) == 2
    assert await desk.at_once() == 50


async def test_resource_graphs_own_window_is_waited_out() -> None:
    desk = Desk()
    desk.budgets.saw(desk.call(GRAPH), {"x-ms-user-quota-remaining": "3", "x-ms-user-quota-resets-after": "00:00:05"})
    assert await desk.at_once(GRAPH) == 3
    desk.time.at += 60
    desk.budgets.saw(desk.call(GRAPH), {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:04"})
    assert await desk.waits(GRAPH) >= 4


@pytest.mark.parametrize("text", ["", "many", "-4", "nan", "inf", "1;2", "9" * 400])
async def test_nonsense_counts_are_not_believed(text: str) -> None:
    desk = Desk()
    desk.budgets.saw(desk.call(), {"x-ms-ratelimit-remaining-subscription-reads": text})
    desk.budgets.saw(desk.call(GRAPH), {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": text})
    assert await desk.at_once() == 50
    assert await desk.waits(GRAPH) <= 25


async def test_after_a_429_the_subscription_rests_reads_and_writes_and_then_goes_on_one_by_one() -> None:
    desk = Desk()
    desk.budgets.hold(desk.call(), 10)
    assert await desk.waits(OTHER) == 0
    assert await desk.waits(GRAPH) == 0
    assert await desk.waits(is_write=True) == pytest.approx(10)
    assert [await desk.waits() for _ in range(3)] == pytest.approx([0, 0.2, 0.2])


async def test_an_hour_is_the_longest_rest() -> None:
    desk = Desk()
    desk.budgets.hold(desk.call(), 1e9)
    with pytest.raises(Throttled) as told:
        await desk.waits()
    assert told.value.seconds == 3_600


async def test_a_sweep_of_ten_thousand_vaults_fits() -> None:
    """Ten pages of vaults and one of a thousand failures, each minute."""
    desk = Desk()
    for _ in range(5):
        assert sum([await desk.waits(GRAPH) for _ in range(11)]) <= 2
        desk.time.at += 60


async def test_many_subscriptions_do_not_pile_up() -> None:
    desk = Desk()
    for number in range(5_000):
        await desk.waits(f"/subscriptions/{number}/x")
    assert len(desk.budgets._buckets) <= 2_000


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 20), st.floats(1, 600))
def test_never_more_than_the_burst_and_the_pace(gaps: list[float], at_once: int, a_minute: float) -> None:
    bucket, now = Bucket(Rate(a_minute, at_once), 0.0), 0.0
    sent: list[float] = []
    for gap in gaps:
        now += gap
        sent.append(now + bucket.take(now))
    for first, begun in enumerate(sent):
        for last in range(first, len(sent)):
            allowed = at_once + (sent[last] - begun) * a_minute / 60
            assert last - first + 1 <= allowed + 1e-6


def test_ours_is_a_fraction_of_azures() -> None:
    assert RATES["read"].a_minute <= 25 * 60 * 0.2
    assert RATES["write"].a_minute <= 10 * 60 * 0.2
    assert RATES["graph"].a_minute <= 15 / 5 * 60 / 3
