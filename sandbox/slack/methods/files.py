"""files.*: how the app gives Slack a picture."""

from typing import Final

from sandbox.slack import posting
from sandbox.slack.methods.method import Arguments, Method, channel_of, needed, structure, text
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import BOT_USER
from sandbox.slack.world import World


def announce(world: World, arguments: Arguments) -> Json:
    needed(arguments, "filename", "length")
    length = text(arguments, "length")
    if not length.isdigit():
        raise SlackError("invalid_arguments", ["must be a number [json-pointer:/length]"])
    file = world.files.announce(text(arguments, "filename"), int(length), text(arguments, "alt_txt"))
    return {"upload_url": f"{world.url}/upload/v1/{file.key}", "file_id": file.id}


def complete(world: World, arguments: Arguments) -> Json:
    given = structure(arguments, "files", "invalid_arguments")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) and one.get("id") for one in given):
        raise SlackError("invalid_arguments", ["must be a list of files [json-pointer:/files]"])
    channel = channel_of(world, {"channel": arguments["channel_id"]}) if arguments.get("channel_id") else None
    done = [world.files.complete(str(one["id"]), str(one.get("title") or "")) for one in given]
    shown = [world.files.as_slack(file, BOT_USER) for file in done]
    if channel is not None:
        words = text(arguments, "initial_comment") or done[0].title
        thread = text(arguments, "thread_ts")
        posting.app_says(world, channel.id, {"text": words, "files": shown}, thread_ts=thread)
    return {"files": shown}


def info(world: World, arguments: Arguments) -> Json:
    needed(arguments, "file")
    file = world.files.find(text(arguments, "file"))
    return {"file": world.files.as_slack(file, BOT_USER), "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS: Final = {
    "files.getUploadURLExternal": Method(announce, ("files:write",)),
    "files.completeUploadExternal": Method(complete, ("files:write",)),
    "files.info": Method(info, ("files:read",)),
}
