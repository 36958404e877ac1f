"""Everything that is asked of Azure is covered by the two roles, and nothing in them is unused."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from azure_ops import fleet, vaults
from azure_ops.actions import action_of
from azure_ops.arm import Arm
from azure_ops.backups import cancel_job, list_items, list_recovery_points, read_item, start_backup
from azure_ops.extensions import read_vm, remove_extension, snapshot_extension
from azure_ops.jobs import list_jobs, read_job
from azure_ops.locks import list_locks
from azure_ops.models import OperationRef
from azure_ops.operations import follow, status_of
from azure_ops.policies import read_policy
from azure_ops.roles import OPERATE_ACTIONS, READ_ACTIONS
from azure_ops.wire import OneTry
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import EVERY, PRODUCTION, VAULT, Time, all_of, item_of, job_of


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Method and path of every request that goes out from now on."""
    seen: set[tuple[str, str]] = set()
    send = OneTry.send

    async def recorded(self: OneTry, request: Any) -> Any:
        seen.add((request.http_request.method, urlsplit(request.http_request.url).path))
        return await send(self, request)

    monkeypatch.setattr(OneTry, "send", recorded)
    return seen


def needed(asked: set[tuple[str, str]]) -> set[str]:
    """The actions of those requests; each must have one."""
    named = {request: action_of(*request) for request in asked}
    assert all(named.values()), [request for request, action in named.items() if not action]
    return set(named.values())


async def _look_everywhere(arm: Arm) -> None:
    await vaults.list_subscriptions(arm)
    await all_of(vaults.list_vaults(arm, PRODUCTION))
    for pages in (
        fleet.list_vaults(arm, [PRODUCTION]),
        fleet.list_items(arm, [PRODUCTION]),
        fleet.list_jobs(arm, [PRODUCTION], EVERY),
        list_items(arm, VAULT),
        list_jobs(arm, VAULT, EVERY),
    ):
        await all_of(pages)
    item = await item_of(arm, "vm-db-01")
    await read_item(arm, item.ref)
    await all_of(list_recovery_points(arm, item.ref))
    assert item.vm is not None
    await read_vm(arm, item.vm)
    assert (await read_policy(arm, item.ref.vault, item.policy_name)).promised_hours == 24.0
    await read_job(arm, (await job_of(arm, "vm-db-01")).ref)


async def test_the_read_role_is_what_looking_needs(arm: Arm, asked: set[tuple[str, str]]) -> None:
    await _look_everywhere(arm)
    assert needed(asked) == set(READ_ACTIONS)


async def test_the_operate_role_is_what_changing_adds(
    arm: Arm, azure: RunningAzure, time: Time, asked: set[tuple[str, str]]
) -> None:
    item = await item_of(arm, "vm-db-01")
    running = await job_of(arm, "vm-app-01", status="InProgress")
    stuck = await item_of(arm, "vm-sql-01")
    assert stuck.vm is not None
    extension = snapshot_extension(await read_vm(arm, stuck.vm))
    assert extension is not None
    asked.clear()
    await list_locks(arm, stuck.vm, extension.name)
    for operation in (
        await start_backup(arm, item.ref),
        await cancel_job(arm, running.ref),
        await remove_extension(arm, stuck.vm, extension.name),
    ):
        await follow(arm, operation, sleep=time.sleep, now=time.now, limit=600)
        if operation.kind == "item":  # as the Azure CLI asks about it, which works from the vault alone
            await status_of(arm, OperationRef("vault", VAULT.path, operation.id))
    assert needed(asked) == set(OPERATE_ACTIONS)
