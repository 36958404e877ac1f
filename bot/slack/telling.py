"""How a story answers the one who clicked: where they clicked, or where only they can see it."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.replies import Replies, ReplyFailed
from bot.slack_failures import SLACK_FAILURES, refusal
from responses.cards.model import Card

_log = logging.getLogger(__name__)


class Telling:
    """First the response address, then a message that only they see, then their direct messages."""

    def __init__(self, client: AsyncWebClient, replies: Replies) -> None:
        self._client = client
        self._replies = replies

    async def tell(self, given: Mapping[str, Any], card: Card) -> None:
        """Never raises: what cannot be told is logged; what happened stands in the audit log all the same."""
        user, channel = str(given.get("user") or ""), str(given.get("channel") or "")
        if not user:
            return
        if given.get("url"):
            try:
                await self._replies.tell(str(given["url"]), card)
                return
            except ReplyFailed as error:
                _log.info("a response address is used up (%s)", error)
        for place in dict.fromkeys((channel, user)):
            try:
                if place.startswith(("C", "G")):
                    await self._client.chat_postEphemeral(channel=place, user=user, text=card.text, blocks=card.blocks)
                else:
                    await self._client.chat_postMessage(channel=user, text=card.text, blocks=card.blocks)
                return
            except SLACK_FAILURES as error:
                _log.info("a person could not be answered in %s (%s)", place, refusal(error))
        _log.warning("a person could not be answered at all")
