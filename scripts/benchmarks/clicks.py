"""`clicks`: operations clicked by many at once over two replicas on Postgres; each is carried out once."""

import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from scripts.benchmarks.kill import SEED
from scripts.benchmarks.kill_bots import ASKS, Bot, Bots, bot_environment, database, postgres_server
from scripts.benchmarks.kill_fleet import Failure, Fleet
from scripts.benchmarks.kill_town import Place, Town, town

OPERATIONS: Final = 1_000
_CLICKS: Final = (2, 20)
_AT_ONCE: Final = 20  # operations; a person waits for the answer to a click, and so do we
_TICK: Final = 0.1
_CLOCK_STEP: Final = 10.0
_STUCK_SECONDS: Final = 60.0
_LATE_SECONDS: Final = 2.0  # for a second backup of something that has ended


def measure(operations: int = OPERATIONS, seed: int = SEED) -> dict[str, Any]:
    """So many operations, each clicked 2 to 20 times at once: `executions` by Azure's own log must equal them."""
    with tempfile.TemporaryDirectory(prefix="clicks-") as name, postgres_server(Path(name)) as server:
        return asyncio.run(_measure(Path(name), server, operations, seed))


async def _measure(folder: Path, server: str, operations: int, seed: int) -> dict[str, Any]:
    async with database(server) as url, town(Fleet({"passing": operations})) as made:
        bots = Bots(folder, bot_environment(folder, made.environment, url), is_mortal=False)
        try:
            replicas = [await bots.start(f"replica-{number}") for number in (1, 2)]
            return await _Crowd(made, replicas, random.Random(seed)).clicks(operations)
        finally:
            await bots.end()


class _Crowd:
    """Many people with one button before them."""

    def __init__(self, made: Town, replicas: list[Bot], chance: random.Random) -> None:
        self._town, self._replicas, self._chance = made, replicas, chance
        self._statuses: Counter[int] = Counter()

    async def clicks(self, operations: int) -> dict[str, Any]:
        """Click, wait until Azure has nothing more to do, and count."""
        begun = time.monotonic()
        failures = [self._town.fleet.take("passing") for _ in range(operations)]
        places = [self._town.place("retry_backup", f"{each.job_path}|1") for each in failures]
        turn = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._clicked(place, turn) for place in places))
        clicked = time.monotonic()
        over = await self._until_quiet(failures)
        await asyncio.sleep(_LATE_SECONDS)
        executions = Counter(self._town.triggers(failure) for failure in failures)
        return {
            "operations": operations,
            "clicks": sum(self._statuses.values()),
            "refused_clicks": sum(count for status, count in self._statuses.items() if status != 200),
            "executions": sum(times * count for times, count in executions.items()),
            "lost": executions[0],
            "doubled": sum(count for times, count in executions.items() if times > 1),
            "over": over,
            "click_seconds": round(clicked - begun, 1),
            "seconds": round(time.monotonic() - begun, 1),
        }

    async def _clicked(self, place: Place, turn: asyncio.Semaphore) -> None:
        times = self._chance.randint(*_CLICKS)
        async with turn:
            urls = [self._chance.choice(self._replicas).url for _ in range(times)]
            told = await asyncio.gather(*(self._town.deliver(url, ASKS, place) for url in urls))
        self._statuses.update(told)

    async def _until_quiet(self, failures: list[Failure]) -> int:
        """Push Azure's clock until every backup has ended, or nothing has moved for a minute; gives how many do."""
        moved, last = time.monotonic(), (-1, -1)
        while True:
            self._town.azure.clock.advance(_CLOCK_STEP)
            over = sum(self._is_over(failure) for failure in failures)
            now = (over, len(self._town.azure.calls))
            if now != last:
                moved, last = time.monotonic(), now
            if over == len(failures) or time.monotonic() > moved + _STUCK_SECONDS:
                return over
            await asyncio.sleep(_TICK)

    def _is_over(self, failure: Failure) -> bool:
        return any(status in ("Completed", "Failed") for status in self._town.truth(failure).jobs)


def is_good(told: dict[str, Any]) -> bool:
    """Each operation was carried out, and once."""
    return bool(told["executions"] == told["operations"]) and not (told["lost"] or told["doubled"])


def show(told: dict[str, Any]) -> None:
    """Two columns."""
    table = Table(box=None, title="clicked by many at once, over two replicas", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in told.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
