"""What leaves this package: a card for a message and a view for a window or the Home tab, as Slack takes them."""

import json
from dataclasses import dataclass
from typing import Literal, TypeAlias

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
Block: TypeAlias = dict[str, JSON]
Place = Literal["ephemeral", "channel", "modal"]

# Slack refuses a message of about 13,200 characters as too long; nothing near that is sent.
MOST_CHARACTERS = 12_000


@dataclass(frozen=True, slots=True)
class Card:
    """A message: `blocks` are what is shown, `text` (mrkdwn, inert) what notifications and screen readers say.

    Cards are kept and shown again: never change the blocks of one.
    """

    text: str
    blocks: list[Block]

    @property
    def size(self) -> int:
        """Characters of text and blocks as compact JSON."""
        return len(json.dumps([self.text, self.blocks], ensure_ascii=False, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class View:
    """A modal or the Home tab: `body` is the whole `view` argument of views.open, views.update or views.publish."""

    body: Block
