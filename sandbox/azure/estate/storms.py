"""Storms: many VMs of many vaults that fail within a short time, and get well again."""

from functools import partial
from math import ceil
from typing import Final

from sandbox.azure.estate.finding import fields, known_cause, number
from sandbox.azure.estate.item_bodies import point_after
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
        self._vaults: list[Vault] = []

    def storm(self, detail: object, now: float) -> Json:
        """{"failures": N, "vaults": V, "code": CODE or "codes": [CODE, ..], "first"?: 0, "seconds"?: 0}.

        Backups of so many VMs fail just now, or one after the other within so many seconds.
        """
        said = fields(detail, "storm", "failures", "vaults", "code", "codes", "first", "seconds")
        count, vaults = _whole(said, "failures", 1, 1, _MOST), _whole(said, "vaults", 1, 1, _MOST_VAULTS)
        first, codes, seconds = _whole(said, "first", 0, 0, _MOST), _codes(said), _seconds(said)
        self._grow(first + count, vaults, now)
        for nth, item in enumerate(self._items[first : first + count]):
            self._later(item, codes[nth % len(codes)], now, seconds * (nth + 1) / count)
        return {"jobs": count, "vaults": vaults}

    def recover(self, detail: object, now: float) -> Json:
        """{"vms"?: N, "share"?: 0..1, "seconds"?: 0}: next backups of VMs of storms are good.

        Of those whose last backup failed: all, the first N, or a share of them; just now or within so many seconds.
        """
        said = fields(detail, "recover", "vms", "share", "seconds")
        failing = [item for item in self._items if item.last is not None and item.last.status == "Failed"]
        count, share, seconds = _whole(said, "vms", len(failing), 0, _MOST), number(said, "share", 1), _seconds(said)
        if not 0 <= share <= 1:
            raise bad_change("'share' is 0 to 1")
        well = failing[: min(count, ceil(share * len(failing)))]
        for nth, item in enumerate(well):
            self._later(item, "", now, seconds * (nth + 1) / len(well))
        return {"recovered": len(well)}

    def _later(self, item: Item, code: str, now: float, seconds: float) -> None:
        if seconds > 0:
            self._register.agenda.at(now + seconds, partial(self._ended, item, code))
        else:
            self._ended(item, code, now)

    def _grow(self, count: int, vaults: int, now: float) -> None:
        self._vaults += [self._vault(nth) for nth in range(len(self._vaults), vaults)]
        for nth in range(len(self._items), count):
            vault = self._vaults[nth % vaults]
            os: Os = "Linux" if nth % 2 else "Windows"
            vm = self._register.add_vm(Vm(vault.subscription, vault.group, f"vm-storm-{nth:05}", os, vault.location))
            item = self._register.protect(vm, vault)
            self._items.append(item)
            self._ended(item, "", now - _DAY)

    def _vault(self, nth: int) -> Vault:
        name = f"vault-storm-{nth:03}"
        return self._register.add_vault(Vault(self._subscription(), f"rg-storm-{nth:03}", name, "westeurope"))

    def _subscription(self) -> Subscription:
        known = self._register.subscriptions.get(SUBSCRIPTION)
        return known or self._register.add_subscription(SUBSCRIPTION, "Storm")

    def _ended(self, item: Item, code: str, end: float) -> None:
        """A backup has ended: badly with a code, well without."""
        job_id, status = self._register.new_id("job", item.path), "Failed" if code else "Completed"
        job = Job(item, job_id, end - _LASTS, end, status, "Backup", code)
        job.listed_from = end + self._register.list_late if self._register.list_late else 0.0
        if item.last is None or item.last.start <= job.start:
            item.last = job
        if not code and item.points is not None:
            item.points.append(point_after(job))
        self._register.add_job(job)


def _whole(said: Json, name: str, default: int, least: int, most: int) -> int:
    value = number(said, name, default)
    if not value.is_integer() or not least <= value <= most:
        raise bad_change(f"'{name}' is a whole number from {least} to {most}")
    return int(value)


def _seconds(said: Json) -> float:
    value = number(said, "seconds", 0)
    if not 0 <= value <= _DAY:
        raise bad_change("'seconds' is 0 to 86400")
    return value


def _codes(said: Json) -> list[str]:
    named = said.get("codes", [said.get("code")])
    if not isinstance(named, list) or not named or ("code" in said) == ("codes" in said):
        raise bad_change("give 'code' or a list 'codes'")
    return [known_cause({"code": code})[1] for code in named]
