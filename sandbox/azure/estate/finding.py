"""Reading what the control path says: fields with their types, and the things that names mean."""

from collections.abc import Sequence
from typing import TypeVar

from sandbox.azure.estate.causes import Cause, cause_of
from sandbox.azure.estate.nouns import Item, Job, Json, Subscription, Vault, Vm
from sandbox.azure.estate.refusals import bad_change
from sandbox.azure.estate.register import Register

T = TypeVar("T")


def fields(detail: object, change: str, *known: str) -> Json:
    """The change's own object, without unknown members."""
    if not isinstance(detail, dict):
        raise bad_change(f"'{change}' takes an object with: {', '.join(known)}")
    for name in detail:
        if name not in known:
            raise bad_change(f"'{change}' does not know '{name}'; known: {', '.join(known)}")
    return detail


def text(said: Json, name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise bad_change(f"'{name}' must be text")
    return value


def number(said: Json, name: str, default: float) -> float:
    value = said.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
        raise bad_change(f"'{name}' must be a number")
    return float(value)


def one_of(said: Json, name: str, known: Sequence[str]) -> str:
    value = text(said, name)
    if value not in known:
        raise bad_change(f"'{name}' is one of: {', '.join(known)}")
    return value


def known_cause(said: Json) -> tuple[Cause, str]:
    """The cause, and its code as it is to be shown: one of its other codes stays as it was asked for."""
    asked = text(said, "code")
    cause = cause_of(asked)
    if cause is None:
        raise bad_change(f"unknown code '{asked}'; causes.toml lists those that can happen here")
    return cause, next(code for code in (cause.code, *cause.also) if code.casefold() == asked.casefold())


def only_one(found: Sequence[T], what: str, choices: Sequence[str]) -> T:
    if not found:
        raise bad_change(f"there is no {what}")
    if len(found) > 1:
        raise bad_change(f"there is more than one {what}: {', '.join(choices)}")
    return found[0]


class Finder:
    """Finds what a name means; refuses what is not there and what could be several."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def subscription(self, said: Json) -> Subscription:
        asked = text(said, "subscription")
        found = self._register.subscriptions.get(asked.casefold())
        if found is None:
            raise bad_change(f"there is no subscription '{asked}'; its id is wanted, not its name")
        return found

    def vault(self, said: Json) -> Vault:
        name = text(said, "vault")
        found = [vault for vault in self._register.vaults_named(name) if _is_within(vault, said)]
        return only_one(found, f"vault named '{name}'", [vault.path for vault in found])

    def vm(self, said: Json, *, or_gone: bool = False) -> Vm:
        name = text(said, "vm")
        named = [vm for vm in self._register.vms_named(name) if or_gone or not vm.is_gone]
        found = [vm for vm in named if vm.subscription.id == said.get("subscription", vm.subscription.id)]
        return only_one(found, f"VM named '{name}'", [vm.path for vm in found])

    def items_named(self, said: Json) -> list[Item]:
        name = text(said, "vm").casefold()
        vaults = [self.vault(said)] if "vault" in said else self._every_vault()
        return [item for vault in vaults for item in vault.items if item.name.casefold() == name]

    def item(self, said: Json) -> Item:
        found = self.items_named(said)
        return only_one(found, f"protected item named '{said['vm']}'", [item.vault.path for item in found])

    def job(self, job_id: str) -> Job:
        found = [job for vault in self._every_vault() for job in vault.jobs if job.id == job_id.casefold()]
        return only_one(found, f"job '{job_id}'", [])

    def _every_vault(self) -> list[Vault]:
        return [vault for one in self._register.subscriptions.values() for vault in one.vaults]


def _is_within(vault: Vault, said: Json) -> bool:
    subscription = str(said.get("subscription", vault.subscription.id))
    group = str(said.get("group", vault.group))
    return (vault.subscription.id, vault.group.casefold()) == (subscription, group.casefold())
