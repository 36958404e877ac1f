"""What a query's first conditions say about its rows, so that the estate need not show all of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sandbox.azure.graph.columns import own_name
from sandbox.azure.graph.compiled import Scope
from sandbox.azure.graph.evaluate import evaluator
from sandbox.azure.graph.refusals import InvalidQuery
from sandbox.azure.graph.syntax import (
    Among,
    Between,
    Binary,
    Call,
    Column,
    Every,
    Expression,
    Extend,
    Literal,
    Order,
    Path,
    Project,
    Query,
    Where,
)

Steps = tuple[str | int, ...]
# For what is compared here these change nothing: a conversion of a path stands for the path.
_CASTS = frozenset({"tostring", "todatetime", "parse_json", "todynamic"})
_STATUSES: Final = ("InProgress", "Completed", "Failed", "CompletedWithWarnings", "Cancelled", "Cancelling")
_STATUS: Final = ("properties", "status")
_TIMES: Final = {("properties", "endTime"): "ended_after", ("properties", "startTime"): "started_after"}
_FLIPPED = {"<": ">", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Hints:
    """Only rows that fit can pass the query; None says nothing. Times are seconds since 1970, a second early."""

    types: frozenset[str] | None = None
    subscriptions: frozenset[str] | None = None
    status: str | None = None
    ended_after: float | None = None
    started_after: float | None = None


class _Names:
    """Which property of the table's rows a column stands for, as far as that is plain to see."""

    def __init__(self) -> None:
        self._made: dict[str, Steps | None] = {}
        self._is_projected = False

    def path(self, value: Expression) -> Steps | None:
        match value:
            case Column(name=name):
                return self._made.get(name) if name in self._made or self._is_projected else (name,)
            case Path(base=base, steps=steps):
                start = self.path(base)
                return None if start is None else (*start, *steps)
            case Call(name=name, arguments=(one,)) if name in _CASTS:
                return self.path(one)
        return None

    def extend(self, stage: Extend) -> None:
        self._made |= {one.name: self.path(one.value) for one in stage.columns}

    def project(self, stage: Project) -> None:
        names = ((one.name or own_name(one.value), self.path(one.value)) for one in stage.columns)
        self._made, self._is_projected = dict(names), True


def hints(query: Query, now: datetime) -> Hints:
    """What the conditions before any counting or cutting say."""
    names, found = _Names(), Hints()
    for stage in query.stages:
        match stage:
            case Where(condition=condition):
                for part in _parts(condition):
                    found = _narrowed(found, part, names, now)
            case Extend():
                names.extend(stage)
            case Project():
                names.project(stage)
            case Order():
                pass
            case _:
                break
    return found


def _parts(condition: Expression) -> Iterator[Expression]:
    """The conditions that all must hold."""
    if isinstance(condition, Every):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _narrowed(found: Hints, part: Expression, names: _Names, now: datetime) -> Hints:
    match part:
        case Binary(operator="==" | "=~", left=left, right=right):
            for path, text in ((names.path(left), _text(right)), (names.path(right), _text(left))):
                if path is not None and text is not None:
                    return _equal(found, path, [text])
        case Binary(operator=">" | ">=", left=left, right=right):
            return _later(found, names.path(left), right, now)
        case Binary(operator="<" | "<=", left=left, right=right):
            return _later(found, names.path(right), left, now)
        case Between(value=value, low=low, is_negated=False):
            return _later(found, names.path(value), low, now)
        case Among(operator="in" | "in~", value=value, options=options):
            texts = [_text(option) for option in options]
            path = names.path(value)
            if path is not None and None not in texts:
                return _equal(found, path, [text for text in texts if text is not None])
    return found


def _text(value: Expression) -> str | None:
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else None


def _equal(found: Hints, path: Steps, texts: Iterable[str]) -> Hints:
    wanted = frozenset(text.lower() for text in texts)
    if path == ("type",):
        return replace(found, types=_common(found.types, wanted))
    if path == ("subscriptionId",):
        return replace(found, subscriptions=_common(found.subscriptions, wanted))
    if path == _STATUS and len(wanted) == 1:
        known = next((status for status in _STATUSES if status.lower() in wanted), None)
        return replace(found, status=known or found.status)
    return found


def _common(one: frozenset[str] | None, other: frozenset[str]) -> frozenset[str]:
    return other if one is None else one & other


def _later(found: Hints, path: Steps | None, bound: Expression, now: datetime) -> Hints:
    field = None if path is None else _TIMES.get(path)  # type: ignore[arg-type]
    if field is None:
        return found
    earliest = _moment(bound, now)
    if earliest is None:
        return found
    change: Mapping[str, Any] = {field: max(earliest - 1.0, getattr(found, field) or earliest - 1.0)}
    return replace(found, **change)


def _moment(bound: Expression, now: datetime) -> float | None:
    """The time that a constant names."""
    try:
        value = evaluator(bound, Scope({}, now))
    except InvalidQuery:
        return None
    if value.type != "datetime" or not value.is_constant or value.constant is None:
        return None
    return float(value.constant.timestamp())
