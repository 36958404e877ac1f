"""`start`: seconds from the start of `serve` to its first answer, and the memory that it then holds."""

import statistics
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.benchmarks.load import turn
from scripts.benchmarks.servers import running

ROUNDS = 5


def measure() -> dict[str, Any]:
    """Medians over several starts; memory after 200 answers, in MB of resident set."""
    seconds, megabytes = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with running("ours") as (process, port):
            turn(port, 1, 0.001, 1)
            seconds.append(time.perf_counter() - begun)
            turn(port, 4, 1, 200)
            megabytes.append(_resident(process.pid))
    return {
        "first_answer_seconds": round(statistics.median(seconds), 2),
        "resident_mb": round(statistics.median(megabytes), 1),
    }


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def show(result: dict[str, Any]) -> None:
    """One row."""
    table = Table(box=None, title=f"serve, median of {ROUNDS} starts")
    table.add_column("first answer after s", justify="right")
    table.add_column("resident MB", justify="right")
    table.add_row(str(result["first_answer_seconds"]), str(result["resident_mb"]))
    Console().print(table)
