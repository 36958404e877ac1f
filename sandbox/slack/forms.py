"""Inputs: what an element holds, what a click or choice on it says, and what is missing from a form."""

from collections.abc import Iterator
from typing import Any, Final

from sandbox.control_paths import Refused
from sandbox.slack.validator import elements_of
from sandbox.slack.wire import Json

_ONE_OPTION: Final = ("static_select", "external_select", "radio_buttons", "overflow")
_OPTIONS: Final = ("multi_static_select", "multi_external_select", "checkboxes")
# Element type -> the key of its state, and the key of what it starts with.
_VALUES: Final = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    **dict.fromkeys(("static_select", "external_select", "radio_buttons"), ("selected_option", "initial_option")),
    **dict.fromkeys(_OPTIONS, ("selected_options", "initial_options")),
}


_TOLD: Final = ("placeholder", *sorted({initial for _, initial in _VALUES.values() if initial != "initial_value"}))


def element_at(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    """(block, element) of those ids. Raises Refused."""
    for block, element in _elements(blocks):
        if (block["block_id"], element.get("action_id")) == (block_id, action_id):
            return block, element
    raise Refused("element_not_found", f"There is no element {action_id!r} in a block {block_id!r} here.", 404)


def _elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    return ((block, element) for block in blocks for element in elements_of(block))


def values_of(blocks: list[Json], *layers: Json) -> Json:
    """The state of every input, {block_id: {action_id: state}}; a later layer wins over what an element starts with."""
    values: Json = {}
    for block, element in _elements(blocks):
        if element["type"] in _VALUES:
            states = [_state_in(layer, block["block_id"], element["action_id"]) for layer in layers]
            state = next((one for one in reversed(states) if one is not None), _first_state(element))
            values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **state}
    return values


def _state_in(layer: Json, block_id: str, action_id: str) -> Json | None:
    states = layer.get(block_id)
    state = states.get(action_id) if isinstance(states, dict) else None
    return state if isinstance(state, dict) else None


def _first_state(element: Json) -> Json:
    key, initial = _VALUES[element["type"]]
    return {key: element.get(initial, [] if key.endswith("s") else None)}


def state_with(element: Json, value: Any) -> Json:
    """The state of an element after someone gave it `value`: text, an option or a list of options. Raises Refused."""
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if value is None else _option(element, value)}
    if kind in _OPTIONS:
        chosen = value if isinstance(value, list) else [value]
        return {"type": kind, "selected_options": [_option(element, one) for one in chosen]}
    return {"type": kind, _VALUES[kind][0]: value}


def _option(element: Json, value: Any) -> Json:
    wanted = value.get("value") if isinstance(value, dict) else value
    groups = element.get("option_groups") or [element]
    for option in (option for group in groups for option in group.get("options", ())):
        if option["value"] == wanted:
            return dict(option)
    if element["type"].endswith("external_select") and isinstance(value, dict) and "text" in value:
        return dict(value)
    raise Refused("option_not_found", f"There is no option {wanted!r} in {element.get('action_id')!r}.", 404)


def action_of(block: Json, element: Json, value: Any) -> Json:
    """What a click or choice says, as in `actions` of block_actions, without its time. Raises Refused."""
    ids = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    if element["type"] in _VALUES or element["type"] == "overflow":
        shown = {key: element[key] for key in _TOLD if key in element}
        return shown | state_with(element, value) | ids
    if element["type"] == "feedback_buttons":
        button = next((one for one in _feedback(element) if one["value"] == value), None)
        if button is None:
            raise Refused("option_not_found", f"There is no feedback {value!r} here.", 404)
        return {**button, **ids}
    return {key: element[key] for key in ("text", "value") if key in element} | ids


def _feedback(element: Json) -> Iterator[Json]:
    return (element[key] for key in ("positive_button", "negative_button"))


def is_dispatched(block: Json) -> bool:
    """Whether a change in this block is sent at once; an input block waits for the submit unless it says otherwise."""
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def missing(blocks: list[Json], values: Json) -> dict[str, str]:
    """What Slack refuses before it asks the app: {block_id: sentence}."""
    errors = {}
    for block, element in _elements(blocks):
        if block["type"] == "input":
            problem = _problem(block, element, values[block["block_id"]][element["action_id"]])
            if problem:
                errors[block["block_id"]] = problem
    return errors


def _problem(block: Json, element: Json, state: Json) -> str:
    value = state.get(_VALUES[element["type"]][0])
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if element["type"] != "plain_text_input":
        return ""
    value = str(value)
    if len(value) < element.get("min_length", 0):
        return f"This needs at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"This takes at most {element.get('max_length', 3000)} characters."
    return ""
