"""Charts are drawn by another process, bounded and one at a time; the bot itself never loads the plotting library."""

import asyncio
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from bot.charts.chart import Bar, Chart, _environment, draw
from responses.catalog.model import Language

ROOT = Path(__file__).parents[3]
NIGHT = 1_795_392_000.0


def chart(count: int, *, good: int = 0, language: Language = "en") -> Chart:
    bars = tuple(Bar(NIGHT + 3_600 * number, good, number % 7) for number in range(count))
    return Chart("Backups of the last day", "good", "failed", bars, "hour", "Europe/Amsterdam", language)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("wanted", [chart(24, good=40), chart(60, language="nl")], ids=["day", "storm"])
async def test_a_chart_is_a_picture_of_one_size_and_leaves_nothing_behind(wanted: Chart, rooms: Path) -> None:
    assert size(await draw(wanted) or b"") == (1_200, 680)
    assert left_in(rooms) == []


async def test_a_chart_without_bars_is_none() -> None:
    assert await draw(chart(0)) is None


async def test_what_takes_too_long_is_ended_and_logged(rooms: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert await draw(chart(3), seconds=0.01) is None
    assert "was not drawn within" in caplog.text
    assert left_in(rooms) == []


async def test_what_cannot_be_drawn_is_none_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert await draw(Chart("t", "g", "f", (Bar(0, 0, 1),), "hour", "No/Where")) is None
    assert "No/Where" in caplog.text


async def test_without_room_for_temporary_files_there_is_no_chart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    assert await draw(chart(3)) is None
    assert "could not be drawn" in caplog.text


def test_never_two_at_once_in_any_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[asyncio.subprocess.Process] = []
    at_once: list[int] = []
    start = asyncio.create_subprocess_exec

    async def watched(*words: Any, **options: Any) -> asyncio.subprocess.Process:
        begun.append(await start(*words, **options))
        at_once.append(sum(each.returncode is None for each in begun))
        return begun[-1]

    async def three() -> list[bytes | None]:
        return await asyncio.gather(*(draw(chart(3), seconds=0.05) for _ in range(3)))

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    for _ in range(2):
        assert asyncio.run(three()) == [None] * 3
    assert at_once == [1] * 6


async def test_who_stops_waiting_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
    start = asyncio.create_subprocess_exec

    async def watched(*words: Any, **options: Any) -> asyncio.subprocess.Process:
        process = await start(*words, **options)
        begun.put_nowait(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    waiting = asyncio.create_task(draw(chart(3)))
    process = await begun.get()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert process.returncode is not None


def test_the_process_that_draws_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    given = _environment("/room")
    assert "xoxb-1" not in given.values()
    assert given.keys() - os.environ.keys() <= {
        "MPLBACKEND", "MPLCONFIGDIR", "XDG_CACHE_HOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE",
    }  # fmt: skip


def test_the_bot_does_not_load_the_plotting_library() -> None:
    code = (
        "import sys, bot.wiring, bot.watch_wiring, bot.web;"
        " print([name for name in ('matplotlib', 'numpy', 'PIL') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == "[]"
