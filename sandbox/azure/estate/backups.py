"""The life of a backup: triggered, accepted, snapshot, transfer, and done, failed by its cause, or cancelled."""

from datetime import datetime
from functools import partial
from typing import Final

from sandbox.azure.estate import refusals
from sandbox.azure.estate.ailments import failing, spent
from sandbox.azure.estate.item_bodies import point_after, points_of
from sandbox.azure.estate.nouns import Item, Job, Operation, Vault, snapshot_extension
from sandbox.azure.estate.register import Register

ACCEPTED: Final = 5.0
PREPARED: Final = 15.0
SNAPSHOT: Final = 60.0
TRANSFERRED: Final = 240.0
CANCELLED: Final = 10.0

_REQUESTS: Final = {
    "AzureIaasVM": "IaasVMBackupRequest",
    "AzureWorkload": "AzureWorkloadBackupRequest",
    "AzureStorage": "AzureFileShareBackupRequest",
}
_BUSY: Final = (
    "UserErrorBackupOperationInProgress",
    "Unable to initiate backup as another backup operation is currently in progress.",
)
_UNPROTECTED: Final = (
    "UserErrorBcmDatasourceNotPresent",
    "Backup failed: This virtual machine is not (actively) protected by Azure Backup.",
)


class Backups:
    """Starts, carries on and cancels jobs of the estate; every step is an event on its agenda."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def trigger(self, item: Item, body: object, now: float) -> Operation:
        """Accept an on-demand backup. Refusal 400 for a body that does not fit the item.

        That another backup runs, or that protection is stopped, is told by the operation, which then fails.
        """
        _check(item, body, now)
        operation = self._operation(item.vault, "trigger", item.path, now)
        operation.item = item
        self._register.agenda.asked(now + ACCEPTED, lambda at: self._accept(operation, item, at))
        return operation

    def _operation(self, vault: Vault, kind: str, about: str, now: float) -> Operation:
        operation_id = self._register.new_id("operation", about)
        operation = Operation(operation_id, "trigger" if kind == "trigger" else "cancel", about, now)
        vault.operations[operation_id] = operation
        return operation

    def _accept(self, operation: Operation, item: Item, at: float) -> None:
        if item not in item.vault.items or item.state != "Protected":
            code, message = _UNPROTECTED
            operation.finish(at, "Failed", code=code, message=message)
        elif item.running is not None:
            code, message = _BUSY
            operation.finish(at, "Failed", code=code, message=message)
        else:
            job = self.start(item, at, by_user=True)
            operation.finish(at, "Succeeded", job_id=job.id)

    def start(self, item: Item, at: float, *, by_user: bool) -> Job:
        """A backup job that runs from now on. The item must not have one already."""
        job = Job(item, self._register.new_id("job", item.path), at, by_user=by_user)
        job.snapshot_until, job.plan_end = at + SNAPSHOT, at + TRANSFERRED
        job.listed_from = at + self._register.list_late if self._register.list_late else 0.0
        return self.run(job)

    def restore(self, item: Item, at: float) -> Job:
        """A restore that runs from now on; only backups exclude each other."""
        job = Job(item, self._register.new_id("job", item.path), at, operation="Restore", by_user=True)
        job.snapshot_until, job.plan_end = at + SNAPSHOT, at + TRANSFERRED
        return self.run(job)

    def run(self, job: Job) -> Job:
        """Let a job run to the end that its fields plan."""
        if job.operation == "Backup":
            job.item.running = job
        self._register.add_job(job)
        for stage, when in (
            ("prepare", job.start + PREPARED),
            ("snapshot", job.snapshot_until),
            ("transfer", job.plan_end),
        ):
            self._register.agenda.at(when, partial(self._reach, job, stage))
        return job

    def _reach(self, job: Job, stage: str, at: float) -> None:
        if job.status != "InProgress":
            return
        cause = failing(job.item, job.operation)
        if cause is not None and cause.stage == stage:
            job.code = job.item.trouble
            self._end(job, "Failed", at)
            if cause.cure == "retry":
                spent(job.item)
        elif stage == "snapshot" and job.operation == "Backup":
            _fit_snapshot_extension(job.item)
        elif stage == "transfer":
            self._end(job, "Completed", at)
            if job.operation == "Backup":
                points_of(job.item).append(point_after(job))

    def _end(self, job: Job, status: str, at: float) -> None:
        # Points that follow from finished jobs are worked out before this one counts among them.
        points_of(job.item)
        job.end, job.status = at, status
        if job.operation == "Backup":
            job.item.last = job
        if job.item.running is job:
            job.item.running = None
        self._register.index.add(job)

    def keep_schedule(self, every: float, at: float) -> None:
        """From `at` on, every so many seconds a backup of whatever is protected and not being backed up."""
        for subscription in self._register.subscriptions.values():
            for item in (item for vault in subscription.vaults for item in vault.items):
                if item.running is None and item.state == "Protected":
                    self.start(item, at, by_user=False)
        self._register.agenda.at(at + every, partial(self.keep_schedule, every))

    def cancel(self, job: Job, now: float) -> Operation:
        """Refusal 400 when the job is over or cannot be cancelled."""
        if job.is_over or job.status == "Cancelling":
            raise refusals.job_not_in_progress()
        if job.operation != "Backup":
            raise refusals.cancel_not_supported()
        operation = self._operation(job.item.vault, "cancel", job.path, now)
        job.status = "Cancelling"
        self._register.agenda.asked(now + CANCELLED, lambda at: self._cancelled(job, operation, at))
        return operation

    def _cancelled(self, job: Job, operation: Operation, at: float) -> None:
        self._end(job, "Cancelled", at)
        operation.finish(at, "Succeeded", job_id=job.id)


def _fit_snapshot_extension(item: Item) -> None:
    if item.vm is not None and item.vm.snapshot_extension is None:
        item.vm.extensions.append(snapshot_extension(item.vm.os))


def _check(item: Item, body: object, now: float) -> None:
    wanted = _REQUESTS[item.workload]
    properties = body.get("properties") if isinstance(body, dict) else None
    if not isinstance(properties, dict):
        raise refusals.invalid_input("The body has no properties.")
    if properties.get("objectType") != wanted:
        raise refusals.invalid_input(f"objectType must be {wanted} for this item.")
    until = properties.get("recoveryPointExpiryTimeInUTC")
    if until is not None and _time(until) <= now:
        raise refusals.invalid_input("recoveryPointExpiryTimeInUTC is not in the future.")


def _time(value: object) -> float:
    try:
        when = datetime.fromisoformat(str(value))
    except ValueError:
        raise refusals.invalid_input("recoveryPointExpiryTimeInUTC is not a time.") from None
    return when.timestamp() if when.tzinfo else datetime.fromisoformat(f"{value}+00:00").timestamp()
