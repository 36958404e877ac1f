"""What the app puts on someone's screen: modals and App Homes, judged first and told to that person's pages."""

from typing import Any

from sandbox.slack import pictures, validator
from sandbox.slack.views import DEEPEST, View
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.world import World


def judged(world: World, given: Any, *types: str) -> Json:
    """A completed view. Raises SlackError invalid_arguments."""
    if world.faults.take("invalid_blocks"):
        raise SlackError("invalid_arguments", ["refused by the sandbox's fault [json-pointer:/view/blocks/0]"])
    found = validator.view(given, *types)
    wrong = list(pictures.problems(world.files, found["blocks"], "/view/blocks"))
    if wrong:
        raise SlackError("invalid_arguments", wrong)
    return found


def open_modal(world: World, user: str, given: Json) -> View:
    """Show a judged modal."""
    _refuse_twin(world, given)
    view = world.views.open(user, given, world.clock.stamp())
    world.tell([user], "view_opened", view=view.body)
    return view


def push_modal(world: World, user: str, given: Json) -> View:
    """Put a judged modal on the stack. Raises SlackError push_limit_reached."""
    if world.views.depth(user) >= DEEPEST:
        raise SlackError("push_limit_reached")
    _refuse_twin(world, given)
    view = world.views.push(user, given, world.clock.stamp())
    world.tell([user], "view_opened", view=view.body)
    return view


def update(world: World, view: View, given: Json) -> View:
    """Put judged content into an open modal or a home."""
    world.views.update(view, given, world.clock.stamp())
    kind = "home" if view.body["type"] == "home" else "view_updated"
    world.tell([view.user], kind, view=view.body)
    return view


def publish(world: World, user: str, given: Json) -> View:
    """Make a judged view the user's App Home."""
    view = world.views.publish(user, given, world.clock.stamp())
    world.tell([user], "home", view=view.body)
    return view


def close(world: World, view: View) -> None:
    """Take one modal away."""
    world.views.close(view)
    world.tell([view.user], "view_closed", view=view.body)


def clear(world: World, user: str) -> list[View]:
    """Take all of a user's modals away; returns them."""
    closed = world.views.clear(user)
    for view in closed:
        world.tell([user], "view_closed", view=view.body)
    return closed


def _refuse_twin(world: World, given: Json) -> None:
    if given.get("external_id") and world.views.find("", given["external_id"]):
        raise SlackError("duplicate_external_id")
