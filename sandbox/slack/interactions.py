"""What people do with blocks and modals: click, choose, search, submit, close."""

from collections.abc import Mapping
from typing import Any

from sandbox.control_paths import Refused
from sandbox.slack import forms, payloads, people, screens, validator
from sandbox.slack.delivery import Courier
from sandbox.slack.views import View
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import Message
from sandbox.slack.world import World

_TROUBLE = "We had some trouble connecting. Try again?"


def _own_view(world: World, user: str, view_id: str) -> View:
    view = world.views.find(view_id)
    if view is None or view.user != people.member(world, user):
        raise Refused("view_not_found", f"{user} has no open view {view_id!r}.", 404)
    return view


def _container(world: World, user: str, container: Any) -> tuple[Message | View, list[Json]]:
    """The message or view, and its blocks. Raises Refused."""
    if not isinstance(container, Mapping) or container.get("type") not in ("message", "view"):
        raise Refused(
            "invalid_container", 'container is {"type": "message", channel, ts} or {"type": "view", view_id}.'
        )
    if container["type"] == "view":
        view = _own_view(world, user, str(container.get("view_id")))
        return view, view.body["blocks"]
    message = people.seen_message(world, user, str(container.get("channel")), str(container.get("ts")))
    attached = [block for one in message.body.get("attachments", ()) for block in one.get("blocks", ())]
    return message, [*message.body.get("blocks", ()), *attached]


async def action(
    world: World,
    courier: Courier,
    user: str,
    container: Json,
    block_id: str,
    action_id: str,
    value: Any = None,
    state: Json | None = None,
) -> Json:
    """Click or choose. `state` is what the other inputs hold, as in submit. Raises Refused for what is not there."""
    where, blocks = _container(world, user, container)
    block, element = forms.element_at(blocks, block_id, action_id)
    clicked = forms.action_of(block, element, value)
    known = where.values() if isinstance(where, View) else {}
    chosen = {block_id: {action_id: clicked_state(clicked)}} if element["type"] not in ("button", "overflow") else {}
    values = forms.values_of(blocks, known, state or {}, chosen)
    if isinstance(where, View):
        where.body["state"] = {"values": values}
    if not forms.is_dispatched(block):
        return {"ok": True, "status": None}
    payload = payloads.block_actions(world, user, where, clicked, values)
    delivery = await courier.deliver("interactive", "block_actions", payload)
    people.complain(world, user, delivery, "The click")
    return {"ok": delivery.is_taken, "status": delivery.status}


def clicked_state(clicked: Json) -> Json:
    """The part of an action that an element's state keeps."""
    return {key: value for key, value in clicked.items() if key in ("type", "value") or key.startswith("selected_")}


async def options(
    world: World, courier: Courier, user: str, container: Json, block_id: str, action_id: str, value: str
) -> Json:
    """Type in a list that the app fills. Raises Refused (424) when the app gives no valid options."""
    where, blocks = _container(world, user, container)
    _, element = forms.element_at(blocks, block_id, action_id)
    if not element["type"].endswith("external_select"):
        raise Refused("not_external", f"{action_id!r} is a {element['type']}: the app is not asked for its options.")
    payload = payloads.block_suggestion(world, user, where, block_id, action_id, value)
    delivery = await courier.deliver("interactive", "block_suggestion", payload)
    people.complain(world, user, delivery, "The list")
    problems = validator.suggestions(delivery.answer) if delivery.is_taken else [delivery.failure]
    if problems:
        if delivery.is_taken:
            world.notice(user, f"The options cannot be shown: {problems[0]}")
        raise Refused("options_failed", f"The options could not be loaded: {problems[0]}", 424)
    return {key: delivery.answer[key] for key in ("options", "option_groups") if key in delivery.answer}


async def submit(world: World, courier: Courier, user: str, view_id: str, state: Json) -> Json:
    """Submit a modal; required fields are looked at first, as Slack's own clients do."""
    view = _own_view(world, user, view_id)
    if view.body["type"] != "modal":
        raise Refused("not_a_modal", "Only a modal can be submitted.")
    values = forms.values_of(view.body["blocks"], view.values(), state)
    view.body["state"] = {"values": values}
    errors = forms.missing(view.body["blocks"], values)
    if errors:
        return _refused(world, view, errors)
    payload = payloads.view_submission(world, view, _response_urls(world, view, values))
    delivery = await courier.deliver("interactive", "view_submission", payload)
    if not delivery.is_taken:
        people.complain(world, user, delivery, _TROUBLE)
        return {"ok": False, "errors": {}}
    try:
        return _followed(world, view, delivery.answer)
    except SlackError as error:
        detail = (error.body.get("errors") or [error.error])[0]
        world.notice(user, f"{_TROUBLE} The app's answer is refused: {detail}")
        return {"ok": False, "errors": {}}


def _refused(world: World, view: View, errors: Json) -> Json:
    world.tell([view.user], "view_updated", view=view.body, errors=errors)
    return {"ok": False, "errors": errors}


def _response_urls(world: World, view: View, values: Json) -> list[Json]:
    """Addresses for the channels chosen in inputs with `response_url_enabled`."""
    urls = []
    for block in view.body["blocks"]:
        element = block.get("element", {})
        if element.get("response_url_enabled"):
            state = values[block["block_id"]][element["action_id"]]
            channel = state.get("selected_conversation") or state.get("selected_channel")
            ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
            urls.append(ids | {"response_url": payloads.response_address(world, "app", view.user, channel)})
    return urls


def _followed(world: World, view: View, answer: Any) -> Json:
    """Do what the acknowledgement of a submission asks for. Raises SlackError for what Slack would not do."""
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if action == "errors":
        return _refused(world, view, _field_errors(view, answer.get("errors")))
    if action == "update":
        screens.update(world, view, screens.judged(world, answer.get("view"), "modal"))
    elif action == "push":
        screens.push_modal(world, view.user, screens.judged(world, answer.get("view"), "modal"))
    elif action == "clear":
        screens.clear(world, view.user)
    elif action is None and not answer:
        screens.close(world, view)
    else:
        raise SlackError("invalid_arguments", [f"unknown response_action: {action} [json-pointer:/response_action]"])
    return {"ok": True}


def _field_errors(view: View, errors: Any) -> Json:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_arguments", ["missing required field: errors [json-pointer:/errors]"])
    for block_id, sentence in errors.items():
        if block_id not in inputs:
            raise SlackError("invalid_arguments", [f"no input block {block_id} in the view [json-pointer:/errors]"])
        if not isinstance(sentence, str) or not sentence:
            raise SlackError("invalid_arguments", [f"must be a string [json-pointer:/errors/{block_id}]"])
    return errors


async def close(world: World, courier: Courier, user: str, view_id: str) -> Json:
    """Close a modal by its button; with `clear_on_close` all of them. The app hears of it when the view says so."""
    view = _own_view(world, user, view_id)
    if view.body["clear_on_close"]:
        closed = screens.clear(world, user)
    else:
        screens.close(world, view)
        closed = [view]
    for one in closed:
        if one.body["notify_on_close"]:
            payload = payloads.view_closed(world, one, is_cleared=len(closed) > 1)
            await courier.deliver("interactive", "view_closed", payload)
    return {"ok": True}
