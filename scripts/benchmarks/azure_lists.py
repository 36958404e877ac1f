"""The three ways to list a vault's jobs that `azure` compares, and how long our own keeps others waiting."""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from azure_ops.arm import Arm, ArmSettings
from azure_ops.jobs import JobFilter, list_jobs
from azure_ops.models import VaultRef
from scripts.benchmarks.azure_servers import GROUP, SIZES, SUBSCRIPTION, vault_name

WAYS = ("raw", "ours", "sdk")
_VERSION = "2026-10-01"


class Badge:
    """A token that costs nothing, so that only the listing is measured."""

    async def get_token_info(self, *_: str, options: object = None) -> Any:
        from azure.core.credentials import AccessTokenInfo

        return AccessTokenInfo("token", int(time.time()) + 3_600)

    async def get_token(self, *_: str, **__: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("token", int(time.time()) + 3_600)

    async def close(self) -> None: ...
    async def __aenter__(self) -> "Badge":
        return self

    async def __aexit__(self, *_: object) -> None: ...


Timed = Callable[[Callable[[], Awaitable[int]], int], Awaitable[dict[str, float]]]


async def timed(work: Callable[[], Awaitable[int]], expected: int) -> dict[str, float]:
    """Milliseconds on the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = await work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if found != expected:
        raise RuntimeError(f"{found} jobs, not {expected}")
    return {"wall_ms": wall * 1_000, "cpu_ms": cpu * 1_000}


async def longest_wait(work: Callable[[], Awaitable[int]], expected: int | None = None) -> dict[str, float]:
    """How long somebody who wakes every millisecond had to wait at most, and how long we were at work meanwhile.

    In milliseconds. What else runs on the machine lengthens the first and not the second.
    """
    gaps: list[tuple[float, float]] = []

    async def tick() -> None:
        while True:
            wall, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            gaps.append((time.perf_counter() - wall, time.thread_time() - cpu))

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.01)
    gaps.clear()
    found = await work()
    await asyncio.sleep(0.005)
    ticking.cancel()
    if expected not in (None, found):
        raise RuntimeError(f"{found} jobs, not {expected}")
    return {"gap_ms": max(wall for wall, _ in gaps) * 1_000, "busy_ms": max(cpu for _, cpu in gaps) * 1_000}


async def raw(url: str, vault: str, expected: int, measured: Timed) -> dict[str, float]:
    """aiohttp and orjson, and nothing else."""
    import aiohttp
    import orjson

    first = f"{url}{VaultRef(SUBSCRIPTION, GROUP, vault).path}/backupJobs?api-version={_VERSION}"

    async with aiohttp.ClientSession(headers={"Authorization": "Bearer token"}) as session:

        async def work() -> int:
            found, following = 0, first
            while following:
                async with session.get(following) as answer:
                    page = orjson.loads(await answer.read())
                found, following = found + len(page["value"]), page.get("nextLink")
            return found

        async with session.get(f"{url}/subscriptions/warm") as answer:
            await answer.read()
        return await measured(work, expected)


async def ours(url: str, vault: str, expected: int, measured: Timed) -> dict[str, float]:
    """azure_ops.jobs.list_jobs: every job as a frozen dataclass, normalised."""
    async with Arm(ArmSettings(url), credential=Badge()) as arm:

        async def work() -> int:
            pages = list_jobs(arm, VaultRef(SUBSCRIPTION, GROUP, vault), JobFilter())
            return sum([len(page) async for page in pages])

        await arm.get("/subscriptions/warm", api_version=_VERSION)
        return await measured(work, expected)


async def sdk(url: str, vault: str, expected: int, measured: Timed) -> dict[str, float]:
    """The client package's own listing and pipeline, with four fields of each job looked at."""
    from azure.core.pipeline.policies import SansIOHTTPPolicy
    from azure.mgmt.recoveryservicesbackup.aio import RecoveryServicesBackupClient

    class PlainHttp(SansIOHTTPPolicy[Any, Any]):
        def on_request(self, request: Any) -> None:
            request.context.options["enforce_https"] = False

    client = RecoveryServicesBackupClient(Badge(), SUBSCRIPTION, url, per_call_policies=[PlainHttp()])
    async with client:

        async def work() -> int:
            found = 0
            async for job in client.backup_jobs.list(vault, GROUP):
                told: Any = job.properties
                _ = (job.id, told.entity_friendly_name, told.status, told.start_time)
                found += 1
            return found

        return await measured(work, expected)


_LISTS = {"raw": raw, "ours": ours, "sdk": sdk}


async def measure(url: str, rounds: int) -> dict[str, Any]:
    """For each size: medians of each way, ratios of each round's own turns and of the best, and the longest waits."""
    return {f"{jobs}/{page}": await _size(url, jobs, page, rounds) for jobs, page in SIZES}


async def _size(url: str, jobs: int, page: int, rounds: int) -> dict[str, Any]:
    vault = vault_name(jobs, page)
    turns: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    waits: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for way in WAYS:
        await _LISTS[way](url, vault, jobs, timed)
    for at in range(rounds):
        for way in WAYS[at % 3 :] + WAYS[: at % 3]:
            # What one way leaves behind is not for the next to clear away.
            gc.collect()
            # The client package's own listing is shown, not judged: a third of the rounds is enough.
            if way != "sdk" or at % 3 == 0:
                turns[way].append(await _LISTS[way](url, vault, jobs, timed))
                waits[way].append(await _LISTS[way](url, vault, jobs, longest_wait))
    return _medians(turns, waits)


def _medians(turns: dict[str, list[dict[str, float]]], waits: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        way: {
            name: round(statistics.median(one[name] for one in measured[way]), 1)
            for measured in (turns, waits)
            for name in measured[way][0]
        }
        for way in WAYS
    }
    pairs = zip(turns["ours"], turns["raw"], strict=True)
    best = {way: min(turn["wall_ms"] for turn in turns[way]) for way in WAYS}
    found["ours_to_raw_best"] = round(best["ours"] / best["raw"], 2)
    found["sdk_to_raw_best"] = round(best["sdk"] / best["raw"], 1)
    found["ours_to_raw"] = round(statistics.median(a["wall_ms"] / b["wall_ms"] for a, b in pairs), 2)
    found["sdk_to_raw"] = round(found["sdk"]["wall_ms"] / found["raw"]["wall_ms"], 1)
    return found
