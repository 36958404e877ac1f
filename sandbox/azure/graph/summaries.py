"""summarize and distinct: groups of rows and what is counted in each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sandbox.azure.graph.columns import own_name
from sandbox.azure.graph.compiled import Row, Run, Scope
from sandbox.azure.graph.evaluate import condition, evaluator
from sandbox.azure.graph.refusals import InvalidQuery
from sandbox.azure.graph.syntax import Call, Expression, Named, Summarize, Type

Fold = Callable[[Sequence[Row]], Any]
Columns = dict[str, Type]


def summary(stage: Summarize, scope: Scope) -> tuple[Callable[[Iterable[Row]], Iterator[Row]], Columns]:
    """One row for each group, in the order in which the groups appear; no group key means one row in all."""
    keys = [(_key_name(key, at), evaluator(key.value, scope)) for at, key in enumerate(stage.keys, 1)]
    for (name, value), key in zip(keys, stage.keys, strict=True):
        if value.type == "dynamic":
            why = f"The group key {name!r} is dynamic. Use an explicit cast, for example tostring()."
            raise InvalidQuery(name, key.value.at, why)
    folds = [_fold(one, scope) for one in stage.aggregates]
    columns: Columns = {name: value.type for name, value in keys} | {name: kind for name, kind, _ in folds}
    if len(columns) < len(keys) + len(folds):
        raise InvalidQuery("summarize", stage.at, "Two columns of the summary have the same name; name them.")
    names, runs = [name for name, _ in keys], [value.run for _, value in keys]

    def step(rows: Iterable[Row]) -> Iterator[Row]:
        for group, members in _groups(rows, runs):
            yield dict(zip(names, group, strict=True)) | {name: fold(members) for name, _, fold in folds}

    return step, columns


def _groups(rows: Iterable[Row], runs: Sequence[Run]) -> Iterable[tuple[tuple[Any, ...], list[Row]]]:
    if not runs:
        return [((), list(rows))]
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(run(row) for run in runs), []).append(row)
    return groups.items()


def _key_name(key: Named, at: int) -> str:
    return key.name or own_name(key.value) or f"Column{at}"


def _fold(one: Named, scope: Scope) -> tuple[str, Type, Fold]:
    """Name, type and way of an aggregate. InvalidQuery for an unknown one."""
    call = one.value
    if not isinstance(call, Call) or call.name not in _AGGREGATES:
        known = ", ".join(f"{name}()" for name in sorted(_AGGREGATES))
        token = call.name if isinstance(call, Call) else own_name(call) or "summarize"
        raise InvalidQuery(token, call.at, f"The sandbox's Resource Graph aggregates by {known} only.")
    if len(call.arguments) != (call.name != "count"):
        raise InvalidQuery(call.name, call.at, f"{call.name}() does not take {len(call.arguments)} arguments.")
    kind, fold = _AGGREGATES[call.name](call, scope)
    return one.name or _aggregate_name(call), kind, fold


def _aggregate_name(call: Call) -> str:
    if call.name in {"count", "countif"}:
        return f"{call.name}_"
    return f"{call.name}_{own_name(call.arguments[0])}"


def _count(_call: Call, _scope: Scope) -> tuple[Type, Fold]:
    return "long", len


def _countif(call: Call, scope: Scope) -> tuple[Type, Fold]:
    test = condition(call.arguments[0], scope).run
    return "long", lambda rows: sum(test(row) is True for row in rows)


def _dcount(call: Call, scope: Scope) -> tuple[Type, Fold]:
    _, run = _orderable(call, call.arguments[0], scope)
    return "long", lambda rows: len({run(row) for row in rows} - {None})


def _least(call: Call, scope: Scope) -> tuple[Type, Fold]:
    kind, run = _orderable(call, call.arguments[0], scope)
    return kind, lambda rows: min((value for row in rows if (value := run(row)) is not None), default=None)


def _most(call: Call, scope: Scope) -> tuple[Type, Fold]:
    kind, run = _orderable(call, call.arguments[0], scope)
    return kind, lambda rows: max((value for row in rows if (value := run(row)) is not None), default=None)


def _orderable(call: Call, argument: Expression, scope: Scope) -> tuple[Type, Run]:
    value = evaluator(argument, scope)
    if value.type == "dynamic":
        raise InvalidQuery(call.name, call.at, f"{call.name}() does not take something dynamic. Add an explicit cast.")
    return value.type, value.run


_AGGREGATES: dict[str, Callable[[Call, Scope], tuple[Type, Fold]]] = {
    "count": _count,
    "countif": _countif,
    "dcount": _dcount,
    "min": _least,
    "max": _most,
}
