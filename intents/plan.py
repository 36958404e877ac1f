"""What exactly an operation will do to which resource, why it may not, and the hash that an approval is bound to."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal

from azure_ops.models import BackupJob, Extension, ProtectedItem, VmState

RetryAdvice = Literal["now", "after-fix", "never", ""]
_BUSY: Final = ("InProgress", "Cancelling")
_GOOD: Final = ("Completed", "CompletedWithWarnings")
_PROTECTED: Final = frozenset({"", "protected", "ibprotected", "irpending", "protectionerror", "backupssuspended"})
# Codes that blame some extension, not surely the snapshot one: then its own state must say that it failed.
_PROVISIONING: Final = ("provisioning",)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an operation may not go on: a label key ("newer-good-backup") with its values."""

    why: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RemovalPlan:
    """Which extension resource of which VM will be deleted, and the facts by which that was judged."""

    vm_path: str
    extension: str
    publisher: str
    type: str
    version: str
    state: str
    power: str
    agent: str
    os: str
    locks: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 over every field, in hexadecimal: an approval of one plan is none of another."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def differs(self, other: "RemovalPlan") -> tuple[str, ...]:
        """The names of the fields that are not the same."""
        mine, theirs = asdict(self), asdict(other)
        return tuple(name for name in mine if mine[name] != theirs[name])


def removal_plan_from(values: Mapping[str, Any]) -> RemovalPlan:
    """The plan that was written down; `locks` may be any sequence. KeyError or TypeError for what is none."""
    return RemovalPlan(**{**values, "locks": tuple(values.get("locks", ()))})


def retry_obstacle(
    failed: BackupJob, item: ProtectedItem | None, jobs: Sequence[BackupJob], advice: RetryAdvice
) -> Obstacle | None:
    """Why this failed backup is not to be retried; None when nothing stands against it.

    `jobs` are the item's backup jobs since the failed one, in any order.
    """
    if item is None or item.protection_state.casefold() not in _PROTECTED:
        return Obstacle("item-gone")
    if advice == "never":
        return Obstacle("never-retry")
    if any(job.status in _BUSY for job in jobs):
        return Obstacle("backup-running")
    good = [job for job in jobs if job.status in _GOOD and _is_after(job, failed)]
    if good:
        newest = max((time for job in good if (time := job.ended or job.started) is not None), default=None)
        return Obstacle("newer-good-backup", (("time", newest.isoformat() if newest else ""),))
    return None


def removal_obstacle(
    state: VmState, extension: Extension | None, jobs: Sequence[BackupJob], locks: Sequence[str], code: str
) -> Obstacle | None:
    """Why the snapshot extension is not to be removed; None when nothing stands against it.

    `jobs` are the item's backup jobs of now, `locks` the names of locks that forbid it, `code` the failed job's error.
    """
    if extension is None:
        return Obstacle("no-extension")
    if state.power and state.power != "running":
        return Obstacle("vm-off", (("power", state.power),))
    if any(job.status in _BUSY for job in jobs):
        return Obstacle("backup-running")
    if locks:
        return Obstacle("locked", (("lock", ", ".join(locks)),))
    if any(word in code.casefold() for word in _PROVISIONING) and extension.state == "Succeeded":
        others = [each.name for each in state.extensions if each.state == "Failed"]
        return Obstacle("other-extension", (("name", ", ".join(others) or "?"),))
    return None


def removal_plan(state: VmState, extension: Extension, locks: Sequence[str]) -> RemovalPlan:
    """The plan, from what Azure says now."""
    return RemovalPlan(
        vm_path=state.ref.path.casefold(),
        extension=extension.name,
        publisher=extension.publisher,
        type=extension.type,
        version=extension.version,
        state=extension.state,
        power=state.power,
        agent=state.agent,
        os=state.os,
        locks=tuple(locks),
    )


def _is_after(job: BackupJob, failed: BackupJob) -> bool:
    began: datetime | None = failed.started
    return job.started is not None and began is not None and job.started > began
