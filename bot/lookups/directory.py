"""The subscriptions and vaults that the bot may look into, kept for five minutes."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from azure_ops import fleet, vaults
from azure_ops.arm import Arm
from azure_ops.errors import AzureError, NotAllowed, NotFound, NotSignedIn, Unreachable
from azure_ops.models import Subscription, Vault
from bot.flights import Flights
from bot.lookups.problems import Problems, log_error
from intents.choose import Ambiguous, Chosen, NotKnown, choose
from intents.look_up import LookUpJobs
from responses.cards.jobs import Trouble

_KEPT_SECONDS: Final = 300.0
# A name that nobody knows may be that of a vault made a moment ago; but asking again and again costs Azure's patience.
_FRESH_SECONDS: Final = 15.0
_AT_ONCE: Final = 4


@dataclass(frozen=True)
class Places:
    """What there is to look into, with what of it could not be listed.

    Names and vaults are looked up for each of thousands of incidents and items: each is found once and kept.
    """

    subscriptions: tuple[Subscription, ...]
    vaults: tuple[Vault, ...]
    problems: tuple[Trouble, ...] = ()

    def name_of(self, subscription_id: str) -> str:
        """A subscription's name; its id where it has none."""
        wanted = subscription_id.casefold()
        return self._names.get(wanted, wanted)

    def vault(self, key: str) -> Vault | None:
        """The vault with this key, None where none is in sight."""
        return self._by_key.get(key)

    def vaults_of(self, subscription: Subscription | None) -> tuple[Vault, ...]:
        """The vaults of one subscription, or all."""
        if subscription is None:
            return self.vaults
        wanted = subscription.id.casefold()
        return tuple(vault for vault in self.vaults if vault.ref.subscription_id.casefold() == wanted)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {each.id.casefold(): each.name for each in reversed(self.subscriptions) if each.name}

    @cached_property
    def _by_key(self) -> Mapping[str, Vault]:
        return {vault.ref.key: vault for vault in reversed(self.vaults)}


class Directory:
    """Answers from memory while that is younger than five minutes."""

    def __init__(self, arm: Arm, only: Sequence[str], now: Callable[[], float] = time.monotonic) -> None:
        self._arm = arm
        self._only = {subscription.casefold() for subscription in only}
        self._places: Flights[Places] = Flights(_KEPT_SECONDS, most=1, now=now)

    async def places(self, within: float = _KEPT_SECONDS) -> Places:
        """Everything in sight, read at most `within` seconds ago. Raises AzureError when nothing can be listed."""
        return await self._places.get("all", self._read, within=within)

    async def find(self, asked: LookUpJobs) -> tuple[Chosen | Ambiguous | NotKnown, Places]:
        """What a name means; one that is not known is looked for anew before it is said to be unknown."""
        places = await self.places()
        meant = choose(asked, places.vaults, places.subscriptions)
        if isinstance(meant, NotKnown):
            places = await self.places(_FRESH_SECONDS)
            meant = choose(asked, places.vaults, places.subscriptions)
        return meant, places

    def is_within(self, subscription_id: str) -> bool:
        """Whether the settings let us look into a subscription."""
        return not self._only or subscription_id.casefold() in self._only

    async def close(self) -> None:
        """Give up what is under way."""
        await self._places.close()

    async def _read(self) -> Places:
        problems = Problems()
        seen = await vaults.list_subscriptions(self._arm)
        wanted = tuple(each for each in seen if self.is_within(each.id))
        missing = self._only - {each.id.casefold() for each in wanted}
        for name in sorted(missing):
            problems.add(NotFound(what=f"/subscriptions/{name}"), name)
        if not wanted:
            raise NotAllowed(action="Microsoft.Resources/subscriptions/read", scope="/subscriptions")
        found = await _vaults(self._arm, wanted, problems)
        return Places(wanted, tuple(sorted(found, key=lambda vault: vault.ref.key)), problems.told())


async def _vaults(arm: Arm, subscriptions: Sequence[Subscription], problems: Problems) -> list[Vault]:
    """By Resource Graph in one question; where that is refused, from each subscription itself."""
    try:
        return [vault async for page in fleet.list_vaults(arm, [each.id for each in subscriptions]) for vault in page]
    except (NotSignedIn, Unreachable):
        raise
    except AzureError as error:
        log_error(error, "Resource Graph")
        problems.errors.append(error)
    limit = asyncio.Semaphore(_AT_ONCE)
    lists = await asyncio.gather(*(_vaults_of(arm, each, limit, problems) for each in subscriptions))
    if all(found is None for found in lists):
        raise problems.errors[-1]
    return [vault for found in lists if found for vault in found]


async def _vaults_of(
    arm: Arm, subscription: Subscription, limit: asyncio.Semaphore, problems: Problems
) -> list[Vault] | None:
    async with limit:
        try:
            return [vault async for page in vaults.list_vaults(arm, subscription.id) for vault in page]
        except AzureError as error:
            problems.add(error, subscription.name or subscription.id)
            return None
