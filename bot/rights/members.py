"""People and user groups as Slack describes them now; an answer counts for less than a minute."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.flights import Flights
from bot.slack_failures import SLACK_FAILURES, refusal
from intents.policy import Actor

_log = logging.getLogger(__name__)
T = TypeVar("T")
# Together no more than 60 s: how old an answer may be, and how long it may have been on its way.
_KEPT_SECONDS: Final = 55.0
_ASK_SECONDS: Final = 5.0
# Asked anew well before that, so that a short silence of Slack's takes nobody's rights away.
_FRESH_SECONDS: Final = 30.0
_MOST_PEOPLE: Final = 5_000
_MOST_GROUPS: Final = 500
_NOBODY: Final = frozenset({"user_not_found", "user_not_visible"})
_NOT_GROUPS: Final = frozenset({"no_such_subteam", "subteam_not_found"})


class Members:
    """Answers from memory while that is fresh; each thing is asked once for all who wait. `now` counts seconds."""

    def __init__(self, client: AsyncWebClient, *, now: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._team = ""
        self._people: Flights[Actor] = Flights(_KEPT_SECONDS, _MOST_PEOPLE, now)
        self._groups: Flights[frozenset[str]] = Flights(_KEPT_SECONDS, _MOST_GROUPS, now)

    async def actor(self, user: str, groups: Iterable[str], team: str = "") -> Actor:
        """The person, and in which of these groups they are. `team` is where they come from, if Slack has just said.

        Never raises: somebody whom Slack does not describe is unknown, a group that it does not list is unread.
        """
        person, members = await asyncio.gather(self._person(user, team), self._members_of(sorted(groups)))
        return replace(
            person,
            groups=frozenset(group for group, users in members.items() if users and user in users),
            unread_groups=frozenset(group for group, users in members.items() if users is None),
        )

    async def close(self) -> None:
        """Give up what is under way."""
        await self._people.close()
        await self._groups.close()

    async def _person(self, user: str, team: str) -> Actor:
        if not user:
            return Actor(user, is_unknown=True)
        found = await _asked(self._people, user, lambda: self._ask_person(user, team), "a person")
        return found or Actor(user, is_unknown=True)

    async def _members_of(self, groups: list[str]) -> dict[str, frozenset[str] | None]:
        lists = await asyncio.gather(*(self._users(group) for group in groups))
        return dict(zip(groups, lists, strict=True))

    async def _users(self, group: str) -> frozenset[str] | None:
        return await _asked(self._groups, group, lambda: self._ask_group(group), f"the user group {group}")

    async def _ask_person(self, user: str, team: str) -> Actor:
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                ours = self._team or await self._ask_team()
                answer = await self._client.users_info(user=user)
        except SlackApiError as error:
            if refusal(error) in _NOBODY:
                return Actor(user, is_unknown=True)
            raise
        return _actor(answer.get("user"), user, ours, team)

    async def _ask_team(self) -> str:
        """The workspace that the bot is installed in; it never changes while the token holds."""
        self._team = _text((await self._client.auth_test()).get("team_id"))
        if not self._team:
            raise ValueError("auth.test names no workspace")
        return self._team

    async def _ask_group(self, group: str) -> frozenset[str]:
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                answer = await self._client.usergroups_users_list(usergroup=group)
        except SlackApiError as error:
            if refusal(error) not in _NOT_GROUPS:
                raise
            _log.error("a grant names the user group %s, which Slack does not know: it has no members", group)
            return frozenset()
        users = answer.get("users")
        if not isinstance(users, list):
            raise ValueError("usergroups.users.list gives no list")
        return frozenset(str(user) for user in users)


async def _asked(flights: Flights[T], key: str, ask: Callable[[], Coroutine[Any, Any, T]], what: str) -> T | None:
    """Asked anew where that is due; what is still young enough where Slack does not answer; else None."""
    try:
        return await flights.get(key, ask, within=_FRESH_SECONDS)
    except (*SLACK_FAILURES, TimeoutError) as error:
        kept = flights.kept(key)
        level = logging.WARNING if kept is None else logging.INFO
        _log.log(level, "Slack does not tell of %s (%s)%s", what, refusal(error), "" if kept is None else ": as before")
        return kept


def _actor(given: object, user: str, ours: str, team: str) -> Actor:
    """Slack's user object. Raises ValueError for what is none: nobody has rights by an answer that cannot be read."""
    if not isinstance(given, Mapping) or given.get("id") != user:
        raise ValueError("users.info gives no such person")
    return Actor(
        user,
        is_bot=bool(given.get("is_bot")) or bool(given.get("is_workflow_bot")) or user == "USLACKBOT",
        is_deactivated=bool(given.get("deleted")),
        is_guest=bool(given.get("is_restricted")) or bool(given.get("is_ultra_restricted")),
        is_foreign=bool(given.get("is_stranger")) or ours not in _teams(given, team),
    )


def _teams(given: Mapping[str, Any], team: str) -> set[str]:
    """The workspaces that somebody belongs to: their own, and in an Enterprise Grid all that they were added to."""
    own = _text(given.get("team_id")) or team
    enterprise = given.get("enterprise_user")
    more = enterprise.get("teams") if isinstance(enterprise, Mapping) else None
    return {own, *(str(each) for each in more or () if isinstance(more, list))}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
