"""One question at a time: shared by everyone who asks, kept for seconds, cancelled by nobody alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.flights import Flights


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class _Source:
    """Answers when the gate opens, with how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def fetch(self) -> int:
        self.asked += 1
        number = self.asked
        await self.gate.wait()
        if self.error:
            raise self.error
        return number


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
async def flights(clock: _Clock) -> AsyncIterator[Flights[int]]:
    made: Flights[int] = Flights(15.0, most=2, now=clock)
    yield made
    await made.close()


async def test_a_hundred_askers_are_one_question(flights: Flights[int]) -> None:
    source = _Source()
    asking = [asyncio.create_task(flights.get("a", source.fetch)) for _ in range(100)]
    await asyncio.sleep(0)
    source.gate.set()
    assert set(await asyncio.gather(*asking)) == {1}
    assert source.asked == 1


async def test_an_asker_who_leaves_takes_nobody_along(flights: Flights[int]) -> None:
    source = _Source()
    first, second = (asyncio.create_task(flights.get("a", source.fetch)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    source.gate.set()
    assert await second == 1
    assert first.cancelled()


async def test_what_nobody_waits_for_any_more_is_still_kept(flights: Flights[int]) -> None:
    source = _Source()
    only = asyncio.create_task(flights.get("a", source.fetch))
    await asyncio.sleep(0)
    only.cancel()
    source.gate.set()
    assert await flights.get("a", source.fetch) == 1
    assert source.asked == 1


async def test_an_answer_is_kept_for_its_time_and_no_longer(flights: Flights[int], clock: _Clock) -> None:
    source = _Source()
    source.gate.set()
    assert await flights.get("a", source.fetch) == 1
    clock.now += 14.9
    assert await flights.get("a", source.fetch) == 1
    assert await flights.get("a", source.fetch, within=10) == 2
    clock.now += 15.0
    assert await flights.get("a", source.fetch) == 3


async def test_a_failure_is_told_to_all_and_kept_from_nobody(flights: Flights[int]) -> None:
    source = _Source()
    source.error = ValueError("no")
    asking = [asyncio.create_task(flights.get("a", source.fetch)) for _ in range(3)]
    await asyncio.sleep(0)
    source.gate.set()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(error) for error in told] == ["no"] * 3
    source.error = None
    assert await flights.get("a", source.fetch) == 2


async def test_the_oldest_answer_makes_room(flights: Flights[int]) -> None:
    source = _Source()
    source.gate.set()
    for key in ("a", "b", "c"):
        await flights.get(key, source.fetch)
    assert await flights.get("c", source.fetch) == 3
    assert await flights.get("a", source.fetch) == 4


@pytest.mark.parametrize("ask", [1, 3])
async def test_closing_leaves_nothing_behind(clock: _Clock, ask: int) -> None:
    flights: Flights[int] = Flights(15.0, most=2, now=clock)
    source = _Source()
    fetches: list[Callable[[], Awaitable[int]]] = [lambda: flights.get("a", source.fetch)] * ask
    asking = [asyncio.ensure_future(fetch()) for fetch in fetches]
    await asyncio.sleep(0)
    await flights.close()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(error, asyncio.CancelledError) for error in told)
    assert len(asyncio.all_tasks()) == 1
