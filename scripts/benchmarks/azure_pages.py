"""How fast the sandbox with 10,000 vaults and 200,000 jobs answers one page: the first of each kind, and later ones."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

import aiohttp
import orjson

from azure_ops import versions
from azure_ops.fleet import jobs_query
from azure_ops.jobs import JobFilter

_VAULTS: Final = 100
_GRAPH: Final = "/providers/Microsoft.ResourceGraph/resources"
# Resource Graph takes fifteen questions in five seconds; two kinds are asked.
_FOLLOWED: Final = 7


async def measure(url: str, token: str) -> dict[str, dict[str, float]]:
    """Per kind of list: `pages` asked, `rows` of the largest, milliseconds of the first, the median and the worst."""
    since = datetime.now(UTC) - timedelta(days=1)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        asking = _Asking(session, url)
        subscriptions = [row["id"] async for row in asking.listed("/subscriptions", versions.SUBSCRIPTIONS)]
        vaults = [
            row["id"]
            for subscription in subscriptions[:2]
            async for row in asking.listed(
                f"{subscription}/providers/Microsoft.RecoveryServices/vaults", versions.VAULTS, "vaults"
            )
        ][:_VAULTS]
        for vault in vaults:
            for kind, path in (("jobs of a vault", "backupJobs"), ("items of a vault", "backupProtectedItems")):
                async for _ in asking.listed(f"{vault}/{path}", versions.BACKUP, kind):
                    pass
        await asking.graph("Resource Graph, failed jobs of a day", jobs_query(JobFilter(status="Failed", since=since)))
        await asking.graph("Resource Graph, all jobs", jobs_query(JobFilter()))
    return {
        kind: {
            "pages": len(times),
            "rows": asking.rows[kind],
            "first_ms": round(times[0], 1),
            "median_ms": round(median(times), 1),
            "worst_ms": round(max(times), 1),
        }
        for kind, times in asking.times.items()
    }


class _Asking:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self.times: dict[str, list[float]] = {}
        self.rows: dict[str, int] = {}

    async def listed(self, path: str, version: str, kind: str = "subscriptions") -> AsyncIterator[dict[str, Any]]:
        """All rows of a list, its pages timed one by one."""
        address = f"{self._url}{path}?api-version={version}"
        while address:
            body = await self._page(kind, "GET", address, "value")
            for row in body["value"]:
                yield row
            address = body.get("nextLink", "")

    async def graph(self, kind: str, query: str) -> None:
        """The first pages of a question, a thousand rows each."""
        options: dict[str, Any] = {"resultFormat": "objectArray", "$top": 1_000}
        for _ in range(_FOLLOWED):
            address = f"{self._url}{_GRAPH}?api-version={versions.RESOURCE_GRAPH}"
            body = await self._page(kind, "POST", address, "data", {"query": query, "options": options})
            if not body.get("$skipToken"):
                return
            options = options | {"$skipToken": body["$skipToken"]}

    async def _page(self, kind: str, method: str, address: str, rows: str, json: object = None) -> dict[str, Any]:
        begun = time.perf_counter()
        async with self._session.request(method, address, json=json) as answer:
            answer.raise_for_status()
            raw = await answer.read()
        self.times.setdefault(kind, []).append((time.perf_counter() - begun) * 1_000)
        body: dict[str, Any] = orjson.loads(raw)
        self.rows[kind] = max(self.rows.get(kind, 0), len(body[rows]))
        return body
