"""Grants as people write them, read strictly: a mistake in who may do what is told, never guessed around."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.listed_problems import ListedProblems
from intents.policy import OPERATIONS, ROLES, Grant, OperationName

LOOKUP_GRANT: Final = "lookup_users"
_LONGEST: Final = 200
_ID_LISTS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "users": (re.compile(r"[UW][A-Z0-9]{2,20}"), "a member id such as U0123456789 (profile, More, Copy member ID)"),
    "groups": (re.compile(r"S[A-Z0-9]{2,20}"), "a user group id such as S0123456789 (People, User groups, Copy ID)"),
    "channels": (re.compile(r"[CGD][A-Z0-9]{2,20}"), "a channel id such as C0123456789 (channel details, at the end)"),
}
_KEYS: Final = (
    "name", "users", "groups", "role", "operations", "subscriptions", "resource_groups", "vaults", "vms", "tags",
    "channels",
)  # fmt: skip


class GrantsError(ListedProblems):
    """The grants cannot be used."""


def read_grants(value: object) -> tuple[Grant, ...]:
    """`[[grants]]` of the config file, or the same as JSON text. Raises GrantsError with every problem at once."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise GrantsError(["is not JSON. Write a list of objects, one for each grant"]) from None
    if not isinstance(value, list | tuple):
        raise GrantsError(["is not a list. Write each grant under [[grants]], with two brackets"])
    drafts = [_Draft(number, each) for number, each in enumerate(value, start=1)]
    grants = [draft.read() for draft in drafts]
    problems = [problem for draft in drafts for problem in draft.problems]
    problems += _repeated([draft.name for draft in drafts])
    if problems:
        raise GrantsError(problems)
    return tuple(grants)


def with_lookup_users(grants: Sequence[Grant], users: Sequence[str]) -> tuple[Grant, ...]:
    """The grants, and one more for those who are only listed as `lookup_users`."""
    if not users:
        return tuple(grants)
    return (*grants, Grant(LOOKUP_GRANT, users=frozenset(users), operations=ROLES["reader"]))


def _repeated(names: Sequence[str]) -> Iterator[str]:
    """A refusal names its grant: two of one name would leave people guessing."""
    spelled = [name.casefold() for name in names if name]
    for name in dict.fromkeys(name for name in names if name and spelled.count(name.casefold()) > 1):
        yield f"the name {name!r} is there more than once. Give each grant a name of its own"


@dataclass(slots=True)
class _Draft:
    """One grant being read; what is wrong with it gathers in `problems`."""

    number: int
    given: object
    name: str = ""
    problems: list[str] = field(default_factory=list)

    def read(self) -> Grant:
        """The grant; one with problems is not to be used."""
        if not isinstance(self.given, Mapping):
            self._wrong("is not a table. Write it under [[grants]], with two brackets")
            return Grant("")
        given: Mapping[Any, Any] = self.given
        self._name(given.get("name"))
        self._known_keys(given)
        if "users" not in given and "groups" not in given:
            self._wrong('names nobody. Write users = ["U0123456789"] or groups = ["S0123456789"]')
        return Grant(
            self.name,
            users=frozenset(self._ids("users", given)),
            groups=frozenset(self._ids("groups", given)),
            operations=self._operations(given),
            subscriptions=self._patterns("subscriptions", given),
            resource_groups=self._patterns("resource_groups", given),
            vaults=self._patterns("vaults", given),
            vms=self._patterns("vms", given),
            tags=self._tags(given),
            channels=frozenset(self._ids("channels", given)),
        )

    def _wrong(self, what: str) -> None:
        self.problems.append(f"grant {self.number}{f' ({self.name})' if self.name else ''} {what}")

    def _name(self, name: object) -> None:
        if not isinstance(name, str) or not name.strip() or len(name) > 80 or not name.isprintable():
            self._wrong('has no name. Write name = "night shift": up to 80 characters on one line')
        elif name.casefold() == LOOKUP_GRANT:
            self._wrong(f"is called {name}, as the setting is. Give it another name")
        else:
            self.name = name.strip()

    def _known_keys(self, given: Mapping[Any, Any]) -> None:
        for key in given:
            if key in _KEYS:
                continue
            near = difflib.get_close_matches(str(key), _KEYS, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(_KEYS)}"
            self._wrong(f"has an unknown key {_shown(key)}. {hint}")

    def _list(self, key: str, given: Mapping[Any, Any]) -> list[str]:
        """Texts; an empty list is refused, since of a scope it would mean everything."""
        if key not in given:
            return []
        values = given[key]
        if not isinstance(values, list) or not all(isinstance(each, str) and each.strip() for each in values):
            self._wrong(f'has {key} that is not a list of texts. Write {key} = ["one", "two"]')
            return []
        if not values:
            self._wrong(f"has an empty list of {key}. Name at least one, or leave the key out")
        return [str(each).strip() for each in values]

    def _ids(self, key: str, given: Mapping[Any, Any]) -> Iterator[str]:
        shape, what = _ID_LISTS[key]
        for each in self._list(key, given):
            if shape.fullmatch(each):
                yield each
            else:
                self._wrong(f"names {_shown(each)} in {key}. Write {what}")

    def _patterns(self, key: str, given: Mapping[Any, Any]) -> tuple[str, ...]:
        values = self._list(key, given)
        for each in values:
            if len(each) > _LONGEST:
                self._wrong(f"has a pattern of more than {_LONGEST} characters in {key}. Write a shorter one")
        return tuple(values)

    def _operations(self, given: Mapping[Any, Any]) -> frozenset[OperationName]:
        if ("role" in given) == ("operations" in given):
            self._wrong(f"needs either a role ({', '.join(ROLES)}) or operations ({', '.join(OPERATIONS)})")
            return frozenset()
        if "operations" not in given:
            return self._role(given["role"])
        named = self._list("operations", given)
        for each in named:
            if each not in OPERATIONS:
                self._wrong(f"names {_shown(each)} in operations. Known are {', '.join(OPERATIONS)}")
        return frozenset(each for each in OPERATIONS if each in named)

    def _role(self, role: object) -> frozenset[OperationName]:
        for name, operations in ROLES.items():
            if role == name:
                return operations
        self._wrong(f"has an unknown role {_shown(role)}. Known are {', '.join(ROLES)}")
        return frozenset()

    def _tags(self, given: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
        if "tags" not in given:
            return ()
        tags = given["tags"]
        if not isinstance(tags, Mapping) or not tags or not all(map(_is_tag, tags.items())):
            self._wrong('has tags that are no table of patterns. Write tags = { environment = "prod*" }')
            return ()
        return tuple((str(key), str(pattern)) for key, pattern in tags.items())


def _is_tag(tag: tuple[object, object]) -> bool:
    return all(isinstance(part, str) and part.strip() and len(part) <= _LONGEST for part in tag)


def _shown(value: object) -> str:
    """What somebody wrote, short enough for a line of a log."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
