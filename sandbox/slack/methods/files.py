"""files.*: how the app gives Slack a picture."""

from typing import Any, Final

from sandbox.slack import posting
from sandbox.slack.methods.method import Arguments, Method, by_id, listed, needed, structure, text
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import BOT_USER, Channel
from sandbox.slack.world import World


def announce(world: World, arguments: Arguments) -> Json:
    needed(arguments, "filename", "length")
    length = text(arguments, "length")
    if not length.isdecimal():
        raise SlackError("invalid_arguments", ["must be a number [json-pointer:/length]"])
    file = world.files.announce(text(arguments, "filename"), int(length), text(arguments, "alt_txt"))
    return {"upload_url": f"{world.url}/upload/v1/{file.key}", "file_id": file.id}


def complete(world: World, arguments: Arguments) -> Json:
    given = structure(arguments, "files", "invalid_arguments")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) and one.get("id") for one in given):
        raise SlackError("invalid_arguments", ["must be a list of files [json-pointer:/files]"])
    wanted = [text(arguments, "channel_id")] if arguments.get("channel_id") else listed(arguments, "channels")
    channels = [_open_to_files(world, one) for one in wanted]
    words = _words(world, arguments) if channels else {}
    done = world.files.complete({str(one["id"]): str(one.get("title") or "") for one in given})
    shown = [world.files.as_slack(file) for file in done]
    for channel in channels:
        posting.app_says(world, channel.id, {**words, "files": shown}, thread_ts=text(arguments, "thread_ts"))
    return {"files": shown}


def _open_to_files(world: World, channel: str) -> Channel:
    """A channel that the app may share files in: unlike messages, only where it is a member. Raises SlackError."""
    found = by_id(world, {"channel": channel})
    if BOT_USER not in found.members:
        raise SlackError("not_in_channel")
    if found.is_archived:
        raise SlackError("posting_to_channel_denied")
    return found


def _words(world: World, arguments: Arguments) -> Json:
    """What is said along with the files; blocks only without an initial comment."""
    comment = text(arguments, "initial_comment")
    blocks: Any = None if comment else structure(arguments, "blocks", "invalid_blocks_format")
    return posting.content(world, {"text": comment, "blocks": blocks}) if comment or blocks else {"text": ""}


def info(world: World, arguments: Arguments) -> Json:
    needed(arguments, "file")
    file = world.files.find(text(arguments, "file"))
    if file.ready_at is None:
        raise SlackError("file_not_found")
    return {"file": world.files.as_slack(file), "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS: Final = {
    "files.getUploadURLExternal": Method(announce, ("files:write",)),
    "files.completeUploadExternal": Method(complete, ("files:write",)),
    "files.info": Method(info, ("files:read",)),
}
