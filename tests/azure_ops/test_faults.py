"""Every function that reads, with all that can go wrong: what the caller sees, and how often Azure is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from azure_ops import fleet, vaults
from azure_ops.arm import Arm
from azure_ops.backups import list_items, list_recovery_points, read_item, start_backup
from azure_ops.errors import (
    AlreadyRunning,
    AzureError,
    NotAllowed,
    NotSignedIn,
    Outdated,
    Throttled,
    UnexpectedAnswer,
    Unreachable,
)
from azure_ops.extensions import read_vm
from azure_ops.jobs import list_jobs, read_job
from azure_ops.models import ItemRef, JobRef, OperationRef, OperationStatus, VmRef
from azure_ops.operations import status_of
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import EVERY, PRODUCTION, VAULT, Time, all_of

VM: Final = VmRef(PRODUCTION, "rg-app-prod", "vm-db-01")
ITEM: Final = ItemRef(
    VAULT,
    "Azure",
    "IaasVMContainer;iaasvmcontainerv2;rg-app-prod;vm-db-01",
    "VM;iaasvmcontainerv2;rg-app-prod;vm-db-01",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the questions are about: a job, and an operation that goes on."""

    job: JobRef
    backup: OperationRef

    @property
    def of_vault(self) -> OperationRef:
        """The same operation, asked of the vault."""
        return OperationRef("vault", VAULT.path, self.backup.id)


# What Azure calls each question, the right that it takes, and how we ask it.
READS: Final[dict[str, tuple[str, str, Callable[[Arm, Known], Awaitable[Any]]]]] = {
    "list_subscriptions": ("list_subscriptions", "", lambda arm, _: vaults.list_subscriptions(arm)),
    "list_vaults": ("list_vaults", "Vaults/read", lambda arm, _: all_of(vaults.list_vaults(arm, PRODUCTION))),
    "list_jobs": ("list_jobs", "backupJobs/read", lambda arm, _: all_of(list_jobs(arm, VAULT, EVERY))),
    "read_job": ("get_job", "backupJobs/read", lambda arm, known: read_job(arm, known.job)),
    "list_items": ("list_items", "backupProtectedItems/read", lambda arm, _: all_of(list_items(arm, VAULT))),
    "read_item": ("get_item", "protectedItems/read", lambda arm, _: read_item(arm, ITEM)),
    "recovery points": (
        "list_recovery_points", "recoveryPoints/read", lambda arm, _: all_of(list_recovery_points(arm, ITEM))
    ),
    "read_vm": ("get_vm", "virtualMachines/read", lambda arm, _: read_vm(arm, VM)),
    "extensions": ("list_extensions", "extensions/read", lambda arm, _: read_vm(arm, VM)),
    "an item's operation": ("operation_status", "operationsStatus/read", lambda arm, to: status_of(arm, to.backup)),
    "a vault's operation": ("vault_operation", "backupOperations/read", lambda arm, to: status_of(arm, to.of_vault)),
    "fleet's vaults": ("graph", "resources/read", lambda arm, _: all_of(fleet.list_vaults(arm))),
    "fleet's items": ("graph", "resources/read", lambda arm, _: all_of(fleet.list_items(arm))),
    "fleet's tags": ("graph", "resources/read", lambda arm, _: all_of(fleet.list_vm_tags(arm, [PRODUCTION]))),
    "fleet's jobs": ("graph", "resources/read", lambda arm, _: all_of(fleet.list_jobs(arm, [], EVERY))),
}  # fmt: skip
LISTS: Final = ("list_vaults", "list_jobs", "list_items", "recovery points")


@pytest.fixture
async def known(arm: Arm, azure: RunningAzure) -> Known:
    jobs = await all_of(list_jobs(arm, VAULT, EVERY))
    backup = await start_backup(arm, ITEM)
    azure.record.reset()
    return Known(jobs[0].ref, backup)


class Asking:
    """Asks every question with a fault, and tells what came of it and how often Azure was asked."""

    def __init__(self, arm: Arm, azure: RunningAzure, time: Time, known: Known) -> None:
        self._arm, self._azure, self._time, self._known = arm, azure, time, known

    async def each(self, fault: dict[str, Any], reads: tuple[str, ...] = tuple(READS)) -> dict[str, tuple[Any, int]]:
        """By question: the answer or the error, and how many requests."""
        found = {}
        for name in reads:
            operation, _, ask = READS[name]
            self._azure.faults.set({kind: {"operation": operation} | how for kind, how in fault.items()})
            self._azure.record.reset()
            self._time.waits.clear()
            try:
                got: Any = await ask(self._arm, self._known)
            except AzureError as error:
                got = error
            found[name] = (got, self._azure.counts.get(operation, 0))
            self._azure.faults.reset()
            # Whoever was told to wait an hour waits an hour.
            self._time.pass_by(7_200)
        return found


@pytest.fixture
def asking(arm: Arm, azure: RunningAzure, time: Time, known: Known) -> Asking:
    return Asking(arm, azure, time, known)


def is_right(answer: Any) -> bool:
    """Whether it is an answer, with everything in it as Azure describes it."""
    rows = answer if isinstance(answer, list) else [answer]
    return bool(rows) and all(not isinstance(row, Exception) and row.oddities == () for row in rows)


def others(found: dict[str, tuple[Any, int]], kind: type[AzureError], requests: int) -> dict[str, tuple[Any, int]]:
    """The questions that did not end with this error after so many requests."""
    return {name: got for name, got in found.items() if type(got[0]) is not kind or got[1] != requests}


async def test_without_a_fault_every_question_has_an_answer(asking: Asking) -> None:
    found = await asking.each({})
    assert {name: got for name, got in found.items() if not is_right(got[0]) or got[1] != 1} == {}


@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        ({"throttle": {"retry_after": 2}}, 2),
        ({"server_error": {"status": 503, "times": 2}}, 3),
        ({"server_error": {"status": 500, "retry_after": 1}}, 2),
        ({"html": {"status": 502}}, 2),
        ({"cut": {"when": "before"}}, 2),
        ({"cut": {"when": "middle"}}, 2),
        ({"truncated": {}}, 2),
        ({"expired_token": {}}, 2),
    ],
    ids=str,
)
async def test_what_passes_is_tried_again(asking: Asking, fault: dict[str, Any], requests: int) -> None:
    found = await asking.each(fault)
    assert {name: got for name, got in found.items() if not is_right(got[0]) or got[1] != requests} == {}


@pytest.mark.parametrize(
    ("fault", "error", "requests"),
    [
        ({"throttle": {"retry_after": 3600, "times": 9}}, Throttled, 1),
        ({"throttle": {"retry_after": 1, "times": 9}}, Throttled, 3),
        ({"server_error": {"status": 503, "times": 9}}, Unreachable, 3),
        ({"html": {"status": 504, "times": 9}}, Unreachable, 3),
        ({"html": {"status": 200, "times": 9}}, UnexpectedAnswer, 3),
        ({"cut": {"when": "before", "times": 9}}, Unreachable, 3),
        ({"cut": {"when": "middle", "times": 9}}, Unreachable, 3),
        ({"truncated": {"times": 9}}, UnexpectedAnswer, 3),
        ({"expired_token": {"times": 9}}, NotSignedIn, 2),
        ({"conflict": {"times": 9}}, AlreadyRunning, 1),
        ({"precondition": {"times": 9}}, Outdated, 1),
        ({"redirect": {"times": 9}}, UnexpectedAnswer, 1),
        ({"forbidden": {"times": 9}}, NotAllowed, 1),
    ],
    ids=str,
)
async def test_what_lasts_is_told(
    asking: Asking, fault: dict[str, Any], error: type[AzureError], requests: int
) -> None:
    found = await asking.each(fault)
    assert others(found, error, requests) == {}
    assert all(got.correlation_id for got, _ in found.values())


async def test_an_hour_is_not_waited_for_but_told(asking: Asking, time: Time) -> None:
    found = await asking.each({"throttle": {"retry_after": 3600}}, ("read_job",))
    throttled, _ = found["read_job"]
    assert isinstance(throttled, Throttled)
    assert throttled.seconds == 3600
    assert time.waits == []


async def test_what_we_may_not_read_is_named(asking: Asking) -> None:
    found = await asking.each({"forbidden": {}})
    for name, (error, _) in found.items():
        assert isinstance(error, NotAllowed)
        assert error.action.casefold().endswith(READS[name][1].casefold()), name
        assert error.values["scope"].startswith("/"), name


async def test_silence_ends(asking: Asking) -> None:
    found = await asking.each({"hang": {"seconds": 3, "times": 9}}, ("list_jobs", "read_job", "fleet's jobs"))
    assert {type(error) for error, _ in found.values()} == {Unreachable}
    assert {requests for _, requests in found.values()} <= {2, 3}
    passing = await asking.each({"hang": {"seconds": 3}}, ("read_item", "read_vm"))
    assert {name: got for name, got in passing.items() if not is_right(got[0]) or got[1] != 2} == {}


@pytest.mark.parametrize("name", LISTS)
async def test_the_next_page_is_asked_of_azure_and_of_nobody_else(
    asking: Asking, azure: RunningAzure, arm: Arm, known: Known, name: str
) -> None:
    azure.habits.page_size = 1
    found = await asking.each({"foreign_next_link": {"to": "http://127.0.0.1:9"}}, (name,))
    assert others(found, UnexpectedAnswer, 1) == {}
    assert "127.0.0.1:9" in found[name][0].values["host"]


async def test_the_pages_before_a_fault_are_kept(arm: Arm, azure: RunningAzure) -> None:
    azure.habits.page_size = 5
    pages = list_jobs(arm, VAULT, EVERY)
    assert len(await anext(pages)) == 5
    azure.faults.set({"forbidden": {"operation": "list_jobs"}})
    with pytest.raises(NotAllowed):
        await anext(pages)


async def test_an_operation_that_is_over_says_so_to_anyone(arm: Arm, azure: RunningAzure, known: Known) -> None:
    assert await status_of(arm, known.backup) == OperationStatus("InProgress", wait=60.0)
    azure.clock.advance(120)
    by_item, by_vault = await status_of(arm, known.backup), await status_of(arm, known.of_vault)
    assert by_item.state == "Succeeded"
    assert by_item.job_id
    assert by_vault.job_id == by_item.job_id
