"""What people do outside modals: commands, messages, shortcuts, and a look at the App Home."""

from sandbox.control_paths import Refused
from sandbox.slack import administration, answers, mentions, payloads, pictures, posting
from sandbox.slack.delivery import Courier, Delivery
from sandbox.slack.wire import Json
from sandbox.slack.workspace import BOT_USER, Channel, Message
from sandbox.slack.world import World


def member(world: World, user: str) -> str:
    """The user's id again. Raises Refused for nobody we know, or for the app itself."""
    known = world.workspace.users.get(user)
    if known is None or known.is_bot:
        raise Refused("user_not_found", f"There is no person {user!r}. See GET /_sandbox/state.", 404)
    if known.is_deactivated:
        raise Refused("user_deactivated", f"{known.real_name} cannot sign in any more.", 403)
    return user


def insider(world: World, user: str) -> str:
    """The same, for what Slack offers only to people of the workspace that has the app. Raises Refused."""
    if world.workspace.users[member(world, user)].is_foreign:
        raise Refused("app_not_installed", "In your workspace this app is not installed; here you can use its buttons.")
    return user


def place(world: World, user: str, channel: str) -> Channel:
    """The channel, if this person sees it. Raises Refused."""
    for known in world.workspace.channels_of(member(world, user)):
        if known.id == channel:
            return known
    raise Refused("channel_not_found", f"{user} sees no channel {channel!r}. See GET /_sandbox/state.", 404)


def seen_message(world: World, user: str, channel: str, ts: str) -> Message:
    """The message, if this person sees it. Raises Refused."""
    message = world.workspace.find(place(world, user, channel).id, ts)
    if message is None or message.seen_by not in ("", user):
        raise Refused("message_not_found", f"{user} sees no message {ts!r} in {channel}.", 404)
    return message


def told(delivery: Delivery) -> Json:
    """What a control path says of a delivery."""
    return {"ok": delivery.is_taken, "status": delivery.status, "elapsed_ms": round(delivery.elapsed_ms, 2)}


async def command(world: World, courier: Courier, user: str, channel: str, text: str, thread_ts: str = "") -> Json:
    """Type a slash command. Raises Refused for one that the manifest does not declare."""
    where = place(world, insider(world, user), channel)
    name, rest = [*text.strip().split(maxsplit=1), "", ""][:2]
    if name == "/invite" and not thread_ts:
        return _invite(world, user, where, rest)
    declared = world.app.command(name)
    if not declared:
        raise Refused("invalid_command", f"{name or text!r} is not a valid command of {world.app.name}.", 404)
    if thread_ts:
        # Slack knows no slash commands in threads.
        world.notice(user, f"{name} is not supported in threads. Sorry!", channel=channel)
        return {"ok": False, "status": 0, "elapsed_ms": 0.0}
    if declared.get("should_escape"):
        rest = mentions.escaped(world.workspace, user, rest)
    payload = payloads.slash_command(world, user, where, name, rest)
    delivery = await courier.deliver("slash_commands", "slash_command", payload)
    answers.to_command(world, user, channel, text.strip(), delivery)
    return told(delivery)


def _invite(world: World, user: str, where: Channel, whom: str) -> Json:
    """Slack's own command, for the one whom it can bring here: the app. Raises Refused."""
    names = {f"@{world.app.name}".casefold(), f"@{world.workspace.users[BOT_USER].name}", f"<@{BOT_USER}>"}
    if whom.strip().casefold() not in {name.casefold() for name in names}:
        raise Refused("user_not_found", f"Here one invites the app: /invite @{world.app.name}")
    if where.is_im:
        raise Refused("not_in_channel", "Nobody is invited into a direct conversation.")
    is_there = BOT_USER in where.members
    administration.change_channel(world, {"channel": where.id, "app": True})
    told = f"{world.app.name} is already here." if is_there else f"{world.app.name} was added to #{where.name}."
    world.notice(user, told, channel=where.id, level="info")
    return {"ok": True, "status": 200, "elapsed_ms": 0.0}


async def message(world: World, courier: Courier, user: str, channel: str, text: str, thread_ts: str = "") -> Json:
    """Say something; the app hears of it when its manifest subscribes to that."""
    where = place(world, user, channel)
    if not text.strip():
        raise Refused("no_text", "There is nothing to say.")
    if where.is_im and not world.app.has_messages_tab:
        raise Refused("messages_tab_disabled", f"{world.app.name} takes no messages: its manifest has no messages tab.")
    if thread_ts:
        head = seen_message(world, user, channel, thread_ts)
        thread_ts = head.thread_ts or head.ts
    said = posting.person_says(world, user, channel, text, thread_ts=thread_ts)
    for subscription, event in payloads.message_events(where, said):
        await hear(world, courier, subscription, event)
    return {"ok": True, "ts": said.ts}


async def hear(world: World, courier: Courier, subscription: str, event: Json) -> None:
    """Send an event to the app if it subscribed to it."""
    if subscription in world.app.events:
        await courier.deliver("events_api", str(event["type"]), payloads.event_callback(world, event))


async def shortcut(
    world: World, courier: Courier, user: str, callback_id: str, channel: str = "", ts: str = ""
) -> Json:
    """Pick a shortcut; with channel and ts one on that message. Raises Refused for an undeclared one."""
    kind = "message" if channel or ts else "global"
    declared = world.app.shortcut(callback_id, kind)
    if declared is None:
        raise Refused("shortcut_not_found", f"The manifest has no {kind} shortcut {callback_id!r}.", 404)
    insider(world, user)
    if kind == "global":
        payload = payloads.global_shortcut(world, member(world, user), callback_id)
    else:
        on = seen_message(world, user, channel, ts)
        if on.seen_by:
            raise Refused("message_is_ephemeral", "Slack offers no shortcuts on messages that only you see.")
        payload = payloads.message_shortcut(world, user, callback_id, on)
    delivery = await courier.deliver("interactive", payload["type"], payload)
    complain(world, user, delivery, f"“{declared['name']}”")
    return told(delivery)


def complain(world: World, user: str, delivery: Delivery, what: str) -> None:
    """Tell the person of an interaction that the app did not take."""
    if delivery.failure == "operation_timeout":
        world.notice(user, f"{what}: the app did not answer within 3 seconds (operation_timeout).")
    elif delivery.failure:
        reason = f"it answered with status {delivery.status}" if delivery.status else "it cannot be reached"
        world.notice(user, f"{what}: the app did not take it, {reason} (dispatch_failed).")


async def open_home(world: World, courier: Courier, user: str) -> Json:
    """Look at the App Home tab. The view is what is published when the app has acknowledged; it may follow later."""
    if world.app.has_home_tab:
        await hear(world, courier, "app_home_opened", payloads.app_home_opened(world, insider(world, user)))
    return {"ok": True, "view": home(world, user)["view"]}


def home(world: World, user: str) -> Json:
    """The published home, or null."""
    view = world.views.home(member(world, user))
    return {"view": pictures.shown(view.body) if view else None}


def top_view(world: World, user: str) -> Json:
    """The modal on top, or null."""
    view = world.views.top(member(world, user))
    return {"view": pictures.shown(view.body) if view else None}


def messages(world: World, user: str, channel: str) -> Json:
    """What this person sees in a channel."""
    where = place(world, user, channel)
    return {"messages": [pictures.shown(message.as_seen()) for message in world.workspace.seen_by(where.id, user)]}
