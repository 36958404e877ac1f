"""Turns scalar expressions into functions of a row, refusing types that do not fit."""

from difflib import get_close_matches
from typing import Any

from sandbox.azure.graph.arithmetic import add_up, negate
from sandbox.azure.graph.comparisons import among, between, compare
from sandbox.azure.graph.compiled import Compiled, Row, Run, Scope, constant, derived, refuse
from sandbox.azure.graph.functions import call
from sandbox.azure.graph.syntax import (
    Among,
    Between,
    Binary,
    Call,
    Column,
    Either,
    Every,
    Expression,
    Literal,
    Negated,
    Path,
)
from sandbox.azure.graph.values import json_of, text_of

_ARITHMETIC = frozenset("+-*/")


def evaluator(expression: Expression, scope: Scope) -> Compiled:
    """The expression as a function of a row with the scope's columns. InvalidQuery where types do not fit."""
    match expression:
        case Literal():
            return constant(expression.type, expression.value)
        case Column():
            return _column(expression, scope)
        case Path():
            return _path(expression, scope)
        case Call():
            return _call(expression, scope)
        case Negated():
            return negate(expression, evaluator(expression.value, scope))
        case Binary():
            left, right = evaluator(expression.left, scope), evaluator(expression.right, scope)
            join = add_up if expression.operator in _ARITHMETIC else compare
            return join(expression, left, right)
        case Among():
            options = [evaluator(one, scope) for one in expression.options]
            return among(expression, evaluator(expression.value, scope), options)
        case Between():
            value, low, high = (evaluator(one, scope) for one in (expression.value, expression.low, expression.high))
            return between(expression, value, low, high)
        case Every() | Either():
            return _joined(expression, scope)


def condition(expression: Expression, scope: Scope) -> Compiled:
    """An expression that must be true or false."""
    found = evaluator(expression, scope)
    if found.type != "bool":
        raise refuse(expression, f"A condition must be a bool, this is a {found.type}.")
    return found


def _call(expression: Call, scope: Scope) -> Compiled:
    match expression:
        case Call(name="parse_json" | "todynamic", arguments=(Call(name="tostring", arguments=(inner,)),)):
            return _read_again(inner, scope)
    return call(expression, [evaluator(one, scope) for one in expression.arguments], scope)


def _read_again(inner: Expression, scope: Scope) -> Compiled:
    """parse_json(tostring(...)), the usual way to be sure of an object: an object needs no detour by way of text."""
    value = evaluator(inner, scope)
    return derived("dynamic", lambda one: one if isinstance(one, dict | list) else json_of(text_of(one)), value)


def _column(column: Column, scope: Scope) -> Compiled:
    name = column.name
    kind = scope.columns.get(name)
    if kind is None:
        near = get_close_matches(name, scope.columns, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise refuse(column, f"Failed to resolve the column {name!r}; names are case-sensitive.{hint}")
    if kind == "string":
        return Compiled(kind, lambda row: row.get(name) or "")
    return Compiled(kind, lambda row: row.get(name))


def _path(path: Path, scope: Scope) -> Compiled:
    base = evaluator(path.base, scope)
    if base.type != "dynamic":
        raise refuse(path, f"Only something dynamic has properties, this is a {base.type}; use parse_json().")
    start, steps = base.run, path.steps
    if len(steps) == 1 and isinstance(steps[0], str):
        return derived("dynamic", _property_of(steps[0]), base)

    def run(row: Row) -> Any:
        value = start(row)
        for step in steps:
            value = _step(value, step)
        return value

    return Compiled("dynamic", run, base.is_constant)


def _property_of(name: str) -> Run:
    def run(value: Any) -> Any:
        return value.get(name) if isinstance(value, dict) else None

    return run


def _step(value: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    if isinstance(value, list) and -len(value) <= step < len(value):
        return value[step]
    return None


def _joined(expression: Every | Either, scope: Scope) -> Compiled:
    """and / or, in three values: what is unknown stays unknown unless the others decide."""
    parts = [condition(part, scope) for part in expression.parts]
    runs = [part.run for part in parts]
    decisive = isinstance(expression, Either)

    def run(row: Row) -> bool | None:
        is_known = True
        for one in runs:
            value: bool | None = one(row)
            if value is decisive:
                return decisive
            if value is None:
                is_known = False
        return (not decisive) if is_known else None

    return Compiled("bool", run, all(part.is_constant for part in parts))
