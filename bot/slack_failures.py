"""Every way in which a call to Slack's Web API can fail, and what to say of it in a log."""

from collections.abc import Mapping
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

# slack_sdk lets its HTTP client's errors through. ValueError: an answer that says it is JSON and is not.
SLACK_FAILURES: Final = (SlackClientError, aiohttp.ClientError, OSError, ValueError)


def refusal(error: Exception) -> str:
    """Slack's error code, or the kind of failure; never an address, a token or a body."""
    # slack_sdk's `response` is its own, or a mapping, or after an answer without JSON the HTTP client's; its own holds
    # text where the server sent text, and cannot be asked for a field then.
    response = error.response if isinstance(error, SlackApiError) else None
    told = getattr(response, "data", response)
    return str(told.get("error", "unknown")) if isinstance(told, Mapping) else type(error).__name__
