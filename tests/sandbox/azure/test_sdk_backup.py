"""The real Recovery Services clients against the sandbox's Azure, over plain HTTP and over TLS."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.recoveryservicesbackup.aio import RecoveryServicesBackupClient
from azure.mgmt.recoveryservicesbackup.models import (
    AzureIaaSVMJob,
    BackupRequestResource,
    IaasVMBackupRequest,
    JobResource,
    OperationStatus,
    OperationStatusJobExtendedInfo,
    ProtectedItemResource,
)

from tests.sandbox.azure.sdk_clients import ACCEPTANCE, PRODUCTION, SHARED, VAULT, Clients

pytestmark = pytest.mark.timeout(60)


async def _jobs(backup: RecoveryServicesBackupClient, wanted: str | None = None) -> list[JobResource]:
    return [job async for job in backup.backup_jobs.list(*VAULT, filter=wanted)]


def _about(resource: Any) -> Any:
    assert resource.properties is not None
    return resource.properties


async def _item(backup: RecoveryServicesBackupClient, machine: str) -> tuple[str, str, str]:
    """Fabric, container and name of a machine's protected item, as its own id writes them."""
    async for item in backup.backup_protected_items.list(*VAULT, filter="backupManagementType eq 'AzureIaasVM'"):
        assert item.id is not None
        if item.id.lower().endswith(f";{machine}"):
            parts = item.id.split("/")
            return parts[10], parts[12], parts[14]
    raise AssertionError(f"{machine} is not protected")


async def test_jobs_come_in_pages_newest_first(clients: Clients) -> None:
    backup = clients.backup()
    pages = [[job async for job in page] async for page in backup.backup_jobs.list(*VAULT).by_page()]
    jobs = [job for page in pages for job in page]
    assert len(pages) > 1
    assert len({job.name for job in jobs}) == len(jobs)
    assert all(job.id is not None and "/vaults/vault-prod/backupJobs/" in job.id for job in jobs)
    starts = [_about(job).start_time for job in jobs]
    assert starts == sorted(starts, reverse=True)


async def test_filters_choose_jobs(clients: Clients) -> None:
    backup = clients.backup()
    everything = await _jobs(backup)
    failed = await _jobs(
        backup, "status eq 'Failed' and operation eq 'Backup' and backupManagementType eq 'AzureIaasVM'"
    )
    assert 0 < len(failed) < len(everything)
    assert {(_about(job).status, _about(job).operation) for job in failed} == {("Failed", "Backup")}
    now = datetime.fromtimestamp(clients.azure.clock.now(), UTC)
    since = now - timedelta(hours=30)
    form = "%Y-%m-%d %I:%M:%S %p"
    recent = await _jobs(backup, f"startTime eq '{since.strftime(form)}' and endTime eq '{now.strftime(form)}'")
    floor = since.replace(microsecond=0)
    assert {job.name for job in recent} == {job.name for job in everything if _about(job).start_time >= floor}


async def test_a_filter_that_means_nothing_is_refused(clients: Clients) -> None:
    with pytest.raises(HttpResponseError) as refusal:
        await _jobs(clients.backup(), "colour eq 'red'")
    assert refusal.value.status_code == 400


async def test_the_details_of_a_failed_job_tell_tasks_and_error(clients: Clients) -> None:
    backup = clients.backup()
    failed = await _jobs(backup, "status eq 'Failed' and operation eq 'Backup'")
    listed = next(job for job in failed if _about(job).entity_friendly_name == "vm-sql-01")
    job = await backup.job_details.get(*VAULT, str(listed.name))
    about = _about(job)
    assert isinstance(about, AzureIaaSVMJob)
    assert about.error_details
    assert about.extended_info is not None
    assert about.extended_info.tasks_list
    assert about.extended_info.property_bag
    assert about.start_time is not None
    assert about.duration is not None
    assert about.end_time == about.start_time + about.duration


async def test_an_unknown_job_vault_or_subscription_is_not_found(clients: Clients) -> None:
    backup = clients.backup()
    with pytest.raises(ResourceNotFoundError):
        await backup.job_details.get(*VAULT, "00000000-0000-4000-8000-000000000000")
    with pytest.raises(ResourceNotFoundError):
        await backup.job_details.get("vault-none", "rg-backup-prod", "00000000-0000-4000-8000-000000000000")
    nobody = clients.backup("99999999-0000-4000-8000-000000000000")
    with pytest.raises(ResourceNotFoundError):
        await _jobs(nobody)


async def test_protected_items_and_their_recovery_points(clients: Clients) -> None:
    backup = clients.backup()
    items = [item async for item in backup.backup_protected_items.list(*VAULT)]
    assert len(items) >= 5
    fabric, container, name = await _item(backup, "vm-db-01")
    item = await backup.protected_items.get(*VAULT, fabric, container, name)
    # By the wire's names: the SDK reads the newer kind of VM item as its base type.
    assert _about(item)["friendlyName"] == "vm-db-01"
    assert _about(item)["lastBackupStatus"] == "Completed"
    points = [point async for point in backup.recovery_points.list(*VAULT, fabric, container, name)]
    assert points
    times = [_about(point).recovery_point_time for point in points]
    assert times == sorted(times, reverse=True)
    again = await backup.recovery_points.get(*VAULT, fabric, container, name, str(points[0].name))
    assert again == points[0]


async def test_items_of_databases_and_shares_are_of_their_own_kinds(clients: Clients) -> None:
    backup = clients.backup()
    vault = ("vault-prod-sql", "rg-backup-prod")

    async def kinds(workload: str) -> set[str]:
        wanted = f"backupManagementType eq '{workload}'"
        found: list[ProtectedItemResource] = [
            item async for item in backup.backup_protected_items.list(*vault, filter=wanted)
        ]
        return {type(_about(item)).__name__ for item in found}

    assert len(await kinds("AzureStorage")) == 1
    assert await kinds("AzureWorkload") != await kinds("AzureStorage")


async def _triggered(
    backup: RecoveryServicesBackupClient, clients: Clients, where: tuple[str, str, str]
) -> tuple[str, Any]:
    """Starts a backup; the operation's id and the answer's headers."""
    keep = datetime.fromtimestamp(clients.azure.clock.now(), UTC) + timedelta(days=30)
    request = BackupRequestResource(properties=IaasVMBackupRequest(recovery_point_expiry_time_in_utc=keep))

    def headers_of(response: Any, _body: Any, _headers: Any) -> Any:
        return response.http_response.headers

    trigger: Any = backup.backups.trigger
    headers = await trigger(*VAULT, *where, request, cls=headers_of, retry_total=0)
    return headers["Azure-AsyncOperation"].split("?")[0].rsplit("/", 1)[1], headers


async def _followed(clients: Clients, ask: Any) -> OperationStatus:
    async with asyncio.timeout(20):
        while True:
            status: OperationStatus = await ask()
            if status.status != "InProgress":
                return status
            clients.azure.clock.advance(30)


async def test_a_backup_is_triggered_followed_and_its_job_read(clients: Clients) -> None:
    backup = clients.backup()
    where = await _item(backup, "vm-db-01")
    operation, headers = await _triggered(backup, clients, where)
    assert headers["Location"].startswith(clients.azure.url)
    assert float(headers["Retry-After"]) > 0
    status = await _followed(clients, lambda: backup.protected_item_operation_statuses.get(*VAULT, *where, operation))
    assert status.status == "Succeeded"
    assert isinstance(status.properties, OperationStatusJobExtendedInfo)
    by_vault = await backup.backup_operation_statuses.get(*VAULT, operation)
    assert by_vault.properties == status.properties
    job = await backup.job_details.get(*VAULT, str(status.properties.job_id))
    assert (_about(job).status, _about(job).entity_friendly_name) == ("InProgress", "vm-db-01")
    assert str(job.name) in {one.name for one in await _jobs(backup, "status eq 'InProgress'")}
    clients.azure.clock.advance(4 * 3600)
    assert _about(await backup.job_details.get(*VAULT, str(job.name))).status == "Completed"


async def test_a_second_backup_of_a_machine_at_once_fails_as_an_operation(clients: Clients) -> None:
    backup = clients.backup()
    operation, _ = await _triggered(backup, clients, await _item(backup, "vm-app-01"))
    status = await _followed(clients, lambda: backup.backup_operation_statuses.get(*VAULT, operation))
    assert status.status == "Failed"
    assert status.error is not None
    assert status.error.code == "UserErrorBackupOperationInProgress"


async def test_a_running_job_is_cancelled_and_the_cancelling_followed(clients: Clients) -> None:
    backup = clients.backup()
    running = await _jobs(backup, "status eq 'InProgress'")
    job = next(one for one in running if _about(one).entity_friendly_name == "vm-app-01")

    def headers_of(response: Any, _body: Any, _headers: Any) -> Any:
        return response.http_response.headers

    cancel: Any = backup.job_cancellations.trigger
    headers = await cancel(*VAULT, str(job.name), cls=headers_of)
    operation = headers["Location"].split("?")[0].rsplit("/", 1)[1]

    async def over() -> bool:
        def status_of(response: Any, _body: Any, _headers: Any) -> Any:
            return response.http_response.status_code

        read: Any = backup.job_operation_results.get
        return bool(await read(*VAULT, str(job.name), operation, cls=status_of) != 202)

    async with asyncio.timeout(20):
        while not await over():
            clients.azure.clock.advance(30)
    clients.azure.clock.advance(600)
    assert _about(await backup.job_details.get(*VAULT, str(job.name))).status == "Cancelled"


async def test_a_finished_job_cannot_be_cancelled(clients: Clients) -> None:
    backup = clients.backup()
    done = (await _jobs(backup, "status eq 'Completed'"))[0]
    with pytest.raises(HttpResponseError) as refusal:
        await backup.job_cancellations.trigger(*VAULT, str(done.name))
    assert refusal.value.status_code in {400, 409}


async def test_vaults_by_subscription_group_and_name(clients: Clients) -> None:
    names = {}
    for subscription in (PRODUCTION, ACCEPTANCE, SHARED):
        found = [vault async for vault in clients.vaults(subscription).vaults.list_by_subscription_id()]
        names[subscription] = {vault.name for vault in found}
    assert names[PRODUCTION] == {"vault-prod", "vault-prod-sql"}
    assert {"vault-acc", "vault-shared"} <= names[ACCEPTANCE]
    assert {"vault-shared", "vault-empty"} <= names[SHARED]
    client = clients.vaults(SHARED)
    group = [vault.name async for vault in client.vaults.list_by_resource_group("rg-shared")]
    assert set(group) == names[SHARED]
    vault = await client.vaults.get("RG-Shared", "Vault-Shared")
    assert (vault.name, vault.location) == ("vault-shared", "westeurope")
    with pytest.raises(ResourceNotFoundError):
        await client.vaults.get("rg-shared", "vault-none")
