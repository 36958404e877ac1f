"""Every question with every wrong type that the sandbox knows: it is told in the model, or as an error of our own."""

from typing import Any, Final

import pytest
import pytest_asyncio

from azure_ops.arm import Arm
from azure_ops.errors import UnexpectedAnswer
from sandbox.azure import RunningAzure
from sandbox.azure.odd_answers import KINDS
from tests.azure_ops.conftest import OwnTime
from tests.azure_ops.faults.table import READS, Known, Read

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALONE: Final = ("failed job", "running job")
FLEET_JOBS: Final = ("fleet's jobs", "fleet's ended", "fleet's failed")
JOBS: Final = ("list_jobs", *ALONE, *FLEET_JOBS)
ITEMS: Final = ("list_items", "read_item", "find_item", "fleet's items")
VAULTS: Final = ("list_vaults", "fleet's vaults")
POLICIES: Final = ("daily policy", "weekly policy", "hourly policy")
OPERATIONS: Final = (
    "item's operation", "item's operation that is over", "item's operation that failed", "vault's operation", "removal"
)  # fmt: skip
WITH_JOB: Final = ("item's operation that is over", "vault's operation")
POINTS, VM, EXTENSIONS, LOCKS = ("recovery points",), ("vm",), ("extensions",), ("list_locks",)
SUBSCRIPTIONS: Final = ("list_subscriptions",)
GRAPH: Final = ("fleet's vaults", "fleet's items", "fleet's tags", *FLEET_JOBS)
PAGES: Final = ("list_subscriptions", "list_vaults", "list_jobs", "list_items", "find_item", *POINTS, *LOCKS)
LISTS: Final = (*PAGES, *GRAPH)
SINGLE: Final = {
    "id": (*ALONE, "read_item", *VM), "name": (*ALONE, "read_item", *VM, *POLICIES), "status": OPERATIONS
}  # fmt: skip

# For each kind: which field is reported, and by whom. Everyone else's answer is the right one.
REPORTED: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "end-list": {"properties.endTime": JOBS},
    "start-garbage": {"properties.startTime": JOBS},
    "error-object": {"properties.errorDetails": JOBS},
    "name-number": {"properties.entityFriendlyName": JOBS},
    "status-list": {"properties.status": JOBS},
    "tasks-object": {"properties.extendedInfo.tasksList": ALONE},
    "bag-list": {"properties.extendedInfo.propertyBag": (*ALONE, *FLEET_JOBS)},
    "details-text": {"properties.extendedInfo": (*ALONE, *FLEET_JOBS)},
    "percent-words": {"properties.extendedInfo.progressPercentage": ("running job",)},
    "agent-list": {"properties.instanceView.vmAgent": VM},
    "extensions-object": {"properties.instanceView.extensions": VM},
    "os-number": {"properties.storageProfile.osDisk.osType": VM},
    "item-status-number": {"properties.lastBackupStatus": ITEMS},
    "item-time-list": {"properties.lastBackupTime": ITEMS},
    "item-point-garbage": {"properties.lastRecoveryPoint": ITEMS},
    "item-state-object": {"properties.protectionState": ITEMS},
    "item-policy-number": {"properties.policyName": ITEMS},
    "item-source-number": {"properties.sourceResourceId": ITEMS},
    # Only where the last backup failed; that of `read_item` went well.
    "item-health-text": {"properties.healthDetails": ("list_items", "find_item", "fleet's items")},
    "point-time-number": {"properties.recoveryPointTime": POINTS},
    "point-tiers-object": {"properties.recoveryPointTierDetails": POINTS},
    "point-kind-list": {"properties.recoveryPointType": POINTS},
    "extension-type-number": {"properties.type": EXTENSIONS},
    "extension-publisher-list": {"properties.publisher": EXTENSIONS},
    "extension-version-number": {"properties.typeHandlerVersion": EXTENSIONS},
    "extension-state-object": {"properties.provisioningState": EXTENSIONS},
    "lock-level-number": {"properties.level": LOCKS},
    "lock-level-unknown": {"properties.level": LOCKS},
    "lock-notes-list": {"properties.notes": LOCKS},
    "policy-schedule-list": {"properties.schedulePolicy": POLICIES},
    "policy-often-number": {"properties.schedulePolicy.scheduleRunFrequency": POLICIES},
    "policy-often-unknown": {"properties.schedulePolicy.scheduleRunFrequency": POLICIES},
    "policy-days-number": {"properties.schedulePolicy.scheduleRunDays": ("weekly policy",)},
    "policy-weeks-words": {"properties.schedulePolicy.scheduleWeeklyFrequency": ("weekly policy",)},
    "policy-hours-list": {"properties.schedulePolicy.hourlySchedule": ("hourly policy",)},
    "policy-interval-words": {"properties.schedulePolicy.hourlySchedule.interval": ("hourly policy",)},
    "subscription-id-number": {"subscriptionId": SUBSCRIPTIONS},
    "subscription-name-list": {"displayName": SUBSCRIPTIONS},
    "subscription-state-number": {"state": SUBSCRIPTIONS},
    "operation-status-number": {"status": OPERATIONS},
    "operation-status-unknown": {"status": OPERATIONS},
    "operation-error-text": {"error": ("item's operation that failed",)},
    "operation-properties-text": {"properties": WITH_JOB},
    "operation-job-number": {"properties.jobId": WITH_JOB},
    "id-number": {
        "id": (*VAULTS, *JOBS, "list_items", "read_item", "fleet's items", *VM, *LOCKS, "fleet's tags"),
    },
    "name-list": {"name": (*JOBS, *POINTS, *POLICIES, *VM, *EXTENSIONS, *LOCKS)},
    "location-number": {"location": (*VAULTS, *VM)},
    "tags-list": {"tags": (*VAULTS, *VM, "fleet's tags")},
    "tags-objects": {"tags.app": (*VAULTS, *VM, "fleet's tags")},
    "properties-list": {
        "properties": (*JOBS, *ITEMS, *POINTS, *POLICIES, *VM, *EXTENSIONS, *LOCKS, *WITH_JOB)
    },
    "properties-null": {
        "properties": (*ITEMS, *POINTS, *POLICIES, *VM, *EXTENSIONS),
        "properties.status": JOBS,
        "properties.level": LOCKS,
    },
    "body-list": {"": (*ALONE, "read_item", *POLICIES, *VM, *OPERATIONS), "extensions": EXTENSIONS},
    "body-text": {"": (*ALONE, "read_item", *POLICIES, *VM, *OPERATIONS), "extensions": EXTENSIONS},
    "body-null": {**SINGLE, "extensions.value": EXTENSIONS},
    "body-empty": {**SINGLE, "extensions.value": EXTENSIONS},
    "rows-object": {"extensions.value": EXTENSIONS},
    "rows-null": {"extensions.value": EXTENSIONS},
    "rows-strange": {
        "": ("list_subscriptions", "list_vaults", "list_jobs", "list_items", *POINTS, *EXTENSIONS, *GRAPH),
        "id": LOCKS,
    },
}  # fmt: skip
# What can no longer be read at all. An item is not missing because its row cannot be read.
UNREADABLE: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("body-list", "body-text", "body-null", "body-empty", "rows-object", "rows-null", "link-number", "link-object"),
        LISTS,
    ),
    "id-number": ("find_item",),
    "rows-strange": ("find_item",),
}
# Read all the same: older spellings, and null where Azure may leave a field out.
READ: Final[dict[str, tuple[str, ...]]] = {
    "duration": JOBS,
    "actions": JOBS,
    "end-year-one": JOBS,
    "recommendations-null": JOBS,
    "statuses-null": VM,
    "agent-missing": VM,
    "properties-null": WITH_JOB,
    "number-text": (),
    "job-type": (),
    "vault-properties-text": (),
    "unknown-version": (),
}


def told(answer: Any) -> set[str]:
    """The fields that the answer reports."""
    models = answer if isinstance(answer, list | tuple) else [] if answer is None else [answer]
    parts = [part for model in models for part in (model, *getattr(model, "extensions", ()))]
    return {oddity.path for part in parts for oddity in part.oddities}


class Odd:
    """Asks with wrong types in the answer."""

    def __init__(self, arm: Arm, azure: RunningAzure, known: Known, time: OwnTime) -> None:
        self._arm, self._azure, self._known, self._time = arm, azure, known, time

    async def ask(self, read: Read, kinds: str) -> Any:
        """The answer, or our own error; any other is the test's failure."""
        if kinds:
            self._azure.faults.set({"wrong_types": {"operation": read.operation, "kinds": kinds, "times": 9}})
        try:
            return await read.ask(self._arm, self._known)
        except UnexpectedAnswer as error:
            return error
        finally:
            self._azure.faults.reset()
            self._time.pass_by(60)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def odd(arm: Arm, azure: RunningAzure, known: Known, time: OwnTime) -> Odd:
    return Odd(arm, azure, known, time)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def right(odd: Odd) -> dict[str, Any]:
    """Every answer without a fault."""
    return {name: await odd.ask(read, "") for name, read in READS.items()}


async def test_every_kind_has_its_line() -> None:
    assert set(KINDS) == {*REPORTED, *UNREADABLE, *READ}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_wrong_type_is_told_by_who_reads_the_field(odd: Odd, right: dict[str, Any], kind: str) -> None:
    wrong = {}
    for name, read in READS.items():
        answer = await odd.ask(read, kind)
        missed = [path for path, readers in REPORTED.get(kind, {}).items() if name in readers]
        if name in UNREADABLE.get(kind, ()):
            is_well = isinstance(answer, UnexpectedAnswer) and bool(answer.values["why"])
        elif isinstance(answer, UnexpectedAnswer):
            is_well = False
        elif missed:
            is_well = set(missed) <= told(answer)
        else:
            is_well = told(answer) == set() and (answer == right[name] or name in READ.get(kind, ()))
        if not is_well:
            wrong[name] = answer if isinstance(answer, UnexpectedAnswer) else (missed, told(answer))
    assert wrong == {}


@pytest.mark.parametrize("name", READS)
async def test_everything_wrong_at_once_is_still_no_foreign_error(odd: Odd, right: dict[str, Any], name: str) -> None:
    fields = [kind for kind in KINDS if not kind.startswith(("body-", "rows-", "link-"))]
    for kinds in (KINDS, fields, fields[::-1]):
        answer = await odd.ask(READS[name], " ".join(kinds))
        is_told = isinstance(answer, UnexpectedAnswer) or bool(told(answer))
        # A cancellation is answered without a body.
        assert is_told or (name == "cancellation" and answer == right[name])
