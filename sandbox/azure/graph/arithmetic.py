"""Sums and products of numbers, times and lengths of time."""

import operator
from collections.abc import Callable
from typing import Any

from sandbox.azure.graph.compiled import NUMBERS, Compiled, derived, refuse
from sandbox.azure.graph.syntax import Binary, Negated, Type

_LONG = range(-(2**63), 2**63)
_TIMES: dict[tuple[Type, str, Type], Type] = {
    ("datetime", "-", "datetime"): "timespan",
    ("datetime", "-", "timespan"): "datetime",
    ("datetime", "+", "timespan"): "datetime",
    ("timespan", "+", "datetime"): "datetime",
    ("timespan", "+", "timespan"): "timespan",
    ("timespan", "-", "timespan"): "timespan",
    ("timespan", "/", "timespan"): "real",
    ("timespan", "*", "long"): "timespan",
    ("timespan", "*", "real"): "timespan",
    ("long", "*", "timespan"): "timespan",
    ("real", "*", "timespan"): "timespan",
}
_WAYS: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def add_up(expression: Binary, left: Compiled, right: Compiled) -> Compiled:
    """left + right and so on; null if either is null. InvalidQuery for types that have no such operator."""
    kind = _type(expression, left.type, right.type)
    if expression.operator == "/":
        return derived(kind, _divided_whole if kind == "long" else _divided, left, right)
    way = _WAYS[expression.operator]

    def run(a: Any, b: Any) -> Any:
        return None if a is None or b is None else _fitting(way(a, b))

    return derived(kind, run, left, right)


def negate(expression: Negated, value: Compiled) -> Compiled:
    """The value with the other sign."""
    if value.type not in NUMBERS | {"timespan"}:
        raise refuse(expression, f"A minus sign needs a number or a timespan, this is a {value.type}.")
    return derived(value.type, lambda one: None if one is None else _fitting(-one), value)


def _type(expression: Binary, left: Type, right: Type) -> Type:
    if left in NUMBERS and right in NUMBERS:
        return "long" if left == right == "long" else "real"
    found = _TIMES.get((left, expression.operator, right))
    if found is None:
        why = f"The operator {expression.operator!r} is not defined for {left} and {right}. Try adding explicit casts."
        raise refuse(expression, why)
    return found


def _fitting(value: Any) -> Any:
    """The value itself. OverflowError for a whole number that no long can hold."""
    if isinstance(value, int) and value not in _LONG:
        raise OverflowError("a number outside the range of long")
    return value


def _divided(a: Any, b: Any) -> Any:
    return None if a is None or b is None or not b else a / b


def _divided_whole(a: int | None, b: int | None) -> int | None:
    """Division of whole numbers cuts the fraction off; by zero it is null."""
    if a is None or b is None or b == 0:
        return None
    whole = abs(a) // abs(b)
    return _fitting(whole if (a < 0) == (b < 0) else -whole)  # type: ignore[no-any-return]
