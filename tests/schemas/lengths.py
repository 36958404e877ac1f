"""Slack's length, count and uniqueness rules, which its published types do not hold."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.schemas.limits import BY_TYPE, EVERYWHERE, MANIFEST, Limits
from tests.schemas.pointers import pointer

MESSAGE_BLOCKS = 50
# Slack refuses a message of roughly 13,200 characters with msg_blocks_too_long and counts something for each
# block besides its text, so the whole JSON is measured: our own rule, on the safe side.
MESSAGE_CHARACTERS = 12_000
MARKDOWN_CHARACTERS = 12_000
Steps = list[str | int]


def length_problems(payload: object) -> list[str]:
    """What is too long, too short, too many or not unique: "/json/pointer: sentence" each.

    Takes a list of blocks (read as a message), a message, a view, an answer to a view submission or to a
    suggestion, or a manifest. Lengths are in characters.
    """
    found = [line for node, at in _nodes(payload, []) for line in _node_problems(node, at)]
    if isinstance(payload, Mapping) and "display_information" in payload:
        found.extend(_limit_problems(payload, MANIFEST, []))
    elif isinstance(payload, list):
        found.extend(_message_problems({"blocks": payload}, needs_text=False))
    elif isinstance(payload, Mapping) and _is_message(payload):
        found.extend(_message_problems(payload, needs_text="blocks" in payload))
    return found


def _is_message(payload: Mapping[str, Any]) -> bool:
    return "type" not in payload and ("blocks" in payload or "text" in payload)


def _nodes(value: object, at: Steps) -> Iterator[tuple[Mapping[str, Any], Steps]]:
    if isinstance(value, Mapping):
        yield value, at
        for key, inner in value.items():
            yield from _nodes(inner, [*at, key])
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _nodes(inner, [*at, n])


def _node_problems(node: Mapping[str, Any], at: Steps) -> Iterator[str]:
    yield from _limit_problems(node, EVERYWHERE, at)
    kind = node.get("type")
    if isinstance(kind, str):
        yield from _limit_problems(node, BY_TYPE.get(kind, {}), at)
    if kind in ("modal", "home"):
        yield from _view_problems(node, at)
    if isinstance(kind, str) and ("elements" in node or "accessory" in node or "element" in node):
        yield from _repeated("action_id", _action_ids(node), at)


def _limit_problems(node: Mapping[str, Any], limits: Limits, at: Steps) -> Iterator[str]:
    for path, (least, most) in limits.items():
        for value, where in _at(node, path.split("/"), at):
            size = len(value) if isinstance(value, (str, list)) else None
            unit = "characters" if isinstance(value, str) else "items"
            if size is not None and size > most:
                yield f"{pointer(where)}: {size} {unit}, at most {most}"
            elif size is not None and size < least:
                yield f"{pointer(where)}: {size} {unit}, at least {least}"


def _at(value: object, path: list[str], at: Steps) -> Iterator[tuple[object, Steps]]:
    """The values at a path of keys below `value`; `*` stands for every item of a list."""
    if not path:
        yield value, at
    elif path[0] == "*" and isinstance(value, list):
        for n, item in enumerate(value):
            yield from _at(item, path[1:], [*at, n])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:], [*at, path[0]])


def _message_problems(message: Mapping[str, Any], *, needs_text: bool) -> Iterator[str]:
    blocks = message.get("blocks")
    blocks = blocks if isinstance(blocks, list) else []
    if len(blocks) > MESSAGE_BLOCKS:
        yield f"/blocks: {len(blocks)} blocks, at most {MESSAGE_BLOCKS} in a message"
    if needs_text and not message.get("text"):
        yield "/text: a message with blocks needs a text for notifications and screen readers"
    size = len(json.dumps([message.get("text", ""), blocks], ensure_ascii=False, separators=(",", ":")))
    if size >= MESSAGE_CHARACTERS:
        yield f"/: {size} characters of JSON, fewer than {MESSAGE_CHARACTERS} in a whole message"
    yield from _block_ids(blocks, [])


def _view_problems(view: Mapping[str, Any], at: Steps) -> Iterator[str]:
    blocks = view.get("blocks")
    blocks = blocks if isinstance(blocks, list) else []
    yield from _block_ids(blocks, at)
    has_input = any(isinstance(block, Mapping) and block.get("type") == "input" for block in blocks)
    if view["type"] == "modal" and has_input and not view.get("submit"):
        yield f"{pointer([*at, 'submit'])}: a modal with an input needs a submit button"


def _block_ids(blocks: list[Any], at: Steps) -> Iterator[str]:
    known = [block for block in blocks if isinstance(block, Mapping)]
    yield from _repeated("block_id", [str(block["block_id"]) for block in known if "block_id" in block], at)
    markdown = sum(len(str(block.get("text", ""))) for block in known if block.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        yield f"{pointer(at)}: {markdown} characters in all markdown blocks, at most {MARKDOWN_CHARACTERS}"


def _action_ids(block: Mapping[str, Any]) -> list[str]:
    elements = block.get("elements")
    parts = [*(elements if isinstance(elements, list) else []), block.get("accessory"), block.get("element")]
    return [str(part["action_id"]) for part in parts if isinstance(part, Mapping) and "action_id" in part]


def _repeated(name: str, values: list[str], at: Steps) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{pointer(at)}: {name} {value!r} stands {times} times, must be unique here"
