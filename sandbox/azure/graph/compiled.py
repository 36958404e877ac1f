"""What an expression becomes: a type that is known beforehand and a function of a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.azure.graph.refusals import InvalidQuery
from sandbox.azure.graph.syntax import Expression, Path, Type

Row = Mapping[str, Any]
Run = Callable[[Row], Any]

NUMBERS: frozenset[Type] = frozenset({"long", "real"})
TEXTS: frozenset[Type] = frozenset({"string", "dynamic"})


@dataclass(frozen=True, slots=True)
class Compiled:
    """Null is None, except for strings, which are never null. `is_constant`: it looks at no row."""

    type: Type
    run: Run
    is_constant: bool = False

    @property
    def constant(self) -> Any:
        """The value of a constant."""
        return self.run({})


@dataclass(frozen=True, slots=True)
class Scope:
    """The columns that an expression may name, and the time that now() tells."""

    columns: Mapping[str, Type]
    now: datetime


def constant(type_: Type, value: Any) -> Compiled:
    return Compiled(type_, lambda _row: value, is_constant=True)


def derived(type_: Type, function: Callable[..., Any], *parts: Compiled) -> Compiled:
    """A function of other expressions' values; of constants it is a constant, worked out now."""
    if len(parts) == 1:
        (one,) = (part.run for part in parts)

        def run(row: Row) -> Any:
            return function(one(row))
    elif len(parts) == 2:
        left, right = (part.run for part in parts)

        def run(row: Row) -> Any:
            return function(left(row), right(row))
    else:
        runs = [part.run for part in parts]

        def run(row: Row) -> Any:
            return function(*[one(row) for one in runs])

    if all(part.is_constant for part in parts):
        return constant(type_, run({}))
    return Compiled(type_, run)


def word(expression: Expression) -> str:
    """The token by which a refusal names an expression."""
    for attribute in ("name", "operator"):
        found = getattr(expression, attribute, "")
        if found:
            return str(found)
    if isinstance(expression, Path):
        return word(expression.base)
    return type(expression).__name__.lower()


def refuse(expression: Expression, why: str) -> InvalidQuery:
    return InvalidQuery(word(expression), expression.at, why)
