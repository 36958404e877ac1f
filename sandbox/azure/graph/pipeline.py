"""Turns the operators of a query into functions from rows to rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sandbox.azure.graph.columns import own_name
from sandbox.azure.graph.compiled import Compiled, Row, Run, Scope
from sandbox.azure.graph.evaluate import condition, evaluator
from sandbox.azure.graph.refusals import InvalidQuery
from sandbox.azure.graph.summaries import summary
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
    Stage,
    Summarize,
    Take,
    Top,
    Type,
    Where,
)

Rows = Iterable[Row]
Step = Callable[[Rows], Rows]
Columns = dict[str, Type]


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps to run one after the other, and the columns of what comes out."""

    steps: tuple[Step, ...]
    columns: Columns

    def run(self, rows: Rows) -> Rows:
        for step in self.steps:
            rows = step(rows)
        return rows


def plan(stages: Iterable[Stage], columns: Columns, now: datetime) -> Plan:
    """The stages over a table of these columns. InvalidQuery for what does not fit."""
    steps: list[Step] = []
    for stage in stages:
        step, columns = _step(stage, Scope(columns, now))
        steps.append(step)
    return Plan(tuple(steps), columns)


def _step(stage: Stage, scope: Scope) -> tuple[Step, Columns]:
    columns = dict(scope.columns)
    match stage:
        case Where():
            return _where(condition(stage.condition, scope).run), columns
        case Extend():
            return _extend(stage, scope)
        case Project():
            return _project(stage.at, stage.columns, scope)
        case ProjectAway():
            return _project_away(stage, columns)
        case Summarize():
            return summary(stage, scope)
        case Count():
            return lambda rows: [{"Count": sum(1 for _ in rows)}], {"Count": "long"}
        case Distinct():
            return _distinct(stage, scope)
        case Order() | Take() | Top():
            return _arranged(stage, scope), columns


def _arranged(stage: Order | Take | Top, scope: Scope) -> Step:
    if isinstance(stage, Take):
        return lambda rows: islice(rows, stage.count)
    if isinstance(stage, Order):
        return _order(stage.keys, scope)
    order, count = _order((stage.key,), scope), stage.count
    return lambda rows: islice(order(rows), count)


def _where(test: Run) -> Step:
    return lambda rows: (row for row in rows if test(row))


def _extend(stage: Extend, scope: Scope) -> tuple[Step, Columns]:
    made = _named(stage.at, stage.columns, scope)
    runs = [(name, value.run) for name, value in made.items()]

    def step(rows: Rows) -> Iterator[Row]:
        for row in rows:
            yield {**row, **{name: run(row) for name, run in runs}}

    return step, {**scope.columns, **{name: value.type for name, value in made.items()}}


def _project(at: int, columns: tuple[Named, ...], scope: Scope) -> tuple[Step, Columns]:
    made = _named(at, columns, scope)
    runs = [(name, value.run) for name, value in made.items()]

    def step(rows: Rows) -> Iterator[Row]:
        for row in rows:
            yield {name: run(row) for name, run in runs}

    return step, {name: value.type for name, value in made.items()}


def _named(at: int, columns: tuple[Named, ...], scope: Scope) -> dict[str, Compiled]:
    """Each expression by the name of its column; those that have none are Column1, Column2, ..."""
    made: dict[str, Compiled] = {}
    unnamed = 0
    for column in columns:
        name = column.name or own_name(column.value)
        if not name:
            unnamed += 1
            name = f"Column{unnamed}"
        if name in made:
            raise InvalidQuery(name, column.value.at, f"Two columns are called {name!r}; name one of them otherwise.")
        made[name] = evaluator(column.value, scope)
    return made


def _project_away(stage: ProjectAway, columns: Columns) -> tuple[Step, Columns]:
    for name in stage.names:
        if name.name not in columns:
            raise InvalidQuery(name.name, name.at, f"There is no column {name.name!r} to leave out.")
    left = {name: kind for name, kind in columns.items() if name not in {one.name for one in stage.names}}
    # What is not in `columns` is not shown and cannot be named, so the rows stay as they are.
    return lambda rows: rows, left


def _order(keys: tuple[Key, ...], scope: Scope) -> Step:
    runs = [(_sortable(key, scope), key) for key in keys]

    def step(rows: Rows) -> Rows:
        found = list(rows)
        for run, key in reversed(runs):
            nulls = [row for row in found if run(row) is None]
            others = [row for row in found if run(row) is not None] if nulls else found
            others.sort(key=run, reverse=key.is_descending)
            # Downwards nulls come last, upwards first, unless the query says otherwise.
            first = (not key.is_descending) if key.nulls_first is None else key.nulls_first
            found = nulls + others if first else others + nulls
        return iter(found)

    return step


def _sortable(key: Key, scope: Scope) -> Callable[[Row], Any]:
    value = evaluator(key.value, scope)
    if value.type == "dynamic":
        why = "The key of an order must not be dynamic. Try adding an explicit cast."
        raise InvalidQuery(own_name(key.value) or "order", key.value.at, why)
    return value.run


def _distinct(stage: Distinct, scope: Scope) -> tuple[Step, Columns]:
    columns = stage.columns or tuple(Named("", Column(stage.at, name)) for name in scope.columns)
    return summary(Summarize(stage.at, (), columns), scope)
