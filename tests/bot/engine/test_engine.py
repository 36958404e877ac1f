"""Every feature of the engine that the stories lean on, on SQLite and on Postgres."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.engine.alone import AlreadyRunning
from bot.engine.engine import QUEUE, Engine, EngineSettings
from bot.engine.flow import Flow, Story

SECONDS = 20.0


@asynccontextmanager
async def open_engine(url: str, stories: dict[str, Story], **settings: Any) -> AsyncIterator[Engine]:
    engine = Engine(
        EngineSettings(url, **{"replica": "one", **settings}), lost=lambda: None, passing=(ConnectionError,)
    )
    for name, story in stories.items():
        engine.register(name, story)
    await engine.open()
    try:
        yield engine
    finally:
        await engine.close()


async def eventually(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not look():  # noqa: ASYNC110 - what is waited for happens in the engine
            await asyncio.sleep(0.01)


async def test_a_story_begun_twenty_times_at_once_is_one(database_url: str) -> None:
    runs: list[int] = []

    async def count(number: int) -> int:
        runs.append(number)
        return number

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        await flow.step("count", count, given["number"])

    async with open_engine(database_url, {"story": story}) as engine:
        await asyncio.gather(*(engine.begin("story", "same", {"number": 7}) for _ in range(20)))
        await eventually(lambda: bool(runs))
        await engine.begin("story", "same", {"number": 8})
        await engine.begin("story", "other", {"number": 9})
        await eventually(lambda: 9 in runs)
    assert sorted(runs) == [7, 9]


async def test_what_was_done_before_the_process_ended_is_not_done_again(database_url: str) -> None:
    done: list[str] = []
    go = asyncio.Event()

    async def first() -> dict[str, Any]:
        done.append("first")
        return {"at": "first"}

    async def second(before: dict[str, Any]) -> None:
        done.append(f"second after {before['at']}")
        await go.wait()

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        before = await flow.step("first", first)
        await flow.step("second", second, before)
        done.append("end")

    async with open_engine(database_url, {"story": story}) as engine:
        await engine.begin("story", "id", {})
        await eventually(lambda: len(done) == 2)
    go.set()
    async with open_engine(database_url, {"story": story}):
        await eventually(lambda: "end" in done)
    assert done == ["first", "second after first", "second after first", "end"]


async def test_a_story_waits_for_word_and_gets_it_once(database_url: str) -> None:
    heard: list[Any] = []

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        heard.append(await flow.wait_for("answer", 10))
        heard.append(await flow.wait_for("answer", 0.2))

    async with open_engine(database_url, {"story": story}) as engine:
        await engine.begin("story", "id", {})
        for _ in range(3):
            await engine.send("id", "answer", {"yes": True}, "key")
        await eventually(lambda: len(heard) == 2)
    assert heard == [{"yes": True}, None]


async def test_word_that_comes_before_the_story_waits_is_kept(database_url: str) -> None:
    heard: list[Any] = []
    ready = asyncio.Event()

    async def hold() -> None:
        await ready.wait()

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        await flow.step("hold", hold)
        heard.append(await flow.wait_for("answer", 10))

    async with open_engine(database_url, {"story": story}) as engine:
        await engine.begin("story", "id", {})
        await engine.send("id", "answer", "early", "key")
        ready.set()
        await eventually(lambda: bool(heard))
    assert heard == ["early"]


async def test_a_queue_runs_no_more_at_once_than_it_may_and_all_in_the_end(database_url: str) -> None:
    running, most, done = 0, 0, 0

    async def work() -> None:
        nonlocal running, most, done
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        done += 1

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        await flow.step("work", work)

    async def parent(flow: Flow, given: dict[str, Any]) -> None:
        for number in range(9):
            await flow.begin("story", f"child {number}", {}, QUEUE)

    async with open_engine(database_url, {"story": story, "parent": parent}, at_once=3) as engine:
        await engine.begin("parent", "id", {})
        await eventually(lambda: done == 9)
    assert 1 <= most <= 3


async def test_a_step_that_fails_by_something_that_passes_is_taken_again_and_others_are_not(database_url: str) -> None:
    tries: list[str] = []

    async def away() -> str:
        tries.append("away")
        if len(tries) < 3:
            raise ConnectionError("the database is away")
        return "back"

    async def broken() -> None:
        tries.append("broken")
        raise ValueError("a mistake")

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        tries.append(await flow.step("away", away))
        try:
            await flow.step("broken", broken)
        except Exception as error:  # noqa: BLE001 - the engine may wrap what a step raised
            tries.append(str(error))

    async with open_engine(database_url, {"story": story}) as engine:
        await engine.begin("story", "id", {})
        await eventually(lambda: any("mistake" in each for each in tries))
    assert tries[:4] == ["away", "away", "away", "back"]
    assert tries.count("broken") == 1


async def test_finished_stories_are_forgotten_and_others_are_not(database_url: str) -> None:
    done: list[str] = []
    go = asyncio.Event()

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        if given["waits"]:
            await flow.step("hold", hold)
        done.append("done")

    async def hold() -> None:
        await go.wait()

    async with open_engine(database_url, {"story": story}, kept_seconds=-5.0) as engine:
        await engine.begin("story", "short", {"waits": False})
        await engine.begin("story", "long", {"waits": True})
        await eventually(lambda: bool(done))
        async with asyncio.timeout(SECONDS):
            while await engine.is_known("short"):
                await engine.prune()
        assert await engine.is_known("long")
        go.set()
        await eventually(lambda: len(done) == 2)


async def test_what_is_kept_is_plain_json(database_url: str) -> None:
    """A row that runs code when it is read, as pickles do, would make whoever writes the database master of the bot."""

    async def give() -> object:
        return object()

    failed: list[str] = []

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        try:
            await flow.step("give", give)
        except Exception as error:  # noqa: BLE001 - what it is called does not matter
            failed.append(type(error).__name__)

    async with open_engine(database_url, {"story": story}) as engine:
        await engine.begin("story", "id", {})
        await eventually(lambda: bool(failed))


async def test_a_second_process_on_the_same_sqlite_file_is_refused(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'engine.db'}"
    async with open_engine(url, {}):
        second = Engine(EngineSettings(url), lost=lambda: None)
        with pytest.raises(AlreadyRunning, match="Another bot"):
            await second.open()
    async with open_engine(url, {}):
        pass  # what the first held is free again
