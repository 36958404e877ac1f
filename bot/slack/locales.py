"""Which language a person reads, and by which clock: learnt from Slack ahead, kept, and never waited for."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.slack_failures import SLACK_FAILURES, refusal
from responses.catalog.model import Language

_log = logging.getLogger(__name__)
_KEPT_SECONDS: Final = 6 * 3600
_RETRY_SECONDS: Final = 300
_MOST_USERS: Final = 20_000
# What people wait for goes before what would only be nice to know.
_MOST_FETCHING: Final = 20
_PAGES_AHEAD: Final = 10
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class _Known:
    until: float
    language: Language | None = None
    zone: tzinfo = UTC


class Locales:
    """Answers at once from memory; what is missing or old is fetched in the background for the next time."""

    def __init__(
        self,
        client: AsyncWebClient,
        background: Background,
        default: Language,
        channels: Mapping[str, Language],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._background = background
        self._default = default
        self._channels = channels
        self._now = now
        self._fetching = 0
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def language_of(self, user: str, channel: str = "") -> Language:
        """The user's own language; while that is unknown the channel's, then the workspace's."""
        known = self._known.get(user)
        if user and (known is None or known.until < self._now()) and self._fetching < _MOST_FETCHING:
            # Claimed before the answer comes, so that a burst from one user asks once.
            self._keep(user, known or _Known(0.0), _RETRY_SECONDS)
            self._background.start(self._fetch(user), name="users.info")
        language = known.language if known else None
        return language or self._channels.get(channel, self._default)

    def use_channels(self, channels: Mapping[str, Language]) -> None:
        """From now on these channels have languages of their own, and no others."""
        self._channels = channels

    def zone_of(self, user: str) -> tzinfo:
        """The zone that the user's Slack is set to; UTC while that is unknown."""
        known = self._known.get(user)
        return known.zone if known else UTC

    async def fetch_ahead(self) -> None:
        """Learn the first 2,000 members in a few calls, so that a first question is answered in its language."""
        cursor = ""
        for _ in range(_PAGES_AHEAD):
            page = await self._client.users_list(limit=_PAGE, include_locale=True, cursor=cursor)
            for member in page.get("members") or []:
                self._learn(member)
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    async def _fetch(self, user: str) -> None:
        self._fetching += 1
        try:
            answer = await self._client.users_info(user=user, include_locale=True)
        except SLACK_FAILURES as error:
            _log.warning("the locale of a user could not be fetched (%s); the default language is used", refusal(error))
            return
        finally:
            self._fetching -= 1
        self._learn(answer.get("user") or {})

    def _learn(self, user: Mapping[str, Any]) -> None:
        if isinstance(user.get("id"), str) and isinstance(user.get("locale"), str):
            self._keep(user["id"], _Known(0.0, _language(user["locale"]), _zone(user.get("tz"))), _KEPT_SECONDS)

    def _keep(self, user: str, known: _Known, seconds: float) -> None:
        self._known[user] = replace(known, until=self._now() + seconds)
        self._known.move_to_end(user)
        if len(self._known) > _MOST_USERS:
            self._known.popitem(last=False)


def _language(locale: str) -> Language:
    """nl-NL and nl-BE read Dutch; everyone else reads English."""
    return "nl" if locale.casefold().startswith("nl") else "en"


def _zone(name: object) -> tzinfo:
    """The zone of a name such as Europe/Amsterdam; UTC for one that is not known here."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else UTC
    except (KeyError, ValueError, OSError):  # not in the database, or no name at all, or the name of a folder
        return UTC
