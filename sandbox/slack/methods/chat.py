"""chat.* and reactions.*: what the app says and marks in channels."""

from typing import Final

from sandbox.slack import posting
from sandbox.slack.methods.method import Arguments, Method, channel_of, flag, needed, structure, text
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import BOT_USER, TEAM_DOMAIN, Channel, Message
from sandbox.slack.world import World


def _destination(world: World, arguments: Arguments) -> Channel:
    """Where the app may speak; a user's id means the conversation with them. Raises SlackError."""
    wanted = text(arguments, "channel")
    if wanted in world.workspace.users and wanted != BOT_USER:
        channel = world.workspace.direct(wanted)
    else:
        channel = channel_of(world, arguments)
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_im and not world.app.has_messages_tab:
        raise SlackError("messages_tab_disabled")
    is_open_to_app = not channel.is_private and "chat:write.public" in world.app.scopes
    if BOT_USER not in channel.members and not is_open_to_app:
        raise SlackError("not_in_channel")
    return channel


def _found(world: World, arguments: Arguments) -> Json:
    given = {
        "text": arguments.get("text"),
        "blocks": structure(arguments, "blocks", "invalid_blocks_format"),
        "attachments": structure(arguments, "attachments", "invalid_attachments"),
    }
    found = posting.content(world, given)
    metadata = structure(arguments, "metadata", "invalid_metadata_format")
    return found | ({"metadata": metadata} if metadata else {})


def _own_message(world: World, arguments: Arguments, error: str) -> Message:
    needed(arguments, "ts")
    message = world.workspace.find(channel_of(world, arguments).id, text(arguments, "ts"))
    if message is None or message.seen_by:
        raise SlackError("message_not_found")
    if message.body["user"] != BOT_USER:
        raise SlackError(error)
    return message


def post_message(world: World, arguments: Arguments) -> Json:
    channel = _destination(world, arguments)
    found = _found(world, arguments)
    thread_ts = text(arguments, "thread_ts")
    if thread_ts and world.workspace.find(channel.id, thread_ts) is None:
        raise SlackError("thread_not_found")
    if thread_ts and flag(arguments, "reply_broadcast"):
        found["subtype"] = "thread_broadcast"
    message = posting.app_says(world, channel.id, found, thread_ts=thread_ts)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_slack()}


def post_ephemeral(world: World, arguments: Arguments) -> Json:
    needed(arguments, "user")
    channel = _destination(world, arguments)
    user = text(arguments, "user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = posting.app_says(
        world, channel.id, _found(world, arguments), thread_ts=text(arguments, "thread_ts"), seen_by=user
    )
    return {"message_ts": message.ts}


def update(world: World, arguments: Arguments) -> Json:
    message = _own_message(world, arguments, "cant_update_message")
    if world.workspace.channels[message.channel].is_archived:
        raise SlackError("is_inactive")
    found = _found(world, arguments)
    posting.change(world, message, found, edited=True)
    return {"channel": message.channel, "ts": message.ts, "text": found["text"], "message": message.as_slack()}


def delete(world: World, arguments: Arguments) -> Json:
    message = _own_message(world, arguments, "cant_delete_message")
    posting.delete(world, message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(world: World, arguments: Arguments) -> Json:
    needed(arguments, "message_ts")
    channel = channel_of(world, arguments)
    ts = text(arguments, "message_ts")
    if world.workspace.find(channel.id, ts) is None:
        raise SlackError("message_not_found")
    link = f"https://{TEAM_DOMAIN}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def _reacted(world: World, arguments: Arguments, *, add: bool) -> Json:
    needed(arguments, "name", "timestamp")
    message = world.workspace.find(channel_of(world, arguments).id, text(arguments, "timestamp"))
    if message is None or message.seen_by:
        raise SlackError("message_not_found")
    posting.react(world, message, text(arguments, "name").strip(":"), add=add)
    return {}


def react(world: World, arguments: Arguments) -> Json:
    return _reacted(world, arguments, add=True)


def unreact(world: World, arguments: Arguments) -> Json:
    return _reacted(world, arguments, add=False)


_WRITE: Final = ("chat:write",)
METHODS: Final = {
    "chat.postMessage": Method(post_message, _WRITE),
    "chat.postEphemeral": Method(post_ephemeral, _WRITE),
    "chat.update": Method(update, _WRITE),
    "chat.delete": Method(delete, _WRITE),
    "chat.getPermalink": Method(permalink),
    "reactions.add": Method(react, ("reactions:write",)),
    "reactions.remove": Method(unreact, ("reactions:write",)),
}
