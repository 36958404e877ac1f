"""Reads a whole query: a table and the operators after its pipes."""

from collections.abc import Callable
from typing import cast

from sandbox.azure.graph.expressions import Reader
from sandbox.azure.graph.refusals import InvalidQuery
from sandbox.azure.graph.syntax import (
    Column,
    Count,
    Distinct,
    Extend,
    Key,
    Named,
    Order,
    Project,
    ProjectAway,
    Query,
    Stage,
    Summarize,
    Take,
    Top,
    Where,
)

_MOST_STAGES = 60
# Resource Graph reads this table when a query names none.
_USUAL_TABLE = "resources"


def parse(text: str) -> Query:
    """The query's table and stages. InvalidQuery for anything outside the subset, naming the token."""
    reader = Reader(text)
    table, at = _table(reader)
    stages: list[Stage] = []
    if not table:
        table, stages = _USUAL_TABLE, [_stage(reader)]
    while reader.skip("|"):
        if len(stages) >= _MOST_STAGES:
            raise reader.refuse(f"More than {_MOST_STAGES} operators in a row.")
        stages.append(_stage(reader))
    reader.skip(";")
    if reader.token.kind != "end":
        raise reader.refuse("The sandbox's Resource Graph does not know how to go on here.")
    return Query(table, at, tuple(stages))


def _table(reader: Reader) -> tuple[str, int]:
    token = reader.token
    if token.kind != "name":
        raise reader.refuse("A query starts with the name of a table.")
    if token.text in _STAGES:
        return "", token.at
    if token.text in {"let", "union", "search", "find", "print", "declare", "set", "range"}:
        raise reader.refuse(f"The sandbox's Resource Graph has no {token.text!r}.")
    reader.advance()
    return token.text, token.at


def _stage(reader: Reader) -> Stage:
    token = reader.token
    reading = _STAGES.get(token.text) if token.kind == "name" else None
    if reading is None:
        known = ", ".join(sorted(_STAGES))
        raise reader.refuse(f"The sandbox's Resource Graph has no such operator. It has: {known}.")
    reader.advance()
    return reading(reader, token.at)


def _where(reader: Reader, at: int) -> Stage:
    return Where(at, reader.expression())


def _extend(reader: Reader, at: int) -> Stage:
    return Extend(at, reader.list_of_named())


def _project(reader: Reader, at: int) -> Stage:
    return Project(at, reader.list_of_named())


def _project_away(reader: Reader, at: int) -> Stage:
    names: list[Column] = []
    while not names or reader.skip(","):
        token = reader.name("a column's name")
        names.append(Column(token.at, token.text))
    return ProjectAway(at, tuple(names))


def _order(reader: Reader, at: int) -> Stage:
    reader.expect("by")
    keys = [_key(reader)]
    while reader.skip(","):
        keys.append(_key(reader))
    return Order(at, tuple(keys))


def _key(reader: Reader) -> Key:
    value = reader.expression()
    # KQL sorts downwards unless it is told otherwise.
    is_descending = not reader.skip("asc")
    if is_descending:
        reader.skip("desc")
    nulls_first: bool | None = None
    if reader.skip("nulls"):
        if not reader.sees("first", "last"):
            raise reader.refuse("Expected 'first' or 'last' here.")
        nulls_first = reader.advance().text == "first"
    return Key(value, is_descending, nulls_first)


def _number(reader: Reader) -> int:
    if reader.token.kind != "long":
        raise reader.refuse("Expected a whole number here.")
    return cast(int, reader.advance().value)


def _take(reader: Reader, at: int) -> Stage:
    return Take(at, _number(reader))


def _top(reader: Reader, at: int) -> Stage:
    count = _number(reader)
    reader.expect("by")
    return Top(at, count, _key(reader))


def _summarize(reader: Reader, at: int) -> Stage:
    aggregates: tuple[Named, ...] = () if reader.sees("by") else reader.list_of_named()
    keys = reader.list_of_named() if reader.skip("by") else ()
    if not aggregates and not keys:
        raise reader.refuse("Nothing to summarize.")
    return Summarize(at, aggregates, keys)


def _count(reader: Reader, at: int) -> Stage:
    return Count(at)


def _distinct(reader: Reader, at: int) -> Stage:
    if reader.skip("*"):
        return Distinct(at, ())
    columns = reader.list_of_named()
    for column in columns:
        if column.name:
            raise InvalidQuery(column.name, at, "distinct takes columns, not assignments.")
    return Distinct(at, columns)


_STAGES: dict[str, Callable[[Reader, int], Stage]] = {
    "where": _where,
    "filter": _where,
    "extend": _extend,
    "project": _project,
    "project-away": _project_away,
    "order": _order,
    "sort": _order,
    "limit": _take,
    "take": _take,
    "top": _top,
    "summarize": _summarize,
    "count": _count,
    "distinct": _distinct,
}
