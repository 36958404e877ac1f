"""What stands against an operation, and what an approval is bound to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from azure_ops.models import BackupJob, Extension, ItemRef, JobRef, JobStatus, ProtectedItem, VaultRef, VmRef, VmState
from intents.plan import RemovalPlan, removal_obstacle, removal_plan, removal_plan_from, retry_obstacle

NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
VAULT = VaultRef("11111111-1111-1111-1111-111111111111", "rg", "vault-prod")
VM = VmRef(VAULT.subscription_id, "rg", "vm-sql-01")
ITEM = ProtectedItem(ItemRef(VAULT, "Azure", "c", "i"), "vm-sql-01", vm=VM, protection_state="Protected")
SNAPSHOT = Extension("VMSnapshot-2", "Microsoft.Azure.RecoveryServices", "VMSnapshot", "1.10", "Failed")
STATE = VmState(VM, power="running", agent="Ready", os="Windows", extensions=(SNAPSHOT,))


def job(status: JobStatus, minutes: float = 0, name: str = "a") -> BackupJob:
    started = NIGHT + timedelta(minutes=minutes)
    return BackupJob(JobRef(VAULT, name), "vm-sql-01", status=status, started=started, ended=started)


FAILED = job("Failed")


def test_a_failed_backup_with_nothing_against_it_is_retried() -> None:
    assert retry_obstacle(FAILED, ITEM, [FAILED, job("Failed", 5), job("Completed", -60)], "after-fix") is None


@pytest.mark.parametrize(
    ("item", "jobs", "advice", "why"),
    [
        (None, [], "now", "item-gone"),
        (replace(ITEM, protection_state="ProtectionStopped"), [], "now", "item-gone"),
        (ITEM, [], "never", "never-retry"),
        (ITEM, [job("InProgress", 5)], "now", "backup-running"),
        (ITEM, [job("Cancelling", -5)], "now", "backup-running"),
        (ITEM, [job("Completed", 30)], "now", "newer-good-backup"),
        (ITEM, [job("CompletedWithWarnings", 30)], "", "newer-good-backup"),
    ],
)
def test_what_stands_against_a_retry(item: ProtectedItem | None, jobs: list[BackupJob], advice: str, why: str) -> None:
    obstacle = retry_obstacle(FAILED, item, jobs, advice)  # type: ignore[arg-type]
    assert obstacle is not None
    assert obstacle.why == why


def test_a_newer_good_backup_is_told_with_the_time_of_the_newest() -> None:
    obstacle = retry_obstacle(FAILED, ITEM, [job("Completed", 30), job("Completed", 90)], "now")
    assert obstacle is not None
    assert dict(obstacle.values)["time"] == (NIGHT + timedelta(minutes=90)).isoformat()


def test_a_stuck_extension_of_a_running_vm_may_go() -> None:
    assert removal_obstacle(STATE, SNAPSHOT, [FAILED], (), "ExtensionStuckInDeletionState") is None


@pytest.mark.parametrize(
    ("state", "extension", "jobs", "locks", "code", "why"),
    [
        (STATE, None, [], (), "", "no-extension"),
        (replace(STATE, power="deallocated"), SNAPSHOT, [], (), "", "vm-off"),
        (STATE, SNAPSHOT, [job("InProgress")], (), "", "backup-running"),
        (STATE, SNAPSHOT, [], ("no-delete",), "", "locked"),
        (
            replace(STATE, extensions=(replace(SNAPSHOT, state="Succeeded"), Extension("sql", state="Failed"))),
            replace(SNAPSHOT, state="Succeeded"),
            [],
            (),
            "UserErrorVmProvisioningStateFailed",
            "other-extension",
        ),
    ],
)
def test_what_stands_against_a_removal(
    state: VmState, extension: Extension | None, jobs: list[BackupJob], locks: tuple[str, ...], code: str, why: str
) -> None:
    obstacle = removal_obstacle(state, extension, jobs, locks, code)
    assert obstacle is not None
    assert obstacle.why == why


def test_the_other_extension_that_failed_is_named() -> None:
    state = replace(STATE, extensions=(replace(SNAPSHOT, state="Succeeded"), Extension("sql-agent", state="Failed")))
    obstacle = removal_obstacle(state, state.extensions[0], [], (), "ExtensionProvisioningFailed")
    assert obstacle is not None
    assert dict(obstacle.values) == {"name": "sql-agent"}


@pytest.mark.parametrize("field", list(RemovalPlan.__slots__))
def test_whatever_changes_in_a_plan_makes_it_another(field: str) -> None:
    plan = removal_plan(STATE, SNAPSHOT, ())
    other: dict[str, Any] = {field: ("lock",) if field == "locks" else "other"}
    changed = replace(plan, **other)
    assert changed.hash != plan.hash
    assert plan.differs(changed) == (field,)


def test_a_plan_survives_being_written_down() -> None:
    plan = removal_plan(STATE, SNAPSHOT, ("a", "b"))
    assert removal_plan_from({**{name: getattr(plan, name) for name in plan.__slots__}, "locks": ["a", "b"]}) == plan
