"""What is known of an item beside its failures: the last recovery point and what the vault's policy promises."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from azure_ops import fleet
from azure_ops.backups import list_items
from azure_ops.errors import AzureError
from azure_ops.ids import parse_vault
from azure_ops.models import BackupPolicy, ProtectedItem, VaultRef
from azure_ops.policies import read_policy
from bot.flights import Flights
from bot.intake.taking import item_key
from bot.lookups.lookups import Lookups
from bot.lookups.problems import log_error
from bot.store.incidents import Incident

_log = logging.getLogger(__name__)
# More vaults than these are asked of Resource Graph in one question.
_FEW_VAULTS: Final = 3
_KEPT_SECONDS: Final = 60.0
_POLICY_KEPT_SECONDS: Final = 3_600.0
_MOST: Final = 500
_MOST_ABSENT: Final = 10_000

Facts = Mapping[str, Any]


class Points:
    """Asks Azure; never raises. What could not be read stays as it was known."""

    def __init__(self, lookups: Lookups, now: Callable[[], float] = time.monotonic) -> None:
        self._lookups = lookups
        self._items: Flights[list[ProtectedItem]] = Flights(_KEPT_SECONDS, _MOST, now)
        self._policies: Flights[BackupPolicy | None] = Flights(_POLICY_KEPT_SECONDS, _MOST, now)
        self._absent: dict[str, float] = {}
        self._now = now

    async def of(self, wanted: Sequence[Incident], seconds: float) -> dict[str, Facts]:
        """For each incident of which something could be read within so many seconds: facts to lay over its own."""
        found: dict[str, Facts] = {}
        try:
            async with asyncio.timeout(seconds):
                items = await self._items_of(wanted)
                for one in wanted:
                    item = items.get(one.item_key)
                    if item is not None:
                        found[one.id] = await self._facts(item)
        except (AzureError, TimeoutError) as error:
            _log.info("recovery points could not be read in time (%s)", type(error).__name__)
        return found

    async def all_items(self) -> list[ProtectedItem]:
        """Every protected VM in sight. Raises AzureError."""
        places = await self._lookups.directory.places()
        subscriptions = sorted(each.id.lower() for each in places.subscriptions)
        return await self._items.get("|".join(subscriptions), lambda: self._by_graph(subscriptions))

    async def promised_hours(self, item: ProtectedItem) -> float | None:
        """How often the item's policy promises a good backup, None where that cannot be told."""
        policy = await self._policy(item)
        return policy.promised_hours if policy is not None else None

    async def close(self) -> None:
        """Give up what is under way."""
        await self._items.close()
        await self._policies.close()

    async def _items_of(self, wanted: Sequence[Incident]) -> Mapping[str, ProtectedItem]:
        items = await self._lists(wanted)
        # Protected since the list was read, perhaps: read anew, unless that has just been tried for this item.
        new = [one for one in wanted if one.item_key not in items and self._absent.get(one.item_key, 0) < self._now()]
        if not new:
            return items
        items |= await self._lists(new, within=0.0)
        if len(self._absent) > _MOST_ABSENT:
            self._absent.clear()
        for one in new:
            if one.item_key not in items:
                self._absent[one.item_key] = self._now() + _KEPT_SECONDS
        return items

    async def _lists(self, wanted: Iterable[Incident], *, within: float = _KEPT_SECONDS) -> dict[str, ProtectedItem]:
        """The items of all these incidents' vaults, by their keys, not older than `within` seconds."""
        vaults: dict[str, VaultRef] = {}
        for one in wanted:
            if vault := parse_vault(one.last_job.rpartition("/backupJobs/")[0]):
                vaults[vault.key] = vault
        if len(vaults) <= _FEW_VAULTS:
            lists = await asyncio.gather(*(self._of_vault(vault, within) for vault in vaults.values()))
        else:
            subscriptions = sorted({vault.subscription_id.lower() for vault in vaults.values()})
            key = "|".join(subscriptions)
            lists = [await self._items.get(key, lambda: self._by_graph(subscriptions), within=within)]
        return {key_of(item): item for items in lists for item in items}

    async def _of_vault(self, vault: VaultRef, within: float) -> list[ProtectedItem]:
        return await self._items.get(vault.key, lambda: self._listed(vault), within=within)

    async def _listed(self, vault: VaultRef) -> list[ProtectedItem]:
        return [item async for page in list_items(self._lookups.arm, vault) for item in page]

    async def _by_graph(self, subscriptions: Sequence[str]) -> list[ProtectedItem]:
        pages = fleet.list_items(self._lookups.arm, subscriptions)
        return [item async for page in pages for item in page]

    async def _facts(self, item: ProtectedItem) -> Facts:
        policy = await self._policy(item)
        point = item.last_recovery_point
        return {
            "point_known": True,
            "point": point.timestamp() if point else None,
            "policy": item.policy_name,
            "promised_hours": policy.promised_hours if policy else None,
            "item": item.ref.path,
            "vm_path": item.vm.path if item.vm else "",
        }

    async def _policy(self, item: ProtectedItem) -> BackupPolicy | None:
        if not item.policy_name:
            return None
        vault, name = item.ref.vault, item.policy_name
        return await self._policies.get(f"{vault.key}|{name.casefold()}", lambda: self._read(vault, name))

    async def _read(self, vault: VaultRef, name: str) -> BackupPolicy | None:
        """None is an answer too: one that cannot be read is not asked for again and again."""
        try:
            return await read_policy(self._lookups.arm, vault, name)
        except AzureError as error:
            log_error(error, f"the policy {name} of {vault.path}")
            return None


def key_of(item: ProtectedItem) -> str:
    """The key that jobs of this item have too."""
    return item_key(item.ref.vault, item.ref.container)
