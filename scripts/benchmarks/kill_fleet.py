"""An Azure with a failed backup for every round: each VM is used by one operation only, so that nothing can hide."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from sandbox.azure.estate.ailments import break_vm
from sandbox.azure.estate.backups import Backups
from sandbox.azure.estate.causes import causes
from sandbox.azure.estate.estate import Estate
from sandbox.azure.estate.nouns import Item, Job, Vault, Vm, guid
from sandbox.azure.estate.register import Register
from sandbox.clock import Clock

SUBSCRIPTION: Final = "44444444-4444-4444-8444-444444444444"
GROUP: Final = "rg-kill"
# What each kind of VM fails with: a retry cures the first, never the second; the third needs its extension removed.
CODES: Final = {
    "passing": "BackUpOperationFailed",
    "lasting": "ExtensionFailedVssWriterInBadState",
    "stuck": "ExtensionStuckInDeletionState",
}
_PER_VAULT: Final = 8
_HOUR: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed backup to act on: paths as Resource Manager writes them."""

    vm: str
    vm_path: str
    vault: str
    item_path: str
    job_path: str
    code: str


class Fleet:
    """`failures` of one kind, handed out one after the other; `estate` builds the Azure that has them."""

    def __init__(self, counts: dict[str, int]) -> None:
        """So many VMs of each kind of CODES."""
        self._counts = counts
        self._left: dict[str, list[Failure]] = {}

    def estate(self, clock: Clock) -> Estate:
        """The Azure; made anew, it hands everything out from the start again."""
        return Estate(clock, partial(_build, counts=self._counts, left=self._left))

    def take(self, kind: str) -> Failure:
        """The next failure that nobody had yet."""
        return self._left[kind].pop(0)


def _build(
    register: Register, _: Backups, now: float, *, counts: dict[str, int], left: dict[str, list[Failure]]
) -> None:
    subscription = register.add_subscription(SUBSCRIPTION, "Kill")
    vault: Vault | None = None
    for number, kind in enumerate(kind for kind, count in counts.items() for _ in range(count)):
        if vault is None or number % _PER_VAULT == 0:
            place = f"vault-{number // _PER_VAULT:04}"
            vault = register.add_vault(Vault(subscription, GROUP, place, "westeurope"))
        vm = register.add_vm(Vm(subscription, GROUP, f"vm-{kind}-{number:05}", "Windows", "westeurope"))
        item = register.protect(vm, vault)
        left.setdefault(kind, []).append(_failed(register, item, vm, CODES[kind], now))


def _failed(register: Register, item: Item, vm: Vm, code: str, now: float) -> Failure:
    good = Job(item, guid("good", item.path), now - 26 * _HOUR, now - 25 * _HOUR, "Completed")
    bad = Job(item, guid("bad", item.path), now - 2 * _HOUR, now - 2 * _HOUR + 150, "Failed", code=code)
    for job in (good, bad):
        item.last = job
        register.add_job(job)
    if causes()[code].cure != "retry":
        break_vm(vm, code)
    return Failure(vm.name, vm.path, item.vault.name, item.path, bad.path, code)
