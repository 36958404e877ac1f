"""What Slack sends: each payload shaped as Slack shapes it, from the state of the workspace."""

import secrets
from typing import Any

from sandbox.slack.views import View
from sandbox.slack.wire import Json
from sandbox.slack.workspace import APP_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, Channel, Message
from sandbox.slack.world import World


def _team() -> Json:
    return {"id": TEAM_ID, "domain": TEAM_DOMAIN}


def _user(world: World, user: str) -> Json:
    known = world.workspace.users[user]
    return {"id": user, "username": known.name, "name": known.name, "team_id": known.team}


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel.shown_name}


def _interaction(world: World, kind: str, user: str) -> Json:
    return {
        "type": kind,
        "user": _user(world, user),
        "api_app_id": APP_ID,
        "token": world.secrets.verification_token,
        "team": _team(),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def response_address(
    world: World, kind: str, user: str, channel: str, message_ts: str = "", thread_ts: str = ""
) -> str:
    """A new response URL; `kind` is "commands", "actions" or "app", as in Slack's own."""
    key = world.grants.response_url(user, channel, message_ts, thread_ts)
    return f"{world.url}/hooks/{kind}/{TEAM_ID}/{key}"


def slash_command(world: World, user: str, channel: Channel, command: str, text: str) -> dict[str, str]:
    """The form of a slash command."""
    return {
        "token": world.secrets.verification_token,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.shown_name,
        "user_id": user,
        "user_name": world.workspace.users[user].name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_address(world, "commands", user, channel.id),
        "trigger_id": world.grants.trigger(user),
    }


def message_container(message: Message) -> Json:
    """Where a click on a message came from."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.seen_by),
    }
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _on_message(world: World, message: Message) -> Json:
    """Slack sends no `message` for an ephemeral one."""
    place: Json = {
        "container": message_container(message),
        "channel": _channel(world.workspace.channels[message.channel]),
    }
    return place | ({} if message.seen_by else {"message": message.as_slack()})


def _on_view(view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view.body}


def block_actions(world: World, user: str, place: Message | View, action: Json, values: Json) -> Json:
    """A click or choice. `values` is the state of every input in the message or view."""
    payload = _interaction(world, "block_actions", user) | {"trigger_id": world.grants.trigger(user)}
    if isinstance(place, View):
        payload |= _on_view(place)
    else:
        address = response_address(world, "actions", user, place.channel, place.ts, place.thread_ts)
        payload |= _on_message(world, place) | {"response_url": address, "state": {"values": values}}
    return payload | {"actions": [action | {"action_ts": world.clock.stamp()}]}


def block_suggestion(world: World, user: str, place: Message | View, block_id: str, action_id: str, value: str) -> Json:
    """What someone typed in a list that the app fills."""
    where = _on_view(place) if isinstance(place, View) else _on_message(world, place)
    asked = {"block_id": block_id, "action_id": action_id, "value": value}
    return _interaction(world, "block_suggestion", user) | where | asked


def view_submission(world: World, view: View, response_urls: list[Json]) -> Json:
    """A submitted modal."""
    return _interaction(world, "view_submission", view.user) | {
        "trigger_id": world.grants.trigger(view.user),
        "view": view.body,
        "response_urls": response_urls,
    }


def view_closed(world: World, view: View, *, is_cleared: bool) -> Json:
    """A modal closed by the person."""
    return _interaction(world, "view_closed", view.user) | {"view": view.body, "is_cleared": is_cleared}


def global_shortcut(world: World, user: str, callback_id: str) -> Json:
    """A shortcut from anywhere; this one does not name the app."""
    payload = _interaction(world, "shortcut", user) | {
        "callback_id": callback_id,
        "trigger_id": world.grants.trigger(user),
        "action_ts": world.clock.stamp(),
    }
    del payload["api_app_id"], payload["user"]["name"]
    return payload


def message_shortcut(world: World, user: str, callback_id: str, message: Message) -> Json:
    """A shortcut on a message."""
    payload = _interaction(world, "message_action", user) | {
        "callback_id": callback_id,
        "trigger_id": world.grants.trigger(user),
        "response_url": response_address(world, "app", user, message.channel),
        "message_ts": message.ts,
        "message": message.as_slack(),
        "channel": _channel(world.workspace.channels[message.channel]),
        "action_ts": world.clock.stamp(),
    }
    del payload["api_app_id"]
    return payload


def event_callback(world: World, event: Json) -> Json:
    """An event in its envelope."""
    return {
        "token": world.secrets.verification_token,
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(world.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": secrets.token_urlsafe(24),
    }


def app_home_opened(world: World, user: str) -> Json:
    """Someone looks at the app's home tab."""
    home = world.views.home(user)
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": world.workspace.direct(user).id,
        "tab": "home",
        "event_ts": world.clock.stamp(),
    }
    return event | ({"view": home.body} if home else {})


def message_events(channel: Channel, message: Message) -> list[tuple[str, Json]]:
    """What the app may hear of a person's message: (the subscription that it needs, the event)."""
    said: dict[str, Any] = {**message.body, "channel": channel.id, "event_ts": message.ts}
    subscription = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}[channel.kind]
    events = [(subscription, said | {"channel_type": channel.kind})]
    if f"<@{BOT_USER}>" in str(said["text"]) and not channel.is_im and BOT_USER in channel.members:
        events.append(("app_mention", said | {"type": "app_mention"}))
    return events if BOT_USER in channel.members else []
