"""What the outcomes of one protected item's backups amount to: spells of failing with one cause, ended by good ones.

The same outcomes give the same spells in whatever order, how often and how late they are told.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# A promise counts as broken when half as much time again has passed: a night's window moves, and backups take hours.
_GRACE: Final = 1.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one backup job of an item ended, at `at` in seconds since 1970. `cause` is empty for a good one.

    `job` is the job's ARM id without case.
    """

    job: str
    at: float
    is_good: bool
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """Failures with one cause and no good backup between them, the first one first; `good` is what ended them."""

    cause: str
    failures: tuple[Outcome, ...]
    good: Outcome | None = None

    @property
    def first(self) -> Outcome:
        return self.failures[0]

    @property
    def last(self) -> Outcome:
        return self.failures[-1]


def spells(outcomes: Iterable[Outcome]) -> list[Spell]:
    """The spells of one item, in the order of their first failures; an outcome told twice counts once.

    A failure and a good backup of the same moment: the failure was before.
    """
    going: dict[str, list[Outcome]] = defaultdict(list)
    found: list[Spell] = []
    for each in sorted({each.job: each for each in outcomes}.values(), key=_when):
        if not each.is_good:
            going[each.cause].append(each)
            continue
        found += [Spell(cause, tuple(failures), each) for cause, failures in going.items()]
        going.clear()
    found += [Spell(cause, tuple(failures)) for cause, failures in going.items()]
    return sorted(found, key=lambda spell: _when(spell.first))


def _when(outcome: Outcome) -> tuple[float, bool, str]:
    return outcome.at, outcome.is_good, outcome.job


def overdue_at(point: float | None, promised_hours: float | None, failing_since: float) -> float | None:
    """When an item has been without a good backup for too long, in seconds since 1970; None where nothing is promised.

    `point` is its last good recovery point. An item that has none is late from its first failure on.
    """
    if promised_hours is None:
        return None
    if point is None:
        return failing_since
    return point + promised_hours * 3_600.0 * _GRACE
