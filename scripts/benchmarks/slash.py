"""`slash`: signed commands through the whole app, against a bare Starlette endpoint and a bare Bolt app, in turns."""

import statistics
from contextlib import ExitStack
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.benchmarks.load import Turn, turn
from scripts.benchmarks.servers import running

NAMES = ("ours", "starlette", "bolt")
CONNECTIONS = (1, 16, 64)


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Medians over the rounds, and the ratios of each round's own turns (the machine drifts; a ratio does not)."""
    turns: dict[tuple[str, int], list[Turn]] = {(name, number): [] for name in NAMES for number in CONNECTIONS}
    with ExitStack() as stack:
        ports = {name: stack.enter_context(running(name))[1] for name in NAMES}
        rates = {
            (name, number): turn(ports[name], number, 0.3, 1_000).per_second for name in NAMES for number in CONNECTIONS
        }
        for at in range(rounds):
            for number in CONNECTIONS:
                for name in NAMES[at % 3 :] + NAMES[: at % 3]:
                    turns[name, number].append(turn(ports[name], number, seconds, rates[name, number]))
    return {"slash": {str(number): _row(turns, number) for number in CONNECTIONS}}


def _row(turns: dict[tuple[str, int], list[Turn]], number: int) -> dict[str, Any]:
    row: dict[str, Any] = {name: _median(turns[name, number]) for name in NAMES}
    for other in ("starlette", "bolt"):
        ratios = [a.per_second / b.per_second for a, b in zip(turns["ours", number], turns[other, number], strict=True)]
        row[f"of_{other}"] = round(statistics.median(ratios), 3)
    return row


def _median(turns: list[Turn]) -> dict[str, float]:
    return {
        "per_second": round(statistics.median(one.per_second for one in turns)),
        "p50_ms": round(statistics.median(one.p50 for one in turns), 3),
        "p99_ms": round(statistics.median(one.p99 for one in turns), 3),
        "refused": sum(one.refused for one in turns),
    }


def show(result: dict[str, Any]) -> None:
    """A table: rows by connections and server."""
    table = Table(box=None, title="/backup-error, signed, over loopback (medians of the rounds)")
    for heading in ("connections", "server", "answers/s", "p50 ms", "p99 ms", "not 200", "ours as a share"):
        table.add_column(heading, justify="right" if heading not in ("server",) else "left")
    for number, row in result["slash"].items():
        for name in NAMES:
            one = row[name]
            share = "" if name == "ours" else f"{row[f'of_{name}']:.2f}"
            figures = (
                f"{one['per_second']:.0f}",
                f"{one['p50_ms']:.2f}",
                f"{one['p99_ms']:.2f}",
                f"{one['refused']:.0f}",
            )
            table.add_row(number if name == "ours" else "", name, *figures, share)
    Console().print(table)
