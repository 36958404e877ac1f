"""`clicks`: operations clicked by many at once over two replicas on Postgres; each is carried out once."""

import asyncio
import contextlib
import random
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from scripts.benchmarks.kill import SEED
from scripts.benchmarks.kill_bots import ASKS, Bot, Bots, bot_environment, database
from scripts.benchmarks.kill_fleet import Failure, Fleet
from scripts.benchmarks.kill_town import Town, meanwhile, town
from scripts.benchmarks.private_postgres import postgres_server

OPERATIONS: Final = 1_000
_CLICKS: Final = (2, 20)
_AT_ONCE: Final = 20  # operations; a person waits for the answer to a click, and so do we
_REPLICAS: Final = 2
_TICK: Final = 0.2
_WARM_SECONDS, _WARM_STEP = 1.0, 100.0
_CLOCK_STEP: Final = 20.0
_STUCK_SECONDS: Final = 60.0
_LATE_SECONDS: Final = 2.0  # for a second backup of something that has ended


def measure(operations: int = OPERATIONS, seed: int = SEED) -> dict[str, Any]:
    """So many operations, each clicked 2 to 20 times at once: `executions` by Azure's own log must equal them."""
    with tempfile.TemporaryDirectory(prefix="clicks-") as name, postgres_server(Path(name)) as server:
        return asyncio.run(_measure(Path(name), server, operations, seed))


async def _measure(folder: Path, server: str, operations: int, seed: int) -> dict[str, Any]:
    async with database(server) as url, town(Fleet({"passing": operations + _REPLICAS})) as made:
        bots = Bots(folder, bot_environment(folder, made.environment, url), is_mortal=False)
        try:
            replicas = [await bots.start(f"replica-{number}") for number in range(_REPLICAS)]
            return await _Crowd(made, replicas, random.Random(seed)).clicks(operations)
        finally:
            await bots.end()


class _Crowd:
    """Many people with one button before them."""

    def __init__(self, made: Town, replicas: list[Bot], chance: random.Random) -> None:
        self._town, self._replicas, self._chance = made, replicas, chance
        self._statuses: Counter[int] = Counter()
        self._triggered: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def clicks(self, operations: int) -> dict[str, Any]:
        """Click, wait until Azure has nothing more to do, and count."""
        for replica in self._replicas:
            await self._warm(replica)
        begun = time.monotonic()
        failures = [self._town.fleet.take("passing") for _ in range(operations)]
        turn = asyncio.Semaphore(_AT_ONCE)
        async with meanwhile(self._time_passes, _TICK):
            await asyncio.gather(*(self._clicked(failure, turn) for failure in failures))
            clicked = time.monotonic()
            over = await self._until_over(failures)
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

    def _time_passes(self) -> None:
        """Push Azure's clock, and note what was asked of it."""
        self._town.azure.clock.advance(_CLOCK_STEP)
        for call in self._town.azure.calls:
            self._triggered[str(call["path"]).casefold()].set()

    async def _clicked(self, failure: Failure, turn: asyncio.Semaphore) -> None:
        """Everybody clicks one button at once; the next button has its turn when Azure was asked for this one."""
        times = self._chance.randint(*_CLICKS)
        urls = [self._chance.choice(self._replicas).url for _ in range(times)]
        wanted = f"{failure.item_path}/backup".casefold()
        async with turn:
            place = self._town.place("retry_backup", f"{failure.job_path}|1")
            told = await asyncio.gather(*(self._town.deliver(url, ASKS, place) for url in urls))
            with contextlib.suppress(TimeoutError):  # it is counted as lost
                await asyncio.wait_for(self._triggered[wanted].wait(), _STUCK_SECONDS)
        self._statuses.update(told)

    async def _until_over(self, failures: list[Failure]) -> int:
        """Wait until every backup has ended, or none has for a minute; gives how many have."""
        left, end = list(failures), time.monotonic() + _STUCK_SECONDS
        while left and time.monotonic() < end:
            going = [failure for failure in left if not self._is_over(failure)]
            if len(going) < len(left):
                left, end = going, time.monotonic() + _STUCK_SECONDS
            await asyncio.sleep(_TICK)
        return len(failures) - len(left)

    async def _warm(self, replica: Bot) -> None:
        """One operation that does not count: from then on the replica has loaded everything. Raises TimeoutError."""
        failure = self._town.fleet.take("passing")
        place = self._town.place("retry_backup", f"{failure.job_path}|1")
        async with asyncio.timeout(_STUCK_SECONDS):
            while not self._is_over(failure):
                if not self._town.said(place)[0]:
                    await self._town.deliver(replica.url, ASKS, place)
                self._town.azure.clock.advance(_WARM_STEP)
                await asyncio.sleep(_WARM_SECONDS)

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
