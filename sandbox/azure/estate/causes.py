"""What can go wrong, read from causes.toml: what the service says of it and what cures it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

FoundIn = Literal["property-bag", "dynamic-message", "link", "number", "text"]
Cure = Literal["remove-extension", "mend", "retry"]

_FILE: Final = Path(__file__).parents[1] / "causes.toml"


@dataclass(frozen=True, slots=True)
class Cause:
    """One table of causes.toml; the file's head explains the fields."""

    code: str
    number: int
    title: str
    message: str
    recommendations: tuple[str, ...]
    found_in: FoundIn
    cure: Cure
    stage: Literal["prepare", "snapshot", "transfer"]
    cured_by: str = ""
    os: Literal["any", "windows", "linux"] = "any"
    operation: str = "Backup"
    workload: str = "AzureIaasVM"
    effect: str = ""
    also: tuple[str, ...] = ()


def _cause(code: str, table: dict[str, Any]) -> Cause:
    listed: Any = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Cause(code=code, **listed)


@cache
def causes() -> dict[str, Cause]:
    """Every cause by its code, in the file's order."""
    return {code: _cause(code, table) for code, table in tomllib.loads(_FILE.read_text("utf-8")).items()}


@cache
def _by_any_code() -> dict[str, Cause]:
    return {code.casefold(): cause for cause in causes().values() for code in (cause.code, *cause.also)}


def cause_of(code: str) -> Cause | None:
    """The cause with that code or one of its other codes, in any case."""
    return _by_any_code().get(code.casefold())
