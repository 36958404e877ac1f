"""The real client of Azure Backup against the sandbox: results of operations, policies, whether a VM is protected."""

from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.recoveryservicesbackup.aio import RecoveryServicesBackupClient
from azure.mgmt.recoveryservicesbackup.models import (
    AzureIaaSVMProtectionPolicy,
    BackupRequestResource,
    BackupStatusRequest,
    IaasVMBackupRequest,
    OperationStatus,
    SimpleSchedulePolicy,
    SimpleSchedulePolicyV2,
)

from tests.sandbox.azure.sdk_clients import MACHINES, PRODUCTION, VAULT, Clients

pytestmark = pytest.mark.timeout(60)

CONTAINER = f"IaasVMContainer;iaasvmcontainerv2;{MACHINES}"
ITEM = ("Azure", f"{CONTAINER};vm-db-01", f"VM;iaasvmcontainerv2;{MACHINES};vm-db-01")


def with_status(response: Any, body: Any, _headers: Any) -> tuple[int, Any]:
    """What `cls=` of a call takes: the status, and the body as the package's model."""
    return response.http_response.status_code, body


def operation_of(response: Any, _body: Any, _headers: Any) -> str:
    """The last segment of the address that a 202 gives."""
    headers = response.http_response.headers
    address = str(headers.get("Azure-AsyncOperation") or headers["Location"])
    return address.split("?")[0].rsplit("/", 1)[1]


async def _begun(backup: RecoveryServicesBackupClient) -> str:
    trigger: Any = backup.backups.trigger
    request = BackupRequestResource(properties=IaasVMBackupRequest())
    operation: str = await trigger(*VAULT, *ITEM, request, cls=operation_of, retry_total=0)
    return operation


async def test_the_result_of_a_backup_is_the_item_once_it_is_over(clients: Clients) -> None:
    backup = clients.backup()
    operation = await _begun(backup)
    read: Any = backup.protected_item_operation_results.get
    status, body = await read(*VAULT, *ITEM, operation, cls=with_status)
    assert (status, body) == (202, None)
    clients.azure.clock.advance(600)
    status, body = await read(*VAULT, *ITEM, operation, cls=with_status)
    assert status == 200
    assert body.name == ITEM[2]
    assert body.properties["friendlyName"] == "vm-db-01"


async def test_a_vault_tells_the_result_too_without_a_body(clients: Clients) -> None:
    backup = clients.backup()
    operation = await _begun(backup)
    read: Any = backup.backup_operation_results.get
    assert await read(*VAULT, operation, cls=with_status) == (202, None)
    clients.azure.clock.advance(600)
    status, body = await read(*VAULT, operation, cls=with_status)
    assert (status in (200, 204), body) == (True, None)
    by_vault: OperationStatus = await backup.backup_operation_statuses.get(*VAULT, operation)
    assert by_vault.status == "Succeeded"


async def test_the_result_of_a_cancelling_is_that_it_is_over(clients: Clients) -> None:
    backup = clients.backup()
    jobs = backup.backup_jobs.list(*VAULT, filter="status eq 'InProgress'")
    names = {str(job.properties.entity_friendly_name): str(job.name) async for job in jobs if job.properties}
    cancel: Any = backup.job_cancellations.trigger
    read: Any = backup.job_operation_results.get
    operation = await cancel(*VAULT, names["vm-app-01"], cls=operation_of)
    assert await read(*VAULT, names["vm-app-01"], operation, cls=with_status) == (202, None)
    clients.azure.clock.advance(600)
    assert await read(*VAULT, names["vm-app-01"], operation, cls=with_status) == (204, None)


async def test_the_result_of_an_operation_that_never_was(clients: Clients) -> None:
    backup = clients.backup()
    nothing = "00000000-0000-4000-8000-000000000000"
    for read in (
        backup.protected_item_operation_results.get(*VAULT, *ITEM, nothing),
        backup.backup_operation_results.get(*VAULT, nothing),
    ):
        with pytest.raises(ResourceNotFoundError):
            await read


async def test_policies_are_listed_and_read(clients: Clients) -> None:
    backup = clients.backup()
    listed = {str(one.name): one async for one in backup.backup_policies.list(*VAULT)}
    assert {"DefaultPolicy", "EnhancedPolicy", "WeeklyPolicy"} <= set(listed)
    for name, one in listed.items():
        read = await backup.protection_policies.get(*VAULT, name)
        assert read == one
        assert isinstance(read.properties, AzureIaaSVMProtectionPolicy)
    wire: dict[str, Any] = {name: one.as_dict() for name, one in listed.items()}
    daily, enhanced, weekly = (
        wire[name]["properties"]["schedulePolicy"] for name in ("DefaultPolicy", "EnhancedPolicy", "WeeklyPolicy")
    )
    assert SimpleSchedulePolicy(daily).schedule_run_frequency == "Daily"
    assert SimpleSchedulePolicyV2(enhanced).hourly_schedule == {
        "interval": 4, "scheduleWindowStartTime": "2026-01-01T08:00:00Z", "scheduleWindowDuration": 12
    }  # fmt: skip
    assert SimpleSchedulePolicy(weekly).schedule_run_days == ["Wednesday", "Sunday"]
    with pytest.raises(ResourceNotFoundError):
        await backup.protection_policies.get(*VAULT, "NoPolicy")


async def test_whether_a_vm_is_protected(clients: Clients) -> None:
    backup = clients.backup()
    clients.azure.estate.change({"add_vm": {"subscription": PRODUCTION, "group": MACHINES, "name": "vm-bare-01"}})
    path = f"/subscriptions/{PRODUCTION}/resourceGroups/{MACHINES}/providers/Microsoft.Compute/virtualMachines"

    async def asked(name: str) -> Any:
        request = BackupStatusRequest(resource_type="VM", resource_id=f"{path}/{name}", po_logical_name="")
        return await backup.backup_status.get("westeurope", request)

    known = await asked("vm-db-01")
    assert (known.protection_status, known.error_code) == ("Protected", "Success")
    assert known.vault_id.casefold().endswith("/vaults/vault-prod")
    assert (known.container_name, known.protected_item_name) == ITEM[1:]
    assert known.policy_name == "DefaultPolicy"
    bare = await asked("vm-bare-01")
    assert (bare.protection_status, bare.vault_id) == ("NotProtected", None)
