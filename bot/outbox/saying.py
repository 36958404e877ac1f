"""One message to Slack and what came of it; and looking for one that may have been said before a crash."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final, Literal

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_failures import SLACK_FAILURES, refusal
from bot.store.outbox import Row

Kind = Literal["said", "limited", "gone", "refused", "later", "unsure", "missing"]

EVENT: Final = "backup_bot_outbox"
_CALL_SECONDS: Final = 6.0
_SLACK: Final = 5.0
_PAGES: Final = 5
LOST_CHANNEL: Final = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "is_inactive", "restricted_action", "messages_tab_disabled"}
)
_GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"})
# These are about the app or the moment, not about the message: it is kept until they are mended.
_LATER: Final = frozenset(
    {
        "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope",
        "team_access_not_granted", "org_login_required", "ekm_access_denied", "request_timeout",
    }
)  # fmt: skip
# Slack says so and may yet have done it.
_UNSURE: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "unknown", "team_added_to_org"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; `seconds` is how long Slack asks to wait, `channel` where it was really said."""

    kind: Kind
    ts: str = ""
    error: str = ""
    seconds: float = 0.0
    channel: str = ""


class Saying:
    """Calls Slack; never raises."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def say(self, row: Row) -> Outcome:
        """Post a card or a line, or edit a card that stands there."""
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                if row.is_line and not row.ts:
                    return Outcome("refused", error="card_not_posted")
                if row.ts and not row.is_line:
                    await self._client.chat_update(channel=row.channel, ts=row.ts, **_content(row))
                    return Outcome("said", row.ts)
                channel = await self._place(row)
                thread_ts = row.ts if row.is_line else None
                answer = await self._client.chat_postMessage(
                    channel=channel,
                    metadata={"event_type": EVENT, "event_payload": {"id": row.name}},
                    unfurl_links=False,
                    unfurl_media=False,
                    thread_ts=thread_ts,
                    **_content(row),
                )
                return Outcome("said", str(answer["ts"]), channel=str(answer["channel"]))
        except SlackApiError as error:
            return _refused(error)
        except (*SLACK_FAILURES, TimeoutError) as error:
            return Outcome("unsure", error=refusal(error))

    async def find(self, row: Row) -> Outcome:
        """Whether Slack has this message already: "said", "missing", or why that is not known."""
        try:
            async with asyncio.timeout(_CALL_SECONDS * 2):
                channel, cursor = await self._place(row), ""
                for _ in range(_PAGES):
                    page = await self._page(row, channel, cursor)
                    for message in page.get("messages") or []:
                        if _is(message, row):
                            return Outcome("said", str(message["ts"]), channel=channel)
                    cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                    if not cursor:
                        break
                return Outcome("missing")
        except SlackApiError as error:
            told = _refused(error)
            # Where we may not read we cannot have been heard either, or a second copy is the smaller evil.
            return told if told.kind in ("limited", "unsure") else Outcome("missing")
        except (*SLACK_FAILURES, TimeoutError) as error:
            return Outcome("unsure", error=refusal(error))

    async def _page(self, row: Row, channel: str, cursor: str) -> Any:
        # Slack's clock and ours differ; a little too far back costs nothing.
        oldest = f"{row.began_at - 60:.6f}"
        how: dict[str, Any] = {"channel": channel, "limit": 200, "include_all_metadata": True, "cursor": cursor}
        if row.is_line:
            return await self._client.conversations_replies(ts=row.ts, **how)
        return await self._client.conversations_history(oldest=oldest, **how)

    async def _place(self, row: Row) -> str:
        """A person's id stands for their direct messages, which have an id of their own."""
        if not row.channel.startswith(("U", "W")):
            return row.channel
        opened = await self._client.conversations_open(users=row.channel)
        return str(opened["channel"]["id"])


def _content(row: Row) -> dict[str, Any]:
    return {"text": row.body["text"], "blocks": row.body["blocks"]}


def _is(message: Any, row: Row) -> bool:
    told = message.get("metadata") or {}
    return told.get("event_type") == EVENT and (told.get("event_payload") or {}).get("id") == row.name


def _refused(error: SlackApiError) -> Outcome:
    code = refusal(error)
    status = getattr(error.response, "status_code", 0)
    if status == 429 or code in ("ratelimited", "rate_limited", "message_limit_exceeded"):
        return Outcome("limited", error=code, seconds=_retry_after(error))
    if status >= 500 or code in _UNSURE:
        return Outcome("unsure", error=code)
    if code in _GONE:
        return Outcome("gone", error=code)
    return Outcome("later" if code in _LATER else "refused", error=code)


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    given = next((str(value) for name, value in headers.items() if str(name).casefold() == "retry-after"), "")
    return float(given) if given.isdecimal() else _SLACK
