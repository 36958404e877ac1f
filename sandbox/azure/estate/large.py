"""An estate of thousands of vaults, for measuring."""

import random
from collections.abc import Iterator
from functools import partial
from typing import Final

from sandbox.azure.estate.backups import Backups
from sandbox.azure.estate.causes import causes
from sandbox.azure.estate.estate import Estate
from sandbox.azure.estate.nouns import Item, Job, Os, Subscription, Vault, Vm, guid
from sandbox.azure.estate.register import Register
from sandbox.clock import Clock

_PER_SUBSCRIPTION: Final = 250
_ITEMS: Final = 4
_DAYS: Final = 10 * 86_400.0
_FAILED_SHARE: Final = 0.04
_SEED: Final = 20_260_101


def large(clock: Clock, vaults: int = 10_000, jobs: int = 200_000) -> Estate:
    """At most 250 vaults to a subscription, four VMs to a vault, jobs of the last ten days, one in 25 failed."""
    return Estate(clock, partial(_build, vaults=vaults, jobs=jobs))


def _build(register: Register, _backups: Backups, now: float, *, vaults: int, jobs: int) -> None:
    chance = random.Random(_SEED)  # noqa: S311 - the same estate in every run, nothing secret
    made: list[Job] = []
    for number, vault in enumerate(_vaults(register, vaults)):
        items = [_item(register, vault, number, nth) for nth in range(_ITEMS)]
        share = jobs // vaults + (number < jobs % vaults)
        made += _jobs(items, share, now, chance)
    register.index.load(made)


def _vaults(register: Register, vaults: int) -> Iterator[Vault]:
    subscription: Subscription | None = None
    for number in range(vaults):
        if subscription is None or number % _PER_SUBSCRIPTION == 0:
            nth = number // _PER_SUBSCRIPTION + 1
            subscription = register.add_subscription(guid("subscription", nth), f"Fleet {nth:03}")
        yield register.add_vault(Vault(subscription, f"rg-{number:05}", f"vault-{number:05}", "westeurope"))


def _item(register: Register, vault: Vault, number: int, nth: int) -> Item:
    os: Os = "Linux" if nth % 2 else "Windows"
    vm = register.add_vm(Vm(vault.subscription, vault.group, f"vm-{number:05}-{nth}", os, vault.location))
    return register.protect(vm, vault)


def _jobs(items: list[Item], count: int, now: float, chance: random.Random) -> list[Job]:
    """Jobs of one vault, oldest first, already in the vault; ids come from the same chance as everything else."""
    codes = _codes()
    made = []
    for place in range(count):
        start = now - _DAYS + (place + chance.random()) * (_DAYS - 3600) / count
        item = items[place % len(items)]
        job = Job(item, _id(chance), start, start + 300 + 1500 * chance.random(), "Completed")
        if chance.random() < _FAILED_SHARE:
            job.status, job.code = "Failed", chance.choice(codes)
        item.last = job
        made.append(job)
    items[0].vault.jobs.extend(made)
    return made


def _codes() -> list[str]:
    return [one.code for one in causes().values() if one.workload == "AzureIaasVM" and one.operation == "Backup"]


def _id(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
