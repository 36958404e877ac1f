"""Replicas on Postgres: a dead one's work is taken over, a living one's never, and who was taken over must end."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from bot.engine.alone import AlreadyRunning
from bot.engine.replicas import Replicas

REPLICA = Path(__file__).with_name("replica.py")
ROOT = Path(__file__).parents[3]


pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@asynccontextmanager
async def replica(url: str, name: str, notes: Path, begun: int) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(REPLICA), url, name, str(notes), str(begun),
        stdout=asyncio.subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()  # type: ignore[attr-defined]


def _lines(notes: Path, what: str) -> list[str]:
    return [line for line in notes.read_text().splitlines() if line.startswith(what)]


async def noted(notes: Path, what: str, count: int) -> list[str]:
    async with asyncio.timeout(30):
        while True:
            lines = _lines(notes, what)
            if len(lines) >= count:
                return lines
            await asyncio.sleep(0.05)


async def test_a_dead_replicas_work_is_taken_over_and_nothing_is_done_twice(database_url: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    async with replica(database_url, "alive", notes, 0), replica(database_url, "dying", notes, 5) as dying:
        await noted(notes, "reached", 5)
        dying.kill()
        seconds = await noted(notes, "second", 5)
    assert sorted(seconds) == [f"second {number} alive" for number in range(5)]
    firsts = [line for line in notes.read_text().splitlines() if line.startswith("first")]
    assert len(firsts) == 5


async def test_a_living_replicas_work_is_left_alone(database_url: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    async with replica(database_url, "one", notes, 3), replica(database_url, "two", notes, 0):
        seconds = await noted(notes, "second", 3)
    assert {line.rpartition(" ")[2] for line in seconds} == {"one"}


async def prepared(url: str) -> None:
    """What the engine makes at its start, as far as the watch reads it."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("CREATE SCHEMA dbos")
        await connection.execute(
            "CREATE TABLE dbos.workflow_status (executor_id text, status text, application_version text)"
        )


async def test_a_second_replica_of_one_name_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.replicas._TAKE_SECONDS", 0.5)
    first, second = (Replicas(database_url, "same", "1", recover=print, lost=lambda: None) for _ in range(2))
    await first.take()
    try:
        with pytest.raises(AlreadyRunning, match="same"):
            await second.take()
    finally:
        await first.release()


async def test_one_whose_connection_was_cut_goes_on_unless_it_was_taken_over(database_url: str) -> None:
    await prepared(database_url)
    lost: list[str] = []
    recovered: list[str] = []
    one = Replicas(database_url, "one", "1", recover=recovered.append, lost=lambda: lost.append("one"), every=0.05)
    await one.take()
    await one.watch()
    try:
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
            await cut(connection)
            await holds_again(connection)
            assert lost == []
            await connection.execute("INSERT INTO dbos.workflow_status VALUES ('one', 'PENDING', '1')")
            await connection.execute("INSERT INTO dbos.backup_bot_taken_over VALUES ('one')")
            await cut(connection)
            async with asyncio.timeout(10):
                while not lost:  # noqa: ASYNC110 - what is waited for happens in the watch
                    await asyncio.sleep(0.02)
    finally:
        await one.release()
    assert lost[0] == "one"


async def cut(connection: "psycopg.AsyncConnection[tuple[object, ...]]") -> None:
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    )


async def holds_again(connection: "psycopg.AsyncConnection[tuple[object, ...]]") -> None:
    async with asyncio.timeout(10):
        while True:
            held = await connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
            row = await held.fetchone()
            if row is not None and row[0] == 1:
                return
            await asyncio.sleep(0.02)
