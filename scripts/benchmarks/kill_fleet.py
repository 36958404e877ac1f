"""An Azure with a failed backup for every round: each VM is used by one operation only, so that nothing can hide."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from sandbox.azure.estate.ailments import break_vm
from sandbox.azure.estate.backups import Backups
from sandbox.azure.estate.causes import causes
from sandbox.azure.estate.estate import Estate
from sandbox.azure.estate.nouns import Item, Job, Vault, Vm, guid
from sandbox.azure.estate.register import Register
from sandbox.clock import Clock

GROUP: Final = "rg-kill"
# What each kind of VM fails with: a retry cures the first, never the second; the third needs its extension removed.
# Of the last kind there are three in each vault, to be retried together.
CODES: Final = {
    "passing": "BackUpOperationFailed",
    "lasting": "ExtensionFailedVssWriterInBadState",
    "stuck": "ExtensionStuckInDeletionState",
    "group": "BackUpOperationFailed",
}
GROUP_SIZE: Final = 3
_HOUR: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed backup to act on, with others that failed beside it; paths as Resource Manager writes them."""

    vm: str
    vm_path: str
    subscription: str
    vault: str
    item_path: str
    job_path: str
    code: str
    beside: "tuple[Failure, ...]" = ()


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
    for number, kind in enumerate(kind for kind, count in counts.items() for _ in range(count)):
        # The bot asks each subscription only so often, for its own sake: one for each VM, and no round waits for that.
        subscription = register.add_subscription(guid("kill", number), f"Kill {number:05}")
        vault = register.add_vault(Vault(subscription, GROUP, f"vault-{number:05}", "westeurope"))
        names = [f"vm-{kind}-{number:05}-{nth}" for nth in range(GROUP_SIZE if kind == "group" else 1)]
        vms = [register.add_vm(Vm(subscription, GROUP, name, "Windows", "westeurope")) for name in names]
        first, *beside = [_failed(register, register.protect(vm, vault), vm, CODES[kind], now) for vm in vms]
        left.setdefault(kind, []).append(replace(first, beside=tuple(beside)))


def _failed(register: Register, item: Item, vm: Vm, code: str, now: float) -> Failure:
    good = Job(item, guid("good", item.path), now - 26 * _HOUR, now - 25 * _HOUR, "Completed")
    bad = Job(item, guid("bad", item.path), now - 2 * _HOUR, now - 2 * _HOUR + 150, "Failed", code=code)
    for job in (good, bad):
        item.last = job
        register.add_job(job)
    if causes()[code].cure != "retry":
        break_vm(vm, code)
    return Failure(vm.name, vm.path, vm.subscription.id, item.vault.name, item.path, bad.path, code)
