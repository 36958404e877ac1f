"""Joins the channels that something is told in: only a member may read there what it has said before."""

import logging
from typing import Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_failures import SLACK_FAILURES, refusal
from responses.cards.routes import Joined

_log = logging.getLogger(__name__)
_PRIVATE: Final = frozenset({"channel_not_found", "method_not_supported_for_channel_type", "is_private"})


class Joining:
    """Asks Slack; never raises."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def join(self, channel: str) -> Joined:
        """Be in a channel, and say how that stands: a private one takes only who is invited."""
        try:
            answer = await self._client.conversations_join(channel=channel)
        except SlackApiError as error:
            return await self._after(channel, refusal(error))
        except SLACK_FAILURES as error:
            _log.warning("channel %s could not be joined (%s)", channel, refusal(error))
            return "unknown"
        return "in" if answer.get("warning") == "already_in_channel" else "joined"

    async def _after(self, channel: str, why: str) -> Joined:
        if why == "is_archived":
            return "archived"
        if why not in _PRIVATE:
            _log.warning("channel %s could not be joined (%s)", channel, why)
            return "unknown"
        try:
            await self._client.conversations_history(channel=channel, limit=1)
        except SlackApiError:
            return "invite"
        except SLACK_FAILURES:
            return "unknown"
        return "in"
