"""Backup jobs, from wherever they became known, to incidents: named by the catalog, each taken in once."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from azure_ops.ids import CONTAINER_PREFIX
from azure_ops.models import BackupJob, VaultRef
from bot.lookups.lookups import Lookups
from bot.lookups.naming import name_jobs
from bot.lookups.pages import vm_of
from bot.lookups.problems import Problems
from bot.store import outcomes
from bot.store.batches import batches
from bot.store.incidents import LIVE
from bot.store.outcomes import Seen, Taken
from bot.store.store import Store
from intents.grouping import NamedJob
from intents.resolve import Resolver

GOOD: Final = frozenset({"Completed", "CompletedWithWarnings"})
_NAMING_SECONDS: Final = 30.0
_CHUNK: Final = 250
_LONGEST: Final = 300
_SAID: Final = 1_000
_VMS: Final = ("", "azureiaasvm")

Also = Callable[[AsyncConnection], Any]


class Taking:
    """One for the process; whoever takes jobs in wakes who tells about them."""

    def __init__(
        self,
        store: Store,
        lookups: Lookups,
        resolver: Resolver,
        wake: Callable[[], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._lookups = lookups
        self._resolver = resolver
        self._wake = wake
        self._now = now

    async def take(self, found: Iterable[BackupJob], *, source: str, arrival: str = LIVE) -> Taken:
        """Take in the jobs that are over; others, and those that are known already, change nothing. Raises StoreAway.

        Codes that only a job's details tell are read from Azure; what cannot be read keeps the name that is known.
        """
        over = {job.ref.key: job for job in found if is_over(job)}
        if not over:
            return Taken()
        new = await self._unknown(list(over.values()))
        named = await self._named([job for job in new if job.status == "Failed"])
        named += [NamedJob(job) for job in new if job.status in GOOD]
        seen = [seen_from(each, ended_at(each.job, self._now())) for each in named]
        total = Taken()
        for part in batches(seen, _CHUNK):
            async with self._store.transaction() as kept:
                taken = await outcomes.take(kept, part, at=self._now(), source=source, arrival=arrival)
            total = Taken(total.new + taken.new, total.failed + taken.failed, total.changed | taken.changed)
            if taken.changed:
                self._wake()
            await asyncio.sleep(0)
        return total

    async def _unknown(self, jobs: Sequence[BackupJob]) -> list[BackupJob]:
        """Those that were never taken in: a sweep sees each job many times, and naming costs something."""
        async with self._store.transaction() as kept:
            known = await outcomes.known(kept, [job.ref.key for job in jobs])
        return [job for job in jobs if job.ref.key not in known]

    async def _named(self, failed: Sequence[BackupJob]) -> list[NamedJob]:
        if not failed:
            return []
        end = asyncio.get_running_loop().time() + _NAMING_SECONDS
        return await name_jobs(self._lookups.arm, failed, self._resolver, Problems(), end)


def is_over(job: BackupJob) -> bool:
    """Whether a job is a VM's backup that has ended, well or not; a cancelled one says nothing about the item.

    One that failed counts also when its end cannot be read; one that went well then might end what came after it.
    """
    is_backup = job.operation in ("", "Backup") and job.workload.casefold() in _VMS
    return is_backup and (job.status == "Failed" or (job.status in GOOD and job.ended is not None))


def ended_at(job: BackupJob, now: float) -> float:
    """When a job ended, in seconds since 1970; where that cannot be read, as near as the job's other times tell."""
    if job.ended is not None:
        return job.ended.timestamp()
    if job.started is not None and job.duration is not None:
        return min(now, (job.started + job.duration).timestamp())
    return now


def item_key(vault: VaultRef, *names: str) -> str:
    """The same for all jobs of one protected VM and for itself: a vault's container holds one.

    By the first of `names` that is told: the container's, else what stands for it.
    """
    plain = (name.strip().casefold().removeprefix(CONTAINER_PREFIX) for name in names)
    return f"{vault.key}|{next(filter(None, plain), '')}"[:700]


def seen_from(named: NamedJob, at: float) -> Seen:
    """A job that is over since `at` (seconds since 1970), as it is taken in."""
    job, match = named.job, named.match
    entry = match.codes[0] if match is not None and match.is_sure else ""
    spelled = match.asked if match is not None else ""
    is_good = job.status in GOOD
    return Seen(
        job=job.ref.path,
        item_key=item_key(job.ref.vault, job.container, job.item_name, job.ref.name),
        vault_key=job.ref.vault.key[:400],
        at=at,
        is_good=is_good,
        cause="" if is_good else _cause(job, entry or spelled),
        about={} if is_good else _about(job, entry, spelled),
        facts={} if is_good else _facts(job),
    )


def _cause(job: BackupJob, code: str) -> str:
    """What makes failures one incident: the error; where Azure names none, its words."""
    told = job.failure.title or job.failure.message if job.failure else ""
    return (code or f"title:{told.strip().casefold()}")[:_LONGEST]


def _about(job: BackupJob, entry: str, spelled: str) -> Mapping[str, str]:
    vm, vault = vm_of(job), job.ref.vault
    about = {
        "vm": job.item_name or (vm.name if vm else "") or job.ref.name,
        "vault": vault.name,
        "subscription_id": vault.subscription_id.lower(),
        "resource_group": vm.resource_group if vm else vault.resource_group,
        "entry": entry,
        "code": spelled,
    }
    return {name: value[:_LONGEST] for name, value in about.items()}


def _facts(job: BackupJob) -> dict[str, Any]:
    failure = job.failure
    title, said = (failure.title, failure.message) if failure else ("", "")
    return {"title": title[:_LONGEST], "said": said[:_SAID], "container": job.container}
