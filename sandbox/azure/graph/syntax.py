"""The parts of a query, as the parser understood them."""

from dataclasses import dataclass
from typing import Literal as OneOf

Type = OneOf["string", "long", "real", "bool", "datetime", "timespan", "dynamic"]


@dataclass(frozen=True, slots=True)
class Literal:
    at: int
    type: Type
    value: object


@dataclass(frozen=True, slots=True)
class Column:
    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """p.x[0]['a b']: steps by name or by number from something dynamic."""

    at: int
    base: "Expression"
    steps: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    at: int
    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Binary:
    at: int
    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Negated:
    """A minus sign before a value."""

    at: int
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Every:
    """Conditions joined by `and`."""

    at: int
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Conditions joined by `or`."""

    at: int
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Among:
    """`value in (options)`; in~ ignores case, ! negates."""

    at: int
    operator: str
    value: "Expression"
    options: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Between:
    at: int
    value: "Expression"
    low: "Expression"
    high: "Expression"
    is_negated: bool


Expression = Literal | Column | Path | Call | Binary | Negated | Every | Either | Among | Between


@dataclass(frozen=True, slots=True)
class Named:
    """An expression with the column name that the query gives it; "" where it gives none."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order; nulls first is None where the query leaves it to the direction."""

    value: Expression
    is_descending: bool
    nulls_first: bool | None


@dataclass(frozen=True, slots=True)
class Where:
    at: int
    condition: Expression


@dataclass(frozen=True, slots=True)
class Extend:
    at: int
    columns: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Project:
    at: int
    columns: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class ProjectAway:
    at: int
    names: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Order:
    at: int
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Take:
    at: int
    count: int


@dataclass(frozen=True, slots=True)
class Top:
    at: int
    count: int
    key: Key


@dataclass(frozen=True, slots=True)
class Summarize:
    at: int
    aggregates: tuple[Named, ...]
    keys: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Count:
    at: int


@dataclass(frozen=True, slots=True)
class Distinct:
    """No columns: all of them (`distinct *`)."""

    at: int
    columns: tuple[Named, ...]


Stage = Where | Extend | Project | ProjectAway | Order | Take | Top | Summarize | Count | Distinct


@dataclass(frozen=True, slots=True)
class Query:
    table: str
    at: int
    stages: tuple[Stage, ...]
