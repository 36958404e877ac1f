"""Socket Mode: the same Bolt app behind a WebSocket that we open, kept trying until Slack takes it."""

import asyncio
import logging
from typing import Any, Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_failures import SLACK_FAILURES, refusal

_log = logging.getLogger(__name__)
_LONGEST_WAIT: Final = 30.0


class Socket:
    """One connection; slack_sdk watches its frames and opens it anew, we only see to the first one."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        self._make: Any = lambda: AsyncSocketModeHandler(app, app_token, web_client=client)
        self._handler: Any = None
        self._connecting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect; does not wait. Needs the running loop, to which slack_sdk ties its session."""
        self._handler = self._make()
        self._connecting = asyncio.create_task(self._connect(), name="socket mode")

    async def is_connected(self) -> bool:
        """Whether requests can come in now."""
        return self._handler is not None and bool(await self._handler.client.is_connected())

    async def close(self) -> None:
        """Stop trying and close the connection."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._handler is not None:
            await self._handler.close_async()

    async def _connect(self) -> None:
        wait = 0.5
        while True:
            try:
                await self._handler.connect_async()
                _log.info("connected by Socket Mode")
                return
            except SlackApiError as error:
                _log.error("Slack refused Socket Mode (%s): check SLACK_APP_TOKEN and the app's Socket Mode switch",
                           refusal(error))  # fmt: skip
            except SLACK_FAILURES as error:
                _log.warning("Slack cannot be reached for Socket Mode (%s)", refusal(error))
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
