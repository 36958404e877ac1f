"""`intake`: how many alerts the door takes, how soon an alert is a card, and what a sweep of a large fleet costs."""

import asyncio
import hashlib
import json
import statistics
import time
from functools import partial
from typing import Any, Final

import aiohttp
from rich.console import Console
from rich.table import Table

from sandbox.azure.estate.large import large
from sandbox.azure.estate.small import PRODUCTION
from scripts.benchmarks.watch_town import CHANNEL, SECRET, WatchTown, watch_town

_PER_MINUTE: Final = 1_500
_SUSTAINED_SECONDS: Final = 20.0
_RUSH_SECONDS: Final = 20.0
_TIMES: Final = 10
_CARDS: Final = 20
_VAULTS: Final = (10, 1_000, 10_000)
_JOBS_PER_VAULT: Final = 20
_SWEEPS: Final = 3
_READS: Final = ("graph", "list_jobs", "list_items", "get_job", "get_policy", "list_vaults", "list_subscriptions")
_GROUP: Final = f"/subscriptions/{PRODUCTION}/resourceGroups/rg-backup-prod"
_VAULT: Final = f"{_GROUP}/providers/Microsoft.RecoveryServices/vaults/vault-prod"
_STORED: Final = "SELECT count(*) FROM inbox"


def measure() -> dict[str, Any]:
    """The door at its usual and its greatest rate, alert to card, and sweeps of fleets."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, Any]:
    told: dict[str, Any] = {}
    async with watch_town({"sweep_seconds": 3_600.0}, with_alerts=False) as town:
        await town.settled(3, 240)
        told["sustained"] = await _door(town, _PER_MINUTE / 60, _SUSTAINED_SECONDS, "a")
        told["rush"] = await _door(town, _PER_MINUTE * _TIMES / 60, _RUSH_SECONDS, "b")
    async with watch_town({"sweep_seconds": 3_600.0, "storm_incidents": 1_000}) as town:
        await town.settled(3, 240)
        told["alert_to_card"] = await _latency(town)
    told["sweep"] = [await _sweep(vaults) for vaults in _VAULTS]
    return told


async def _door(town: WatchTown, rate: float, seconds: float, mark: str) -> dict[str, Any]:
    """So many alerts a second, evenly; each is one that was never sent before, about a job that never was."""
    before, count = town.number(_STORED), int(rate * seconds)
    took: list[float] = []
    refused = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as session:
        begun = time.monotonic()

        async def send(number: int) -> None:
            nonlocal refused
            await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
            start = time.perf_counter()
            async with session.post(f"{town.url}/azure/alerts/{SECRET}", data=_alert(f"{mark}{number}")) as answer:
                took.append((time.perf_counter() - start) * 1_000)
                refused += answer.status != 202

        await asyncio.gather(*(send(number) for number in range(count)))
        lasted = time.monotonic() - begun
    stored = int(await asyncio.to_thread(town.number, _STORED) - before)
    spread = statistics.quantiles(took, n=100)
    return {"sent": count, "per_second": round(count / lasted), "refused": refused, "lost": count - stored,
            "ms_p50": round(spread[49], 1), "ms_p99": round(spread[98], 1)}  # fmt: skip


def _alert(number: str) -> bytes:
    job = hashlib.sha256(number.encode()).hexdigest()
    name = f"{job[:8]}-{job[8:12]}-4{job[13:16]}-8{job[17:20]}-{job[20:32]}"
    essentials = {
        "alertId": number,
        "monitorCondition": "Fired",
        "severity": "Sev1",
        "monitoringService": "Azure Backup",
        "firedDateTime": "2026-11-23T01:02:03Z",
        "alertTargetIDs": [_VAULT],
    }
    context = {"extendedInfo": {"jobId": name}}
    data = {"essentials": essentials, "alertContext": context}
    return json.dumps({"schemaId": "azureMonitorCommonAlertSchema", "data": data}).encode()


async def _latency(town: WatchTown) -> dict[str, Any]:
    """From a job's failure in Azure to its card in Slack, one after the other; a second apart, as Slack wants it."""
    took = []
    for number in range(_CARDS):
        vm = f"vm-late-{number:02}"
        begun = time.monotonic()
        code = "UserErrorGuestAgentStatusUnavailable"
        town.azure.estate.change({"add_failure": {"vm": vm, "vault": "vault-prod", "code": code, "ended_ago": 0}})
        async with asyncio.timeout(30):
            while not await _is_told(town, vm):  # noqa: ASYNC110 - by another process
                await asyncio.sleep(0.01)
        took.append(time.monotonic() - begun)
        await asyncio.sleep(1.0)
    spread = statistics.quantiles(took, n=100, method="inclusive")
    return {"cards": _CARDS, "seconds_p50": round(spread[49], 2), "seconds_p99": round(spread[98], 2)}


async def _is_told(town: WatchTown, vm: str) -> bool:
    return any(vm in str(each.get("text")) for each in await town.slack.messages(CHANNEL, "U0EMMA"))


async def _sweep(vaults: int) -> dict[str, Any]:
    """Rounds over a fleet in which little happens, once the bot has caught up."""
    estate = partial(large, vaults=vaults, jobs=vaults * _JOBS_PER_VAULT)
    async with watch_town({"sweep_seconds": 2.0, "by": "auto"}, estate=estate, with_alerts=False) as town:
        await town.settled(max(1, -(-vaults // 250)), 240)
        before, cpu = dict(town.azure.counts), town.cpu_seconds()
        rounds = _rounds(town)
        begun = time.monotonic()
        while _rounds(town) < rounds + _SWEEPS and time.monotonic() < begun + 120:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        done = max(1, _rounds(town) - rounds)
        asked = sum(town.azure.counts.get(name, 0) - before.get(name, 0) for name in _READS)
        return {"vaults": vaults, "sweeps": done, "requests_each": round(asked / done, 1),
                "cpu_seconds_each": round((town.cpu_seconds() - cpu) / done, 2),
                "peak_rss_mb": round(town.peak_mb())}  # fmt: skip


def _rounds(town: WatchTown) -> int:
    """Every sweep asks something; a sweep of few vaults asks each of them."""
    counts = town.azure.counts
    return counts.get("graph", 0) + counts.get("list_jobs", 0) // 10


def is_good(told: dict[str, Any]) -> bool:
    """Nothing that was acknowledged may be lost."""
    return not any(told[name]["lost"] or told[name]["refused"] for name in ("sustained", "rush"))


def show(told: dict[str, Any]) -> None:
    """One table each."""
    door = Table(box=None, title="the alert door")
    names = ("sent", "per_second", "refused", "lost", "ms_p50", "ms_p99")
    for name in ("", *names):
        door.add_column(name.replace("_", " "), justify="right")
    for kind in ("sustained", "rush"):
        door.add_row(kind, *(str(told[kind][name]) for name in names))
    late = told["alert_to_card"]
    sweep = Table(box=None, title="a sweep")
    columns = ("vaults", "sweeps", "requests_each", "cpu_seconds_each", "peak_rss_mb")
    for name in columns:
        sweep.add_column(name.replace("_", " "), justify="right")
    for row in told["sweep"]:
        sweep.add_row(*(str(row[name]) for name in columns))
    console = Console()
    console.print(door)
    console.print(f"failure to card: p50 {late['seconds_p50']} s, p99 {late['seconds_p99']} s, {late['cards']} cards")
    console.print(sweep)
