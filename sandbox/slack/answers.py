"""The app's answers outside the Web API: acknowledgements of commands, and posts to response URLs."""

import json
from typing import Any

from sandbox.slack import posting
from sandbox.slack.delivery import Delivery
from sandbox.slack.grants import ResponseUrl
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.world import World


def to_command(world: World, user: str, channel: str, typed: str, delivery: Delivery) -> None:
    """Show the acknowledgement of a slash command, or the notice that Slack shows instead.

    An answer for everyone also shows the command itself, as typed.
    """
    command = typed.split(maxsplit=1)[0]
    if not delivery.is_taken:
        world.notice(user, f'{command} failed with the error "{delivery.failure}"', channel=channel)
        return
    given = _as_message(delivery.answer)
    if not any(given.get(key) for key in ("text", "blocks", "attachments")):
        return
    try:
        found = posting.content(world, given)
    except SlackError as error:
        world.notice(user, f'{command} failed with the error "{error.error}"{_first(error)}', channel=channel)
        return
    if given.get("response_type") == "in_channel":
        posting.person_says(world, user, channel, typed)
        posting.app_says(world, channel, found)
    else:
        posting.app_says(world, channel, found, seen_by=user)


def _as_message(answer: Any) -> Json:
    if isinstance(answer, dict):
        return answer
    return {"text": answer if isinstance(answer, str) else "" if answer is None else json.dumps(answer)}


def _first(error: SlackError) -> str:
    messages = error.body.get("errors") or []
    return f": {messages[0]}" if messages else ""


def to_response_url(world: World, key: str, given: Any) -> None:
    """Do what a post to a response URL asks for. Raises SlackError; a refused post has used the address up by one."""
    grant = world.grants.redeem_url(key)
    if not isinstance(given, dict):
        raise SlackError("invalid_payload")
    original = world.workspace.find(grant.channel, grant.message_ts)
    if given.get("delete_original") is True:
        if original:
            posting.delete(world, original)
        return
    found = posting.content(world, given)
    if given.get("replace_original") is True and original:
        posting.change(world, original, found, edited=not original.seen_by)
        return
    _say(world, grant, given, found)


def _say(world: World, grant: ResponseUrl, given: Json, found: Json) -> None:
    is_public = given.get("response_type") == "in_channel"
    thread_ts = str(given.get("thread_ts") or "")
    posting.app_says(world, grant.channel, found, thread_ts=thread_ts, seen_by="" if is_public else grant.user)
