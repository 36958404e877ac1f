"""What people arrange: which failures are told where, and what is silent for a while; decided, recorded, kept."""

import difflib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from bot.incidents.handling import HANDLE
from bot.incidents.joining import Joining
from bot.incidents.newsroom import Newsroom
from bot.lookups.directory import Places
from bot.store import incidents, routes
from bot.store.store import Transaction
from bot.workflows.front import Click
from intents.policy import Decision, OperationName, Resource
from intents.routing import Place, Route, Silence
from intents.watch_intents import EndSilence, Maintain, Mute, Subscribe, Unmute, Unsubscribe
from responses.cards.routes import Joined

MANAGE: Final[OperationName] = "manage-routes"
_NEAR: Final = 5


@dataclass(frozen=True, slots=True)
class Arranged:
    """What came of it; only the fields of its outcome are filled. `nearest` are names beside one that is unknown."""

    outcome: Literal["done", "there", "refused", "unknown-place", "none", "no-channel"]
    routes: tuple[Route, ...] = ()
    silences: tuple[Silence, ...] = ()
    joined: Joined = "in"
    name: str = ""
    nearest: tuple[str, ...] = ()
    decision: Decision | None = None
    operation: OperationName = MANAGE
    resource: Resource = field(default_factory=Resource)


class Arranging:
    """Every change is decided anew and written into the audit log in the transaction that keeps it."""

    def __init__(self, room: Newsroom, joining: Joining) -> None:
        self._room = room
        self._joining = joining

    async def subscribe(self, asked: Subscribe, click: Click) -> Arranged:
        """Tell failures in this channel from now on. Raises StoreAway."""
        if not click.channel.startswith(("C", "G")):
            return Arranged("no-channel")
        place, unknown = await self._place(asked.place, asked.name)
        if unknown is not None:
            return unknown
        if refused := await self._refused(MANAGE, place, click):
            return refused
        route = Route(
            id="",
            channel=click.channel,
            place=place,
            codes=asked.codes,
            areas=asked.areas,
            severities=asked.severities,
            mode=asked.mode or "each",
            mention=asked.mention,
            mention_for=asked.mention_for,
            by=click.user,
        )
        async with self._room.store.transaction() as kept:
            made, is_new = await routes.add_route(kept, route, self._room.now())
            if is_new:
                await self._record(kept, click, "route-made", {"route": made.id, **_told(made)})
        joined = await self._joining.join(click.channel)
        return Arranged("done" if is_new else "there", routes=(made,), joined=joined)

    async def unsubscribe(self, asked: Unsubscribe, click: Click) -> Arranged:
        """Tell them here no more; routes of the config file stay. Raises StoreAway."""
        async with self._room.store.transaction() as kept:
            here = [route for route in await routes.all_routes(kept) if route.channel == click.channel]
        wanted = [route for route in here if asked.is_all or _is_called(route, asked.name)]
        if not asked.name and not asked.is_all and len(here) == 1:
            wanted = here
        if not wanted:
            return Arranged("none", name=asked.name)
        for route in wanted:
            if refused := await self._refused(MANAGE, route.place, click):
                return refused
        async with self._room.store.transaction() as kept:
            await routes.remove_routes(kept, [route.id for route in wanted])
            for route in wanted:
                await self._record(kept, click, "route-ended", {"route": route.id, **_told(route)})
        return Arranged("done", routes=tuple(wanted))

    async def silence(self, asked: Mute | Maintain, click: Click) -> Arranged:
        """A VM or a part of the estate rings nobody for a while. Raises StoreAway."""
        if isinstance(asked, Mute):
            vaults = (asked.vault,) if asked.vault else ()
            place, starts, ends = Place(vaults=vaults, vms=(asked.name,)), self._room.now(), asked.until
            made = Silence("", "mute", place, starts, ends.timestamp(), click.user, asked.reason)
        else:
            place, unknown = await self._place(asked.place, asked.name)
            if unknown is not None:
                return unknown
            begins = asked.starts.timestamp()
            made = Silence("", "maintenance", place, begins, asked.ends.timestamp(), click.user, asked.reason)
        if refused := await self._refused(HANDLE, place, click):
            return refused
        async with self._room.store.transaction() as kept:
            made = await routes.add_silence(kept, made, self._room.now())
            await self._record(
                kept, click, "silence-made", {"silence": made.id, "until": _iso(made.ends), **_told(made)}
            )
            await incidents.mark_open(kept)
        self._room.wake_tellers()
        return Arranged("done", silences=(made,))

    async def unsilence(self, asked: Unmute | EndSilence, click: Click) -> Arranged:
        """A silence is over before its time; those of the config file stay. Raises StoreAway."""
        now = self._room.now()
        async with self._room.store.transaction() as kept:
            there = await routes.silences_until(kept, now)
        name = asked.name if isinstance(asked, Unmute) else asked.id
        wanted = [each for each in there if _is_silence(each, asked)]
        if not wanted:
            return Arranged("none", name=name)
        for each in wanted:
            if refused := await self._refused(HANDLE, each.place, click):
                return refused
        async with self._room.store.transaction() as kept:
            await routes.end_silences(kept, [each.id for each in wanted], now)
            for each in wanted:
                await self._record(kept, click, "silence-ended", {"silence": each.id, **_told(each)})
            await incidents.mark_open(kept)
        self._room.wake_tellers()
        return Arranged("done", silences=tuple(wanted))

    async def _place(self, labelled: Place, name: str) -> tuple[Place, Arranged | None]:
        """A bare name is that of a vault, else of a subscription; with `*` it is a pattern for vaults."""
        if not name:
            return labelled, None
        if "*" in name or "?" in name:
            return replace(labelled, vaults=(*labelled.vaults, name)), None
        places = (await self._room.scenery.scene()).places
        if places is None:  # nobody can say; a name that is written wrong would be told by nobody
            return labelled, Arranged("unknown-place", name=name)
        if _has(name, [vault.ref.name for vault in places.vaults]):
            return replace(labelled, vaults=(*labelled.vaults, name)), None
        if _has(name, [text for each in places.subscriptions for text in (each.name, each.id)]):
            return replace(labelled, subscriptions=(*labelled.subscriptions, name)), None
        return labelled, Arranged("unknown-place", name=name, nearest=_nearest(name, places))

    async def _refused(self, operation: OperationName, place: Place, click: Click) -> Arranged | None:
        """None for who may. A pattern is judged as a name: a grant must hold all that it stands for."""
        room = self._room
        reach = await room.rights.reach(click.user, operation, click.channel, team=click.workspace)
        resource = Resource(
            subscription_id=_first(place.subscriptions),
            subscription=_first(place.subscriptions),
            resource_group=_first(place.resource_groups),
            vault=_first(place.vaults),
            vm=_first(place.vms),
            tags=place.tags,
        )
        decision = reach.decision
        if decision.is_allowed and (reach.is_everything or all(map(reach.covers, _all_of(place)))):
            return None
        if decision.is_allowed:
            decision = await room.rights.decide(click.user, operation, resource, click.channel, team=click.workspace)
        if decision.is_allowed:  # one of the names is covered, and another is not
            decision = Decision(False, "not-this-resource", who_can=decision.who_can)
        details = {"reason": decision.reason, "grant": decision.grant}
        async with room.store.transaction() as kept:
            await self._record(kept, click, f"{operation}-refused", details)
        return Arranged("refused", decision=decision, operation=operation, resource=resource)

    async def _record(self, kept: Transaction, click: Click, kind: str, details: dict[str, Any]) -> None:
        deed = click.deed(self._room.now(), kind, f"channel:{click.channel}", details)
        await self._room.store.audit.append(kept, deed)


def _all_of(place: Place) -> list[Resource]:
    """Every combination that a place names, as what rights are judged by."""
    found = [Resource(tags=place.tags)]
    found = [replace(each, vault=name) for each in found for name in place.vaults or ("",)]
    found = [replace(each, vm=name) for each in found for name in place.vms or ("",)]
    found = [replace(each, resource_group=name) for each in found for name in place.resource_groups or ("",)]
    return [
        replace(each, subscription=name, subscription_id=name)
        for each in found
        for name in place.subscriptions or ("",)
    ]


def _told(one: Route | Silence) -> dict[str, Any]:
    """What it is about, for the audit log."""
    return {"place": {name: value for name, value in asdict(one.place).items() if value}}


def _is_called(route: Route, name: str) -> bool:
    wanted = name.casefold()
    names = (route.id, *route.place.vaults, *route.place.subscriptions, *route.place.vms, *route.codes)
    return bool(wanted) and wanted in (each.casefold() for each in names)


def _is_silence(silence: Silence, asked: Unmute | EndSilence) -> bool:
    if isinstance(asked, EndSilence):
        return silence.id == asked.id.casefold()
    return silence.kind == "mute" and _has(asked.name, silence.place.vms)


def _has(name: str, names: Sequence[str]) -> bool:
    return name.casefold() in (each.casefold() for each in names)


def _nearest(name: str, places: Places) -> tuple[str, ...]:
    names = sorted(
        {vault.ref.name for vault in places.vaults} | {each.name for each in places.subscriptions if each.name}
    )
    lower = {each.casefold(): each for each in names}
    near = difflib.get_close_matches(name.casefold(), lower, _NEAR, 0.5)
    return tuple(lower[each] for each in near)


def _first(names: Sequence[str]) -> str:
    return names[0] if names else ""


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="minutes")
