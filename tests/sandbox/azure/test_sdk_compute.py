"""The real Compute client against the sandbox's Azure, over plain HTTP and over TLS."""

import asyncio
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.core.polling import AsyncLROPoller
from azure.mgmt.compute.aio import ComputeManagementClient

from tests.sandbox.azure.sdk_clients import MACHINES, Clients

pytestmark = pytest.mark.timeout(60)


async def _extensions(compute: ComputeManagementClient, machine: str) -> dict[str, Any]:
    found = await compute.virtual_machine_extensions.list(MACHINES, machine)
    return {str(one.name): one for one in found.value or []}


async def _snapshot_extension(compute: ComputeManagementClient, machine: str) -> str:
    """By publisher and type: the resource's name is free."""
    for name, one in (await _extensions(compute, machine)).items():
        if one.properties.publisher == "Microsoft.Azure.RecoveryServices":
            assert one.properties.type in {"VMSnapshot", "VMSnapshotLinux"}
            return name
    raise AssertionError(f"{machine} has no snapshot extension")


async def test_a_machine_tells_its_power_and_its_agent(clients: Clients) -> None:
    compute = clients.compute()
    view = await compute.virtual_machines.instance_view(MACHINES, "vm-db-01")
    assert "PowerState/running" in {status.code for status in view.statuses or []}
    assert view.vm_agent is not None
    assert [status.display_status for status in view.vm_agent.statuses or []] == ["Ready"]
    silent = await compute.virtual_machines.instance_view(MACHINES, "vm-web-01")
    assert silent.vm_agent is not None
    assert [status.display_status for status in silent.vm_agent.statuses or []] != ["Ready"]
    whole = await compute.virtual_machines.get(MACHINES, "vm-db-01", expand="instanceView")
    assert whole.properties is not None
    assert whole.properties.instance_view is not None
    assert whole.properties.instance_view.statuses is not None
    bare = await compute.virtual_machines.get(MACHINES, "vm-db-01")
    assert bare.properties is not None
    assert bare.properties.instance_view is None


async def test_an_unknown_machine_or_extension_is_not_found(clients: Clients) -> None:
    compute = clients.compute()
    with pytest.raises(ResourceNotFoundError):
        await compute.virtual_machines.instance_view(MACHINES, "vm-none")
    with pytest.raises(ResourceNotFoundError):
        await compute.virtual_machine_extensions.get(MACHINES, "vm-db-01", "none")


async def test_extensions_are_listed_and_read(clients: Clients) -> None:
    compute = clients.compute()
    name = await _snapshot_extension(compute, "vm-sql-01")
    one = await compute.virtual_machine_extensions.get(MACHINES, "vm-sql-01", name)
    assert one == (await _extensions(compute, "vm-sql-01"))[name]
    assert one.properties is not None
    assert one.properties.type == "VMSnapshot"


async def test_an_extension_is_removed_and_the_removal_followed_to_its_end(clients: Clients) -> None:
    compute = clients.compute()
    name = await _snapshot_extension(compute, "vm-sql-01")
    async with asyncio.timeout(20):
        poller = await compute.virtual_machine_extensions.begin_delete(MACHINES, "vm-sql-01", name)
        assert not poller.done()
        await poller.result()
    assert poller.status() == "Succeeded"
    assert name not in await _extensions(compute, "vm-sql-01")


async def test_another_client_follows_a_removal_from_its_token(clients: Clients) -> None:
    first, second = clients.compute(), clients.compute()
    name = await _snapshot_extension(first, "vm-sql-01")
    async with asyncio.timeout(20):
        started = await first.virtual_machine_extensions.begin_delete(MACHINES, "vm-sql-01", name, polling_interval=1)
        token = started.continuation_token()
        resumed: AsyncLROPoller[None] = await second.virtual_machine_extensions.begin_delete(
            MACHINES, "vm-sql-01", name, continuation_token=token
        )
        await resumed.result()
        await started.result()
    assert (resumed.status(), started.status()) == ("Succeeded", "Succeeded")
    assert name not in await _extensions(second, "vm-sql-01")
    assert [call.get("method") for call in _changes(clients)] == ["DELETE"]


def _changes(clients: Clients) -> list[dict[str, Any]]:
    return [dict(call) for call in clients.azure.calls]


async def test_removing_what_is_not_there_is_no_error(clients: Clients) -> None:
    poller = await clients.compute().virtual_machine_extensions.begin_delete(MACHINES, "vm-db-01", "none")
    async with asyncio.timeout(20):
        await poller.result()
