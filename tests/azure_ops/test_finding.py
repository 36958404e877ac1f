"""The protected item of a job is the one that Azure lists for it, or none: never a guess, never another VM's."""

from dataclasses import replace
from typing import Any

import pytest

from azure_ops.arm import Arm
from azure_ops.backups import start_backup
from azure_ops.errors import NotAllowed, NotFound, Throttled, UnexpectedAnswer, Unreachable
from azure_ops.finding import find_item
from azure_ops.jobs import list_jobs
from azure_ops.models import JobRef, VaultRef
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import EVERY, PRODUCTION, VAULT, all_of, item_of, job_of


async def test_every_vm_job_of_a_vault_leads_to_its_own_item(arm: Arm) -> None:
    newest = {job.item_name: job for job in reversed(await all_of(list_jobs(arm, VAULT, EVERY)))}
    assert len(newest) >= 10
    for name, job in newest.items():
        found = await find_item(arm, job)
        assert found is not None
        assert (found.name, found.ref.container.casefold()) == (name, f"iaasvmcontainer;{job.container.casefold()}")


async def test_what_is_found_can_be_backed_up(arm: Arm, azure: RunningAzure) -> None:
    found = await find_item(arm, await job_of(arm, "vm-db-01"))
    assert found is not None
    assert (await start_backup(arm, found.ref)).scope == found.ref.path
    assert [call["happened"] for call in azure.calls] == [True]


async def test_the_container_is_compared_without_case_and_with_or_without_its_prefix(arm: Arm) -> None:
    job, item = await job_of(arm, "vm-db-01"), await item_of(arm, "vm-db-01")
    spellings = (job.container.upper(), f"IaasVMContainer;{job.container}", f" {job.container} ")
    assert [await find_item(arm, replace(job, container=one, item_name="")) for one in spellings] == [item] * 3


async def test_it_is_found_on_a_later_page(arm: Arm, azure: RunningAzure) -> None:
    job = (await all_of(list_jobs(arm, VAULT, EVERY)))[-1]
    azure.habits.page_size = 1
    found = await find_item(arm, job)
    assert found is not None
    assert found.name == job.item_name


async def test_without_a_container_the_name_decides(arm: Arm) -> None:
    job = replace(await job_of(arm, "vm-db-01"), container="", item_name="VM-DB-01")
    assert await find_item(arm, job) == await item_of(arm, "vm-db-01")
    assert await find_item(arm, replace(job, item_name="")) is None


async def test_a_name_that_several_items_have_is_not_guessed(arm: Arm, azure: RunningAzure) -> None:
    azure.estate.change({"add_vm": {"subscription": PRODUCTION, "group": "rg-other", "name": "vm-db-01"}})
    path = f"/subscriptions/{PRODUCTION}/resourceGroups/rg-other/providers/Microsoft.Compute/virtualMachines/vm-db-01"
    protect_second(azure, path)
    job = await job_of(arm, "vm-db-01")
    with pytest.raises(UnexpectedAnswer, match="several items, count=2, name=vm-db-01"):
        await find_item(arm, replace(job, container=""))
    found = await find_item(arm, job)
    assert found is not None
    assert found.vm is not None
    assert found.vm.resource_group == "rg-app-prod"


def protect_second(azure: RunningAzure, path: str) -> None:
    """The estate's control path takes a VM by its name, which two have here."""
    register = azure.estate._register
    vm = next(one for one in register.vms(PRODUCTION) if one.path == path)
    register.protect(vm, register.vault((PRODUCTION, VAULT.resource_group, VAULT.name)))


async def test_where_protection_ended_there_is_none(arm: Arm, azure: RunningAzure) -> None:
    job = await job_of(arm, "vm-db-01")
    azure.estate.change({"unprotect": {"vm": "vm-db-01"}})
    assert await find_item(arm, job) is None
    # Another VM of that name is not the one that the job was of.
    azure.estate.change(
        {"add_vm": {"subscription": PRODUCTION, "group": "rg-new", "name": "vm-db-02", "vault": "vault-prod"}}
    )
    assert await find_item(arm, replace(job, item_name="vm-db-02")) is None


async def test_a_job_of_no_vm_has_no_item_of_a_vm(arm: Arm, azure: RunningAzure) -> None:
    job = replace(await job_of(arm, "vm-db-01"), workload="AzureWorkload", container="", item_name="vm-db-01")
    azure.record.reset()
    assert await find_item(arm, job) is None
    assert azure.counts == {}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"forbidden": {}}, NotAllowed),
        ({"throttle": {"retry_after": 3600}}, Throttled),
        ({"server_error": {"status": 503, "times": 9}}, Unreachable),
        ({"cut": {"times": 9}}, Unreachable),
        ({"html": {"status": 200, "times": 9}}, UnexpectedAnswer),
    ],
    ids=str,
)
async def test_that_nobody_knows_is_never_that_there_is_none(
    arm: Arm, azure: RunningAzure, fault: dict[str, Any], error: type[Exception]
) -> None:
    job = await job_of(arm, "vm-db-01")
    azure.faults.set({kind: {"operation": "list_items"} | how for kind, how in fault.items()})
    with pytest.raises(error):
        await find_item(arm, job)


async def test_a_fault_on_a_later_page_is_told_too(arm: Arm, azure: RunningAzure) -> None:
    job = replace(await job_of(arm, "vm-db-01"), container="iaasvmcontainerv2;rg;nobody")
    azure.habits.page_size = 5
    assert await find_item(arm, job) is None
    azure.faults.set({"foreign_next_link": {"operation": "list_items"}})
    with pytest.raises(UnexpectedAnswer, match="other host"):
        await find_item(arm, job)


async def test_a_vault_that_is_gone_or_was_never_azures(arm: Arm, azure: RunningAzure) -> None:
    job = await job_of(arm, "vm-db-01")
    gone = JobRef(replace(VAULT, name="vault-gone"), job.ref.name)
    with pytest.raises(NotFound):
        await find_item(arm, replace(job, ref=gone))
    azure.record.reset()
    with pytest.raises(UnexpectedAnswer):
        await find_item(arm, replace(job, ref=JobRef(VaultRef("", "", ""), job.ref.name)))
    assert azure.counts == {}
