"""Nights: every protected item is backed up once, and ends well or badly by what is wrong with it."""

from functools import partial
from typing import Final

from sandbox.azure.estate.backups import TRANSFERRED, Backups
from sandbox.azure.estate.finding import fields, number
from sandbox.azure.estate.nouns import Item, Json
from sandbox.azure.estate.refusals import bad_change
from sandbox.azure.estate.register import Register

_DAY: Final = 86_400.0
_BEGINS: Final = 1.5 * 3_600.0  # half past one, UTC
_APART: Final = 60.0
_STARTS: Final = 30
_MOST: Final = 90


class Nights:
    """Backups of a night begin one minute after the other, over half an hour."""

    def __init__(self, register: Register, backups: Backups) -> None:
        self._register = register
        self._backups = backups

    def plan(self, detail: object, now: float) -> Json:
        """{"days"?: 1}: what happens in the coming nights. Tells `until`, when the last backup of the last is over."""
        days = number(fields(detail, "night", "days"), "days", 1)
        if not days.is_integer() or not 1 <= days <= _MOST:
            raise bad_change(f"'days' is a whole number from 1 to {_MOST}")
        first = now - (now - _BEGINS) % _DAY + _DAY
        nights = [first + nth * _DAY for nth in range(int(days))]
        for night in nights:
            self._register.agenda.at(night, self._fall)
        return {"until": nights[-1] + _STARTS * _APART + TRANSFERRED}

    def _fall(self, at: float) -> None:
        for nth, item in enumerate(self._items()):
            self._register.agenda.at(at + (nth % _STARTS) * _APART, partial(self._begin, item))

    def _items(self) -> list[Item]:
        subscriptions = self._register.subscriptions.values()
        return [item for one in subscriptions for vault in one.vaults for item in vault.items]

    def _begin(self, item: Item, at: float) -> None:
        """Unless it is being backed up, or is not to be any more."""
        if item.running is None and item.state == "Protected" and item in item.vault.items:
            self._backups.start(item, at, by_user=False)
