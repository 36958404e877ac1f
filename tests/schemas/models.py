"""Judges blocks and views by slack_sdk's own model classes."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.schemas.pointers import pointer


def model_problems(payload: object) -> list[str]:
    """What slack_sdk refuses, or silently drops or changes, in a list of blocks, a message or a view.

    A model that gives back something else than it was given did not understand a part of it.
    """
    blocks = payload.get("blocks", []) if isinstance(payload, Mapping) else payload
    prefix: list[str | int] = ["blocks"] if isinstance(payload, Mapping) else []
    if not isinstance(blocks, list):
        return [f"{pointer(prefix)}: not a list of blocks"]
    found = [line for n, block in enumerate(blocks) for line in _block_problems(block, [*prefix, n])]
    if isinstance(payload, Mapping) and payload.get("type") in ("modal", "home"):
        found.extend(_view_problems(payload))
    return found


def _block_problems(block: object, at: list[str | int]) -> list[str]:
    if not isinstance(block, Mapping):
        return [f"{pointer(at)}: not an object"]
    try:
        model = Block.parse(copy.deepcopy(dict(block)))
        if model is None:
            return [f"{pointer(at)}: slack_sdk knows no block of type {block.get('type')!r}"]
        back = model.to_dict()
    except (SlackObjectFormationError, TypeError, ValueError, AttributeError, KeyError) as error:
        return [f"{pointer(at)}: slack_sdk refuses it: {error}"]
    return list(_differences(dict(block), back, at))


def _view_problems(view: Mapping[str, Any]) -> list[str]:
    try:
        View(**copy.deepcopy(dict(view))).validate_json()
    except (SlackObjectFormationError, TypeError, ValueError, AttributeError, KeyError) as error:
        return [f"/: slack_sdk refuses the view: {error}"]
    return []


def _differences(given: object, back: object, at: list[str | int]) -> Iterator[str]:
    if isinstance(given, dict) and isinstance(back, dict):
        for key in given.keys() | back.keys():
            yield from _differences(given.get(key, _ABSENT), back.get(key, _ABSENT), [*at, key])
    elif isinstance(given, list) and isinstance(back, list) and len(given) == len(back):
        for n, (one, other) in enumerate(zip(given, back, strict=True)):
            yield from _differences(one, other, [*at, n])
    elif given != back:
        yield f"{pointer(at)}: slack_sdk reads {_short(given)} as {_short(back)}"


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT = _Absent()


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
