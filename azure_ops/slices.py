"""Parses long pages a slice at a time, so that nobody else in the event loop waits for a long list."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

# A hundred jobs take about a millisecond.
_SLICE: Final = 100


async def parsed(rows: Sequence[object], parse: Callable[[object], T]) -> list[T]:
    """Every row parsed, with a breath for others after each hundred."""
    found: list[T] = []
    for start in range(0, len(rows), _SLICE):
        if start:
            await asyncio.sleep(0)
        found.extend(map(parse, rows[start : start + _SLICE]))
    return found


async def parsed_pages(pages: AsyncIterator[list[object]], parse: Callable[[object], T]) -> AsyncIterator[list[T]]:
    """Each page parsed, as soon as it is there."""
    async for page in pages:
        yield await parsed(page, parse)
