"""Who may do this, put together for a card: the grants, the people as Slack knows them now, the resources by name."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.lookups.resources import Candidates
from intents.backup_command import AskWhoCan
from intents.policy import NEEDS_APPROVAL, Actor, Grant, OperationName, Reason, Resource, decide, reach
from intents.who_can import holders, scope_of
from responses.cards.trouble_azure import Trouble
from responses.cards.who_can import HolderOf, PlaceOf, StandingOf, WhoCanOf

# People who are named one by one are asked about one by one; more of them than this are taken at the config's word.
_MOST_ASKED: Final = 40

Ask = Callable[[str], Awaitable[Actor]]


@dataclass(frozen=True, slots=True)
class Asking:
    """The grants in force, where it is asked (empty: nowhere in Slack), and how to learn who somebody is."""

    grants: Sequence[Grant]
    channel: str
    actor: Ask


async def tell_who_can(asked: AskWhoCan, found: Candidates, asking: Asking) -> WhoCanOf:
    """The whole answer. `asked.person` is a user id, or empty for nobody in particular."""
    resources: tuple[Resource | None, ...] = found.resources or (_by_name(asked),)
    actors = await _actors(asked, resources, asking)
    places = tuple(_place(asked, resource, asking, actors) for resource in resources)
    return WhoCanOf(
        operation=asked.operation,
        asked=asked.name,
        places=places,
        more=found.more,
        notes=tuple(_notes(asked, found)),
        who_can=decide(Actor(""), asked.operation, Resource(), asking.channel, asking.grants).who_can,
    )


def _by_name(asked: AskWhoCan) -> Resource | None:
    """What the words alone say; None where they name nothing."""
    if not (asked.name or asked.subscription):
        return None
    # `vault:NAME` alone is a vault, and no VM of that name.
    vm = "" if asked.name == asked.vault else asked.name
    return Resource(subscription=asked.subscription, vault=asked.vault, vm=vm)


def _notes(asked: AskWhoCan, found: Candidates) -> Iterable[Trouble]:
    if not found.resources and asked.name:
        yield Trouble("who_can_note.unread" if found.problems else "who_can_note.unknown", {"name": asked.name})
    if len(found.resources) > 1:
        yield Trouble("who_can_note.many", {})
    yield from found.problems


async def _actors(asked: AskWhoCan, resources: Sequence[Resource | None], asking: Asking) -> dict[str, Actor]:
    """Everyone who is named one by one where it matters, and the person asked about, as Slack knows them now."""
    operations: set[OperationName] = {asked.operation}
    if asked.operation in NEEDS_APPROVAL:
        operations.add("approve")
    named: dict[str, None] = {asked.person: None} if asked.person else {}
    for operation in sorted(operations):
        for resource in resources:
            held = holders(operation, resource, asking.channel, asking.grants)
            for grant in (*held.here, *held.elsewhere):
                named |= dict.fromkeys(sorted(grant.users))
    wanted = list(named)[:_MOST_ASKED]
    told = await asyncio.gather(*(asking.actor(user) for user in wanted))
    return dict(zip(wanted, told, strict=True))


def _place(asked: AskWhoCan, resource: Resource | None, asking: Asking, actors: dict[str, Actor]) -> PlaceOf:
    held = holders(asked.operation, resource, asking.channel, asking.grants)
    approvers = None
    if asked.operation in NEEDS_APPROVAL:
        may_approve = holders("approve", resource, asking.channel, asking.grants)
        approvers = _shown((*may_approve.here, *may_approve.elsewhere), resource, actors)
    return PlaceOf(
        vm=resource.vm if resource else "",
        vault=resource.vault if resource else "",
        subscription=resource.subscription if resource else "",
        here=_shown(held.here, resource, actors),
        elsewhere=_shown(held.elsewhere, resource, actors),
        approvers=approvers,
        standing=_standing(asked, resource, asking, actors) if asked.person else None,
    )


def _shown(grants: Iterable[Grant], resource: Resource | None, actors: dict[str, Actor]) -> tuple[HolderOf, ...]:
    return tuple(_holder(grant, resource, actors) for grant in grants)


def _holder(grant: Grant, resource: Resource | None, actors: dict[str, Actor]) -> HolderOf:
    """Who is named, without those who may not all the same."""
    users = sorted(grant.users)
    gone = {user: why for user in users if user in actors and (why := _gone(actors[user]))}
    return HolderOf(
        grant=grant.name,
        users=tuple(user for user in users if user not in gone),
        groups=tuple(sorted(grant.groups)),
        barred=tuple(gone.items()),
        channels=tuple(sorted(grant.channels)),
        scope=scope_of(grant) if resource is None else (),
    )


def _gone(actor: Actor) -> Reason | None:
    """Why nobody at all may act by this name."""
    if actor.is_deactivated:
        return "deactivated"
    return "unknown-person" if actor.is_unknown else None


def _standing(asked: AskWhoCan, resource: Resource | None, asking: Asking, actors: dict[str, Actor]) -> StandingOf:
    actor = actors[asked.person]
    if resource is None:  # may they do it to anything at all?
        decision = reach(actor, asked.operation, asking.channel, asking.grants).decision
    else:
        decision = decide(actor, asked.operation, resource, asking.channel, asking.grants)
    return StandingOf(asked.person, decision.is_allowed, decision.reason, decision.grant)
