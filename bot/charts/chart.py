"""A chart as data, and its picture, drawn by another process within a time limit, one at a time."""

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

from responses.catalog.model import Language

Step = Literal["minute", "hour", "day"]
_log = logging.getLogger(__name__)
_SECONDS: Final = 20.0
_ROOT: Final = Path(__file__).resolve().parents[2]
# A lock belongs to the event loop that first waited at it.
_turns: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Bar:
    """How many backups ended well and how many failed from `start` on, in seconds since 1970."""

    start: float
    good: int
    failed: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over time, each one `step` long and none left out between them; times are shown in `zone`."""

    title: str
    good_label: str
    failed_label: str
    bars: tuple[Bar, ...]
    step: Step
    zone: str = "UTC"
    language: Language = "en"


async def draw(chart: Chart, *, seconds: float = _SECONDS) -> bytes | None:
    """A PNG, None where it could not be drawn in time; that is logged, and what the chart shows is told in words."""
    if not chart.bars:
        return None
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        try:
            with tempfile.TemporaryDirectory(prefix="backup-bot-chart-") as folder:
                return await _drawn(json.dumps(asdict(chart)).encode(), folder, seconds)
        except OSError as error:
            _log.error("a chart could not be drawn: no process or no temporary folder (%s)", error)
            return None


def chart_from(given: Mapping[str, Any]) -> Chart:
    """The chart that another process wrote as JSON."""
    return Chart(**{**given, "bars": tuple(Bar(**bar) for bar in given["bars"])})


async def _drawn(chart: bytes, folder: str, seconds: float) -> bytes | None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.charts",
        cwd=_ROOT,
        env=_environment(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            png, told = await process.communicate(chart)
    except TimeoutError:
        _log.error("a chart was not drawn within %.0f s", seconds)
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or not png.startswith(b"\x89PNG"):
        _log.error("a chart could not be drawn: %s", told.decode("utf-8", "replace")[-300:])
        return None
    return png


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the bot's own environment, which holds secrets; what the library keeps goes away with its folder."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    where = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": folder,
        "XDG_CACHE_HOME": folder,
        "PYTHONPATH": os.pathsep.join(where),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
