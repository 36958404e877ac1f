"""Messages as the app and people post them: judged, completed, stored, and told to the pages that show them."""

import re
from typing import Any, Final

from sandbox.slack import pictures, validator
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER, TEAM_ID, Message
from sandbox.slack.world import World

_TOKEN: Final = re.compile(r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|![a-z]+|https?://[^<>\s|]+)(?:\|[^<>]*)?>")
_PIECES: Final = re.compile(r"(```.*?```|<@[UW][A-Z0-9]+>|https?://[^\s<>]+)", re.DOTALL)
_MOST_ATTACHMENTS: Final = 100


def content(world: World, given: Json) -> Json:
    """The text, blocks and attachments of a message that the app sends. Raises SlackError with Slack's codes.

    Text beyond 40,000 characters is cut off, as Slack does.
    """
    text, blocks, attachments = given.get("text"), given.get("blocks"), given.get("attachments")
    if not isinstance(text, str | None):
        raise SlackError("invalid_arguments", ["must be a string [json-pointer:/text]"])
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    found: Json = {"text": (text or "")[: validator.LONGEST_TEXT]}
    if blocks:
        _refuse_when_asked(world)
        found["blocks"] = validator.message_blocks(blocks)
    if attachments:
        found["attachments"] = _attachments(attachments)
    wrong = [
        problem
        for place in ("blocks", "attachments")
        for problem in pictures.problems(world.files, found.get(place), f"/{place}")
    ]
    if wrong:
        raise SlackError("invalid_blocks", wrong)
    return found


def _refuse_when_asked(world: World) -> None:
    if world.faults.take("invalid_blocks"):
        raise SlackError("invalid_blocks", ["refused by the sandbox's fault invalid_blocks [json-pointer:/blocks/0]"])


def _attachments(given: Any) -> list[Json]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise SlackError("invalid_attachments")
    if len(given) > _MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return [
        {"id": number, **one, **({"blocks": validator.message_blocks(one["blocks"])} if one.get("blocks") else {})}
        for number, one in enumerate(given, 1)
    ]


def app_says(world: World, channel: str, found: Json, *, thread_ts: str = "", seen_by: str = "") -> Message:
    """Post content in the app's name; with `seen_by` only that user sees it."""
    body: Json = {
        "type": "message",
        "user": BOT_USER,
        "ts": world.clock.stamp(),
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": TEAM_ID,
        "bot_profile": {
            "id": BOT_ID,
            "app_id": APP_ID,
            "user_id": BOT_USER,
            "name": world.app.name,
            "deleted": False,
            "updated": 1_700_000_000,
            "team_id": TEAM_ID,
        },
        **found,
    }
    return _said(world, Message(channel, body | ({"thread_ts": thread_ts} if thread_ts else {}), seen_by))


def person_says(world: World, user: str, channel: str, text: str, *, thread_ts: str = "") -> Message:
    """Post what a person typed, as Slack stores it: escaped, and as rich text."""
    stamp = world.clock.stamp()
    body: Json = {
        "type": "message",
        "user": user,
        "ts": stamp,
        "client_msg_id": f"sandbox-{stamp}",
        "team": TEAM_ID,
        "text": escaped(text),
        "blocks": [validator.completed(rich_text(text))],
    }
    return _said(world, Message(channel, body | ({"thread_ts": thread_ts} if thread_ts else {})))


def _said(world: World, message: Message) -> Message:
    world.workspace.add(message)
    _tell(world, "message", message)
    head = world.workspace.find(message.channel, message.thread_ts)
    if head and head is not message:
        _tell(world, "message_changed", head)
    return message


def change(world: World, message: Message, found: Json, *, edited: bool = False) -> Message:
    """Put new content into a message: what is not given is gone."""
    for key in ("blocks", "attachments"):
        message.body.pop(key, None)
    message.body |= found
    if edited:
        message.body["edited"] = {"user": BOT_USER, "ts": world.clock.stamp()}
    _tell(world, "message_changed", message)
    return message


def delete(world: World, message: Message) -> None:
    """Take a message away from every page."""
    world.workspace.remove(message)
    _tell(world, "message_deleted", message)


def react(world: World, message: Message, name: str, *, add: bool) -> None:
    """Add or take back the app's reaction. Raises SlackError already_reacted or no_reaction."""
    users = message.reactions.get(name, [])
    if add == (BOT_USER in users):
        raise SlackError("already_reacted" if add else "no_reaction")
    if add:
        message.reactions.setdefault(name, []).append(BOT_USER)
    else:
        users.remove(BOT_USER)
        if not users:
            del message.reactions[name]
    _tell(world, "message_changed", message)


def _tell(world: World, kind: str, message: Message) -> None:
    viewers = [message.seen_by] if message.seen_by else world.workspace.watchers(message.channel)
    world.tell(viewers, kind, channel=message.channel, message=message.as_seen())


def escaped(text: str) -> str:
    """`& < >` as entities, mentions and links left alone."""
    parts: list[str] = []
    end = 0
    for found in _TOKEN.finditer(text):
        parts += [_entities(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, _entities(text[end:])])


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich_text(text: str) -> Json:
    """Typed text as Slack's composer turns it into a block: code fences, mentions and links are told apart."""
    parts: list[Json] = []
    for piece in _PIECES.split(text):
        if piece.startswith("```") and len(piece) >= 6:
            inner = piece[3:-3].strip("\n") or " "
            parts.append({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": inner}]})
        elif piece:
            if not parts or parts[-1]["type"] != "rich_text_section":
                parts.append({"type": "rich_text_section", "elements": []})
            parts[-1]["elements"].append(_inline(piece))
    return {"type": "rich_text", "elements": parts}


def _inline(piece: str) -> Json:
    if piece.startswith("<@"):
        return {"type": "user", "user_id": piece[2:-1]}
    if piece.startswith(("https://", "http://")):
        return {"type": "link", "url": piece}
    return {"type": "text", "text": piece}
