"""`resolver`: texts a second and the slowest percent, on the labelled set and on hostile input."""

import json
import statistics
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from intents.resolve import Resolver
from responses.catalog import load

LABELLED = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "resolver" / "labelled.jsonl"
ROUNDS = 5


def measure() -> dict[str, Any]:
    """Each labelled text resolved in several rounds, the median of each text counted; hostile texts once each."""
    resolver = Resolver(load())
    texts = [json.loads(line)["text"] for line in LABELLED.read_text(encoding="utf-8").splitlines() if line.strip()]
    rounds = [[_milliseconds(resolver, text) for text in texts] for _ in range(ROUNDS)]
    times = sorted(statistics.median(each) for each in zip(*rounds, strict=True))
    hostile = {name: round(_milliseconds(resolver, text), 2) for name, text in hostile_texts().items()}
    return {
        "texts": len(texts),
        "per_second": round(1000 * len(times) / sum(times)),
        "p50_ms": round(times[len(times) // 2], 3),
        "p99_ms": round(times[int(len(times) * 0.99)], 3),
        "slowest_ms": round(times[-1], 3),
        "hostile_ms": hostile,
    }


def hostile_texts() -> dict[str, str]:
    """Megabytes that would keep a careless matcher busy for minutes."""
    megabyte = 1_000_000
    return {
        "one letter": "a" * megabyte,
        "code-like words": ("UserErrorVmNotInDesirableStatf " * 40_000)[:megabyte],
        "different code-like words": " ".join(f"UserErrorVm{number}State" for number in range(50_000))[:megabyte],
        "half a message": ("Snapshot operation failed due to " * 40_000)[:megabyte],
        "lines of half messages": ("VM agent is unable to communicate with\n" * 40_000)[:megabyte],
        "opening brackets": "[" * megabyte,
        "opening tags": "<" * megabyte,
        "ampersands": "&amp;" * (megabyte // 5),
        "json": json.dumps([{"errorCode": "X" * 50, "message": "Backup failed"}] * 12_000)[:megabyte],
        "digits": "320001 " * (megabyte // 7),
        "combining marks": "e\u0301" * (megabyte // 2),
    }


def _milliseconds(resolver: Resolver, text: str) -> float:
    start = time.perf_counter()
    resolver.resolve(text)
    return (time.perf_counter() - start) * 1000


def show(result: dict[str, Any]) -> None:
    """Two tables: the labelled set, and hostile input."""
    table = Table(box=None, title=f"Resolver, {result['texts']} labelled texts")
    for heading in ("texts/s", "p50 ms", "p99 ms", "slowest ms"):
        table.add_column(heading, justify="right")
    table.add_row(*(str(result[key]) for key in ("per_second", "p50_ms", "p99_ms", "slowest_ms")))
    Console().print(table)
    table = Table(box=None, title="Hostile input, 1 MB each")
    table.add_column("text")
    table.add_column("ms", justify="right")
    for name, milliseconds in result["hostile_ms"].items():
        table.add_row(name, str(milliseconds))
    Console().print(table)
