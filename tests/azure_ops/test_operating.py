"""What changes something in Azure: followed to its end, asked about by anyone; with every fault in `faults`."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from azure_ops.arm import Arm, ArmSettings
from azure_ops.backups import cancel_job, list_recovery_points, start_backup
from azure_ops.errors import (
    Conflict,
    NotFound,
    UnexpectedAnswer,
    Unreachable,
)
from azure_ops.extensions import read_vm, remove_extension, snapshot_extension
from azure_ops.jobs import read_job
from azure_ops.models import ItemRef, JobRef, OperationRef, OperationStatus, VmRef
from azure_ops.operations import follow, status_of
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import PRODUCTION, VAULT, Time, all_of, job_of


def item_named(name: str) -> ItemRef:
    within = f"iaasvmcontainerv2;rg-app-prod;{name}"
    return ItemRef(VAULT, "Azure", f"IaasVMContainer;{within}", f"VM;{within}")


SQL: Final = VmRef(PRODUCTION, "rg-app-prod", "vm-sql-01")


async def begin_backup(arm: Arm) -> OperationRef:
    return await start_backup(arm, item_named("vm-db-01"))


async def begin_removal(arm: Arm) -> OperationRef:
    return await remove_extension(arm, SQL, "VMSnapshot")


async def begin_cancelling(arm: Arm) -> OperationRef:
    return await cancel_job(arm, (await job_of(arm, "vm-app-01", status="InProgress")).ref)


WRITES: Final = {"trigger_backup": begin_backup, "cancel_job": begin_cancelling, "delete_extension": begin_removal}


async def test_a_backup_is_followed_to_the_job_that_it_makes(arm: Arm, azure: RunningAzure, time: Time) -> None:
    item = item_named("vm-db-01")
    keep = datetime.fromtimestamp(azure.clock.now(), UTC).replace(microsecond=0) + timedelta(days=7)
    before = await all_of(list_recovery_points(arm, item))
    ref = await start_backup(arm, item, keep_until=keep)
    assert (ref.kind, ref.scope) == ("item", item.path)
    assert keep.strftime("%Y-%m-%dT%H:%M:%S") in azure.calls[0]["body"]
    status = await follow(arm, ref, sleep=time.sleep, now=time.now)
    assert status.state == "Succeeded"
    # Azure asked for a minute.
    assert time.waits == [60]
    job = await read_job(arm, JobRef(VAULT, status.job_id))
    assert (job.item_name, job.status, job.is_user_triggered) == ("vm-db-01", "InProgress", True)
    time.pass_by(3_600)
    assert (await read_job(arm, job.ref)).status == "Completed"
    assert len(await all_of(list_recovery_points(arm, item))) == len(before) + 1
    assert len(azure.calls) == 1


async def test_an_item_that_is_being_backed_up_already_fails_with_azures_code(
    arm: Arm, azure: RunningAzure, time: Time
) -> None:
    first, second = await begin_backup(arm), await begin_backup(arm)
    assert (await follow(arm, first, sleep=time.sleep, now=time.now)).state == "Succeeded"
    status = await follow(arm, second, sleep=time.sleep, now=time.now)
    assert (status.state, status.error_code) == ("Failed", "UserErrorBackupOperationInProgress")
    assert status.error_message
    assert status.job_id == ""


async def test_a_stuck_extension_is_removed_and_then_the_backup_succeeds(
    arm: Arm, azure: RunningAzure, time: Time
) -> None:
    async def backed_up() -> str:
        begun = await start_backup(arm, item_named("vm-sql-01"))
        status = await follow(arm, begun, sleep=time.sleep, now=time.now)
        time.pass_by(7_200)
        return (await read_job(arm, JobRef(VAULT, status.job_id))).status

    assert await backed_up() == "Failed"
    extension = snapshot_extension(await read_vm(arm, SQL))
    assert extension is not None
    ref = await remove_extension(arm, SQL, extension.name)
    assert (ref.kind, ref.scope) == (
        "compute",
        f"/subscriptions/{PRODUCTION}/providers/Microsoft.Compute/locations/westeurope",
    )
    assert (await follow(arm, ref, sleep=time.sleep, now=time.now)).state == "Succeeded"
    assert snapshot_extension(await read_vm(arm, SQL)) is None
    with pytest.raises(NotFound):
        await remove_extension(arm, SQL, extension.name)
    assert await backed_up() == "Completed"


async def test_a_running_job_is_cancelled_and_a_finished_one_cannot_be(arm: Arm, time: Time) -> None:
    job = await job_of(arm, "vm-app-01", status="InProgress")
    ref = await cancel_job(arm, job.ref)
    assert (ref.kind, ref.scope) == ("job", job.ref.path)
    status = await follow(arm, ref, sleep=time.sleep, now=time.now)
    assert (status.state, status.job_id) == ("Succeeded", job.ref.name)
    time.pass_by(600)
    assert (await read_job(arm, job.ref)).status == "Cancelled"
    with pytest.raises((Conflict, UnexpectedAnswer)) as caught:
        await cancel_job(arm, job.ref)
    assert caught.value.code
    assert not caught.value.may_have_happened


async def test_what_is_not_there_cannot_be_changed(arm: Arm, azure: RunningAzure) -> None:
    for change in [
        start_backup(arm, item_named("vm-gone")),
        cancel_job(arm, JobRef(VAULT, "00000000-0000-4000-8000-000000000000")),
        remove_extension(arm, SQL, "NoSuchExtension"),
        remove_extension(arm, VmRef(PRODUCTION, "rg-app-prod", "vm-gone"), "VMSnapshot"),
    ]:
        with pytest.raises(NotFound):
            await change
    asked = len(azure.calls)
    for change in [
        start_backup(arm, ItemRef(VAULT, "Azure", "..", "..")),
        cancel_job(arm, JobRef(VAULT, "x/../y")),
        remove_extension(arm, SQL, "../../vm-db-01"),
        remove_extension(arm, SQL, ""),
    ]:
        with pytest.raises(UnexpectedAnswer):
            await change
    assert len(azure.calls) == asked


async def test_an_address_of_somebody_else_is_never_called(arm: Arm, azure: RunningAzure, time: Time) -> None:
    for operation, begin in WRITES.items():
        azure.faults.set({"foreign_operation_url": {"operation": operation, "to": "http://127.0.0.1:9"}})
        status = await follow(arm, await begin(arm), sleep=time.sleep, now=time.now)
        assert (operation, status.state) == (operation, "Succeeded")


async def test_an_operation_can_be_followed_by_another_process(arm: Arm, azure: RunningAzure, time: Time) -> None:
    refs = [await begin(arm) for begin in WRITES.values()]
    await arm.close()
    settings = ArmSettings(base_url=azure.url, credential="managed-identity")
    async with Arm(settings, sleep=time.sleep, now=time.now) as another:
        for ref in refs:
            again = OperationRef(ref.kind, ref.scope, ref.id)
            assert (await follow(another, again, sleep=time.sleep, now=time.now)).state == "Succeeded"


async def test_a_reference_that_azure_never_gave_is_not_asked_about(arm: Arm, azure: RunningAzure) -> None:
    for wrong in [
        OperationRef("item", VAULT.path, "1"),
        OperationRef("vault", SQL.path, "1"),
        OperationRef("job", VAULT.path, "1"),
        OperationRef("compute", VAULT.path, "1"),
        OperationRef("compute", f"/subscriptions/{PRODUCTION}/providers/Microsoft.Compute/locations/..", "1"),
        OperationRef("vault", VAULT.path, "../backupJobs"),
    ]:
        with pytest.raises(UnexpectedAnswer):
            await status_of(arm, wrong)
    assert not {*azure.counts} - {"token"}
    assert await status_of(arm, OperationRef("compute", SQL.path, "")) == OperationStatus("Succeeded")


async def test_a_lost_answer_is_cleared_up_by_looking(arm: Arm, azure: RunningAzure) -> None:
    azure.faults.set({"cut": {"operation": "trigger_backup", "when": "after"}})
    with pytest.raises(Unreachable) as caught:
        await begin_backup(arm)
    assert caught.value.may_have_happened
    azure.clock.advance(60)
    assert (await job_of(arm, "vm-db-01", status="InProgress")).is_user_triggered
