"""Looks into what Azure Monitor has sent: the job itself is read from Azure, the alert only says where."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from azure_ops import fleet, jobs
from azure_ops.errors import AzureError, NotFound
from azure_ops.ids import parse_job, parse_vault
from azure_ops.jobs import JobFilter
from azure_ops.models import STILL_RUNNING, BackupJob, CodeHint, JobFailure, JobRef
from bot.intake.taking import Taking
from bot.lookups.lookups import Lookups
from bot.lookups.problems import log_error
from bot.store import inbox, leases, outcomes
from bot.store.inbox import Delivery
from bot.store.store import Store
from bot.together import together

_log = logging.getLogger(__name__)
_LEASE: Final = "inbox"
_LEASE_SECONDS: Final = 120.0
_BATCH: Final = 2_000
# Up to so many jobs are read one by one; more are asked of Resource Graph in one question.
_FEW: Final = 20
_AT_ONCE: Final = 5
_ROUND_SECONDS: Final = 60.0
_FIRST_WAIT: Final = 5.0
_LONGEST_WAIT: Final = 300.0
_RUNNING_WAIT: Final = 30.0
# Azure lists a job late, or its alert is about one that never was: so long it is looked for.
_PATIENCE: Final = 3_600.0
_LONGEST_PATIENCE: Final = 86_400.0
_BACK: Final = timedelta(hours=24)


class InboxReading:
    """One round at a time, by one replica at a time."""

    def __init__(
        self, store: Store, lookups: Lookups, taking: Taking, replica: str, now: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._lookups = lookups
        self._taking = taking
        self._replica = replica
        self._now = now

    async def round(self) -> bool:
        """Look into what is due; whether something was. Raises StoreAway."""
        async with self._store.transaction() as kept:
            if not await leases.take(kept, _LEASE, self._replica, self._now(), _LEASE_SECONDS):
                return False
            due = await inbox.due(kept, self._now(), _BATCH)
        if not due:
            return False
        mine = [each for each in due if self._is_ours(each)]
        if len(mine) < len(due):
            await self._finish([each for each in due if not self._is_ours(each)], "foreign")
        left = await self._without_known(mine)
        if len(left) > _FEW:
            left = await self._by_graph(left)
        await self._one_by_one(left[:_FEW])
        if more := left[_FEW:]:
            await self._put_back(more, _FIRST_WAIT)
        return True

    def _is_ours(self, one: Delivery) -> bool:
        vault = parse_vault(one.vault)
        return vault is not None and self._lookups.directory.is_within(vault.subscription_id)

    async def _without_known(self, given: Sequence[Delivery]) -> list[Delivery]:
        """Jobs that the sweep, or an earlier delivery, has told already need no look."""
        async with self._store.transaction() as kept:
            known = await outcomes.known(kept, [each.job.casefold() for each in given if each.job])
            await inbox.finish(kept, [each.key for each in given if each.job.casefold() in known], "done")
        return [each for each in given if each.job.casefold() not in known]

    async def _by_graph(self, given: Sequence[Delivery]) -> list[Delivery]:
        """Many at once are one question for all their subscriptions; what that does not tell yet is left."""
        vaults = [vault for each in given if (vault := parse_vault(each.vault))]
        subscriptions = sorted({vault.subscription_id.lower() for vault in vaults})
        since = datetime.fromtimestamp(min(each.fired_at or each.received_at for each in given), UTC) - _BACK
        codes = {each.job.casefold(): each.code for each in given if each.job}
        try:
            async with asyncio.timeout(_ROUND_SECONDS):
                async for page in fleet.list_failed(self._lookups.arm, subscriptions, since):
                    told = [_with_code(job, codes.get(job.ref.key, "")) for job in page]
                    await self._taking.take(told, source="webhook")
        except AzureError as error:
            log_error(error, "Resource Graph, about alerts")
        except TimeoutError:
            _log.warning("Resource Graph did not answer about alerts in time")
        return await self._without_known(given)

    async def _one_by_one(self, given: Sequence[Delivery]) -> None:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def look(one: Delivery) -> None:
            async with limit:
                await self._look(one)

        await together(look(each) for each in given)

    async def _look(self, one: Delivery) -> None:
        try:
            async with asyncio.timeout(_ROUND_SECONDS):
                found = await self._read(one)
        except NotFound:
            await self._again(one, _PATIENCE)
            return
        except (AzureError, TimeoutError) as error:
            _log.warning("what an alert is about could not be read (%s); it is tried again", type(error).__name__)
            await self._again(one, _LONGEST_PATIENCE)
            return
        await self._taking.take(found, source="webhook")
        if found and all(job.status in STILL_RUNNING for job in found):
            await self._put_back([one], _RUNNING_WAIT)
        else:
            await self._finish([one], "done")

    async def _read(self, one: Delivery) -> list[BackupJob]:
        """The job that the alert names; where it names none, what failed in its vault lately."""
        ref: JobRef | None = parse_job(one.job) if one.job else None
        if ref is not None:
            return [_with_code(await jobs.read_job(self._lookups.arm, ref), one.code)]
        vault = parse_vault(one.vault)
        assert vault is not None  # only ours are looked into
        since = datetime.fromtimestamp(one.fired_at or one.received_at, UTC) - _BACK
        wanted = JobFilter(status="Failed", since=since)
        return [job async for page in jobs.list_jobs(self._lookups.arm, vault, wanted) for job in page]

    async def _again(self, one: Delivery, patience: float) -> None:
        if self._now() - one.received_at > patience:
            _log.error("Azure has no backup job for an alert that named one; it is given up: %s", one.job or one.vault)
            await self._finish([one], "given-up")
            return
        await self._put_back([one], min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(one.tries, 10)))

    async def _finish(self, given: Sequence[Delivery], state: str) -> None:
        async with self._store.transaction() as kept:
            await inbox.finish(kept, [each.key for each in given], state)

    async def _put_back(self, given: Sequence[Delivery], wait: float) -> None:
        async with self._store.transaction() as kept:
            await inbox.put_back(kept, [each.key for each in given], self._now() + wait)


def _with_code(job: BackupJob, code: str) -> BackupJob:
    """The job with what its alert's id calls the error, believed after all that the job says by codes of its own."""
    if not code or job.status != "Failed":
        return job
    failure = job.failure or JobFailure()
    return replace(job, failure=replace(failure, hints=(*failure.hints, CodeHint("alert-id", code))))
