"""One look at a whole fleet through Resource Graph, in a process of its own, so that its memory can be told."""

import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from scripts.benchmarks.azure_lists import longest_wait
from scripts.benchmarks.azure_servers import counts


def measure(said: dict[str, Any]) -> dict[str, Any]:
    """Requests, seconds, and memory of a sweep of all failures since, and of a list of all vaults."""
    before = counts(said["url"])
    done = subprocess.run(
        [sys.executable, "-m", __name__, said["url"], said["since"]],
        env=os.environ | said["environment"],
        stdout=subprocess.PIPE,
        timeout=300,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    after = counts(said["url"])
    found["requests"] = {
        name: number - before.get(name, 0) for name, number in after.items() if number != before.get(name)
    }
    return found


async def _sweep(url: str, since: str) -> dict[str, Any]:
    from azure_ops import fleet
    from azure_ops.arm import Arm, ArmSettings
    from azure_ops.jobs import JobFilter

    wanted = JobFilter(status="Failed", operation="Backup", ended_since=datetime.fromisoformat(since))
    async with Arm(ArmSettings(url, credential="managed-identity")) as arm:
        await arm.get("/subscriptions", api_version="2022-12-01")
        at_first = _resident()
        # As the bot does when it has started.
        gc.collect()
        gc.freeze()
        failures = await _timed(fleet.list_jobs(arm, [], wanted))
        vaults = await _timed(fleet.list_vaults(arm))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"failures": failures, "vaults": vaults, "resident_mb_before": round(at_first, 1), "peak_mb": round(peak, 1)}


async def _timed(pages: Any) -> dict[str, float]:
    rows: list[Any] = []

    async def work() -> int:
        rows.extend([row async for page in pages for row in page])
        return len(rows)

    wall, cpu = time.perf_counter(), time.process_time()
    waits = await longest_wait(work)
    return {
        "rows": len(rows),
        "wall_seconds": round(time.perf_counter() - wall, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
    } | {name: round(value, 1) for name, value in waits.items()}


def _resident() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_sweep(sys.argv[1], sys.argv[2]))))
