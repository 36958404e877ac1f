"""Judges blocks, messages, views and suggestions as Slack judges them, and completes what Slack completes."""

import json
import secrets
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from sandbox.slack.block_rules import IN_MESSAGE, VIEW
from sandbox.slack.element_rules import SUGGESTIONS
from sandbox.slack.rules import Findings, items, told
from sandbox.slack.wire import Json, SlackError

MOST_BLOCKS: Final = 50
MOST_CHARACTERS: Final = 13_200  # of all blocks, as JSON; Slack does not publish how it counts
LONGEST_TEXT: Final = 40_000
_MARKDOWN: Final = 12_000
_BLOCKS: Final = items(IN_MESSAGE, MOST_BLOCKS, 0)


def message_blocks(blocks: Any) -> list[Json]:
    """Completed copies of a message's blocks.

    Raises SlackError invalid_blocks_format, invalid_blocks or msg_blocks_too_long.
    """
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    messages = [*_BLOCKS(blocks, "/blocks"), *_unique(blocks, "/blocks"), *_markdown(blocks)]
    if messages:
        raise SlackError("invalid_blocks", messages)
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > MOST_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return [completed(block) for block in blocks]


def view(given: Any, *types: str) -> Json:
    """A completed copy of a view of one of these types. Raises SlackError invalid_arguments."""
    messages = list(VIEW(given, "/view"))
    if not messages:
        messages = [*_unique(given["blocks"], "/view/blocks"), *_submits(given)]
    if not messages and given["type"] not in types:
        messages = [told(f"must be one of: {', '.join(types)}", "/view/type")]
    if messages:
        raise SlackError("invalid_arguments", messages)
    return {**deepcopy(given), "blocks": [completed(block) for block in given["blocks"]]}


def suggestions(given: Any) -> list[str]:
    """What is wrong with an answer to a block_suggestion."""
    if not isinstance(given, dict) or ("options" in given) == ("option_groups" in given):
        return [told("must have exactly one of: options, option_groups", "/")]
    return list(SUGGESTIONS(given, ""))


def completed(block: Json) -> Json:
    """A copy of a valid block with the ids and flags that Slack adds."""
    copy: Json = _with_flags(deepcopy(block))
    copy.setdefault("block_id", secrets.token_urlsafe(4)[:5])
    for element in elements_of(copy):
        if element["type"] not in ("image", "plain_text", "mrkdwn"):
            element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return copy


def elements_of(block: Json) -> Iterator[Json]:
    """The elements that a block holds directly, not those of rich text."""
    if block.get("type") in ("actions", "context", "context_actions"):
        yield from block["elements"]
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]


def _with_flags(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_flags(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    flags = {"plain_text": {"emoji": True}, "mrkdwn": {"verbatim": False}}.get(str(value.get("type")), {})
    return {key: _with_flags(inner) for key, inner in value.items()} | {
        k: v for k, v in flags.items() if k not in value
    }


def _unique(blocks: list[Any], at: str) -> Findings:
    known = [block for block in blocks if isinstance(block, dict)]
    for block_id, times in Counter(str(block["block_id"]) for block in known if "block_id" in block).items():
        if times > 1:
            yield told(f"block_id already exists: {block_id}", at)
    for number, block in enumerate(blocks):
        for action_id, times in Counter(_action_ids(block)).items():
            if times > 1:
                yield told(f"action_id already exists: {action_id}", f"{at}/{number}")


def _action_ids(block: Any) -> Iterator[str]:
    if isinstance(block, dict) and isinstance(block.get("elements"), list) and block.get("type") != "rich_text":
        for element in block["elements"]:
            if isinstance(element, dict) and "action_id" in element:
                yield str(element["action_id"])


def _markdown(blocks: list[Any]) -> Findings:
    texts = [block.get("text") for block in blocks if isinstance(block, dict) and block.get("type") == "markdown"]
    if sum(len(text) for text in texts if isinstance(text, str)) > _MARKDOWN:
        yield told(f"all markdown blocks together must be less than {_MARKDOWN + 1} characters", "/blocks")


def _submits(given: Json) -> Findings:
    has_input = any(block["type"] == "input" for block in given["blocks"])
    if given["type"] == "modal" and has_input and not given.get("submit"):
        yield told("must provide a submit when the view has an input block", "/view/submit")
