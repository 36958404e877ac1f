"""`Lookups`: what Slack and the command line ask for, shared by all who ask for the same."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from azure_ops import jobs
from azure_ops.arm import Arm, ArmSettings
from azure_ops.errors import NotFound, Unreachable
from azure_ops.models import BackupJob, JobRef, Vault
from bot.lookups.directory import Directory, Places
from bot.lookups.flights import Flights
from bot.lookups.naming import name_jobs
from bot.lookups.pages import Choice, Found, Pages
from bot.lookups.problems import Problems
from bot.lookups.reading import Reading
from bot.settings import AzureSettings
from intents.choose import Chosen, Place, id_of
from intents.failures import name_failure
from intents.grouping import ROWS_ON_PAGE, group
from intents.look_up import MOST_OF_FLEET, MOST_OF_VAULT, LookUpJobs
from intents.resolve import Resolver
from responses.cards.job_details import DetailsOf
from responses.cards.jobs import JobsPage, Trouble
from responses.catalog import Catalog
from responses.catalog.model import Language

_KEPT_SECONDS: Final = 15.0
_MOST_KEPT: Final = 100
_WHOLE_SECONDS: Final = 60.0


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
        self._arm = Arm(ArmSettings(settings.azure_arm_base_url, credential=settings.azure_credential), now=now)
        self._directory = Directory(self._arm, settings.subscriptions, now)
        self._pages = Pages(catalog, settings.azure_portal)
        self._resolver = resolver
        self._clock = clock
        self._progress = progress
        self._limit = limit
        self._found: Flights[Found] = Flights(_KEPT_SECONDS, _MOST_KEPT, now)
        self._jobs: Flights[tuple[BackupJob, Places]] = Flights(_KEPT_SECONDS, _MOST_KEPT, now)

    async def jobs(
        self, asked: LookUpJobs, page: int, language: Language, rows: int = ROWS_ON_PAGE
    ) -> JobsPage | Choice:
        """A page of jobs, or a question back when the name means several places or none. Raises AzureError."""
        end = asyncio.get_running_loop().time() + self._limit
        try:
            async with asyncio.timeout_at(end):
                meant, places = await self._directory.find(asked)
        except TimeoutError:
            raise Unreachable(why=f"no answer within {self._limit:.0f} s") from None
        if not isinstance(meant, Chosen):
            return self._pages.choice(asked, meant, places, language)
        place = meant.place
        key = (id_of(place).casefold() if place else "", asked.which, asked.window)
        found = await self._found.get(key, lambda: self._read(asked, place, places, end))
        return self._pages.page(found, asked, page, language, rows)

    async def details(self, ref: JobRef) -> DetailsOf:
        """One job with everything that Azure tells of it. Raises AzureError."""
        job, places = await self._jobs.get(ref.key, lambda: self._read_job(ref))
        return self._pages.details(job, name_failure(job.failure, self._resolver), places)

    async def close(self) -> None:
        """Give up what is under way and close the connections."""
        await self._found.close()
        await self._jobs.close()
        await self._directory.close()
        await self._arm.close()

    async def _read(self, asked: LookUpJobs, place: Place | None, places: Places, end: float) -> Found:
        problems, read_at = Problems(), self._clock()
        most = MOST_OF_VAULT if isinstance(place, Vault) else MOST_OF_FLEET
        since, is_cut = asked.begins(read_at, most)
        if is_cut:
            problems.note(Trouble("azure.window_cut", {"days": str(most.days)}))
        if place is None:
            problems.join(places.problems)
        reading = Reading(self._arm, problems, self._progress)
        await reading.read(place, places, asked.which, since, end)
        named = await name_jobs(self._arm, reading.jobs.values(), self._resolver, problems, end)
        return Found(group(named), place, places, asked.which, since, problems.told(), read_at)

    async def _read_job(self, ref: JobRef) -> tuple[BackupJob, Places]:
        if not self._directory.is_within(ref.vault.subscription_id):
            raise NotFound(what=ref.path)
        places = await self._directory.places()
        return await jobs.read_job(self._arm, ref), places
