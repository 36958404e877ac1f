"""Suggestions while someone types in a searchable list."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from slack_bolt import BoltResponse

from bot.slack.desk import Desk, Payload, acknowledged
from responses.cards.explainer import options

Handler = Callable[[Desk, Payload], Awaitable[BoltResponse]]


async def find_entry(desk: Desk, body: Payload) -> BoltResponse:
    """Entries whose code, title or symptom holds what was typed."""
    found = desk.answers.find(str(body.get("value") or ""))
    return acknowledged(json.dumps({"options": options(found, desk.language_for(body))}))


OPTIONS: Final[Mapping[str, Handler]] = {"find_entry": find_entry}
