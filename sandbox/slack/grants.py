"""What Slack hands out and soon takes back: trigger ids (3 seconds, once), response URLs (30 minutes, 5 times)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.slack.faults import Faults
from sandbox.slack.wire import SlackError

TRIGGER_SECONDS = 3.0
URL_SECONDS = 30 * 60.0
URL_USES = 5


@dataclass(slots=True)
class Trigger:
    """The right to open one modal for one user."""

    user: str
    issued: float
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer where a user acted. `message_ts` is the message that was clicked on, if any."""

    user: str
    channel: str
    message_ts: str
    thread_ts: str
    issued: float
    uses: int = 0


class Grants:
    """Hands out and redeems; ages by the sandbox's clock."""

    def __init__(self, now: Callable[[], float], faults: Faults) -> None:
        self._now = now
        self._faults = faults
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def reset(self) -> None:
        """Everything handed out is void."""
        self._triggers.clear()
        self._urls.clear()

    def trigger(self, user: str) -> str:
        """A new trigger id."""
        trigger_id = f"{secrets.randbelow(10**13):013d}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, self._now())
        return trigger_id

    def redeem_trigger(self, trigger_id: str) -> str:
        """Use a trigger id up; returns its user. Raises SlackError with Slack's codes."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if self._faults.take("expire_trigger") or self._now() - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        trigger.is_used = True
        return trigger.user

    def response_url(self, user: str, channel: str, message_ts: str = "", thread_ts: str = "") -> str:
        """A new response URL's key, the last step of its path."""
        key = secrets.token_urlsafe(18)
        self._urls[key] = ResponseUrl(user, channel, message_ts, thread_ts, self._now())
        return key

    def redeem_url(self, key: str) -> ResponseUrl:
        """Use a response URL once. Raises SlackError (`expired_url`, `used_url`, `invalid_url`)."""
        grant = self._urls.get(key)
        if grant is None:
            raise SlackError("invalid_url")
        if self._faults.take("response_url_dead") or self._now() - grant.issued > URL_SECONDS:
            raise SlackError("expired_url")
        if grant.uses >= URL_USES:
            raise SlackError("used_url")
        grant.uses += 1
        return grant
