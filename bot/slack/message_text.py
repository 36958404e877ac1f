"""Everything readable in a Slack message: its text, its blocks and its attachments, as one text."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_TEXT_KEYS: Final = (
    "text",
    "fallback",
    "pretext",
    "title",
    "value",
    "footer",
    "alt_text",
    "preview",
    "plain_text",
    "name",
)
_BELOW: Final = (
    "blocks",
    "attachments",
    "elements",
    "fields",
    "text",
    "title",
    "rows",
    "message",
    "accessory",
    "message_blocks",
    "files",
    "columns",
)
_MOST_NODES: Final = 3_000


def message_text(message: Mapping[str, Any]) -> str:
    """All text of a message without repeats, one piece a line; at most 3,000 parts are looked at."""
    return "\n".join(dict.fromkeys(piece for piece in _pieces(message) if piece.strip()))


def _pieces(message: Mapping[str, Any]) -> Iterator[str]:
    todo: list[Any] = [message]
    for _ in range(_MOST_NODES):
        if not todo:
            return
        node = todo.pop()
        if isinstance(node, list):
            # A rich_text section is one sentence cut into runs; together they can hold a code that none holds alone.
            # Mentions and emoji among them say nothing, and must not tear it apart.
            if any(isinstance(part, dict) and part.get("type") in ("text", "link") for part in node):
                yield "".join(str(part.get("text") or part.get("url") or "") for part in node if isinstance(part, dict))
            else:
                todo.extend(reversed(node))
        elif isinstance(node, dict):
            yield from (node[key] for key in _TEXT_KEYS if isinstance(node.get(key), str))
            todo.extend(node[key] for key in reversed(_BELOW) if isinstance(node.get(key), dict | list))
