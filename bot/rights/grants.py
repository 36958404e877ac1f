"""Grants as people write them, read strictly: a mistake in who may do what is told, never guessed around."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.config_tables import Table, read_tables, shown
from intents.policy import OPERATIONS, ROLES, Grant, OperationName

LOOKUP_GRANT: Final = "lookup_users"
_IDS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "users": (re.compile(r"[UW][A-Z0-9]{2,20}"), "a member id such as U0123456789 (profile, More, Copy member ID)"),
    "groups": (re.compile(r"S[A-Z0-9]{2,20}"), "a user group id such as S0123456789 (People, User groups, Copy ID)"),
    "channels": (re.compile(r"[CGD][A-Z0-9]{2,20}"), "a channel id such as C0123456789 (channel details, at the end)"),
}
_KEYS: Final = (
    "name", "users", "groups", "role", "operations", "subscriptions", "resource_groups", "vaults", "vms", "tags",
    "channels",
)  # fmt: skip


def read_grants(value: object) -> tuple[Grant, ...]:
    """`[[grants]]` of the config file, or the same as JSON text. Raises ListedProblems with every problem at once."""
    return read_tables(value, "grant", "grants", _grant, _repeated)


def with_lookup_users(grants: Sequence[Grant], users: Sequence[str]) -> tuple[Grant, ...]:
    """The grants, and one more for those who are only listed as `lookup_users`."""
    if not users:
        return tuple(grants)
    return (*grants, Grant(LOOKUP_GRANT, users=frozenset(users), operations=ROLES["reader"]))


def _repeated(grants: Sequence[Grant]) -> Iterator[str]:
    """A refusal names its grant: two of one name would leave people guessing."""
    count = Counter(grant.name.casefold() for grant in grants)
    for name in dict.fromkeys(grant.name for grant in grants if grant.name and count[grant.name.casefold()] > 1):
        yield f"the name {name!r} is there more than once. Give each grant a name of its own"


def _grant(table: Table) -> Grant:
    name = _name(table)
    if name:
        table.called = f"{table.called} ({name})"
    table.know(_KEYS)
    if "users" not in table.given and "groups" not in table.given:
        table.wrong('names nobody. Write users = ["U0123456789"] or groups = ["S0123456789"]')
    return Grant(
        name,
        users=frozenset(table.ids("users", *_IDS["users"])),
        groups=frozenset(table.ids("groups", *_IDS["groups"])),
        operations=_operations(table),
        subscriptions=table.texts("subscriptions"),
        resource_groups=table.texts("resource_groups"),
        vaults=table.texts("vaults"),
        vms=table.texts("vms"),
        tags=table.tags(),
        channels=frozenset(table.ids("channels", *_IDS["channels"])),
    )


def _name(table: Table) -> str:
    name = table.given.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 80 or not name.isprintable():
        table.wrong('has no name. Write name = "night shift": up to 80 characters on one line')
    elif name.casefold() == LOOKUP_GRANT:
        table.wrong(f"is called {name}, as the setting is. Give it another name")
    else:
        return name.strip()
    return ""


def _operations(table: Table) -> frozenset[OperationName]:
    if ("role" in table.given) == ("operations" in table.given):
        table.wrong(f"needs either a role ({', '.join(ROLES)}) or operations ({', '.join(OPERATIONS)})")
        return frozenset()
    if "operations" in table.given:
        named = table.words("operations", OPERATIONS)
        return frozenset(each for each in OPERATIONS if each in named)
    role = table.given["role"]
    for name, operations in ROLES.items():
        if role == name:
            return operations
    table.wrong(f"has an unknown role {shown(role)}. Known are {', '.join(ROLES)}")
    return frozenset()
