"""Gives pictures to Slack, so that a card can show them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from azure_ops.addresses import is_loopback
from bot.slack_failures import SLACK_FAILURES, refusal

_log = logging.getLogger(__name__)
_SECONDS: Final = 30.0
_LOOKS: Final = 10
_LONGEST_ALT: Final = 1_000
_SLACK_HOSTS: Final = ("slack.com", "slack-files.com", "slack-gov.com")


class Pictures:
    """Asks Slack; never raises. A card without its picture says the same in words."""

    def __init__(self, client: AsyncWebClient, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._client = client
        self._sleep = sleep

    async def upload(self, png: bytes, name: str, alt: str) -> str:
        """The id under which a card can show the picture; empty where Slack does not take it, which is logged."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._upload(png, name, alt)
        except (*SLACK_FAILURES, TimeoutError, aiohttp.ClientError) as error:
            _log.warning("Slack did not take a picture (%s)", refusal(error))
            return ""

    async def _upload(self, png: bytes, name: str, alt: str) -> str:
        place = await self._client.files_getUploadURLExternal(
            filename=name, length=len(png), alt_txt=alt[:_LONGEST_ALT]
        )
        url, file = str(place["upload_url"]), str(place["file_id"])
        if not self._is_slacks(url):
            _log.error("Slack named a place for pictures that is not its own; nothing was sent there")
            return ""
        await self._send(url, png)
        await self._client.files_completeUploadExternal(files=[{"id": file, "title": name}])
        return file if await self._is_usable(file) else ""

    def _is_slacks(self, url: str) -> bool:
        """The picture goes to Slack's own hosts; on loopback to the host that plays Slack."""
        there, here = urlsplit(url), urlsplit(self._client.base_url)
        host, own = there.hostname or "", here.hostname or ""
        if is_loopback(own):
            return (there.scheme, there.netloc) == (here.scheme, here.netloc)
        return there.scheme == "https" and any(host == each or host.endswith(f".{each}") for each in _SLACK_HOSTS)

    async def _send(self, url: str, png: bytes) -> None:
        session = self._client.session
        if session is not None and not session.closed:
            await self._post(session, url, png)
            return
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as own:
            await self._post(own, url, png)

    async def _post(self, session: aiohttp.ClientSession, url: str, png: bytes) -> None:
        """Through the same proxy and with the same certificates as every call to Slack."""
        proxy, ssl = self._client.proxy, self._client.ssl or True
        async with session.post(url, data=png, allow_redirects=False, proxy=proxy, ssl=ssl) as answer:
            if answer.status != 200:
                raise aiohttp.ClientResponseError(answer.request_info, (), status=answer.status)

    async def _is_usable(self, file: str) -> bool:
        """Slack looks at a picture for a moment before a card may show it."""
        for look in range(_LOOKS):
            told: Any = (await self._client.files_info(file=file)).get("file") or {}
            if told.get("mimetype"):
                return True
            await self._sleep(0.2 * (look + 1))
        _log.warning("Slack is still working on a picture; the card goes without it")
        return False
