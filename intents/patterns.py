"""Names and the patterns that people write for them, with `*` and `?`, compared without case."""

from typing import Protocol

Tags = tuple[tuple[str, str], ...]


class Scope(Protocol):
    """Part of the estate, as patterns. Empty lists mean any; all that is named must fit."""

    @property
    def subscriptions(self) -> tuple[str, ...]: ...
    @property
    def resource_groups(self) -> tuple[str, ...]: ...
    @property
    def vaults(self) -> tuple[str, ...]: ...
    @property
    def vms(self) -> tuple[str, ...]: ...
    @property
    def tags(self) -> Tags: ...


class Thing(Protocol):
    """What may be in there, by its names; empty ones are unknown."""

    @property
    def subscription_id(self) -> str: ...
    @property
    def subscription(self) -> str: ...
    @property
    def resource_group(self) -> str: ...
    @property
    def vault(self) -> str: ...
    @property
    def vm(self) -> str: ...
    @property
    def tags(self) -> Tags: ...


def holds(scope: Scope, thing: Thing) -> bool:
    """Whether it is in there; what is unknown is not."""
    return (
        (not scope.subscriptions or matches_any(scope.subscriptions, thing.subscription_id, thing.subscription))
        and (not scope.resource_groups or matches_any(scope.resource_groups, thing.resource_group))
        and (not scope.vaults or matches_any(scope.vaults, thing.vault))
        and (not scope.vms or matches_any(scope.vms, thing.vm))
        and all(_is_tagged(thing.tags, key, pattern) for key, pattern in scope.tags)
    )


def matches_any(patterns: tuple[str, ...], *names: str) -> bool:
    """Whether any of the names that are not empty fits any of the patterns."""
    return any(name and matches(pattern, name) for pattern in patterns for name in names)


def matches(pattern: str, name: str) -> bool:
    """Whether a name fits `*` and `?`. Not a regular expression: many stars would make one take for ever."""
    pattern, name = pattern.casefold(), name.casefold()
    at = spot = 0
    star, retry = -1, 0
    while spot < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, retry = at, spot
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", name[spot]):
            at += 1
            spot += 1
        elif star >= 0:  # let the last star take one more sign, and go on behind it
            retry += 1
            at, spot = star + 1, retry
        else:
            return False
    return not pattern[at:].strip("*")


def _is_tagged(tags: Tags, key: str, pattern: str) -> bool:
    return any(name.casefold() == key.casefold() and matches(pattern, value) for name, value in tags)
