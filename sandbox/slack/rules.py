"""The grammar of rules: small checks that combine to the shape of a block, each finding told as Slack tells it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Findings = Iterator[str]
Check = Callable[[Any, str], Findings]


def told(sentence: str, at: str) -> str:
    """One finding, in Slack's wording: a sentence and where."""
    return f"{sentence} [json-pointer:{at or '/'}]"


def anything(_: Any, __: str) -> Findings:
    """No rule."""
    return iter(())


def string(most: int = 3000, least: int = 0) -> Check:
    """A text of so many characters."""

    def check(value: Any, at: str) -> Findings:
        if not isinstance(value, str):
            yield told("must be a string", at)
        elif len(value) > most:
            yield told(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield told(f"must be more than {least - 1} characters", at)

    return check


def matching(pattern: str) -> Check:
    """A text that a pattern describes."""

    def check(value: Any, at: str) -> Findings:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield told(f"input must match regex pattern: {pattern}", at)

    return check


def boolean(value: Any, at: str) -> Findings:
    """true or false."""
    if not isinstance(value, bool):
        yield told("must be a boolean", at)


def integer(least: int, most: int) -> Check:
    """A whole number in a range."""

    def check(value: Any, at: str) -> Findings:
        if not isinstance(value, int) or isinstance(value, bool):
            yield told("must be an integer", at)
        elif not least <= value <= most:
            yield told(f"must be from {least} to {most}", at)

    return check


def one_of(*values: str) -> Check:
    """One of a few words."""

    def check(value: Any, at: str) -> Findings:
        if value not in values:
            yield told(f"must be one of: {', '.join(values)}", at)

    return check


def items(check_item: Check, most: int = 1000, least: int = 1) -> Check:
    """A list of so many."""

    def check(value: Any, at: str) -> Findings:
        if not isinstance(value, list):
            yield told("must be an array", at)
            return
        if len(value) > most:
            yield told(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield told(f"must provide at least {least} item{'s' * (least > 1)}", at)
        for number, item in enumerate(value):
            yield from check_item(item, f"{at}/{number}")

    return check


def shape(needed: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *, is_open: bool = False) -> Check:
    """An object with these keys; an open one may have others that we do not know."""
    known = {**needed, **(optional or {})}

    def check(value: Any, at: str) -> Findings:
        if not isinstance(value, dict):
            yield told("must be an object", at)
            return
        for key in needed:
            if value.get(key) is None:
                yield told(f"missing required field: {key}", at)
        for key, inner in value.items():
            if key in known:
                yield from known[key](inner, f"{at}/{key}") if inner is not None else ()
            elif not is_open:
                yield told(f"invalid additional property: {key}", at)

    return check


def by_type(shapes: Mapping[str, Check]) -> Check:
    """An object whose `type` says which shape it has."""

    def check(value: Any, at: str) -> Findings:
        if not isinstance(value, dict):
            yield told("must be an object", at)
        elif not isinstance(value.get("type"), str):
            yield told("missing required field: type", at)
        elif value["type"] not in shapes:
            yield told(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from shapes[value["type"]](value, at)

    return check


def typed(needed: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *, is_open: bool = False) -> Check:
    """A shape that stands in `by_type`: its `type` is judged already."""
    return shape({"type": anything, **needed}, optional, is_open=is_open)


def all_of(*checks: Check) -> Check:
    """Every one of the checks."""

    def check(value: Any, at: str) -> Findings:
        for one in checks:
            yield from one(value, at)

    return check


def deferred(get: Callable[[], Check]) -> Check:
    """A check that is made later than it is named: for shapes that hold themselves."""

    def check(value: Any, at: str) -> Findings:
        yield from get()(value, at)

    return check
