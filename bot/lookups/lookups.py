"""`Lookups`: what Slack and the command line ask for, shared by all who ask for the same."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from azure_ops import fleet, jobs
from azure_ops.arm import Arm, ArmSettings
from azure_ops.errors import AzureError, NotFound, Unreachable
from azure_ops.extensions import read_vm
from azure_ops.finding import find_item
from azure_ops.models import BackupJob, JobRef, ProtectedItem, Subscription, Vault
from azure_ops.reasons import Why
from bot.flights import Flights
from bot.lookups.directory import Directory, Places
from bot.lookups.naming import name_jobs
from bot.lookups.pages import Choice, Found, Pages, vm_of
from bot.lookups.problems import Problems, log_error, trouble_of
from bot.lookups.reading import Reading
from bot.lookups.seeing import OutOfReach, TagsOf, meant_by, resource_of, seen_by
from bot.settings import AzureSettings
from intents.choose import Chosen, Place, id_of
from intents.failures import name_failure
from intents.grouping import ROWS_ON_PAGE, group
from intents.look_up import MOST_OF_FLEET, MOST_OF_VAULT, LookUpJobs
from intents.policy import Decision, Grant, Reach
from intents.resolve import Resolver
from responses.cards.job_details import DetailsOf
from responses.cards.jobs import JobsPage, Trouble
from responses.catalog import Catalog
from responses.catalog.model import Language

_KEPT_SECONDS: Final = 15.0
_MOST_KEPT: Final = 100
_WHOLE_SECONDS: Final = 60.0
# An item of a job hardly ever changes; a link to it is not worth a long wait.
_ITEM_KEPT_SECONDS: Final = 300.0
_ITEM_SECONDS: Final = 5.0
_TAGS_KEPT_SECONDS: Final = 60.0
EVERYTHING: Final = Reach(Decision(True, "allowed"), (Grant("everything"),))


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Lookups:
    """Live data of Azure. Equal questions within 15 seconds are one; `now` counts seconds, `clock` tells the time."""

    def __init__(
        self,
        settings: AzureSettings,
        catalog: Catalog,
        resolver: Resolver,
        *,
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = _utc_now,
        progress: Callable[[int], None] = lambda count: None,
        limit: float = _WHOLE_SECONDS,
    ) -> None:
        # The door opens, and Azure's packages load, at the first question.
        self.arm = Arm(ArmSettings(settings.azure_arm_base_url, credential=settings.azure_credential), now=now)
        self.directory = Directory(self.arm, settings.subscriptions, now)
        self._pages = Pages(catalog, settings.azure_portal)
        self._resolver = resolver
        self._clock = clock
        self._progress = progress
        self._limit = limit
        self._found: Flights[Found] = Flights(_KEPT_SECONDS, _MOST_KEPT, now)
        self._jobs: Flights[tuple[BackupJob, Places]] = Flights(_KEPT_SECONDS, _MOST_KEPT, now)
        self._tags: Flights[TagsOf] = Flights(_TAGS_KEPT_SECONDS, _MOST_KEPT, now)
        self._items: Flights[ProtectedItem | None] = Flights(_ITEM_KEPT_SECONDS, _MOST_KEPT, now)

    async def jobs(
        self, asked: LookUpJobs, page: int, language: Language, rows: int = ROWS_ON_PAGE, reach: Reach = EVERYTHING
    ) -> JobsPage | Choice:
        """A page of jobs, or a question back when the name means several places or none. Raises AzureError.

        Of what is found for all, only what is within `reach` is shown, and how much is left out is told. Raises
        OutOfReach when the place that is named is not.
        """
        end = asyncio.get_running_loop().time() + self._limit
        try:
            async with asyncio.timeout_at(end):
                meant, places = await self.directory.find(asked)
        except TimeoutError:
            raise Unreachable(why=Why.NO_ANSWER_WITHIN, seconds=f"{self._limit:.0f}") from None
        meant = meant_by(meant, places, reach)
        if not isinstance(meant, Chosen):
            return self._pages.choice(asked, meant, places, language)
        place = meant.place
        found = await self._found_in(place, asked, places, end)
        return self._pages.page(await self._seen(found, reach), asked, page, language, rows)

    async def details(self, ref: JobRef, reach: Reach = EVERYTHING) -> DetailsOf:
        """One job with everything that Azure tells of it. Raises AzureError, and OutOfReach."""
        job, places = await self._jobs.get(ref.key, lambda: self._read_job(ref))
        item = await self._item_of(job)
        vm = item.vm if item and item.vm else vm_of(job)
        tags = {vm.key: (await read_vm(self.arm, vm)).tags} if vm and reach.needs_tags else {}
        resource = resource_of(job, places, tags, vm)
        if not reach.covers(resource):
            raise OutOfReach(resource)
        return self._pages.details(job, name_failure(job.failure, self._resolver), places, item)

    async def group_of(self, asked: LookUpJobs, code: str, reach: Reach = EVERYTHING) -> list[BackupJob]:
        """Every failed job of a look-up with this error (the catalog's key or Azure's code), as far as `reach` goes.

        Raises AzureError.
        """
        end = asyncio.get_running_loop().time() + self._limit
        meant, places = await self.directory.find(asked)
        if not isinstance(meant, Chosen):
            return []
        seen = await self._seen(await self._found_in(meant.place, asked, places, end), reach)
        groups = [group for group in seen.groups if code in (group.key, group.code)]
        return [attempt.job for group in groups for attempt in group.attempts if attempt.job.status == "Failed"]

    async def _found_in(self, place: Place | None, asked: LookUpJobs, places: Places, end: float) -> Found:
        """What everybody who asks the same shares."""
        key = (id_of(place).casefold() if place else "", asked.which, asked.window)
        return await self._found.get(key, lambda: self._read(asked, place, places, end))

    async def _seen(self, found: Found, reach: Reach) -> Found:
        """One person's part. Where VMs' tags cannot be read, nothing is shown because of one, and that is told."""
        if not reach.needs_tags:
            return seen_by(found, reach, {})
        asked = _subscriptions(found)
        try:
            tags = await self.vm_tags(asked)
        except AzureError as error:
            log_error(error, "the tags of VMs")
            seen = seen_by(found, reach, {})
            return replace(seen, problems=(*seen.problems, trouble_of(error)))
        return seen_by(found, reach, tags)

    async def vm_tags(self, subscriptions: Sequence[str]) -> TagsOf:
        """The tags of the VMs of these subscriptions, read at most a minute ago. Raises AzureError."""
        asked = tuple(subscriptions)
        return await self._tags.get(asked, lambda: self._read_tags(asked))

    async def _read_tags(self, subscriptions: Sequence[str]) -> TagsOf:
        pages = [page async for page in fleet.list_vm_tags(self.arm, subscriptions)]
        return {vm.ref.key: vm.tags for page in pages for vm in page}

    async def close(self) -> None:
        """Give up what is under way and close the connections."""
        for flights in (self._found, self._jobs, self._items, self._tags):
            await flights.close()
        await self.directory.close()
        await self.arm.close()

    async def _read(self, asked: LookUpJobs, place: Place | None, places: Places, end: float) -> Found:
        problems, read_at = Problems(), self._clock()
        most = MOST_OF_VAULT if isinstance(place, Vault) else MOST_OF_FLEET
        since, is_cut = asked.begins(read_at, most)
        if is_cut:
            problems.note(Trouble("azure.window_cut", {"days": str(most.days)}))
        if place is None:
            problems.join(places.problems)
        reading = Reading(self.arm, problems, self._progress)
        await reading.read(place, places, asked.which, since, end)
        named = await name_jobs(self.arm, reading.jobs.values(), self._resolver, problems, end)
        return Found(group(named), place, places, asked.which, since, problems.told(), read_at)

    async def _read_job(self, ref: JobRef) -> tuple[BackupJob, Places]:
        if not self.directory.is_within(ref.vault.subscription_id):
            raise NotFound(what=ref.path)
        places = await self.directory.places()
        return await jobs.read_job(self.arm, ref), places

    async def _item_of(self, job: BackupJob) -> ProtectedItem | None:
        """The job's item, for a link to it; None where there is none, or Azure does not tell in time."""
        key = (job.ref.vault.key, job.workload, job.container.casefold(), job.item_name.casefold())
        try:
            async with asyncio.timeout(_ITEM_SECONDS):
                return await self._items.get(key, lambda: find_item(self.arm, job))
        except AzureError as error:
            log_error(error, f"the item of {job.ref.path}")
        except TimeoutError:
            late = Unreachable(why=Why.NO_ANSWER_WITHIN, seconds=f"{_ITEM_SECONDS:.0f}")
            log_error(late, f"the item of {job.ref.path}")
        return None


def _subscriptions(found: Found) -> tuple[str, ...]:
    """Those that a look-up is about; a VM and its vault are in the same one."""
    place = found.place
    if place is None:
        return tuple(sorted(each.id for each in found.places.subscriptions))
    return (place.id if isinstance(place, Subscription) else place.ref.subscription_id,)
