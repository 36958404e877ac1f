"""conversations.*: channels, who is in them, and what was said."""

import math
from typing import Final

from sandbox.slack.methods.method import Arguments, Method, by_id, listed, needed, page, text, user_of
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import BOT_USER, Channel, Message
from sandbox.slack.world import World

_READ: Final = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY: Final = ("channels:history", "groups:history", "im:history", "mpim:history")


def open_direct(world: World, arguments: Arguments) -> Json:
    users = listed(arguments, "users")
    if len(users) != 1:
        raise SlackError("not_enough_users" if not users else "too_many_users")
    user = user_of(world, {"user": users[0]})
    if user.id == BOT_USER:
        raise SlackError("cannot_dm_bot")
    return {"channel": {"id": world.workspace.direct(user.id).id}, "no_op": True, "already_open": True}


def info(world: World, arguments: Arguments) -> Json:
    return {"channel": by_id(world, arguments).as_slack()}


def listing(world: World, arguments: Arguments) -> Json:
    types = listed(arguments, "types") or ["public_channel"]
    hides_archived = text(arguments, "exclude_archived").lower() in ("1", "true")
    known = [channel for channel in world.workspace.channels.values() if _type(channel) in types and _visible(channel)]
    rows, metadata = page(arguments, [one for one in known if not (hides_archived and one.is_archived)])
    return {"channels": [channel.as_slack() for channel in rows], "response_metadata": metadata}


def _type(channel: Channel) -> str:
    return {"im": "im", "group": "private_channel", "channel": "public_channel"}[channel.kind]


def _visible(channel: Channel) -> bool:
    return not channel.is_private or BOT_USER in channel.members


def members(world: World, arguments: Arguments) -> Json:
    rows, metadata = page(arguments, sorted(by_id(world, arguments).members))
    return {"members": rows, "response_metadata": metadata}


def _readable(world: World, arguments: Arguments) -> list[Message]:
    channel = by_id(world, arguments)
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return list(world.workspace.said_in(channel.id))


def history(world: World, arguments: Arguments) -> Json:
    oldest, latest = _moment(arguments, "oldest", 0.0), _moment(arguments, "latest", math.inf)
    inclusive = text(arguments, "inclusive").lower() in ("1", "true")
    said = [message for message in _readable(world, arguments) if message.thread_ts in ("", message.ts)]
    found = [one for one in said if _between(float(one.ts), oldest, latest, inclusive=inclusive)]
    rows, metadata = page(arguments, found[::-1])
    more = bool(metadata["next_cursor"])
    return {"messages": [row.as_slack() for row in rows], "has_more": more, "response_metadata": metadata}


def _moment(arguments: Arguments, key: str, otherwise: float) -> float:
    try:
        return float(text(arguments, key) or otherwise)
    except ValueError as error:
        raise SlackError(f"invalid_ts_{key}") from error


def _between(ts: float, oldest: float, latest: float, *, inclusive: bool) -> bool:
    return oldest <= ts <= latest if inclusive else oldest < ts < latest


def replies(world: World, arguments: Arguments) -> Json:
    needed(arguments, "ts")
    ts = text(arguments, "ts")
    thread = [message for message in _readable(world, arguments) if ts in (message.ts, message.thread_ts)]
    if not thread:
        raise SlackError("thread_not_found")
    rows, metadata = page(arguments, thread)
    more = bool(metadata["next_cursor"])
    return {"messages": [row.as_slack() for row in rows], "has_more": more, "response_metadata": metadata}


def join(world: World, arguments: Arguments) -> Json:
    channel = by_id(world, arguments)
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    known = BOT_USER in channel.members
    channel.members.add(BOT_USER)
    warned: Json = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return {"channel": channel.as_slack()} | (warned if known else {})


METHODS: Final = {
    "conversations.open": Method(open_direct, ("im:write", "mpim:write", "channels:manage", "groups:write")),
    "conversations.info": Method(info, _READ),
    "conversations.list": Method(listing, _READ),
    "conversations.members": Method(members, _READ),
    "conversations.history": Method(history, _HISTORY),
    "conversations.replies": Method(replies, _HISTORY),
    "conversations.join": Method(join, ("channels:join",)),
}
