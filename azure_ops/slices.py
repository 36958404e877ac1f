"""Parses long pages a slice at a time, so that nobody else in the event loop waits for a long list."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

# Seconds of parsing between two breaths, and after how many rows the clock is looked at: a row takes from five
# microseconds to fifty, by what stands in it.
_SLICE: Final = 0.002
_ROWS: Final = 20


async def breath() -> None:
    """Lets others have their turn: whoever waits for the clock or a socket needs three rounds of the loop to run."""
    for _ in range(3):
        await asyncio.sleep(0)


async def parsed(
    rows: Sequence[object], parse: Callable[[object], T], now: Callable[[], float] = time.perf_counter
) -> list[T]:
    """Every row parsed, with a breath for others every other millisecond."""
    found: list[T] = []
    end = now() + _SLICE
    for start in range(0, len(rows), _ROWS):
        found.extend(map(parse, rows[start : start + _ROWS]))
        if now() > end:
            await breath()
            end = now() + _SLICE
    return found


async def parsed_pages(pages: AsyncIterator[list[object]], parse: Callable[[object], T]) -> AsyncIterator[list[T]]:
    """Each page parsed, as soon as it is there."""
    async for page in pages:
        yield await parsed(page, parse)
