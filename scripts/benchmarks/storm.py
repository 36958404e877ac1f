"""`storm`: thousands of backups fail within a minute; nothing is lost or doubled, and Slack is never asked too fast."""

import asyncio
import time
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from scripts.benchmarks.watch_town import CHANNEL, WatchTown, watch_town

FAILURES: Final = 10_000
_VAULTS: Final = 200
_SECONDS: Final = 60.0
_STEPS: Final = 60
_CODES: Final = (
    "UserErrorGuestAgentStatusUnavailable", "ExtensionSnapshotFailedCOM", "UserErrorFsFreezeFailed",
    "ExtensionStuckInDeletionState",
)  # fmt: skip
_STUCK_SECONDS: Final = 240.0
# The house's own pace for a channel: three at once, then one a second; a tenth of a second is the clocks'.
_BURST, _RATE, _SLACK = 3.0, 1.0, 0.1
_COUNTED: Final = (
    "SELECT coalesce(sum(i.count), 0) FROM incidents i JOIN incident_places p ON p.incident = i.id"
    " WHERE i.vm LIKE 'vm-storm-%'"
)
_STRAY: Final = "SELECT count(*) FROM job_outcomes WHERE is_good = 0 AND incident = '' AND job LIKE '%vault-storm-%'"
_SEEN: Final = "SELECT count(*) FROM job_outcomes WHERE is_good = 0 AND job LIKE '%vault-storm-%'"


def measure(failures: int = FAILURES, seconds: float = _SECONDS) -> dict[str, Any]:
    """So many failures over 200 vaults within a minute, told by alerts and found by sweeps."""
    return asyncio.run(_measure(failures, seconds))


async def _measure(failures: int, seconds: float) -> dict[str, Any]:
    async with watch_town({"sweep_seconds": 5.0}) as town:
        await town.settled(3, 60)
        before = len(_posts(town))
        begun, cpu = time.monotonic(), town.cpu_seconds()
        first = asyncio.create_task(_first_card(town, before, begun))
        await _rage(town, failures, seconds)
        raged = time.monotonic() - begun
        counted = await _until_counted(town, failures)
        told = await _until_told(town, failures)
        seen, stray = town.number(_SEEN), town.number(_STRAY)
        return {
            "failures": failures,
            "vaults": _VAULTS,
            "storm_seconds": round(raged, 1),
            "counted": int(counted),
            "told": told,
            "lost": failures - told,
            "doubled": max(0, int(counted) - failures) + int(seen > failures),
            "stray": int(stray),
            "pace_violations": _violations(town, before),
            "messages": len(_posts(town)) - before,
            "first_card_seconds": round(await first, 1),
            "exact_seconds": round(time.monotonic() - begun, 1),
            "cpu_seconds": round(town.cpu_seconds() - cpu, 1),
            "peak_rss_mb": round(town.peak_mb()),
        }


async def _rage(town: WatchTown, failures: int, seconds: float) -> None:
    """A little every second."""
    done, begun = 0, time.monotonic()
    for step in range(1, _STEPS + 1):
        until = failures * step // _STEPS
        if until > done:
            town.azure.storm(until - done, _VAULTS, _CODES[step % len(_CODES)], first=done)
        done = until
        await asyncio.sleep(max(0.0, begun + seconds * step / _STEPS - time.monotonic()))


async def _first_card(town: WatchTown, before: int, begun: float) -> float:
    while not any("vm-storm" in str(each) or _CODES[1] in str(each) for each in _posts(town)[before:]):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def _until_counted(town: WatchTown, failures: int) -> float:
    """How many failures stand in incidents that are told somewhere, once all do or nothing moves any more."""
    last, end = -1.0, time.monotonic() + _STUCK_SECONDS
    while time.monotonic() < end:
        now = await asyncio.to_thread(town.number, _COUNTED)
        if now >= failures:
            return now
        if now > last:
            last, end = now, time.monotonic() + _STUCK_SECONDS
        await asyncio.sleep(0.5)
    return last


async def _until_told(town: WatchTown, failures: int) -> int:
    """The same as the cards of the channel say it: storms by their numbers, others one by one."""
    end = time.monotonic() + _STUCK_SECONDS / 4
    while (told := await _told(town)) != failures and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    return told


async def _told(town: WatchTown) -> int:
    total = 0
    for message in await town.slack.messages(CHANNEL, "U0EMMA"):
        blocks = {block.get("block_id"): block for block in message.get("blocks", ())}
        if "counts" in blocks:
            words = str(blocks["counts"]["text"]["text"])
            total += int(words.rpartition(" in all")[0].rpartition(" ")[2])
    return total


def _posts(town: WatchTown) -> list[dict[str, Any]]:
    """What was said or changed in the channel, oldest first."""
    names = ("chat.postMessage", "chat.update")
    entries = (entry for entry in town.slack.traffic.after(0) if entry["kind"] in names)
    return [entry for entry in entries if (entry.get("request") or {}).get("channel") == CHANNEL]


def _violations(town: WatchTown, before: int) -> int:
    """How often more was said than three at once and one a second allow."""
    tokens, last, found = _BURST, 0.0, 0
    for entry in _posts(town)[before:]:
        tokens = min(_BURST, tokens + (entry["at"] - last) * _RATE) if last else _BURST
        last = entry["at"]
        if tokens < 1.0 - _SLACK:
            found += 1
        tokens -= 1.0
    return found


def is_good(told: dict[str, Any]) -> bool:
    """What the storm must not do."""
    return not any(told[name] for name in ("lost", "doubled", "stray", "pace_violations"))


def show(told: dict[str, Any]) -> None:
    """Two columns."""
    table = Table(box=None, title="a storm", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in told.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
