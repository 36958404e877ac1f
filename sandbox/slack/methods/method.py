"""One method of the Web API: what it does, which scopes it needs, and how it reads its arguments."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import BOT_USER, Channel, User
from sandbox.slack.world import World

Arguments = Mapping[str, Any]
Handler = Callable[[World, Arguments], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """`scopes`: any one of them will do; none are needed when there are none."""

    run: Handler
    scopes: tuple[str, ...] = ()
    caller: Literal["bot", "app", "anyone"] = "bot"


def text(arguments: Arguments, key: str) -> str:
    """An argument as text, empty when it is missing."""
    value = arguments.get(key)
    return "" if value is None else str(value)


def needed(arguments: Arguments, *keys: str) -> None:
    """Raises SlackError invalid_arguments for those that are missing."""
    absent = [key for key in keys if arguments.get(key) in (None, "")]
    if absent:
        raise SlackError("invalid_arguments", [f"missing required field: {key}" for key in absent])


def flag(arguments: Arguments, key: str) -> bool:
    """A boolean, however it is written."""
    return str(arguments.get(key, "")).lower() in ("1", "true")


def structure(arguments: Arguments, key: str, error: str) -> Any:
    """A list or object, given as such or as a JSON string. Raises SlackError `error`."""
    value = arguments.get(key)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except (ValueError, RecursionError) as problem:
        raise SlackError(error, [f"must be valid JSON [json-pointer:/{key}]"]) from problem


def listed(arguments: Arguments, key: str) -> list[str]:
    """A list given as such or with commas."""
    value = arguments.get(key)
    return (
        [str(one) for one in value]
        if isinstance(value, list)
        else [one for one in text(arguments, key).split(",") if one]
    )


def page(arguments: Arguments, rows: list[Any]) -> tuple[list[Any], Json]:
    """One page of rows by `limit` and `cursor`, and the response_metadata that names the next."""
    size = text(arguments, "limit")
    cursor = text(arguments, "cursor")
    if (size and not size.isdigit()) or (cursor and not cursor.removeprefix("next:").isdigit()):
        raise SlackError("invalid_cursor" if cursor else "invalid_limit")
    start = int(cursor.removeprefix("next:") or 0)
    end = start + (int(size or 0) or 1000)
    return rows[start:end], {"next_cursor": f"next:{end}" if end < len(rows) else ""}


def user_of(world: World, arguments: Arguments, key: str = "user") -> User:
    """Raises SlackError user_not_found."""
    needed(arguments, key)
    user = world.workspace.users.get(text(arguments, key))
    if user is None:
        raise SlackError("user_not_found")
    return user


def by_id(world: World, arguments: Arguments) -> Channel:
    """The channel as the app sees it, by id alone. Raises SlackError channel_not_found."""
    if text(arguments, "channel") not in world.workspace.channels:
        raise SlackError("channel_not_found")
    return channel_of(world, arguments)


def channel_of(world: World, arguments: Arguments) -> Channel:
    """The channel as the app sees it, by id or `#name`. Raises SlackError channel_not_found."""
    wanted = text(arguments, "channel")
    if not wanted:
        raise SlackError("channel_not_found")
    for channel in world.workspace.channels.values():
        if wanted == channel.id or (channel.name and wanted.removeprefix("#") == channel.name):
            if channel.is_private and BOT_USER not in channel.members:
                break
            return channel
    raise SlackError("channel_not_found")
