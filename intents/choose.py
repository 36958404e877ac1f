"""Which vault or subscription a name means: one, several to choose from, or none and what is near. Never a guess."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from azure_ops.models import Subscription, Vault
from intents.look_up import LookUpJobs

Place = Vault | Subscription
_NEAR = 55.0
_FAR = 15.0
_MOST_NEAR = 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """The one that is meant; None for everything."""

    place: Place | None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several have that name, or begin with it; in the order of their names."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class NotKnown:
    """None has that name; the nearest ones, best first, may be empty. `asked` is what was not known."""

    nearest: tuple[Place, ...]
    asked: str


def choose(
    asked: LookUpJobs, vaults: Collection[Vault], subscriptions: Collection[Subscription]
) -> Chosen | Ambiguous | NotKnown:
    """By id, else by the whole name in any case, else by how the name begins; one level decides before the next.

    Where the subscription that a vault is in was told, only its vaults can be meant.
    """
    if not asked.name:
        return Chosen(None)
    if asked.inside:
        around = _meant(asked.inside, subscriptions)
        within = {id_of(place).casefold() for place in around}
        inside = tuple(vault for vault in vaults if vault.ref.subscription_id.casefold() in within)
        return _decided(asked.name, inside) if around else _not_known(asked.inside, subscriptions)
    return _decided(asked.name, (*([] if asked.is_subscription else vaults), *subscriptions))


def _decided(name: str, places: Sequence[Place]) -> Chosen | Ambiguous | NotKnown:
    found = _meant(name, places)
    if not found:
        return _not_known(name, places)
    return Chosen(found[0]) if len(found) == 1 else Ambiguous(_in_order(found))


def _meant(name: str, places: Iterable[Place]) -> list[Place]:
    wanted, places = name.casefold(), list(places)
    looks_like_id = "/" in wanted or wanted.count("-") == 4
    tests: tuple[Callable[[Place], bool], ...] = (
        lambda place: looks_like_id and id_of(place).casefold() == wanted,
        lambda place: name_of(place).casefold() == wanted,
        lambda place: name_of(place).casefold().startswith(wanted),
    )
    for test in tests:
        if found := [place for place in places if test(place)]:
            return found
    return []


def name_of(place: Place) -> str:
    """What people call it."""
    return place.ref.name if isinstance(place, Vault) else place.name


def id_of(place: Place) -> str:
    """What only this one is called: a vault's ARM id, a subscription's GUID."""
    return place.ref.path if isinstance(place, Vault) else place.id


def _in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(places, key=lambda place: (name_of(place).casefold(), id_of(place).casefold())))


def _not_known(name: str, places: Iterable[Place]) -> NotKnown:
    offered = list(places)
    names = [name_of(place).casefold() for place in offered]
    found = process.extract(name.casefold(), names, scorer=fuzz.WRatio, score_cutoff=_NEAR, limit=_MOST_NEAR)
    best = max((score for _, score, _ in found), default=0.0)
    # Vaults are named alike; what is clearly further away than the best is not what was meant.
    return NotKnown(tuple(offered[index] for _, score, index in found if score >= best - _FAR), name)
