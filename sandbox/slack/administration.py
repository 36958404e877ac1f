"""What the workspace's administrators do while the app runs: who is in a user group, who has left, who is a guest."""

from dataclasses import replace
from typing import Any, Final

from sandbox.control_paths import Refused
from sandbox.slack.wire import Json
from sandbox.slack.workspace import BOT_USER, User
from sandbox.slack.world import World

# What may be changed of a person, and the field that holds it.
_SWITCHES: Final = {"deactivated": "is_deactivated", "guest": "is_restricted"}


def change_group(world: World, body: Json) -> Json:
    """Put others into a user group: {group, users[]} -> {ok, group}. Raises Refused."""
    group = world.workspace.groups.get(str(body.get("group")))
    if group is None:
        raise Refused("group_not_found", f"There is no user group {body.get('group')!r}. See GET /_sandbox/state.", 404)
    users = body.get("users")
    if not isinstance(users, list):
        raise Refused("invalid_argument", "users is missing or not a list.")
    members = tuple(dict.fromkeys(_person(world, each).id for each in users))
    changed = world.workspace.groups[group.id] = replace(group, users=members)
    return {"ok": True, "group": changed.as_slack() | {"users": list(members)}}


def change_person(world: World, body: Json) -> Json:
    """Deactivate somebody, make them a guest, or take it back: {user, deactivated?, guest?} -> {ok, user}.

    Raises Refused.
    """
    person = _person(world, body.get("user"))
    given = {name: body[name] for name in _SWITCHES if name in body}
    if not given or not all(isinstance(value, bool) for value in given.values()):
        raise Refused("invalid_argument", "deactivated and guest take true or false; one of them is needed.")
    changed = replace(person, **{_SWITCHES[name]: value for name, value in given.items()})
    world.workspace.users[person.id] = changed
    return {"ok": True, "user": changed.as_slack()}


def change_channel(world: World, body: Json) -> Json:
    """Archive a channel, take the app out of it or let it in: {channel, archived?, app?} -> {ok, channel}.

    Raises Refused.
    """
    channel = world.workspace.channels.get(str(body.get("channel")))
    if channel is None or channel.is_im:
        raise Refused(
            "channel_not_found", f"There is no channel {body.get('channel')!r}. See GET /_sandbox/state.", 404
        )
    given = {name: body[name] for name in ("archived", "app") if name in body}
    if not given or not all(isinstance(value, bool) for value in given.values()):
        raise Refused("invalid_argument", "archived and app take true or false; one of them is needed.")
    channel.is_archived = given.get("archived", channel.is_archived)
    if "app" in given:
        (channel.members.add if given["app"] else channel.members.discard)(BOT_USER)
    return {"ok": True, "channel": channel.as_slack()}


def _person(world: World, user: Any) -> User:
    known = world.workspace.users.get(str(user))
    if known is None or known.is_bot:
        raise Refused("user_not_found", f"There is no person {user!r}. See GET /_sandbox/state.", 404)
    return known
