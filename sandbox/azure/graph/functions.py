"""The scalar functions of the subset."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.azure.graph.compiled import NUMBERS, TEXTS, Compiled, Row, Scope, constant, derived, refuse
from sandbox.azure.graph.syntax import Call, Type
from sandbox.azure.graph.values import bool_of, json_of, moment_of, real_of, text_of, whole_of

Arguments = Sequence[Compiled]
_START = datetime(1, 1, 1, tzinfo=UTC)


def call(expression: Call, arguments: Arguments, scope: Scope) -> Compiled:
    """The function's value as a function of a row. InvalidQuery for an unknown one or for wrong arguments."""
    found = _FUNCTIONS.get(expression.name)
    if found is None:
        known = ", ".join(sorted(_FUNCTIONS))
        raise refuse(expression, f"The sandbox's Resource Graph has no such function. It has: {known}.")
    least, most, build = found
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise refuse(expression, f"{expression.name}() takes {wanted} arguments, not {len(arguments)}.")
    return build(expression, arguments, scope)


def _need(expression: Call, argument: Compiled, *kinds: Type) -> None:
    if argument.type not in kinds:
        raise refuse(expression, f"{expression.name}() needs {' or '.join(kinds)}, not {argument.type}.")


def _to(type_: Type, function: Callable[[Any], Any], *kinds: Type) -> Callable[[Call, Arguments, Scope], Compiled]:
    """A function of one value of certain types."""

    def build(expression: Call, arguments: Arguments, _scope: Scope) -> Compiled:
        _need(expression, arguments[0], *kinds)
        return derived(type_, function, arguments[0])

    return build


def _parse_json(expression: Call, arguments: Arguments, _scope: Scope) -> Compiled:
    _need(expression, arguments[0], "string", "dynamic")
    if arguments[0].type == "dynamic":
        return arguments[0]
    return derived("dynamic", json_of, arguments[0])


def _now(expression: Call, arguments: Arguments, scope: Scope) -> Compiled:
    if not arguments:
        return constant("datetime", scope.now)
    return _shifted(expression, arguments[0], scope, 1)


def _ago(expression: Call, arguments: Arguments, scope: Scope) -> Compiled:
    return _shifted(expression, arguments[0], scope, -1)


def _shifted(expression: Call, span: Compiled, scope: Scope, sign: int) -> Compiled:
    _need(expression, span, "timespan")
    now = scope.now
    return derived("datetime", lambda length: None if length is None else now + sign * length, span)


def _coalesce(expression: Call, arguments: Arguments, _scope: Scope) -> Compiled:
    kind = _common(expression, arguments)

    def first(*values: Any) -> Any:
        return next((value for value in values if value is not None and value != ""), values[-1])

    return derived(kind, first, *arguments)


def _iff(expression: Call, arguments: Arguments, _scope: Scope) -> Compiled:
    test, yes, no = arguments
    _need(expression, test, "bool")
    kind = _common(expression, (yes, no))
    ask, then, otherwise = test.run, yes.run, no.run

    def run(row: Row) -> Any:
        return then(row) if ask(row) else otherwise(row)

    return Compiled(kind, run, all(one.is_constant for one in arguments))


def _common(expression: Call, arguments: Arguments) -> Type:
    """The one type of all arguments; whole and real numbers together are real."""
    kinds = {one.type for one in arguments}
    if kinds == NUMBERS:
        return "real"
    if len(kinds) > 1:
        names = ", ".join(sorted(kinds))
        raise refuse(expression, f"{expression.name}() needs values of one type, not {names}. Add explicit casts.")
    return kinds.pop()


def _bin(expression: Call, arguments: Arguments, _scope: Scope) -> Compiled:
    value, size = arguments
    if value.type == "datetime" and size.type == "timespan":
        return derived("datetime", _bin_of_time, value, size)
    if (value.type == size.type and value.type in {"long", "timespan"}) or {value.type, size.type} <= NUMBERS:
        kind: Type = value.type if value.type == size.type else "real"
        return derived(kind, _bin_of, value, size)
    raise refuse(expression, f"bin() cannot round {value.type} by {size.type}.")


def _bin_of_time(value: datetime | None, size: timedelta | None) -> datetime | None:
    if value is None or size is None or size <= timedelta(0):
        return None
    return _START + (value - _START) // size * size


def _bin_of(value: Any, size: Any) -> Any:
    if value is None or size is None or size <= type(size)(0):
        return None
    return value // size * size


def _split(expression: Call, arguments: Arguments, _scope: Scope) -> Compiled:
    for one in arguments:
        _need(expression, one, "string", "dynamic")
    text, by = (derived("string", text_of, one) for one in arguments)

    def parts(a: str, b: str) -> list[str]:
        return a.split(b) if b else [a]

    return derived("dynamic", parts, text, by)


def _int_of(value: Any) -> int | None:
    """As whole_of, within 32 bits."""
    whole = whole_of(value)
    return whole if whole is not None and -(2**31) <= whole < 2**31 else None


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


_ANY: tuple[Type, ...] = ("string", "long", "real", "bool", "datetime", "timespan", "dynamic")
_VALUES: tuple[Type, ...] = ("string", "dynamic", "long", "real", "bool")
_Build = Callable[[Call, Arguments, Scope], Compiled]
_FUNCTIONS: dict[str, tuple[int, int, _Build]] = {
    "parse_json": (1, 1, _parse_json),
    "todynamic": (1, 1, _parse_json),
    "tostring": (1, 1, _to("string", text_of, *_ANY)),
    "todatetime": (1, 1, _to("datetime", moment_of, "string", "dynamic", "datetime")),
    "toint": (1, 1, _to("long", _int_of, *_VALUES)),
    "tolong": (1, 1, _to("long", whole_of, *_VALUES)),
    "todouble": (1, 1, _to("real", real_of, *_VALUES)),
    "toreal": (1, 1, _to("real", real_of, *_VALUES)),
    "tobool": (1, 1, _to("bool", bool_of, *_VALUES)),
    "tolower": (1, 1, _to("string", lambda value: text_of(value).lower(), *TEXTS)),
    "toupper": (1, 1, _to("string", lambda value: text_of(value).upper(), *TEXTS)),
    "coalesce": (2, 64, _coalesce),
    "iff": (3, 3, _iff),
    "iif": (3, 3, _iff),
    "ago": (1, 1, _ago),
    "now": (0, 1, _now),
    "array_length": (1, 1, _to("long", lambda value: len(value) if isinstance(value, list) else None, "dynamic")),
    "bin": (2, 2, _bin),
    "split": (2, 2, _split),
    "not": (1, 1, _to("bool", _not, "bool")),
    "isempty": (1, 1, _to("bool", _is_empty, "string", "dynamic")),
    "isnotempty": (1, 1, _to("bool", lambda value: not _is_empty(value), "string", "dynamic")),
    "isnull": (1, 1, _to("bool", lambda value: value is None, *_ANY)),
    "isnotnull": (1, 1, _to("bool", lambda value: value is not None, *_ANY)),
}
