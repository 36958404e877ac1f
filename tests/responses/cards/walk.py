"""Walks what Slack would be sent, and finds in it what Slack would bring to life."""

import re
from collections import Counter
from collections.abc import Iterator

from responses.cards.model import JSON, Card, View

_INERT_TYPES = frozenset(
    {"text", "rich_text_section", "rich_text_preformatted", "rich_text_quote", "rich_text_list", "rich_text"}
)
_ANGLE = re.compile(r"<[^<>]*>?")


def objects(value: JSON) -> Iterator[dict[str, JSON]]:
    """Every object in a JSON value, outermost first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def texts(what: Card | View) -> Iterator[str]:
    """Every text that a person sees or hears: the texts of text objects and rich text, and a card's fallback."""
    if isinstance(what, Card):
        yield what.text
    yield from (text for one in objects(_json(what)) if isinstance(text := one.get("text"), str))


def mrkdwn_texts(what: Card | View) -> Iterator[str]:
    """Every text that Slack reads as mrkdwn: the fallback and the mrkdwn objects."""
    if isinstance(what, Card):
        yield what.text
    for one in objects(_json(what)):
        if one.get("type") == "mrkdwn":
            yield str(one["text"])


def live(what: Card | View) -> Counter[str]:
    """All that is more than letters: mentions, links and marks, as Slack would find them."""
    found = Counter(
        f"{one['type']} {one.get('url', '')}"
        for one in objects(_json(what))
        if one.get("type", "text") not in _INERT_TYPES
    )
    for text in mrkdwn_texts(what):
        found.update(f"angle {token}" for token in _ANGLE.findall(text))
        found.update(f"mark {sign}" for sign in _outside_code(text) if sign in "*~`")
        found["code"] += text.count("`") // 2
        found.update(
            f"bare {token}"
            for token in re.findall(r"https?://|@\w+|(?m:^(?:>|&gt;))|:[a-z_+-]+:", _ANGLE.sub("", _outside_code(text)))
        )
    return found


def _outside_code(text: str) -> str:
    return re.sub(r"`[^`]*`", "", text)


def _json(what: Card | View) -> JSON:
    return what.body if isinstance(what, View) else list(what.blocks)
