"""What people do about an incident: take note, have somebody see to it, put it off; decided, recorded and told."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.incidents.newsroom import Newsroom
from bot.incidents.scene import Scene
from bot.incidents.telling import card_key
from bot.store import incidents, outbox
from bot.store.incidents import Incident
from bot.store.store import Transaction
from bot.store.storms import CARD
from bot.workflows.front import Click
from bot.workflows.showing import body_of
from intents.policy import Decision, OperationName, Resource
from responses.cards.failure import IncidentOf, LineKind, failure_line

Snooze = Literal["snooze-1h", "snooze-4h", "snooze-1d", "snooze-good"]
HANDLE: Final[OperationName] = "handle-incidents"
_SECONDS: Final[dict[str, float]] = {"snooze-1h": 3_600.0, "snooze-4h": 4 * 3_600.0, "snooze-1d": 86_400.0}


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of it: "done", "refused" (with the decision and its resource), "gone", "seen" (nothing to change)."""

    outcome: Literal["done", "refused", "gone", "seen"]
    one: Incident | None = None
    decision: Decision | None = None
    resource: Resource | None = None


class Handling:
    """Every change is decided anew, written into the audit log, and told in the threads, in one transaction."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room

    async def find(self, id: str, click: Click, operation: OperationName = "look-up") -> Handled:
        """An incident for somebody who may see it, or do `operation` to it, here, now. Raises StoreAway."""
        async with self._room.store.transaction() as kept:
            one = await incidents.read(kept, id)
        if one is None:
            return Handled("gone")
        return await self._decided(one, click, operation)

    async def acknowledge(self, id: str, click: Click) -> Handled:
        """Somebody has seen it. The first one's word stands."""
        found = await self.find(id, click, HANDLE)
        if found.outcome != "seen" or found.one is None:
            return found
        if found.one.acknowledged_by or not found.one.is_open:
            return found
        return await self._change(found, click, "acknowledged", "incident-acknowledged", acknowledged_by=click.user)

    async def assign(self, id: str, to: str, click: Click) -> Handled:
        """Somebody sees to it from now on; nobody for an empty `to`."""
        found = await self.find(id, click, HANDLE)
        if found.outcome != "seen" or found.one is None or found.one.assigned_to == to or not found.one.is_open:
            return found
        line: LineKind = "assigned" if to else "unassigned"
        return await self._change(found, click, line, f"incident-{line}", details={"to": to}, assigned_to=to)

    async def snooze(self, id: str, how: Snooze, click: Click) -> Handled:
        """Nothing rings for a while; failures are counted all the same."""
        found = await self.find(id, click, HANDLE)
        if found.outcome != "seen" or found.one is None or not found.one.is_open:
            return found
        until = self._room.now() + _SECONDS[how] if how in _SECONDS else None
        return await self._change(
            found,
            click,
            "snoozed",
            "incident-snoozed",
            details={"how": how},
            snoozed_until=until,
            is_snoozed_to_good=until is None,
            snoozed_by=click.user,
        )

    async def wake(self, id: str, click: Click) -> Handled:
        """A snooze is over before its time."""
        found = await self.find(id, click, HANDLE)
        if found.outcome != "seen" or found.one is None or not found.one.is_snoozed:
            return found
        return await self._change(
            found, click, None, "incident-woken", snoozed_until=None, is_snoozed_to_good=False, snoozed_by=""
        )

    async def shown(self, one: Incident) -> IncidentOf:
        """An incident as its card takes it, for one person's eyes."""
        room = self._room
        scene = await room.scenery.scene([one])
        async with room.store.transaction() as kept:
            rules = await room.rules.now(kept, room.now())
            silence = rules.silence_of(scene.failing(one, room.now()), room.now())
            return await room.shown(kept, one, scene, silence=silence)

    async def _refused(self, click: Click, operation: OperationName, resource: Resource, decision: Decision) -> None:
        """Record that somebody may not."""
        details = {"reason": decision.reason, "grant": decision.grant, "vm": resource.vm}
        subject = f"{resource.subscription_id}|{resource.vault}|{resource.vm}".casefold()[:400]
        deed = click.deed(self._room.now(), f"{operation}-refused", subject, details)
        async with self._room.store.transaction() as kept:
            await self._room.store.audit.append(kept, deed)

    async def _decided(self, one: Incident, click: Click, operation: OperationName) -> Handled:
        room = self._room
        with_tags = any(grant.tags for grant in room.rights.grants)
        scene = await room.scenery.scene([one], with_tags=with_tags)
        resource = scene.resource(one)
        decision = await room.rights.decide(click.user, operation, resource, click.channel, team=click.workspace)
        if decision.is_allowed:
            return Handled("seen", one, decision, resource)
        await self._refused(click, operation, resource, decision)
        return Handled("refused", one, decision, resource)

    async def _change(
        self,
        found: Handled,
        click: Click,
        line: LineKind | None,
        deed: str,
        *,
        details: dict[str, Any] | None = None,
        **values: str | float | bool | None,
    ) -> Handled:
        room, one = self._room, found.one
        assert one is not None  # found before
        assert found.decision is not None
        scene = await room.scenery.scene_at_hand()
        async with room.store.transaction() as kept:
            now = await incidents.change(kept, one.id, **dict[str, Any](values))
            if now is None:
                return Handled("gone")
            told = {"incident": one.id, "vm": one.vm, "grant": found.decision.grant} | (details or {})
            await room.store.audit.append(kept, click.deed(room.now(), deed, one.item_key[:400], told))
            if line is not None:
                await self._say(kept, now, line, click.user, scene)
        room.wake_tellers()
        room.wake_outbox()
        return Handled("done", now, found.decision, found.resource)

    async def _say(self, kept: Transaction, one: Incident, line: LineKind, by: str, scene: Scene) -> None:
        """A line in each thread; the cards themselves follow."""
        places = await incidents.channels_of(kept, [one.id])
        for channel, (how, _) in places[one.id].items():
            if how == CARD:
                shown = await self._room.shown(kept, one, scene)
                body = body_of(failure_line(line, shown, self._room.language_of_channel(channel), by))
                key = card_key(one.id, channel)
                await outbox.put_line(kept, key=key, line=f"{key}/{line}-{one.revision}", body=body)
