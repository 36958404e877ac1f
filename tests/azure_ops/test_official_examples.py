"""Microsoft's own examples, read by our parsers without anything odd in them but what is odd."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from azure_ops.models import VmRef
from azure_ops.reading import item_from, job_from, operation_from, recovery_point_from, vault_from
from azure_ops.vm_reading import vm_from

EXAMPLES = Path(__file__).parents[1] / "fixtures" / "azure" / "examples"
BACKUP = "recoveryservicesbackup"
VM = VmRef("11111111-1111-4111-8111-111111111111", "rg", "myVM")


def body_of(name: str) -> Any:
    """The body of the example's answer."""
    responses = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))["responses"]
    return responses["200"]["body"]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (f"{BACKUP}/ListJobs", job_from),
        (f"{BACKUP}/ListJobsWithAllSupportedFilters", job_from),
        (f"{BACKUP}/ListJobsWithStartTimeAndEndTimeFilters", job_from),
        (f"{BACKUP}/GetJobDetails", job_from),
        (f"{BACKUP}/Compute_ProtectedItem_Get", item_from),
        (f"{BACKUP}/RecoveryPoints_List", recovery_point_from),
        (f"{BACKUP}/RecoveryPoints_Get", recovery_point_from),
        (f"{BACKUP}/ProtectedItemOperationStatus", operation_from),
        ("recoveryservices/ListBySubscriptionIds", vault_from),
        ("recoveryservices/ListResources", vault_from),
        ("recoveryservices/GETVault", vault_from),
    ],
)
def test_an_example_has_nothing_odd(name: str, read: Callable[[Any], Any]) -> None:
    body = body_of(name)
    rows = body.get("value", [body])
    assert rows
    assert [read(row).oddities for row in rows] == [()] * len(rows)


def test_the_details_of_a_running_job() -> None:
    job = job_from(body_of(f"{BACKUP}/GetJobDetails"))
    assert job.ref.vault.name == "NetSDKTestRsVault"
    assert (job.item_name, job.status, job.operation) == ("testvm", "InProgress", "Backup")
    assert job.started == datetime(2017, 8, 3, 5, 31, 7, 14604, UTC)
    assert job.duration == timedelta(seconds=9.878279)
    assert job.details is not None
    assert [task.name for task in job.details.tasks] == ["Take Snapshot", "Transfer data to vault"]


def test_an_item_whose_example_has_half_an_id_points_nowhere_and_says_so() -> None:
    item = item_from(body_of(f"{BACKUP}/BackupProtectedItems_List")["value"][0])
    assert [oddity.path for oddity in item.oddities] == ["id"]
    assert (item.name, item.policy_name, item.ref.item) == ("iaasvm-1", "testPolicy1", "")


def test_an_instance_view_and_a_list_of_extensions() -> None:
    view = body_of("compute/GetVirtualMachineInstanceView")
    vm = {"id": VM.path, "name": "myVM", "properties": {"instanceView": view}}
    state = vm_from(VM, vm, body_of("compute/VirtualMachineExtension_List_MaximumSet_Gen"))
    assert (state.power, state.agent, state.agent_version) == ("running", "Ready", "2.7.41491.949")
    assert [extension.name for extension in state.extensions] == ["myVMExtension", "IaaSAntiMalware-ext0"]
    assert state.oddities == ()
