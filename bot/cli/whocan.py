"""`whocan`: who may do what, from the config file, with live members where SLACK_BOT_TOKEN is set.

With `--json` one object:
* `operation`, `name` (empty for anything), `channel`, `notes` (sentences), `more` (places of that name not listed);
* `places`, each with `vm`, `vault`, `subscription`, `here` and `elsewhere` (grants that hold in this channel, and only
  in others), `approvers` (null where no second person is needed) and `person` (null where none was asked about);
* each grant with `grant`, `users`, `groups`, `channels`, `barred` (user id to the reason);
* `person` with `user`, `is_allowed`, `reason` and `grant`, as the policy tells them;
* `members`: user group to its members, empty where Slack was not asked; `who_can_grant`: user and group ids.
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bot import settings
from bot.cli.reading import read_catalog
from bot.remedies import REMEDIES
from bot.settings import SettingsError
from intents.backup_command import AskWhoCan, operation_named
from intents.policy import OPERATIONS, Actor, Grant
from responses.cards.trouble_azure import Trouble
from responses.catalog.model import Language

if TYPE_CHECKING:
    from bot.lookups.resources import Candidates
    from responses.cards.who_can import HolderOf, PlaceOf, WhoCanOf

ANSWERED, NOT_ANSWERED, USED_WRONGLY = 0, 1, 2
_MEMBER: Final = re.compile(r"[UW][A-Z0-9]{2,20}")


def run(options: argparse.Namespace) -> int:
    """0 answered, 1 Azure could not be read although it was to be, 2 for wrong use or settings."""
    operation = operation_named(options.operation)
    if operation is None:
        print(f"{options.operation!r} is no operation. Known are: {', '.join(OPERATIONS)}.", file=sys.stderr)
        return USED_WRONGLY
    if options.user and not _MEMBER.fullmatch(options.user):
        print(f"{options.user!r} is no Slack member id such as U0123456789.", file=sys.stderr)
        return USED_WRONGLY
    name = options.vm or options.vault
    asked = AskWhoCan(operation, name, options.vault, options.subscription, options.user)
    try:
        told = asyncio.run(_ask(asked, options))
    except SettingsError as error:
        print(error.report, file=sys.stderr)
        return USED_WRONGLY
    if told is None:
        return USED_WRONGLY
    return _say(told, options)


@dataclass(frozen=True, slots=True)
class _Told:
    answer: "WhoCanOf"
    members: dict[str, tuple[str, ...] | None]
    is_unread: bool


@dataclass(frozen=True, slots=True)
class _Slack:
    """Who people are and who is in a group; without a token, what the config file says is all there is."""

    client: Any = None

    @asynccontextmanager
    async def actors(self, grants: tuple[Grant, ...]) -> AsyncIterator[Any]:
        """How to learn who somebody is."""
        if self.client is None:
            groups = frozenset(group for grant in grants for group in grant.groups)
            yield lambda user: _unseen(user, groups)
            return
        from bot.rights.members import Members
        from bot.rights.rights import Rights

        rights = Rights(Members(self.client), grants)
        try:
            yield rights.actor
        finally:
            await rights.close()

    async def members(self, group: str) -> tuple[str, ...] | None:
        """The ids of a group's members; None where Slack does not say."""
        from bot.slack_failures import SLACK_FAILURES

        if self.client is None:
            return None
        try:
            answer = await self.client.usergroups_users_list(usergroup=group)
        except SLACK_FAILURES:
            return None
        return tuple(sorted(str(user) for user in answer.get("users") or []))


async def _unseen(user: str, groups: frozenset[str]) -> Actor:
    """Somebody of whom only the id is known: whether they are in a group, nobody here can say."""
    return Actor(user, unread_groups=groups)


async def _ask(asked: AskWhoCan, options: argparse.Namespace) -> _Told | None:
    from bot.lookups.resources import Candidates
    from bot.lookups.who_can import Asking, tell_who_can

    grants, slack = settings.load_rights().all_grants, settings.load_slack()
    found = await _found(asked, grants) if options.azure and asked.name else Candidates(())
    if found is None:
        return None
    async with _slack(slack) as way, way.actors(grants) as actor:
        answer = await tell_who_can(asked, found, Asking(grants, options.channel, actor))
        groups = {group for place in answer.places for holder in _holders(place) for group in holder.groups}
        members = {group: await way.members(group) for group in sorted(groups)}
    return _Told(_noted(answer, options, way), members, bool(found.problems and not found.resources))


def _noted(answer: "WhoCanOf", options: argparse.Namespace, way: _Slack) -> "WhoCanOf":
    """What the answer rests on: without Azure, the words alone; without Slack, the config file alone."""
    notes = answer.notes
    if not options.azure:
        notes = (Trouble("who_can_note.by_name", {}),) if answer.asked or options.subscription else ()
    if way.client is None:
        notes = (*notes, Trouble("who_can_note.no_groups", {}))
    return replace(answer, notes=notes)


@asynccontextmanager
async def _slack(configured: settings.SlackSettings) -> AsyncIterator[_Slack]:
    if configured.slack_bot_token is None:
        yield _Slack()
        return
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        token = configured.slack_bot_token.get_secret_value()
        yield _Slack(AsyncWebClient(token=token, base_url=configured.slack_api_base_url, session=session))


async def _found(asked: AskWhoCan, grants: tuple[Grant, ...]) -> "Candidates | None":
    """What the name means in Azure; None after what is wrong with the catalog was printed."""
    from bot.lookups.lookups import Lookups
    from bot.lookups.resources import Wanted, find_resources
    from intents.resolve import Resolver

    catalog = read_catalog()
    if catalog is None:
        return None
    lookups = Lookups(settings.load_azure(), catalog, Resolver(catalog))
    vault = "" if asked.vault == asked.name else asked.vault
    wanted = Wanted(asked.name, vault, asked.subscription)
    try:
        with_tags = any(grant.tags for grant in grants)
        return await find_resources(lookups, wanted, asked.operation, with_tags=with_tags)
    finally:
        await lookups.close()


def _say(told: _Told, options: argparse.Namespace) -> int:
    from bot.cli import terminal

    language: Language = options.lang or terminal.default_language()
    if options.json:
        print(json.dumps(_json(told, options.channel, language), ensure_ascii=False, indent=1))
    else:
        from bot.cli import whocan_lines

        whocan_lines.print_who_can(terminal.console(), told.answer, told.members, language)
    if not told.answer.who_can and not any(_holders(place) for place in told.answer.places):
        print(REMEDIES["grants"], file=sys.stderr)
    return NOT_ANSWERED if told.is_unread else ANSWERED


def _json(told: _Told, channel: str, language: Language) -> dict[str, Any]:
    from responses.cards.labels import labels
    from responses.cards.trouble_azure import sentence

    answer, say = told.answer, labels(language)
    return {
        "operation": answer.operation,
        "name": answer.asked,
        "channel": channel,
        "places": [_place_json(place) for place in answer.places],
        "more": answer.more,
        "members": {group: list(members or ()) for group, members in told.members.items()},
        "who_can_grant": list(answer.who_can),
        "notes": [sentence(note, say) for note in answer.notes],
    }


def _place_json(place: "PlaceOf") -> dict[str, Any]:
    standing = place.standing
    return {
        "vm": place.vm,
        "vault": place.vault,
        "subscription": place.subscription,
        "here": [_holder_json(holder) for holder in place.here],
        "elsewhere": [_holder_json(holder) for holder in place.elsewhere],
        "approvers": None if place.approvers is None else [_holder_json(holder) for holder in place.approvers],
        "person": None
        if standing is None
        else {
            "user": standing.user,
            "is_allowed": standing.is_allowed,
            "reason": standing.reason,
            "grant": standing.grant,
        },
    }


def _holder_json(holder: "HolderOf") -> dict[str, Any]:
    return {
        "grant": holder.grant,
        "users": list(holder.users),
        "groups": list(holder.groups),
        "channels": list(holder.channels),
        "barred": dict(holder.barred),
    }


def _holders(place: "PlaceOf") -> "tuple[HolderOf, ...]":
    return (*place.here, *place.elsewhere, *(place.approvers or ()))
