"""Charts are drawn by another process, readable and bounded; the bot itself never loads the plotting library."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from bot.charts.chart import Bar, Chart, draw

ROOT = Path(__file__).parents[3]
NIGHT = 1_795_392_000.0


def chart(count: int, *, good: int = 0, language: str = "en") -> Chart:
    bars = tuple(Bar(NIGHT + 3_600 * number, good, number % 7) for number in range(count))
    return Chart("Backups of the $last$ day", "good", "failed", bars, "hour", "Europe/Amsterdam", language)  # type: ignore[arg-type]


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("wanted", [chart(24, good=40), chart(1), chart(60, language="nl")])
async def test_a_chart_is_a_picture_of_one_size(wanted: Chart) -> None:
    assert size(await draw(wanted) or b"") == (1_200, 680)


async def test_a_chart_without_bars_is_none() -> None:
    assert await draw(chart(0)) is None


async def test_what_takes_too_long_or_cannot_be_drawn_is_given_up_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert await draw(chart(3), seconds=0.01) is None
    assert "was not drawn within" in caplog.text
    assert await draw(Chart("t", "g", "f", (Bar(0, 0, 1),), "hour", "No/Where")) is None
    assert "could not be drawn" in caplog.text


def test_the_bot_does_not_load_the_plotting_library() -> None:
    code = "import sys, bot.wiring; print([name for name in ('matplotlib', 'numpy') if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == "[]"
