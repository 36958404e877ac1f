"""Storms: many VMs of many vaults that fail at once by one cause, and get well again."""

from typing import Final

from sandbox.azure.estate.finding import fields, known_cause, number
from sandbox.azure.estate.nouns import Item, Job, Json, Os, Subscription, Vault, Vm
from sandbox.azure.estate.refusals import bad_change
from sandbox.azure.estate.register import Register

SUBSCRIPTION: Final = "44444444-4444-4444-8444-444444444444"
_LASTS: Final = 300.0
_DAY: Final = 86_400.0
_MOST: Final = 100_000
_MOST_VAULTS: Final = 1_000


class Storms:
    """Makes vaults and VMs of its own, in a subscription of its own, as far as they are not there yet."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._items: list[Item] = []

    def storm(self, detail: object, now: float) -> Json:
        """{"failures": N, "vaults": V, "code": CODE, "first"?: 0}: backups of so many VMs have failed just now."""
        said = fields(detail, "storm", "failures", "vaults", "code", "first")
        count, vaults = int(number(said, "failures", 1)), int(number(said, "vaults", 1))
        first = int(number(said, "first", 0))
        if not 1 <= count <= _MOST or not 1 <= vaults <= _MOST_VAULTS or not 0 <= first <= _MOST:
            raise bad_change(f"'failures' is 1 to {_MOST}, 'vaults' 1 to {_MOST_VAULTS}, 'first' 0 to {_MOST}")
        _, code = known_cause(said)
        self._grow(first + count, vaults, now)
        jobs = [self._ended(item, "Failed", code, now) for item in self._items[first : first + count]]
        return {"jobs": len(jobs), "vaults": vaults}

    def recover(self, detail: object, now: float) -> Json:
        """{"vms"?: N}: the next backup of so many VMs of storms is good, of all unless told otherwise."""
        said = fields(detail, "recover", "vms")
        count = int(number(said, "vms", len(self._items)))
        for item in self._items[:count]:
            self._ended(item, "Completed", "", now)
        return {"recovered": min(count, len(self._items))}

    def _grow(self, count: int, vaults: int, now: float) -> None:
        held = [self._vault(nth) for nth in range(vaults)]
        for nth in range(len(self._items), count):
            vault = held[nth % vaults]
            os: Os = "Linux" if nth % 2 else "Windows"
            vm = self._register.add_vm(Vm(vault.subscription, vault.group, f"vm-storm-{nth:05}", os, vault.location))
            item = self._register.protect(vm, vault)
            self._items.append(item)
            self._ended(item, "Completed", "", now - _DAY)

    def _vault(self, nth: int) -> Vault:
        name = f"vault-storm-{nth:03}"
        return next(iter(self._register.vaults_named(name)), None) or self._register.add_vault(
            Vault(self._subscription(), f"rg-storm-{nth:03}", name, "westeurope")
        )

    def _subscription(self) -> Subscription:
        known = self._register.subscriptions.get(SUBSCRIPTION)
        return known or self._register.add_subscription(SUBSCRIPTION, "Storm")

    def _ended(self, item: Item, status: str, code: str, end: float) -> Job:
        job = Job(item, self._register.new_id("job", item.path), end - _LASTS, end, status, "Backup", code)
        if item.last is None or item.last.start < job.start:
            item.last = job
        return self._register.add_job(job)
