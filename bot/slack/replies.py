"""Answers that follow an acknowledgement, through the response address that Slack sent along."""

import asyncio
import logging
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from azure_ops.addresses import is_loopback
from responses.cards.model import Card

_log = logging.getLogger(__name__)
_TRIES: Final = 3
_CALL_SECONDS: Final = 5.0
_LONGEST_WAIT: Final = 6.0


class ReplyFailed(Exception):
    """Slack did not take the answer; the message names why, never the address."""


class Replies:
    """Posts cards to response addresses. The address comes from a signed payload and must be Slack's all the same."""

    def __init__(self, api_base_url: str) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._api_host = urlsplit(api_base_url).hostname or ""

    def use(self, session: aiohttp.ClientSession) -> None:
        """Share the process's connections; called once, when the loop runs."""
        self._session = session

    async def tell(self, url: str, card: Card, *, replace: bool = False, thread: str = "", tries: int = _TRIES) -> None:
        """Show a card to the person who clicked, in place of what they clicked on or below it.

        Raises ReplyFailed after `tries`, or at once when Slack says that the address is used up.
        """
        await self._post(url, _body(card, thread, response_type="ephemeral", replace_original=replace), tries)

    async def share(self, url: str, card: Card, *, thread: str = "") -> None:
        """Post a card for everyone in the channel. Raises ReplyFailed; sent once only: it cannot be taken back."""
        await self._post(url, _body(card, thread, response_type="in_channel", replace_original=False), tries=1)

    async def remove(self, url: str) -> None:
        """Take the clicked ephemeral message away. Raises ReplyFailed."""
        await self._post(url, {"delete_original": True})

    async def _post(self, url: str, body: dict[str, Any], tries: int = _TRIES) -> None:
        if not self._is_slack(url):
            raise ReplyFailed("the response address is not Slack's")
        reason = ""
        for attempt in range(1, tries + 1):
            reason, wait = await self._try(url, body)
            if not reason:
                return
            if wait is None or attempt == tries:
                break
            await asyncio.sleep(wait)
        raise ReplyFailed(reason)

    async def _try(self, url: str, body: dict[str, Any]) -> tuple[str, float | None]:
        """One call: ("" when taken, or why not) and the seconds to wait before another, None for never."""
        assert self._session is not None  # replies follow requests, and those come after the start
        try:
            timeout = aiohttp.ClientTimeout(total=_CALL_SECONDS)
            async with self._session.post(url, json=body, timeout=timeout, allow_redirects=False) as answer:
                text = (await answer.content.read(2_000)).decode(errors="replace")
                if answer.status == 429:
                    wait = float(
                        answer.headers.get("Retry-After", "1")
                        if answer.headers.get("Retry-After", "1").isdigit()
                        else 1
                    )
                    return "rate limited", wait if wait <= _LONGEST_WAIT else None
                if answer.status >= 500:
                    return f"Slack answered {answer.status}", 0.5
                if answer.status != 200 or '"ok":false' in text.replace(" ", ""):
                    return f"Slack answered {answer.status} {text[:80]}", None
                return "", None
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__, 0.5

    def _is_slack(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return False
        if is_loopback(self._api_host):
            return is_loopback(host)
        return parts.scheme == "https" and (
            host == "slack.com" or host.endswith((".slack.com", f".{self._api_host}")) or host == self._api_host
        )


def _body(card: Card, thread: str, **how: str | bool) -> dict[str, Any]:
    body: dict[str, Any] = {**how, "text": card.text, "blocks": card.blocks}
    return body | {"thread_ts": thread} if thread else body
