"""Comparisons: equality, order, and the operators on text with their rules of case."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.azure.graph.compiled import NUMBERS, TEXTS, Compiled, Row, derived, refuse
from sandbox.azure.graph.syntax import Among, Between, Binary, Expression, Type
from sandbox.azure.graph.values import number_of, text_of, truth_of

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED: frozenset[Type] = frozenset({"long", "real", "datetime", "timespan"})


def has_term(text: str, term: str) -> bool:
    """Whether the term stands in the text with no letter or digit directly beside it."""
    at = text.find(term)
    while at >= 0:
        end = at + len(term)
        if not (_joins(text[at - 1 : at], term[:1]) or _joins(text[end : end + 1], term[-1:])):
            return True
        at = text.find(term, at + 1)
    return False


def _joins(outside: str, inside: str) -> bool:
    return outside.isalnum() and inside.isalnum()


_TEXTUAL: dict[str, Callable[[str, str], bool]] = {
    "=~": operator.eq,
    "has": has_term,
    "contains": operator.contains,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


def compare(expression: Binary, left: Compiled, right: Compiled) -> Compiled:
    """left OPERATOR right as a bool. InvalidQuery for types that cannot be compared."""
    sign = expression.operator
    if sign in {"==", "!="}:
        return _equal(expression, left, right)
    if sign in _ORDERS:
        return _ordered(expression, left, right, _ORDERS[sign])
    is_negated = sign[0] == "!"
    name = "=~" if sign == "!~" else sign.removeprefix("!").removesuffix("_cs")
    return _textual(expression, left, right, _TEXTUAL[name], is_negated, ignores_case=not sign.endswith("_cs"))


def _cannot(expression: Expression, left: Type, right: Type) -> Exception:
    why = f"Cannot compare values of types {left} and {right}. Try adding explicit casts."
    return refuse(expression, why)


def _matched(expression: Expression, left: Compiled, right: Compiled) -> tuple[Compiled, Compiled]:
    """Both sides as values that can be equal; what is dynamic takes the other side's type."""
    kinds = (left.type, right.type)
    if kinds == ("dynamic", "dynamic"):
        raise _cannot(expression, *kinds)
    if left.type == "dynamic":
        return _cast(expression, left, right), right
    if right.type == "dynamic":
        return left, _cast(expression, right, left)
    if left.type != right.type and not (left.type in NUMBERS and right.type in NUMBERS):
        raise _cannot(expression, *kinds)
    return left, right


def _cast(expression: Expression, loose: Compiled, fixed: Compiled) -> Compiled:
    if fixed.type == "string":
        return derived("string", text_of, loose)
    if fixed.type in NUMBERS:
        return derived("real", number_of, loose)
    if fixed.type == "bool":
        return derived("bool", truth_of, loose)
    raise _cannot(expression, loose.type, fixed.type)


def _equal(expression: Binary, left: Compiled, right: Compiled) -> Compiled:
    """Null equals nothing: against a value it is unequal, against null unknown."""
    left, right = _matched(expression, left, right)
    wanted = expression.operator == "=="

    def run(a: Any, b: Any) -> bool | None:
        if a is None and b is None:
            return None
        return (a == b) is wanted

    return derived("bool", run, left, right)


def _ordered(expression: Expression, left: Compiled, right: Compiled, way: Callable[[Any, Any], bool]) -> Compiled:
    kinds = (left.type, right.type)
    if not _ORDERED.intersection(kinds):
        raise _cannot(expression, *kinds)
    left, right = _matched(expression, left, right)

    def run(a: Any, b: Any) -> bool | None:
        return None if a is None or b is None else way(a, b)

    return derived("bool", run, left, right)


def _textual(
    expression: Binary,
    left: Compiled,
    right: Compiled,
    way: Callable[[str, str], bool],
    is_negated: bool,
    *,
    ignores_case: bool,
) -> Compiled:
    if left.type not in TEXTS or right.type not in TEXTS:
        why = f"The operator {expression.operator!r} needs text on both sides, not {left.type} and {right.type}."
        raise refuse(expression, why)
    fold = _lower if ignores_case else text_of
    wanted = not is_negated
    if right.is_constant:
        other = fold(right.constant)
        return derived("bool", lambda a: way(fold(a), other) is wanted, left)

    def run(a: str, b: str) -> bool:
        return way(a, b) is wanted

    return derived("bool", run, derived("string", fold, left), derived("string", fold, right))


def _lower(value: Any) -> str:
    return text_of(value).lower()


def among(expression: Among, value: Compiled, options: Sequence[Compiled]) -> Compiled:
    """value in (options). All options must have one type that can equal the value's."""
    fold = _lower if expression.operator.endswith("~") else None
    wanted = expression.operator[0] != "!"
    pairs = [_matched(expression, value, option) for option in options]
    kinds = {option.type for option in options}
    if len(kinds) > 1 and not kinds <= NUMBERS:
        raise refuse(expression, f"The values in the list differ in type: {', '.join(sorted(kinds))}.")
    if "dynamic" in kinds:
        raise refuse(expression, "The values in the list must not be dynamic. Try adding explicit casts.")
    if fold and kinds != {"string"}:
        raise refuse(expression, "in~ compares text only.")
    one = derived("string", fold, pairs[0][0]) if fold else pairs[0][0]
    others = [derived("string", fold, option) if fold else option for option in options]
    return _member(one, others, wanted)


def _member(value: Compiled, options: Sequence[Compiled], wanted: bool) -> Compiled:
    start = value.run
    if all(option.is_constant for option in options):
        listed = frozenset(option.constant for option in options)
        return derived("bool", lambda one: (one in listed) is wanted, value)
    runs = [option.run for option in options]

    def run(row: Row) -> bool:
        one = start(row)
        return any(other(row) == one for other in runs) is wanted

    return Compiled("bool", run)


def between(expression: Between, value: Compiled, low: Compiled, high: Compiled) -> Compiled:
    """value between (low .. high), both ends included."""
    above = _ordered(expression, value, low, operator.ge)
    below = _ordered(expression, value, high, operator.le)
    wanted = not expression.is_negated

    def run(a: bool | None, b: bool | None) -> bool | None:
        return None if a is None or b is None else (a and b) is wanted

    return derived("bool", run, above, below)
