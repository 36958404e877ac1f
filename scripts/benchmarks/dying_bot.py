"""`serve` that writes down each step of a story and, where a plan says so, dies there by SIGKILL. For tests only.

DYING_BOT_JOURNAL names a file that gets a line for every step: time, process, story, step, "before", "done" or "after"
("before": not begun; "done": its work is done and not remembered; "after": remembered). DYING_BOT_PLAN names a file
with a JSON list of places to die at, in order: {"step": name, "side": one of the three}; "" is any step.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final, Literal

Side = Literal["before", "done", "after"]
SIDES: Final[tuple[Side, ...]] = ("before", "done", "after")
JOURNAL: Final = "DYING_BOT_JOURNAL"
PLAN: Final = "DYING_BOT_PLAN"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal; `at` in seconds since 1970."""

    at: float
    pid: int
    story: str
    step: str
    side: str


def read_journal(path: Path) -> list[Entry]:
    """Every whole line so far, oldest first; the half line of a process that died while it wrote is left out."""
    if not path.exists():
        return []
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    return [Entry(float(row[0]), int(row[1]), *row[2:]) for row in lines if len(row) == 5]


class Fate:
    """What a process writes down and where it dies."""

    def __init__(self, journal: Path, plan: Path) -> None:
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._plan = plan

    def reach(self, story: str, step: str, side: Side) -> None:
        """Write the moment down; die here if that is planned. What was died of is taken off the plan first."""
        os.write(self._journal, f"{time.time()}\t{os.getpid()}\t{story}\t{step}\t{side}\n".encode())
        if not self._plan.exists():
            return
        deaths = json.loads(self._plan.read_text(encoding="utf-8") or "[]")
        if deaths and deaths[0]["side"] == side and deaths[0]["step"] in ("", step):
            rest = self._plan.with_suffix(".rest")
            rest.write_text(json.dumps(deaths[1:]), encoding="utf-8")
            rest.replace(self._plan)
            os.kill(os.getpid(), signal.SIGKILL)


def watch(fate: Fate) -> None:
    """Let every step of every story pass by `fate`."""
    from dbos import DBOS

    from bot.engine.flow import Flow

    take_step = Flow.step

    async def step(self: Flow, name: str, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        story = str(DBOS.workflow_id)
        fate.reach(story, name, "before")

        @wraps(work)
        async def watched(*given: Any) -> Any:
            result = await work(*given)
            fate.reach(story, name, "done")
            return result

        result = await take_step(self, name, watched, *arguments)
        fate.reach(story, name, "after")
        return result

    Flow.step = step  # type: ignore[method-assign]


def main() -> int:
    """`python -m scripts.benchmarks.dying_bot`: as `python -m bot serve`, and mortal."""
    watch(Fate(Path(os.environ[JOURNAL]), Path(os.environ[PLAN])))
    from bot.cli import main as command_line

    return command_line(["serve"])


if __name__ == "__main__":
    sys.exit(main())
