"""views.*: modals and App Homes."""

from typing import Final

from sandbox.slack import screens
from sandbox.slack.methods.method import Arguments, Method, needed, structure, text, user_of
from sandbox.slack.views import View
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.world import World


def _judged(world: World, arguments: Arguments, *types: str) -> Json:
    return screens.judged(world, structure(arguments, "view", "invalid_arguments"), *types)


def open_view(world: World, arguments: Arguments) -> Json:
    needed(arguments, "trigger_id", "view")
    given = _judged(world, arguments, "modal")
    user = world.grants.redeem_trigger(text(arguments, "trigger_id"))
    return {"view": screens.open_modal(world, user, given).body}


def push(world: World, arguments: Arguments) -> Json:
    needed(arguments, "trigger_id", "view")
    given = _judged(world, arguments, "modal")
    user = world.grants.redeem_trigger(text(arguments, "trigger_id"))
    return {"view": screens.push_modal(world, user, given).body}


def update(world: World, arguments: Arguments) -> Json:
    needed(arguments, "view")
    view_id, external_id = text(arguments, "view_id"), text(arguments, "external_id")
    if not (view_id or external_id):
        needed(arguments, "view_id")
    view = world.views.find(view_id, external_id)
    if view is None:
        raise SlackError("not_found")
    given = _judged(world, arguments, str(view.body["type"]))
    _compare_hash(view, arguments)
    return {"view": screens.update(world, view, given).body}


def _compare_hash(view: View | None, arguments: Arguments) -> None:
    known = view.body["hash"] if view else ""
    if text(arguments, "hash") not in ("", known):
        raise SlackError("hash_conflict")


def publish(world: World, arguments: Arguments) -> Json:
    needed(arguments, "user_id", "view")
    user = user_of(world, arguments, "user_id")
    if not world.app.has_home_tab:
        raise SlackError("not_enabled")
    given = _judged(world, arguments, "home")
    _compare_hash(world.views.home(user.id), arguments)
    return {"view": screens.publish(world, user.id, given).body}


METHODS: Final = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
