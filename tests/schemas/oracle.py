"""Judges what we send to Slack, and what the sandbox sends in Slack's name, by rules that we did not write."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema_rs import Draft7Validator, ValidationError, ValidationErrorKind

from tests.schemas.lengths import length_problems
from tests.schemas.models import model_problems
from tests.schemas.pointers import Path as Steps
from tests.schemas.pointers import pointer
from tests.schemas.waivers import loosen

__all__ = ["KINDS", "all_problems", "length_problems", "model_problems", "problems"]

_FOLDER = Path(__file__).parent / "slack"
KINDS = frozenset(file.stem for file in _FOLDER.glob("*.json"))
# The keys by which Slack tells the branches of a union apart.
_DISCRIMINATORS = ("type", "response_action")
_NOTE = " (as "


def problems(kind: str, payload: object, *, waived: bool = True) -> list[str]:
    """What Slack's own types find wrong with a payload: "/json/pointer: sentence" each; none means accepted.

    `kind` is the name of a file in tests/schemas/slack, without .json; ValueError for any other.
    For a union the branch that the payload comes closest to is named and judged.
    """
    if kind not in KINDS:
        raise ValueError(f"no schema {kind!r}; there are: {', '.join(sorted(KINDS))}")
    found = _validator(kind, waived).iter_errors(cast(Any, payload))
    return sorted({line for error in found for line in _explain(error)})


def all_problems(kind: str, payload: object) -> list[str]:
    """Everything that the three judges find: types, lengths, and slack_sdk's models where there are blocks."""
    return [*problems(kind, payload), *length_problems(payload), *model_problems(payload)]


@cache
def _validator(kind: str, waived: bool) -> Draft7Validator:
    schema = _read(f"slack:///{kind}.json")
    return Draft7Validator(loosen(kind, schema) if waived else schema, retriever=_read)


def _read(uri: str) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads((_FOLDER / uri.removeprefix("slack:///")).read_text("utf-8")))


def _explain(error: ValidationError) -> Iterable[str]:
    kind = error.kind
    if not isinstance(kind, ValidationErrorKind.AnyOf):
        yield f"{pointer(error.instance_path)}: {_sentence(error)}"
        return
    branches = [branch for branch in kind.context if not _is_another_kind(branch, error.instance_path)]
    if not branches:
        yield _names_no_branch(error, kind.context)
        return
    for inner in min(branches, key=_distance):
        for line in _explain(inner):
            yield line if line.endswith(")") and _NOTE in line else line + _branch_note(error)


def _sentence(error: ValidationError) -> str:
    return error.message if len(error.message) < 300 else f"{error.message[:150]} ... {error.message[-140:]}"


def _branch_note(error: ValidationError) -> str:
    """Which branch of the union was judged, when the payload names it itself."""
    label = _label(error.instance) or "the closest of several forms"
    return f"{_NOTE}{label} at {pointer(error.instance_path)})"


def _label(instance: object) -> str | None:
    """The value by which a payload says which branch of a union it means to be."""
    if not isinstance(instance, dict):
        return None
    return next((str(instance[key]) for key in _DISCRIMINATORS if key in instance), None)


def _is_another_kind(branch: Sequence[ValidationError], at: Steps) -> bool:
    return any(_is_discriminating(error, len(at)) for error in branch)


def _is_discriminating(error: ValidationError, depth: int) -> bool:
    """Whether this error says "a different branch was meant": wrong JSON type, or wrong constant under `type`."""
    path, kind = error.instance_path, error.kind
    if isinstance(kind, ValidationErrorKind.AnyOf):
        return len(path) == depth and all(_is_another_kind(branch, path) for branch in kind.context)
    if isinstance(kind, ValidationErrorKind.Type):
        return len(path) == depth
    is_constant = isinstance(kind, (ValidationErrorKind.Constant, ValidationErrorKind.Enum))
    return is_constant and len(path) == depth + 1 and _is_label(error)


def _distance(branch: Sequence[ValidationError]) -> tuple[int, int]:
    """How far the payload is from a branch: the fewer and the deeper the errors, the closer."""
    foreign = sum(_is_label(error) for error in branch)
    return len(branch) + 10 * foreign, -max(len(error.instance_path) for error in branch)


def _is_label(error: ValidationError) -> bool:
    return bool(error.instance_path) and error.instance_path[-1] in _DISCRIMINATORS


def _names_no_branch(error: ValidationError, context: Sequence[Sequence[ValidationError]]) -> str:
    named = set(_labels(context))
    label = _label(error.instance)
    if label is None or not named:
        return f"{pointer(error.instance_path)}: {_sentence(error)}"
    return f"{pointer(error.instance_path)}: {label!r} is none of: {', '.join(sorted(named))}"


def _labels(context: Sequence[Sequence[ValidationError]]) -> Iterable[str]:
    """The labels that the branches of a union, and of the unions among them, ask for."""
    for inner in (inner for branch in context for inner in branch):
        if isinstance(inner.kind, ValidationErrorKind.AnyOf):
            yield from _labels(inner.kind.context)
        elif isinstance(inner.kind, ValidationErrorKind.Constant) and _is_label(inner):
            yield str(inner.kind.expected_value)
        elif isinstance(inner.kind, ValidationErrorKind.Enum) and _is_label(inner):
            yield from map(str, inner.kind.options)
