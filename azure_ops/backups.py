"""Protected items, their recovery points, backups on demand, and cancelling a job."""

from collections.abc import AsyncIterator, Awaitable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from azure_ops import versions
from azure_ops.ids import checked
from azure_ops.models import ItemRef, JobRef, OperationRef, ProtectedItem, RecoveryPoint, VaultRef
from azure_ops.operations import operation_ref
from azure_ops.reading import item_from, recovery_point_from
from azure_ops.slices import parsed_pages
from azure_ops.typed import TypedAnswer, as_answer, plain

if TYPE_CHECKING:
    from azure.mgmt.recoveryservicesbackup.aio import RecoveryServicesBackupClient

    from azure_ops.arm import Arm

_VM_ITEMS: Final = "backupManagementType eq 'AzureIaasVM'"


async def list_items(arm: "Arm", vault: VaultRef, *, only_vms: bool = True) -> AsyncIterator[list[ProtectedItem]]:
    """What a vault backs up, page by page; only VMs unless asked otherwise. Raises AzureError."""
    checked(vault)
    pages = arm.pages(
        f"{vault.path}/backupProtectedItems",
        api_version=versions.BACKUP,
        params={"$filter": _VM_ITEMS} if only_vms else None,
    )
    async for items in parsed_pages(pages, item_from):
        yield items


async def read_item(arm: "Arm", ref: ItemRef) -> ProtectedItem:
    """One protected item as it is now. Raises AzureError."""
    checked(ref)
    vault = ref.vault
    answer = await arm.read(
        vault.subscription_id,
        lambda client: plain(
            client.protected_items.get(
                vault.name, vault.resource_group, ref.fabric, ref.container, ref.item, cls=as_answer
            )
        ),
        path=ref.path,
    )
    return item_from(answer.body)


async def list_recovery_points(arm: "Arm", ref: ItemRef) -> AsyncIterator[list[RecoveryPoint]]:
    """What of an item can be restored, page by page, as Azure orders them. Raises AzureError."""
    checked(ref)
    pages = arm.pages(f"{ref.path}/recoveryPoints", api_version=versions.BACKUP)
    async for points in parsed_pages(pages, recovery_point_from):
        yield points


async def start_backup(arm: "Arm", ref: ItemRef, *, keep_until: datetime | None = None) -> OperationRef:
    """Start a backup of a VM now; what it makes is kept until `keep_until`, else for 30 days, Azure's own default.

    `keep_until` is aware. Sent once. Where a backup is already running, Azure refuses at once (Conflict) or lets the
    operation fail with UserErrorBackupOperationInProgress. Raises AzureError; `may_have_happened` where the answer was
    lost, and then a running job of the item tells.
    """
    checked(ref)
    vault = ref.vault

    def trigger(client: "RecoveryServicesBackupClient") -> Awaitable[TypedAnswer]:
        # The door has loaded the client package by now; whoever only reads about backups does not need it.
        from azure.mgmt.recoveryservicesbackup.models import BackupRequestResource, IaasVMBackupRequest

        request = BackupRequestResource(properties=IaasVMBackupRequest(recovery_point_expiry_time_in_utc=keep_until))
        return plain(
            client.backups.trigger(
                vault.name, vault.resource_group, ref.fabric, ref.container, ref.item, request, cls=as_answer
            )
        )

    answer = await arm.write(vault.subscription_id, trigger, path=f"{ref.path}/backup")
    return operation_ref(answer.headers, kind="item", scope=ref.path)


async def cancel_job(arm: "Arm", ref: JobRef) -> OperationRef:
    """Ask Azure to cancel a running job. Sent once. Raises AzureError; Conflict where it can no longer be cancelled."""
    checked(ref)
    vault = ref.vault
    answer = await arm.write(
        vault.subscription_id,
        lambda client: plain(
            client.job_cancellations.trigger(vault.name, vault.resource_group, ref.name, cls=as_answer)
        ),
        path=f"{ref.path}/cancel",
    )
    return operation_ref(answer.headers, kind="job", scope=ref.path)
