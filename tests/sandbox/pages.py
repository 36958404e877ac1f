"""An open page: one user's server-sent events, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.slack import RunningSlack


class Page:
    """Reads events as they come."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of that kind; others are passed over. TimeoutError after 5 seconds."""
        async with asyncio.timeout(5):
            async for line in self._response.content:
                if line.startswith(b"data: "):
                    event: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                    if event["type"] == kind:
                        return event
        raise AssertionError(f"the events ended before a {kind}")

    async def begun(self) -> None:
        """Until the sandbox has sent its first line: from then on nothing is missed."""
        await self._response.content.readline()

    async def ended(self) -> None:
        """Until the sandbox ends the stream."""
        await self._response.content.read()


@asynccontextmanager
async def page_of(slack: RunningSlack, user: str) -> AsyncIterator[Page]:
    """A page that user has open."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{slack.url}/_sandbox/events", params={"user": user}) as response,
    ):
        assert response.status == 200
        page = Page(response)
        await page.begun()
        yield page
