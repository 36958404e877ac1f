"""Every way in which a call to Slack's Web API can fail, and what to say of it in a log."""

from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

# slack_sdk lets its HTTP client's errors through. ValueError: an answer that says it is JSON and is not.
SLACK_FAILURES: Final = (SlackClientError, aiohttp.ClientError, OSError, ValueError)


def refusal(error: Exception) -> str:
    """Slack's error code, or the kind of failure; never an address, a token or a body."""
    # After an answer without JSON, slack_sdk keeps the HTTP client's own response, which has no fields.
    read = getattr(error.response, "get", None) if isinstance(error, SlackApiError) else None
    return str(read("error", "unknown")) if callable(read) else type(error).__name__
