"""Management locks: put on and taken off from outside, listed, and in the way of a deletion."""

from typing import Any, Final, Literal

from sandbox.azure.estate import refusals
from sandbox.azure.estate.finding import Finder, fields, one_of, text
from sandbox.azure.estate.nouns import Json, Lock, Vm, is_within
from sandbox.azure.estate.refusals import bad_change
from sandbox.azure.estate.register import Register

Where = Literal["vm", "group", "subscription", "extension"]

_LEVELS: Final = ("CanNotDelete", "ReadOnly")
_WHERE: Final = ("vm", "group", "subscription", "extension")


class Locks:
    """The locks of the register, seen from a scope."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._find = Finder(register)

    def at(self, scope: str, *, is_above_only: bool) -> list[Json]:
        """Those at this scope and above, and unless only they are wanted, those below."""
        return [
            _body(lock)
            for lock in self._register.locks
            if lock.holds(scope) or (not is_above_only and is_within(lock.scope, scope))
        ]

    def forbid_deletion(self, path: str) -> None:
        """Refusal 409 when a lock of either level is on this path or above it."""
        scopes = list(dict.fromkeys(lock.scope for lock in self._register.locks if lock.holds(path)))
        if scopes:
            raise refusals.scope_locked(path, scopes)

    def lock(self, detail: Any, _: float) -> Json:
        """The change `lock`."""
        said = fields(detail, "lock", "vm", "level", "at", "extension", "name", "notes", "subscription", "group")
        level = one_of({"level": "CanNotDelete"} | said, "level", _LEVELS)
        scope = _scope(self._find.vm(said), one_of({"at": "vm"} | said, "at", _WHERE), said)
        name = text({"name": "do-not-delete"} | said, "name")
        if any(one.scope.casefold() == scope.casefold() and one.name == name for one in self._register.locks):
            raise bad_change(f"there is a lock '{name}' on that scope already")
        lock = Lock(scope, name, "ReadOnly" if level == "ReadOnly" else "CanNotDelete", str(said.get("notes", "")))
        self._register.locks.append(lock)
        return {"id": lock.path}

    def unlock(self, detail: Any, _: float) -> Json:
        """The change `unlock`: all that reach the VM, and those below it."""
        vm = self._find.vm(fields(detail, "unlock", "vm", "subscription", "group"))
        kept = [one for one in self._register.locks if not one.holds(vm.path) and not is_within(one.scope, vm.path)]
        self._register.locks = kept
        return {}


def _scope(vm: Vm, where: str, said: Json) -> str:
    scopes = {
        "vm": vm.path,
        "group": f"{vm.subscription.path}/resourceGroups/{vm.group}",
        "subscription": vm.subscription.path,
    }
    return scopes.get(where) or f"{vm.path}/extensions/{text(said, 'extension')}"


def _body(lock: Lock) -> Json:
    properties = {"level": lock.level} | ({"notes": lock.notes} if lock.notes else {})
    return {"id": lock.path, "name": lock.name, "type": "Microsoft.Authorization/locks", "properties": properties}
