"""What stands around an incident: names and tags of its subscription, vault and VM, as routes and rights name them."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from azure_ops.errors import AzureError
from azure_ops.ids import parse_vault
from azure_ops.models import VmRef
from bot.lookups.directory import Places
from bot.lookups.lookups import Lookups
from bot.lookups.seeing import NO_TAGS, TagsOf, resource_at
from bot.store.incidents import Incident
from intents.incidents import overdue_at
from intents.policy import Resource
from intents.routing import Failing, Severity, severity_of
from responses.catalog import Catalog
from responses.catalog.model import Entry

_SECONDS: Final = 5.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is known of places at one moment; without `places` names are missing, and ids stand for them."""

    catalog: Catalog
    places: Places | None
    tags: TagsOf = field(default_factory=dict)

    def entry(self, one: Incident) -> Entry | None:
        """The catalog's entry, None where it has none (any more)."""
        return self.catalog.get(one.entry) if one.entry else None

    def code(self, one: Incident) -> str:
        """The code that people know the error by, empty where it has none."""
        entry = self.entry(one)
        return one.code or (entry.code if entry and entry.has_code else "")

    def subscription(self, one: Incident) -> str:
        """Its name, its id where the name is not known."""
        return self.places.name_of(one.subscription_id) if self.places else one.subscription_id

    def resource(self, one: Incident) -> Resource:
        """What a grant can name of it."""
        vault = parse_vault(one.last_job.rpartition("/backupJobs/")[0])
        tags = self.tags.get(VmRef(one.subscription_id, one.resource_group, one.vm).key, ())
        if vault is None or self.places is None:
            return Resource(subscription_id=one.subscription_id, vault=one.vault, vm=one.vm, tags=tags)
        return resource_at(vault, self.places, vm=one.vm, tags=tags)

    def failing(self, one: Incident, now: float) -> Failing:
        """What a route and a silence can name of it."""
        resource, entry = self.resource(one), self.entry(one)
        return Failing(
            subscription_id=one.subscription_id,
            subscription=resource.subscription,
            resource_group=one.resource_group,
            vault=one.vault,
            vm=one.vm,
            tags=resource.tags,
            code=one.entry or one.code,
            also=tuple(name for name in (one.code, *((*entry.also, *entry.numbers) if entry else ())) if name),
            area=entry.area if entry else "",
            severity=severity(one, now),
        )


class Scenery:
    """Reads scenes; never raises."""

    def __init__(self, lookups: Lookups, catalog: Catalog) -> None:
        self._lookups = lookups
        self._catalog = catalog
        self._last: Places | None = None

    async def scene_at_hand(self) -> Scene:
        """The scene as it was last read, read now only where it never was; for who holds a transaction."""
        return Scene(self._catalog, self._last) if self._last is not None else await self.scene()

    async def scene(self, of: Iterable[Incident] = (), *, with_tags: bool = False) -> Scene:
        """The scene around these; tags of VMs are read only where something rests on them."""
        tags = NO_TAGS
        try:
            async with asyncio.timeout(_SECONDS):
                self._last = await self._lookups.directory.places()
                if with_tags and (wanted := sorted({one.subscription_id for one in of})):
                    tags = await self._lookups.vm_tags(wanted)
        except (AzureError, TimeoutError) as error:
            _log.warning("names and tags could not be read (%s)", type(error).__name__)
        return Scene(self._catalog, self._last, tags)


def severity(one: Incident, now: float) -> Severity:
    """How bad it is now."""
    return severity_of(count=one.count, is_overdue=is_overdue(one, now))


def is_overdue(one: Incident, now: float) -> bool:
    """Whether the item has had no good backup for longer than its policy promises."""
    at = overdue_time(one)
    return at is not None and now >= at


def overdue_time(one: Incident) -> float | None:
    """When the promise is broken, None where nothing is known of it."""
    if not one.facts.get("point_known"):
        return None
    return overdue_at(one.facts.get("point"), one.facts.get("promised_hours"), one.first_at)
