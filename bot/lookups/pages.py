"""What was found, as the cards take it: pages of jobs, choices of vaults, and one job in full."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from azure_ops.ids import parse_job
from azure_ops.models import BackupJob, JobTask, ProtectedItem, Subscription, Vault, VmRef
from azure_ops.portal import Portal
from bot.lookups.directory import Places
from bot.lookups.links import links_to
from intents.choose import Ambiguous, NotKnown, Place, id_of, name_of
from intents.grouping import ROWS_ON_PAGE, Attempt, Group, Page, page_of
from intents.look_up import LookUpJobs, Which, to_text
from intents.model import Match
from responses.cards.job_details import DetailsOf, TaskRow
from responses.cards.jobs import JobGroup, JobRow, JobsPage, Trouble
from responses.cards.vaults import VaultChoice
from responses.catalog import Catalog
from responses.catalog.model import LANGUAGES, Entry, Language

_MOST_CHOICES: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """All jobs of one look-up, named and grouped."""

    groups: tuple[Group, ...]
    place: Place | None
    places: Places
    which: Which
    since: datetime
    problems: tuple[Trouble, ...]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """Not a page but a question back: which of several, or what there is near an unknown name."""

    asked: str
    choices: tuple[VaultChoice, ...]
    is_known: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What a button that leads to a look-up carries: the command's text, a page and a language."""

    text: str
    page: int = 1
    language: Language = "en"

    def value(self) -> str:
        """The button's value."""
        return json.dumps({"q": self.text, "p": self.page, "l": self.language}, ensure_ascii=False)


def read_turn(value: str) -> Turn | None:
    """A button's value, which anybody could have written; None for what is none."""
    try:
        given = json.loads(value)
        text, page, language = given["q"], given["p"], given["l"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    known = next((each for each in LANGUAGES if each == language), None)
    if not isinstance(text, str) or not isinstance(page, int) or known is None or len(text) > 2_000:
        return None
    return Turn(text, page, known)


class Pages:
    """Turns what was found into what is shown; knows the catalog and the portal, asks nobody."""

    def __init__(self, catalog: Catalog, portal: Portal) -> None:
        self._catalog = catalog
        self._portal = portal

    def page(
        self, found: Found, asked: LookUpJobs, number: int, language: Language, rows: int = ROWS_ON_PAGE
    ) -> JobsPage:
        """One page, with the buttons' values that lead to the others."""
        page = page_of(found.groups, number, rows)
        # The id stands in the values instead of the name: whatever gets that name later, the button means this one.
        again = to_text(replace(asked, name=id_of(found.place) if found.place else "", inside="", language=None))
        return JobsPage(
            groups=tuple(self._group(index, page, found.places) for index in range(len(page.groups))),
            which=found.which,
            scope=name_of(found.place) if found.place else "",
            since=found.since,
            total=page.total,
            page=page.number,
            pages=page.of,
            problems=found.problems,
            previous=Turn(again, page.number - 1, language).value() if page.number > 1 else "",
            next=Turn(again, page.number + 1, language).value() if page.number < page.of else "",
            again=Turn(again, page.number, language).value(),
            read_at=found.read_at,
            portal=self._portal.jobs(found.place.ref) if isinstance(found.place, Vault) else "",
        )

    def choice(self, asked: LookUpJobs, meant: Ambiguous | NotKnown, places: Places, language: Language) -> Choice:
        """Up to five places to choose from."""
        is_known = isinstance(meant, Ambiguous)
        offered = meant.places if isinstance(meant, Ambiguous) else meant.nearest
        choices = tuple(_choice(asked, place, places, language) for place in offered[:_MOST_CHOICES])
        return Choice(asked.name if isinstance(meant, Ambiguous) else meant.asked, choices, is_known)

    def details(
        self, job: BackupJob, match: Match | None, places: Places, item: ProtectedItem | None = None
    ) -> DetailsOf:
        """One job with its tasks, Azure's own words and links to the portal, that of its item if it is known."""
        entry = self._entry(match.codes[0]) if match is not None and match.is_sure else None
        failure, details = job.failure, job.details
        return DetailsOf(
            row=self._row(Attempt(job), 0, places),
            entry=entry,
            code=_code(entry, match.asked if match else ""),
            title=failure.title if failure else "",
            message=failure.message if failure else "",
            recommendations=failure.recommendations if failure else (),
            tasks=tuple(_task(task) for task in details.tasks) if details else (),
            links=links_to(self._portal, job.ref, item.ref if item else None, _vm_of(job, item)),
            oddities=tuple(dict.fromkeys(odd.path for odd in job.oddities)),
            job_id=job.ref.name,
        )

    def _group(self, index: int, page: Page, places: Places) -> JobGroup:
        group = page.groups[index]
        entry = self._entry(group.key)
        return JobGroup(
            entry=entry,
            code=_code(entry, group.code),
            title=group.title or group.status,
            count=page.counts[index],
            rows=tuple(self._row(attempt, index, places) for attempt in group.attempts),
        )

    def _row(self, attempt: Attempt, group: int, places: Places) -> JobRow:
        job = attempt.job
        name = job.item_name or job.container.rpartition(";")[2] or job.ref.name
        return JobRow(
            item=name if job.operation in ("", "Backup") else f"{name} ({job.operation})",
            vault=job.ref.vault.name,
            subscription=places.name_of(job.ref.vault.subscription_id),
            status=job.status,
            started=job.started,
            ended=job.ended,
            attempt=attempt.number,
            attempts=attempt.of,
            value=job.ref.path if parse_job(job.ref.path) else "",
            portal=self._portal.job(job.ref),
            group=group,
        )

    def _entry(self, key: str) -> Entry | None:
        return self._catalog.get(key) if key else None


def _vm_of(job: BackupJob, item: ProtectedItem | None) -> VmRef | None:
    return item.vm if item and item.vm else vm_of(job)


def _choice(asked: LookUpJobs, place: Place, places: Places, language: Language) -> VaultChoice:
    is_subscription = isinstance(place, Subscription)
    text = to_text(replace(asked, name=id_of(place), is_subscription=is_subscription, inside="", language=None))
    value = Turn(text, 1, language).value()
    if isinstance(place, Vault):
        return VaultChoice(place.ref.name, place.ref.resource_group, places.name_of(place.ref.subscription_id), value)
    return VaultChoice(place.name, "", place.name, value)


def vm_of(job: BackupJob) -> VmRef | None:
    """The VM of a container such as "iaasvmcontainerv2;group;name", in the vault's subscription as Azure demands."""
    parts = job.container.split(";")
    if len(parts) < 3 or parts[-3].casefold() != "iaasvmcontainerv2" or not (parts[-2] and parts[-1]):
        return None
    return VmRef(job.ref.vault.subscription_id, parts[-2], parts[-1])


def _task(task: JobTask) -> TaskRow:
    seconds = task.duration.total_seconds() if task.duration else None
    if seconds is None and task.started and task.ended:
        seconds = (task.ended - task.started).total_seconds()
    return TaskRow(task.name, task.status, task.started, seconds)


def _code(entry: Entry | None, spelled: str) -> str:
    """The code to show: as Azure spells it, else the entry's own; a slug is no code."""
    if spelled and not (entry and spelled.isdigit()):
        return spelled
    return entry.code if entry and entry.has_code else ""
