"""`azure`: listing jobs against raw aiohttp and the client package, pages and a sweep of 10,000 vaults."""

import gc
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table

from scripts.benchmarks import azure_lists, azure_pages, azure_sweep
from scripts.benchmarks.azure_servers import serving


def measure(rounds: int) -> dict[str, Any]:
    """Each part against a server in a process of its own."""
    with serving("pages") as said:
        # As the bot does when it has started.
        gc.collect()
        gc.freeze()
        lists = uvloop.run(azure_lists.measure(said["url"], rounds))
    with serving("estate") as told:
        pages = uvloop.run(azure_pages.measure(told["url"], told["token"]))
        sweep = azure_sweep.measure(told)
    return {
        "bytes_a_job": said["bytes_a_job"],
        "lists": lists,
        "pages": pages,
        "sweep": sweep | {"sandbox_start_seconds": told["start_seconds"]},
    }


def show(result: dict[str, Any]) -> None:
    """Three tables."""
    table = Table(box=None, title=f"listing jobs of {result['bytes_a_job']} bytes, medians of the rounds")
    for heading in ("jobs/page", "", "wall ms", "CPU ms", "longest gap ms", "of it at work", "times raw", "at best"):
        table.add_column(heading, justify="left" if heading in ("jobs/page", "") else "right")
    for size, row in result["lists"].items():
        for way in azure_lists.WAYS:
            figures = [str(row[way][name]) for name in ("wall_ms", "cpu_ms", "gap_ms", "busy_ms")]
            times = [] if way == "raw" else [str(row[f"{way}_to_raw"]), str(row[f"{way}_to_raw_best"])]
            table.add_row(size if way == "raw" else "", way, *figures, *times)
    Console().print(table)
    _show_pages(result)
    _show_sweep(result["sweep"])


def _show_pages(result: dict[str, Any]) -> None:
    started = result["sweep"]["sandbox_start_seconds"]
    table = Table(box=None, title=f"the sandbox of 10,000 vaults, up in {started} s: milliseconds a page")
    for heading in ("", "pages", "rows at most", "first", "median", "worst"):
        table.add_column(heading, justify="right" if heading else "left")
    for kind, row in result["pages"].items():
        figures = (row[key] for key in ("pages", "rows", "first_ms", "median_ms", "worst_ms"))
        table.add_row(kind, *map(str, figures))
    Console().print(table)


def _show_sweep(sweep: dict[str, Any]) -> None:
    table = Table(box=None, title="a fleet of 10,000 vaults and 200,000 jobs, by Resource Graph")
    for heading in ("", "rows", "wall s", "CPU s", "longest gap ms", "of it at work"):
        table.add_column(heading, justify="right" if heading else "left")
    for name in ("failures", "vaults"):
        figures = (sweep[name][key] for key in ("rows", "wall_seconds", "cpu_seconds", "gap_ms", "busy_ms"))
        table.add_row(name, *map(str, figures))
    Console().print(table)
    asked = ", ".join(f"{number} {name}" for name, number in sorted(sweep["requests"].items()))
    Console().print(f"requests: {asked}; memory {sweep['resident_mb_before']} MB before, {sweep['peak_mb']} MB at most")
