"""The two Azures that `azure` asks, each a process: one of finished pages, one the sandbox with 10,000 vaults."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
GROUP = "rg-bench"
SIZES = ((1_000, 200), (1_000, 1_000), (10_000, 200), (10_000, 1_000))
FAILURES = 1_000


@contextmanager
def serving(kind: str) -> Iterator[dict[str, Any]]:
    """ "pages" or "estate", running: what it says of itself when it is ready, with its `pid`."""
    process = subprocess.Popen([sys.executable, "-m", __name__, kind], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the Azure of {kind} did not start")
        yield json.loads(line) | {"pid": process.pid}
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def vault_name(jobs: int, page: int) -> str:
    """The vault that has so many jobs, listed in pages of so many."""
    return f"vault-{jobs}-{page}"


def rows(number: int) -> list[dict[str, Any]]:
    """Jobs as the sandbox's estate shows them, every fourth failed, each with an id of its own."""
    from sandbox.azure.estate import JobQuery, large
    from sandbox.clock import Clock

    estate = large(Clock(), vaults=1, jobs=4_000)
    vault = estate.vaults(estate.subscriptions()[0]["subscriptionId"])[0]["id"].split("/")
    jobs, _ = estate.jobs((vault[2], vault[4], vault[8]), JobQuery(), 0, 4_000)
    failed = [job for job in jobs if job["properties"]["status"] == "Failed"]
    good = [job for job in jobs if job["properties"]["status"] != "Failed"]
    chosen = [failed[at // 4 % len(failed)] if at % 4 == 0 else good[at % len(good)] for at in range(number)]
    return [_renamed(job, at) for at, job in enumerate(chosen)]


def _renamed(job: dict[str, Any], at: int) -> dict[str, Any]:
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, str(at)))
    return job | {"name": name, "id": f"{job['id'].rpartition('/')[0]}/{name}"}


async def pages() -> None:
    """Every page of every size, finished before the first is asked for."""
    import orjson
    from aiohttp import web

    finished: dict[tuple[str, str], bytes] = {}

    async def answer(request: web.Request) -> web.Response:
        key = (request.match_info["vault"], request.query.get("page", "0"))
        return web.Response(body=finished[key], content_type="application/json")

    app = web.Application()
    app.router.add_get("/subscriptions/{s}/resourceGroups/{g}/providers/{p}/vaults/{vault}/backupJobs", answer)
    app.router.add_get("/subscriptions/{s}", lambda _: _ready({}))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    for number, size in SIZES:
        vault, all_rows = vault_name(number, size), rows(number)
        path = f"{url}/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.RecoveryServices/vaults"
        for at, start in enumerate(range(0, number, size)):
            body: dict[str, Any] = {"value": all_rows[start : start + size]}
            if start + size < number:
                body["nextLink"] = f"{path}/{vault}/backupJobs?api-version=2026-10-01&page={at + 1}"
            finished[vault, str(at)] = orjson.dumps(body)
    print(json.dumps({"url": url, "bytes_a_job": len(finished[vault_name(1_000, 1_000), "0"]) // 1_000}), flush=True)
    await asyncio.Event().wait()


async def _ready(body: dict[str, Any]) -> Any:
    from aiohttp import web

    return web.json_response(body)


async def estate() -> None:
    """The sandbox's own, with 10,000 vaults and 200,000 jobs, and the time after which 1,000 of them failed."""
    from sandbox.azure import running
    from sandbox.azure.estate import large

    begun = time.perf_counter()
    async with running(large) as azure:
        started = time.perf_counter() - begun
        failed = azure.estate.graph_rows("jobs", None, status="Failed")
        ends = sorted((job["properties"]["endTime"] for job in failed), reverse=True)
        since = datetime.fromisoformat(ends[FAILURES - 1]).astimezone(UTC).isoformat()
        said = {"url": azure.url, "environment": azure.environment, "token": azure.token, "since": since}
        print(json.dumps(said | {"start_seconds": round(started, 2)}), flush=True)
        await asyncio.Event().wait()


def counts(url: str) -> dict[str, int]:
    """How often the sandbox was asked for each operation."""
    with urllib.request.urlopen(f"{url}/_sandbox/calls?all=1", timeout=10) as answer:
        told: dict[str, int] = json.load(answer)["counts"]
    return told


if __name__ == "__main__":
    asyncio.run(pages() if sys.argv[1] == "pages" else estate())
