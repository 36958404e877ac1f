"""Long lists cut to what one statement may hold."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")
# SQLite takes 32,766 values in a statement, Postgres 65,535; these lists stay far below.
_AT_ONCE: Final = 500


def batches(items: Sequence[T], most: int = _AT_ONCE) -> Iterator[Sequence[T]]:
    """The same in their order, at most so many together."""
    for start in range(0, len(items), most):
        yield items[start : start + most]
