"""Which of several ways to lay out a card is shown: the roomiest that Slack takes."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from responses.cards.model import MOST_CHARACTERS, Block, Card
from responses.cards.text import length

_Room = TypeVar("_Room")
_SECTION: Final = 3_000


def first_that_fits(rooms: Iterable[_Room], make: Callable[[_Room], Card]) -> Card:
    """The card of the first room, from the roomiest, in which it fits; where none does, that of the last."""
    made = map(make, rooms)
    card = next(made)
    while not _fits(card) and (smaller := next(made, None)) is not None:
        card = smaller
    return card


def as_many_as_fit(most: int, make: Callable[[int], Card]) -> Card:
    """The card that `make` lays out with as many entries as fit a message, at most `most`, at least one."""
    return first_that_fits(_halves(most), make)


def _halves(most: int) -> Iterator[int]:
    yield most
    while most > 1:
        most //= 2
        yield most


def _fits(card: Card) -> bool:
    return card.size < MOST_CHARACTERS and all(length(_section(block)) <= _SECTION for block in card.blocks)


def _section(block: Block) -> str:
    """A section's own text; empty for another block."""
    text = block.get("text") if block.get("type") == "section" else None
    told = text.get("text") if isinstance(text, dict) else None
    return told if isinstance(told, str) else ""
