"""Lists of tables that people write in the config file, read strictly: every mistake is told, with its remedy, at once.

An empty list or table of patterns is refused wherever it stands, since left out it means everything.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

_Made = TypeVar("_Made")
LONGEST: Final = 200


class ListedProblems(ValueError):
    """The list cannot be used; `problems` holds one sentence with its remedy for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


@dataclass(slots=True)
class Table:
    """One table being read, the `number`th of the list `name`; what is wrong with it gathers in `problems`."""

    called: str
    name: str
    number: int
    given: Mapping[Any, Any]
    problems: list[str] = field(default_factory=list)

    def wrong(self, what: str) -> None:
        """Keep a problem: what it is, and what to write instead."""
        self.problems.append(f"{self.called} {what}")

    def know(self, keys: Sequence[str]) -> None:
        """Tell each key that is none of these."""
        for key in self.given:
            if key not in keys:
                near = difflib.get_close_matches(str(key), keys, 1)
                hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(keys)}"
                self.wrong(f"has an unknown key {shown(key)}. {hint}")

    def texts(self, key: str) -> tuple[str, ...]:
        """Patterns or names; empty where there are none or something is wrong."""
        if key not in self.given:
            return ()
        values = self.given[key]
        if not isinstance(values, list) or not all(isinstance(each, str) and each.strip() for each in values):
            self.wrong(f'has {key} that is not a list of texts. Write {key} = ["one", "two"]')
            return ()
        if not values:
            self.wrong(f"has an empty list of {key}. Name at least one, or leave the key out")
        if any(len(each) > LONGEST for each in values):
            self.wrong(f"has a text of more than {LONGEST} characters in {key}. Write a shorter one")
        return tuple(each.strip() for each in values)

    def words(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        """Words of a closed list."""
        found = self.texts(key)
        for each in found:
            if each.casefold() not in known:
                self.wrong(f"names {shown(each)} in {key}. Known are {', '.join(known)}")
        return tuple(each.casefold() for each in found)

    def ids(self, key: str, shape: re.Pattern[str], what: str) -> tuple[str, ...]:
        """Ids of one shape."""
        found = self.texts(key)
        for each in found:
            if not shape.fullmatch(each):
                self.wrong(f"names {shown(each)} in {key}. Write {what}")
        return tuple(each for each in found if shape.fullmatch(each))

    def one(self, key: str, shape: re.Pattern[str], what: str) -> str:
        """One text of a shape."""
        if key not in self.given:
            return ""
        value = self.given[key]
        if not isinstance(value, str) or not shape.fullmatch(value):
            self.wrong(f"has {key} = {shown(value)}. Write {what}")
            return ""
        return value

    def tags(self) -> tuple[tuple[str, str], ...]:
        """Patterns by the names of tags."""
        if "tags" not in self.given:
            return ()
        tags = self.given["tags"]
        if not isinstance(tags, Mapping) or not tags or not all(map(_is_tag, tags.items())):
            self.wrong('has tags that are no table of patterns. Write tags = { environment = "prod*" }')
            return ()
        return tuple((key.strip(), pattern.strip()) for key, pattern in tags.items())


def read_tables(
    value: object,
    what: str,
    name: str,
    read: Callable[[Table], _Made],
    together: Callable[[Sequence[_Made]], Iterable[str]] = lambda found: (),
) -> tuple[_Made, ...]:
    """`[[name]]` of the config file, or the same as JSON text; `together` tells what is wrong between the tables.

    Raises ListedProblems with every problem at once.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise ListedProblems([f"is not JSON. Write a list of objects, one for each {what}"]) from None
    if not isinstance(value, list | tuple):
        raise ListedProblems([f"is not a list. Write each {what} under [[{name}]], with two brackets"])
    found: list[_Made] = []
    problems: list[str] = []
    for number, given in enumerate(value, start=1):
        called = f"{what} {number}"
        if not isinstance(given, Mapping):
            problems.append(f"{called} is not a table. Write it under [[{name}]], with two brackets")
            continue
        table = Table(called, name, number, given)
        found.append(read(table))
        problems += table.problems
    problems += together(found)
    if problems:
        raise ListedProblems(problems)
    return tuple(found)


def shown(value: object) -> str:
    """What somebody wrote, short enough for a line of a log."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _is_tag(tag: tuple[object, object]) -> bool:
    return all(isinstance(part, str) and part.strip() and len(part) <= LONGEST for part in tag)
