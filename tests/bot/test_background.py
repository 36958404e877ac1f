"""Work behind an acknowledgement: kept, bounded, given up in time, and waited for at the end."""

import asyncio

import pytest

from bot.background import Background


class _Work:
    """Work that a test lets go on, and that says how it ended."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.ended: list[str] = []

    async def run(self) -> None:
        try:
            await self.go.wait()
            self.ended.append("done")
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise


async def test_draining_waits_for_what_runs() -> None:
    background, work = Background(), _Work()
    assert background.start(work.run(), name="work")
    work.go.set()
    await background.drain(1)
    assert work.ended == ["done"]


async def test_draining_cancels_what_takes_too_long() -> None:
    background, work = Background(), _Work()
    background.start(work.run(), name="work")
    await background.drain(0.01)
    assert work.ended == ["cancelled"]


async def test_draining_nothing_is_at_once() -> None:
    await Background().drain(60)


async def test_work_beyond_the_limit_is_not_started_and_told(caplog: pytest.LogCaptureFixture) -> None:
    background, one, two = Background(most=1), _Work(), _Work()
    assert background.start(one.run(), name="one")
    assert not background.start(two.run(), name="two")
    assert "two was not started" in caplog.text
    one.go.set()
    await background.drain(1)
    assert (one.ended, two.ended) == (["done"], [])


async def test_there_is_room_again_when_work_ends() -> None:
    background = Background(most=1)
    for _ in range(3):
        work = _Work()
        work.go.set()
        assert background.start(work.run(), name="work")
        await background.drain(1)
        assert work.ended == ["done"]


async def test_work_is_given_up_in_time(caplog: pytest.LogCaptureFixture) -> None:
    background, work = Background(), _Work()
    background.start(work.run(), name="slow work", seconds=0.01)
    await background.drain(1)
    assert work.ended == ["cancelled"]
    assert "slow work took longer than 0.01 s" in caplog.text


async def test_a_failure_is_logged_by_name_and_harms_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    async def failing() -> None:
        raise ValueError("a bug")

    background, work = Background(), _Work()
    background.start(failing(), name="failing work")
    background.start(work.run(), name="other work")
    work.go.set()
    await background.drain(1)
    assert work.ended == ["done"]
    assert "failing work failed" in caplog.text
    assert "a bug" in caplog.text
