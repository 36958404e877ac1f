"""What a VM's or a vault's name means to the policy: live from Azure, every candidate, and honest where it is none."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from azure_ops import fleet
from azure_ops.arm import Arm
from azure_ops.errors import AzureError, Unreachable
from azure_ops.extensions import read_vm
from azure_ops.models import ProtectedItem, Subscription, VmRef
from azure_ops.reasons import Why
from bot.lookups.directory import Directory, Places
from bot.lookups.lookups import Lookups
from bot.lookups.problems import Problems
from bot.lookups.seeing import judged_for, place_of
from intents.policy import OperationName, Resource
from responses.cards.trouble_azure import Trouble

MOST_RESOURCES: Final = 5
_SECONDS: Final = 30.0
_FRESH_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name as somebody wrote it, a VM's, a vault's or an ARM id; `vault` and `subscription` say which one."""

    name: str
    vault: str = ""
    subscription: str = ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """At most five resources of that name, `more` beyond them; none and no problems: there is no such name in sight."""

    resources: tuple[Resource, ...]
    more: int = 0
    problems: tuple[Trouble, ...] = ()


async def find_resources(
    lookups: Lookups, wanted: Wanted, operation: OperationName, *, with_tags: bool, seconds: float = _SECONDS
) -> Candidates:
    """Every VM and vault of that name. Never raises AzureError: what could not be read is among the problems.

    `with_tags` reads the tags of each VM as well, for grants that ask for them.
    """
    problems = Problems()
    try:
        async with asyncio.timeout(seconds):
            found = await _find(lookups.arm, lookups.directory, wanted)
            kept = [
                await _resource(lookups.arm, each, operation, problems, with_tags=with_tags)
                for each in found[:MOST_RESOURCES]
            ]
    except AzureError as error:
        problems.add(error, "")
    except TimeoutError:
        problems.add(Unreachable(why=Why.NO_ANSWER_WITHIN, seconds=f"{seconds:.0f}"), "")
    else:
        return Candidates(tuple(dict.fromkeys(kept)), max(0, len(found) - MOST_RESOURCES), problems.told())
    return Candidates((), problems=problems.told())


@dataclass(frozen=True, slots=True)
class _Place:
    resource: Resource
    vm: VmRef | None = None


async def _find(arm: Arm, directory: Directory, wanted: Wanted) -> list[_Place]:
    """Vaults first, then VMs; a name that nobody knows is looked for anew before it is said to be unknown."""
    places = await directory.places()
    found = await _in(places, arm, wanted)
    if not found:
        places = await directory.places(_FRESH_SECONDS)
        found = await _in(places, arm, wanted)
    return found


async def _in(places: Places, arm: Arm, wanted: Wanted) -> list[_Place]:
    name = wanted.name.casefold()
    within = _subscriptions(places, wanted.subscription)
    ids = {each.id.casefold() for each in within}
    vaults = {vault.ref.key: vault for vault in places.vaults if vault.ref.subscription_id.casefold() in ids}
    found = [
        _Place(place_of(vault, places))
        for vault in vaults.values()
        if not wanted.vault and name in (vault.ref.name.casefold(), vault.ref.key)
    ]
    if not vaults:
        return found
    async for page in fleet.list_items(arm, [each.id for each in within]):
        for item in page:
            vault = vaults.get(item.ref.vault.key)
            if (
                vault is not None
                and _is_called(item, name)
                and wanted.vault.casefold() in ("", vault.ref.name.casefold())
            ):
                found.append(_Place(replace(place_of(vault, places), vm=item.vm.name if item.vm else ""), item.vm))
    return found


def _subscriptions(places: Places, asked: str) -> list[Subscription]:
    wanted = asked.casefold()
    return [each for each in places.subscriptions if wanted in ("", each.id.casefold(), each.name.casefold())]


def _is_called(item: ProtectedItem, name: str) -> bool:
    return item.vm is not None and name in (item.vm.name.casefold(), item.vm.key)


async def _resource(
    arm: Arm, place: _Place, operation: OperationName, problems: Problems, *, with_tags: bool
) -> Resource:
    resource = place.resource
    if place.vm is not None and with_tags:
        try:
            resource = replace(resource, tags=resource.tags + (await read_vm(arm, place.vm)).tags)
        except AzureError as error:  # without its tags, grants that ask for them do not cover it: so it is told
            problems.add(error, place.vm.name)
    return judged_for(resource, operation, place.vm)
