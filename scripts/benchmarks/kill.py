"""`kill`: processes that die at every step of every story and by chance; nothing may be lost, doubled or untrue."""

import asyncio
import contextlib
import math
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from scripts.benchmarks.kill_books import Books
from scripts.benchmarks.kill_bots import Bots, bot_environment, database
from scripts.benchmarks.kill_fleet import CODES, Fleet
from scripts.benchmarks.kill_plan import STORIES, WORST, boundaries, rounds
from scripts.benchmarks.kill_rounds import Lane, Outcome
from scripts.benchmarks.kill_town import town
from scripts.benchmarks.private_postgres import postgres_server

ROUNDS: Final = 300
SEED: Final = 20_261_123
_DRAIN_SECONDS: Final = 20.0
_LONG: Final = 40  # rounds of a lane; a shorter run does not look for every step first
_SPARE: Final = 12  # failures for the rounds in which nobody dies


def measure(wanted: int = ROUNDS, seed: int = SEED) -> dict[str, Any]:
    """Half of the rounds on SQLite, half on Postgres with two replicas; see `result` for what comes out."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kill-") as name, postgres_server(Path(name)) as server:
        outcomes, troubles = asyncio.run(_both(Path(name), server, wanted, seed))
    return result(outcomes, troubles) | {"seconds": round(time.monotonic() - begun, 1)}


async def _both(folder: Path, server: str, wanted: int, seed: int) -> tuple[list[Outcome], list[str]]:
    alone, together = folder / "alone", folder / "together"
    async with database(server) as url:
        lanes = await asyncio.gather(
            _run("sqlite", alone, f"sqlite:///{alone / 'bot.db'}", 1, wanted - wanted // 2, seed),
            _run("postgres", together, url, 2, wanted // 2, seed + 1),
        )
    return [each for outcomes, _ in lanes for each in outcomes], [each for _, troubles in lanes for each in troubles]


async def _run(
    name: str, folder: Path, url: str, replicas: int, wanted: int, seed: int
) -> tuple[list[Outcome], list[str]]:
    async with lane(name, folder, url, replicas, wanted + _SPARE, seed) as made:
        places = {story: boundaries(await made.probe(story)) for story in STORIES} if wanted >= _LONG else WORST
        outcomes = [await made.play(each) for each in rounds(wanted, places, seed)]
        troubles = await _books_closed(made.books)
        # Judged at the very end: what came too late, or once more, is seen as well.
        for outcome in outcomes:
            made.judge(outcome)
        return outcomes, [f"{name}: {trouble}" for trouble in troubles]


@contextlib.asynccontextmanager
async def lane(name: str, folder: Path, url: str, replicas: int, failures: int, seed: int) -> AsyncIterator[Lane]:
    """A lane that is open while the block runs, with so many failures of each kind."""
    async with town(Fleet(dict.fromkeys(CODES, failures))) as made:
        bots = Bots(folder, bot_environment(folder, made.environment, url))
        books = Books(url)
        opened = Lane(name, made, bots, books, replicas=replicas, seed=seed)
        try:
            await bots.open()
            await opened.open()
            yield opened
        finally:
            await bots.end()
            await books.close()


async def _books_closed(books: Books) -> list[str]:
    """What is wrong in the database, once everything had time to be said."""
    end = time.monotonic() + _DRAIN_SECONDS
    while True:
        found = await books.troubles()
        if not found or time.monotonic() >= end:
            return found
        await asyncio.sleep(0.25)


def result(outcomes: Sequence[Outcome], troubles: Sequence[str]) -> dict[str, Any]:
    """The figures: `lost`, `doubled` and `untrue` count rounds in which that was found; `findings` names each one.

    `unknown` counts removals whose request was cut off on its way, and which say that nobody can know. Seconds:
    `resume` from a new process's start to the first work done, `takeover` from a death to that by another replica,
    `told` from a death to the next word in Slack.
    """
    wrong = Counter(kind for each in outcomes for kind in {finding.wrong for finding in each.findings})
    resumed = sorted(each.resumed for each in outcomes if each.resumed is not None and not each.taken_over)
    taken = sorted(each.resumed for each in outcomes if each.resumed is not None and each.taken_over)
    told = sorted(each.told for each in outcomes if each.told is not None)
    return {
        "rounds": len(outcomes),
        "lost": wrong["lost"],
        "doubled": wrong["doubled"],
        "untrue": wrong["untrue"],
        "unknown": sum(each.is_unknown for each in outcomes),
        "deaths": sum(each.deaths for each in outcomes),
        "taken_over": sum(each.taken_over for each in outcomes),
        "resume_seconds_p50": _at(resumed, 0.5),
        "resume_seconds_p99": _at(resumed, 0.99),
        "takeover_seconds_p50": _at(taken, 0.5),
        "takeover_seconds_p99": _at(taken, 0.99),
        "told_seconds_p50": _at(told, 0.5),
        "told_seconds_p99": _at(told, 0.99),
        "round_seconds_p50": _at(sorted(each.seconds for each in outcomes), 0.5),
        "places": len({each.label for each in outcomes}),
        "findings": [f"{each.label}: {one.wrong}: {one.what}" for each in outcomes for one in each.findings],
        "troubles": list(troubles),
    }


def _at(ordered: Sequence[float], share: float) -> float | None:
    if not ordered:
        return None
    if share == 0.5:
        return round(statistics.median(ordered), 2)
    return round(ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)], 2)


def is_good(told: dict[str, Any]) -> bool:
    """Nothing lost, doubled or untrue, and the books in order."""
    return not (told["lost"] or told["doubled"] or told["untrue"] or told["troubles"])


def show(told: dict[str, Any]) -> None:
    """Two columns, then every finding."""
    table = Table(box=None, title="processes killed under way", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in told.items():
        if not isinstance(value, list):
            table.add_row(name.replace("_", " "), "-" if value is None else str(value))
    Console().print(table)
    for sentence in (*told["findings"], *told["troubles"]):
        Console().print(f"- {sentence}", markup=False, highlight=False)
