"""users.* and usergroups.*: who is there."""

from typing import Final

from sandbox.slack.methods.method import Arguments, Method, flag, needed, page, text, user_of
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import User, UserGroup
from sandbox.slack.world import World


def _shown(world: World, arguments: Arguments, user: User) -> Json:
    shown = user.as_slack(include_locale=flag(arguments, "include_locale"))
    if "users:read.email" not in world.app.scopes:
        shown["profile"].pop("email", None)
    return shown


def info(world: World, arguments: Arguments) -> Json:
    return {"user": _shown(world, arguments, user_of(world, arguments))}


def listing(world: World, arguments: Arguments) -> Json:
    rows, metadata = page(arguments, list(world.workspace.users.values()))
    members = [_shown(world, arguments, user) for user in rows]
    return {"members": members, "cache_ts": int(world.clock.now()), "response_metadata": metadata}


def by_email(world: World, arguments: Arguments) -> Json:
    needed(arguments, "email")
    for user in world.workspace.users.values():
        if not user.is_bot and user.email == text(arguments, "email").lower():
            return {"user": _shown(world, arguments, user)}
    raise SlackError("users_not_found")


def groups(world: World, arguments: Arguments) -> Json:
    has_users = flag(arguments, "include_users")
    rows = world.workspace.groups.values()
    return {"usergroups": [row.as_slack() | ({"users": _active(world, row)} if has_users else {}) for row in rows]}


def group_users(world: World, arguments: Arguments) -> Json:
    needed(arguments, "usergroup")
    group = world.workspace.groups.get(text(arguments, "usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": _active(world, group)}


def _active(world: World, group: UserGroup) -> list[str]:
    """Its members without those who have left, who stay in it unseen."""
    return [user for user in group.users if not world.workspace.users[user].is_deactivated]


METHODS: Final = {
    "users.info": Method(info, ("users:read",)),
    "users.list": Method(listing, ("users:read",)),
    "users.lookupByEmail": Method(by_email, ("users:read.email",)),
    "usergroups.list": Method(groups, ("usergroups:read",)),
    "usergroups.users.list": Method(group_users, ("usergroups:read",)),
}
