"""Retry a failed backup: asked, allowed, planned, started once, followed to its end, and told as it is."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from azure_ops import backups, jobs
from azure_ops import operations as azure_operations
from azure_ops.errors import AlreadyRunning, AzureError, NotFound
from azure_ops.ids import parse_job
from azure_ops.models import BackupJob, JobRef, OperationRef
from bot.store import operations
from bot.store.operations import RETRY, Operation
from bot.workflows import watching
from bot.workflows.asking import Asking
from bot.workflows.claiming import Claiming, again_value
from bot.workflows.once import sent_once, silent
from bot.workflows.workshop import DAY, Workshop, ours, why_of
from intents.failures import name_failure
from intents.plan import Obstacle, retry_obstacle

if TYPE_CHECKING:
    from bot.engine.flow import Flow

_SLOWEST: Final = 4.0
_GROWTH: Final = 1.15
_BUSY_CODES: Final = frozenset({"usererrorbackupoperationinprogress", "usererrorconcurrentbackupnotallowed"})


class RetryBackup:
    """Every method whose name is a step's does that step: it reads what is written down and looks before it acts."""

    def __init__(self, shop: Workshop, asking: Asking) -> None:
        self._shop = shop
        self._asking = asking
        self._claiming = Claiming(shop, asking)

    async def run(self, flow: "Flow", given: dict[str, Any]) -> None:
        """The story, from the click to the last word in the thread."""
        if not await flow.step("ask", self._claiming.ask, given, RETRY, "retry-backup"):
            return
        id = given["id"]
        if not await flow.step("plan", self.plan, id):
            return
        if not await flow.step("hold", self.hold, id):
            return
        begun = await sent_once(flow, id, "start", self._shop.limits, send=self.start, look=self.look, lost=self.lost)
        if begun:
            await self._follow(flow, id)

    async def _follow(self, flow: "Flow", id: str) -> None:
        limits = self._shop.limits
        wait, waited = limits.poll_seconds, 0.0
        while waited < limits.longest_hours * 3_600:
            if await flow.step("follow", self.follow, id) == "over":
                return
            await flow.sleep(wait)
            waited += wait
            wait = min(wait * _GROWTH, limits.poll_seconds * _SLOWEST)
        await flow.step("too long", self.too_long, id)

    async def plan(self, id: str) -> bool:
        """Judge by what Azure says now; note which jobs there are, so that a new one can be told from them."""
        row = await self._shop.read(id)
        try:
            obstacle, known = await self._judge(row)
        except AzureError as error:
            await self._end(row, "refused", why_of(error))
            return False
        if obstacle is not None:
            await self._refuse(row, obstacle.why, **dict(obstacle.values))
            return False
        await self._shop.move(id, "planned", facts={"known_jobs": known})
        return True

    async def _judge(self, row: Operation) -> tuple[Obstacle | None, list[str]]:
        failed_ref = parse_job(row.job)
        item = watching.item_of(row.facts)
        if failed_ref is None or item is None:
            return Obstacle("item-gone"), []
        try:
            protected = await backups.read_item(self._shop.arm, item)
        except NotFound:
            return Obstacle("item-gone"), []
        failed = await jobs.read_job(self._shop.arm, failed_ref)
        found = await watching.jobs_of(self._shop.arm, item, row.facts.get("failed_at"))
        entry = self._shop.showing.entry(row.facts.get("entry"))
        obstacle = retry_obstacle(failed, protected, found, entry.retry if entry else "")
        return obstacle, [job.ref.name.casefold() for job in found]

    async def hold(self, id: str) -> bool:
        """Take the item for us alone, within what may be started for it and for its vault in a day."""
        shop, limits = self._shop, self._shop.limits
        async with shop.store.transaction() as kept:
            row = await operations.read(kept, id)
            assert row is not None
            other = await operations.hold(kept, id)
            since = shop.now() - DAY
            of_item = await operations.triggered_since(kept, since, item_key=row.item_key)
            of_vault = await operations.triggered_since(kept, since, vault_key=row.vault_key)
        if row.triggered_at is not None:
            return True  # taken again after a crash: it counts itself already
        if other is not None:
            await self._refuse(row, "in-flight", by=other.requested_by)
        elif of_item >= limits.retries_per_item:
            await self._refuse(row, "day-limit", most=str(limits.retries_per_item))
        elif of_vault >= limits.retries_per_vault:
            await self._refuse(row, "vault-limit", most=str(limits.retries_per_vault))
        else:
            facts = {"attempt": of_item + 1, "attempts": limits.retries_per_item}
            await shop.move(id, "held", phase="starting", facts=facts)
            return True
        return False

    async def start(self, id: str, attempt: int) -> str:
        """Ask Azure for the backup, once: "sent", "over", "look" (asked before a crash, or not), "unsure"."""
        row = await self._shop.read(id)
        if row.is_over:
            return "over"
        if row.facts.get("cancel_wanted"):
            await self._end(row, "cancelled", ours("cancelled-before-start"))
            return "over"
        if not await self._asking.still_allowed(row, "retry-backup"):
            await self._refuse(row, "rights-withdrawn")
            return "over"
        if not await self._intend(row, attempt):
            return "look"
        item = watching.item_of(row.facts)
        assert item is not None  # the plan has seen it
        try:
            ref = await backups.start_backup(self._shop.arm, item)
        except AzureError as error:
            return await self._not_started(row, error)
        facts = {"operation": asdict(ref), "correlation": ref.correlation_id}
        await self._shop.move(id, "accepted", phase="starting", facts=facts)
        return "sent"

    async def _intend(self, row: Operation, attempt: int) -> bool:
        """Write down that Azure is about to be asked, before it is; False when that was written down before."""
        shop = self._shop
        async with shop.store.transaction() as kept:
            if not await operations.first_time(kept, f"{row.id}/start {attempt}", shop.now()):
                return False
            await operations.note_trigger(kept, row.id, shop.now())
            await shop.record(kept, row, "retry-started", {"attempt": attempt, "grant": row.facts.get("grant", "")})
        return True

    async def _not_started(self, row: Operation, error: AzureError) -> str:
        if error.may_have_happened:
            facts = {"why": why_of(error), "correlation": error.correlation_id}
            await self._shop.move(row.id, "unsure", facts=facts)
            return "unsure"
        if isinstance(error, AlreadyRunning):
            await self._refuse(row, "backup-running")
        else:
            await self._end(row, "failed", why_of(error), correlation=error.correlation_id)
        return "over"

    async def look(self, id: str) -> bool:
        """Whether Azure lists a job of the item that was not there when we planned: then it is ours to follow."""
        row = await self._shop.read(id)
        item = watching.item_of(row.facts)
        known = set(row.facts.get("known_jobs") or ())
        if item is None:
            return False
        try:
            found = await watching.jobs_of(self._shop.arm, item, row.facts.get("failed_at"))
        except AzureError:
            return False
        new = [job for job in found if job.ref.name.casefold() not in known]
        if not new:
            return False
        await self._running(row, new[-1])
        return True

    async def follow(self, id: str) -> str:
        """One look at the operation or its job: "going" or "over"."""
        row = await self._shop.read(id)
        if row.is_over:
            return "over"
        try:
            if watching.job_of(row.facts) is None:
                return await self._follow_operation(row)
            return await self._follow_job(row)
        except AzureError as error:
            return await silent(self._shop, row, error, self._end)

    async def _follow_operation(self, row: Operation) -> str:
        """Until Azure has made the job."""
        ref, item = OperationRef(**row.facts["operation"]), watching.item_of(row.facts)
        status = await azure_operations.status_of(self._shop.arm, ref)
        if status.job_id and item is not None:
            job = await jobs.read_job(self._shop.arm, JobRef(item.vault, status.job_id))
            await self._running(row, job)
            return "going"
        if not status.is_over:
            return "going"
        if status.error_code.casefold() in _BUSY_CODES:
            await self._refuse(row, "backup-running")
            return "over"
        if status.state == "Succeeded":  # over, and no job named: the list must tell
            await self.look(row.id)
            return "going"
        entry = self._shop.catalog.get(status.error_code)
        facts = {"outcome_code": status.error_code, "outcome_said": status.error_message}
        await self._end(row, "failed", None, **facts, outcome_entry=entry.code if entry else "")
        return "over"

    async def _follow_job(self, row: Operation) -> str:
        ref = watching.job_of(row.facts)
        assert ref is not None
        job = await jobs.read_job(self._shop.arm, ref)
        if job.status in watching.OVER:
            await self._ended(row, job)
            return "over"
        percent = job.details.percent if job.details else None
        if row.facts.get("silent") or percent != row.facts.get("percent"):
            await self._shop.move(row.id, "progress", facts={"percent": percent, "silent": 0})
        return "going"

    async def _running(self, row: Operation, job: BackupJob) -> None:
        started = job.started.timestamp() if job.started else self._shop.now()
        facts = {"new_job": job.ref.path, "job_started": started, "silent": 0, "why": None}
        phase = "cancelling" if row.facts.get("cancel_sent") else "running"
        details = {"job": job.ref.path}
        await self._shop.move(
            row.id, "running", phase=phase, facts=facts, deed="retry-running", details=details, with_line=True
        )

    async def _ended(self, row: Operation, job: BackupJob) -> None:
        """Tell the end of the job: good with its recovery point, or failed with the error's own entry."""
        duration = job.duration.total_seconds() if job.duration else None
        if duration is None and job.started and job.ended:
            duration = (job.ended - job.started).total_seconds()
        facts: dict[str, Any] = {"duration": duration, "percent": None}
        if job.status in ("Completed", "CompletedWithWarnings"):
            item = watching.item_of(row.facts)
            point = await watching.newest_point(self._shop.arm, item, job.started) if item else None
            await self._end(row, "succeeded", None, **facts, recovery_point=point)
            return
        if job.status == "Cancelled":
            await self._end(row, "cancelled", None, **facts)
            return
        match = name_failure(job.failure, self._shop.resolver)
        key = match.codes[0] if match and match.is_sure else ""
        facts |= {
            "outcome_entry": key,
            "outcome_code": (match.asked if match else "") or key,
            "outcome_said": (job.failure.message or job.failure.title) if job.failure else "",
        }
        await self._end(row, "failed", None, **facts)

    async def lost(self, id: str) -> None:
        """No answer, and no trace of a job: nobody can say, so nobody is told that it went well."""
        await self._end(await self._shop.read(id), "unknown", ours("lost"))

    async def too_long(self, id: str) -> None:
        """The job still runs; we no longer look."""
        hours = f"{self._shop.limits.longest_hours:g}"
        await self._end(await self._shop.read(id), "unknown", ours("too-long", hours=hours))

    async def _refuse(self, row: Operation, why: str, **values: str) -> None:
        await self._end(row, "refused", ours(why, **values))

    async def _end(self, row: Operation, phase: str, why: Mapping[str, Any] | None, **facts: Any) -> None:
        offer = await self._offer(row, phase, facts)
        outcome = {"outcome": phase, "why": (why or {}).get("label", ""), "code": facts.get("outcome_code", "")}
        await self._shop.move(
            row.id,
            "end",
            phase=phase,
            facts={"why": why, **facts, **offer},
            deed=f"retry-{phase}",
            details=outcome,
            with_line=True,
        )

    async def _offer(self, row: Operation, phase: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The buttons that the card has in the end."""
        if phase == "succeeded":
            return {}
        entry = self._shop.showing.entry(facts.get("outcome_entry") or row.facts.get("entry"))
        new_job = (await self._shop.read(row.id)).facts.get("new_job") if phase == "failed" else None
        subject = str(new_job or row.job)
        offer: dict[str, Any] = {"again_after_fix": bool(entry and entry.retry == "after-fix")}
        if entry is None or entry.retry != "never":
            offer["again"] = await again_value(self._shop, RETRY, subject)
        if entry is not None and "remove-extension" in entry.offers and phase == "failed":
            offer["remove"] = await again_value(self._shop, operations.REMOVE, subject)
        return offer
