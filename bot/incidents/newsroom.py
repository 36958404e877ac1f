"""What everybody shares who tells about incidents; wiring makes one."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from azure_ops.ids import parse_item, parse_job, parse_vm
from azure_ops.portal import Portal
from bot.incidents.points import Points
from bot.incidents.rules import InForce, Rules
from bot.incidents.scene import Scene, Scenery, is_overdue, severity
from bot.lookups.links import links_to
from bot.pictures import Pictures
from bot.rights.rights import Rights
from bot.store import incidents, operations, outbox
from bot.store.incidents import Incident
from bot.store.operations import REMOVE, RETRY
from bot.store.store import Store
from bot.watch_settings import Watch
from bot.workflows.showing import body_of, time_from
from intents.routing import Silence
from responses.cards.failure import IncidentOf
from responses.cards.model import Card
from responses.cards.portal_links import Links
from responses.catalog import Catalog
from responses.catalog.model import Language

_LONGEST_VALUE: Final = 1_900


@dataclass(frozen=True, slots=True)
class Newsroom:
    """The parts that tellers share."""

    store: Store
    rights: Rights
    catalog: Catalog
    scenery: Scenery
    points: Points
    pictures: Pictures
    rules: Rules
    settings: Watch
    portal: Portal
    replica: str
    language_of_channel: Callable[[str], Language]
    wake_outbox: Callable[[], None]
    wake_tellers: Callable[[], None]
    now: Callable[[], float] = time.time

    async def in_force(self) -> InForce:
        """Which failures go where and which are silent now. Raises StoreAway."""
        async with self.store.transaction() as kept:
            return await self.rules.now(kept, self.now())

    async def put_card(self, kept: AsyncConnection, key: str, channel: str, card: Card) -> None:
        """Say a card, or what has become of it, elsewhere if its channel takes none; the caller wakes the outbox."""
        otherwise = self.settings.fallback(channel)
        await outbox.put_card(kept, key=key, channel=channel, body=body_of(card), otherwise=otherwise)

    async def shown(
        self,
        kept: AsyncConnection,
        one: Incident,
        scene: Scene,
        *,
        silence: Silence | None = None,
        mentions: tuple[str, ...] = (),
    ) -> IncidentOf:
        """An incident as its card takes it, with the buttons that its entry offers and somebody may use."""
        facts, entry = one.facts, scene.entry(one)
        retry = remove = ""
        if one.is_open and len(one.last_job) <= _LONGEST_VALUE:
            if (entry is None or entry.retry != "never") and self.rights.is_anyone_granted("retry-backup"):
                retry = await operations.next_value(kept, RETRY, one.last_job)
            if entry is not None and REMOVE in entry.offers and self.rights.is_anyone_granted("remove-extension"):
                remove = await operations.next_value(kept, REMOVE, one.last_job)
        return IncidentOf(
            id=one.id,
            is_open=one.is_open,
            vm=one.vm,
            vault=one.vault,
            subscription=scene.subscription(one),
            entry=entry,
            code=scene.code(one),
            title=str(facts.get("title") or ""),
            said=str(facts.get("said") or ""),
            first_at=datetime.fromtimestamp(one.first_at, UTC),
            last_at=datetime.fromtimestamp(one.last_at, UTC),
            count=one.count,
            severity=severity(one, self.now()),
            recovery_point=time_from(facts.get("point")),
            is_point_known=bool(facts.get("point_known")),
            policy=str(facts.get("policy") or ""),
            promised_hours=facts.get("promised_hours"),
            is_overdue=one.is_open and is_overdue(one, self.now()),
            acknowledged_by=one.acknowledged_by,
            assigned_to=one.assigned_to,
            snoozed_until=time_from(one.snoozed_until),
            is_snoozed_to_good=one.is_snoozed_to_good,
            snoozed_by=one.snoozed_by,
            silenced_until=time_from(silence.ends) if silence and one.is_open else None,
            silence_reason=silence.reason if silence and one.is_open else "",
            resolved_at=time_from(one.resolved_at),
            earlier=time_from(await incidents.earlier(kept, one)),
            retry=retry,
            after_fix=entry is None or entry.retry == "after-fix",
            remove=remove,
            job=one.last_job,
            links=self._links(one),
            mentions=mentions,
        )

    def _links(self, one: Incident) -> Links:
        item, vm = parse_item(str(one.facts.get("item") or "")), parse_vm(str(one.facts.get("vm_path") or ""))
        return links_to(self.portal, parse_job(one.last_job), item, vm)
