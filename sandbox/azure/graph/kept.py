"""The last answers that had more than one page: later pages are of the same moment, and cost no second search."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

from sandbox.azure.estate import Estate
from sandbox.azure.graph.compiled import Row
from sandbox.azure.graph.syntax import Type

_MOST: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """All rows that a query found, and its columns; `has_pages` says whether they may be given page by page."""

    rows: Sequence[Row]
    columns: Mapping[str, Type]
    has_pages: bool


class Kept:
    """A few results of each estate, by a name; a result that is gone is simply found anew."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[Any, OrderedDict[str, Result]] = WeakKeyDictionary()
        self._names = count(1)

    def keep(self, estate: Estate, result: Result) -> str:
        """The name under which the result is kept, until others take its place."""
        kept = self._of.setdefault(estate, OrderedDict())
        name = next((name for name, one in kept.items() if one is result), "") or str(next(self._names))
        kept[name] = result
        kept.move_to_end(name)
        while len(kept) > _MOST:
            kept.popitem(last=False)
        return name

    def find(self, estate: Estate, name: str) -> Result | None:
        """The result of that name, if it is still kept."""
        kept = self._of.get(estate)
        return kept.get(name) if kept else None
