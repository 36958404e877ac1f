"""Answers that Azure should not give, word by word: nothing is lost silently, and nobody else is asked."""

import asyncio
from itertools import count
from typing import Any

import pytest

from azure_ops import fleet
from azure_ops.backups import cancel_job, start_backup
from azure_ops.errors import UnexpectedAnswer
from azure_ops.extensions import read_vm, remove_extension
from azure_ops.jobs import JobFilter, read_job
from azure_ops.models import ItemRef, JobRef, OperationRef, VaultRef, VmRef
from azure_ops.operations import status_of
from azure_ops.slices import parsed
from tests.azure_ops.arm_stand_in import SUBSCRIPTION, Say, scene

VAULT = VaultRef(SUBSCRIPTION, "rg", "vault")
JOB = JobRef(VAULT, "7ddead57-bcb9-4269-ac31-6a1b57588700")
ITEM = ItemRef(VAULT, "Azure", "IaasVMContainer;v2;rg;vm", "VM;v2;rg;vm")
VM = VmRef(SUBSCRIPTION, "rg", "vm")


def rows(*names: str) -> list[dict[str, Any]]:
    return [
        {"id": f"{VAULT.path}/backupJobs/{name}", "name": name, "properties": {"status": "Failed"}} for name in names
    ]


def page(*names: str, **more: Any) -> Say:
    """A page of Resource Graph; `skip_token` and `truncated` are what real ones carry."""
    body = {"totalRecords": 9, "count": len(names), "resultTruncated": "false", "facets": [], "data": rows(*names)}
    return Say(body=body | more)


async def names_of(arm: Any, subscriptions: list[str], into: list[str]) -> None:
    async for jobs in fleet.list_jobs(arm, subscriptions, JobFilter()):
        into += [job.ref.name for job in jobs]


async def test_rows_that_come_twice_are_told_once() -> None:
    found: list[str] = []
    async with scene(page("a", "b", **{"$skipToken": "1"}), page("B", "c")) as made:
        await names_of(made.arm, [], found)
        first, second = made.azure.asked
    assert found == ["a", "b", "c"]
    assert first.body["options"] == {"resultFormat": "objectArray", "$top": 1000}
    assert second.body["options"]["$skipToken"] == "1"
    assert "subscriptions" not in first.body


async def test_subscriptions_are_asked_about_in_groups_of_300() -> None:
    found: list[str] = []
    many = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(601)]
    async with scene(page("a"), page("a", "b"), page("c")) as made:
        await names_of(made.arm, [*many, many[0]], found)
        groups = [asked.body["subscriptions"] for asked in made.azure.asked]
    assert [len(group) for group in groups] == [300, 300, 1]
    assert [name for group in groups for name in group] == many
    assert found == ["a", "b", "c"]


@pytest.mark.parametrize("truncated", ["true", True])
async def test_rows_that_azure_left_out_are_missed_aloud(truncated: object) -> None:
    found: list[str] = []
    async with scene(page("a", resultTruncated=truncated)) as made:
        with pytest.raises(UnexpectedAnswer, match="rows left out"):
            await names_of(made.arm, [], found)
    assert found == ["a"]


async def test_a_list_that_begins_again_is_stopped() -> None:
    found: list[str] = []
    async with scene(page("a", **{"$skipToken": "1"})) as made:
        with pytest.raises(UnexpectedAnswer, match="same page"):
            await names_of(made.arm, [], found)
        assert len(made.azure.asked) == 2
    assert found == ["a"]


@pytest.mark.parametrize("body", [[], {}, {"data": None}, {"data": {"rows": []}}, {"data": [], "$skipToken": 7}])
async def test_an_answer_without_rows_is_not_an_empty_one(body: object) -> None:
    async with scene(Say(body=body)) as made:
        with pytest.raises(UnexpectedAnswer):
            await names_of(made.arm, [], [])


async def test_rows_that_are_no_objects_are_told_as_odd() -> None:
    async with scene(page(data=[None, "x", {"id": 7}, *rows("a")])) as made:
        jobs = [job async for page_ in fleet.list_jobs(made.arm, [], JobFilter()) for job in page_]
    assert [job.ref.name for job in jobs] == ["", "", "", "a"]
    assert [bool(job.oddities) for job in jobs] == [True, True, True, False]


@pytest.mark.parametrize("body", [[], "text", 7, [{"id": 1}]])
async def test_a_job_that_is_no_object(body: object) -> None:
    async with scene(Say(body=body)) as made:
        try:
            job = await read_job(made.arm, JOB)
        except UnexpectedAnswer:
            return
        assert job.oddities


async def test_a_job_whose_every_field_is_of_a_wrong_type() -> None:
    properties: dict[str, Any] = {
        "jobType": 7,
        "duration": [],
        "startTime": {},
        "endTime": True,
        "status": ["Failed"],
        "errorDetails": "none",
        "actionsInfo": 1,
        "extendedInfo": {"tasksList": {"a": 1}, "propertyBag": [], "progressPercentage": "half"},
    }
    async with scene(Say(body={"id": 1, "name": None, "properties": properties})) as made:
        job = await read_job(made.arm, JOB)
    assert (job.ref.vault, job.status, job.started, job.can_cancel) == (VAULT, "Unknown", None, False)
    assert {oddity.path for oddity in job.oddities} >= {
        "id",
        "name",
        "properties.status",
        "properties.startTime",
        "properties.endTime",
        "properties.duration",
        "properties.extendedInfo.tasksList",
        "properties.extendedInfo.progressPercentage",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Location": "https://management.azure.com/"},
        {"Location": "%00"},
        {"Location": "https://[bad/operationResults/1"},
        {"Location": "1"},
        {"Azure-AsyncOperation": "not an address"},
    ],
)
async def test_a_change_that_began_without_telling_its_operation_may_have_happened(headers: dict[str, str]) -> None:
    async with scene(Say(202, b"", headers)) as made:
        for change in (start_backup(made.arm, ITEM), cancel_job(made.arm, JOB), remove_extension(made.arm, VM, "x")):
            with pytest.raises(UnexpectedAnswer) as caught:
                await change
            assert caught.value.may_have_happened
        assert len(made.azure.asked) == 3


OPERATION = "cd153561-20d3-467a-b911-cc1de47d4763"


async def test_location_alone_names_the_operation_too() -> None:
    location = f"https://management.azure.com{ITEM.path}/operationResults/{OPERATION}?api-version=2016-12-01"
    async with scene(Say(202, b"", {"Location": location})) as made:
        ref = await start_backup(made.arm, ITEM)
    assert (ref.kind, ref.scope, ref.id) == ("item", ITEM.path, OPERATION)


@pytest.mark.parametrize(
    "path",
    [
        f"/subscriptions/99999999-1111-4111-8111-111111111111/providers/Microsoft.Compute/locations/west/operations/{OPERATION}",
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Elsewhere/locations/west/operations/{OPERATION}",
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/../operations/{OPERATION}",
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/west/operations/..",
    ],
)
async def test_a_removal_is_not_followed_to_elsewhere(path: str) -> None:
    async with scene(Say(202, b"", {"Azure-AsyncOperation": f"https://management.azure.com{path}"})) as made:
        with pytest.raises(UnexpectedAnswer) as caught:
            await remove_extension(made.arm, VM, "VMSnapshot")
    assert caught.value.may_have_happened


async def test_a_removal_that_is_over_at_once_has_no_operation_to_ask_about() -> None:
    async with scene(Say(200, b"")) as made:
        ref = await remove_extension(made.arm, VM, "VMSnapshot")
        assert (await status_of(made.arm, ref)).state == "Succeeded"
        assert len(made.azure.asked) == 1


@pytest.mark.parametrize("body", [{}, {"status": "Exploded"}, {"status": 7}, []])
async def test_an_operation_of_an_unknown_state_is_not_over(body: object) -> None:
    async with scene(Say(body=body)) as made:
        status = await status_of(made.arm, OperationRef("compute", _LOCATION, OPERATION))
    assert (status.state, status.is_over) == ("Unknown", False)
    assert status.oddities


_LOCATION = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/westeurope"


async def test_the_versions_that_azure_is_asked_in() -> None:
    async with scene(Say(body={"value": [], "data": []})) as made:
        await read_vm(made.arm, VM)
        await status_of(made.arm, OperationRef("compute", _LOCATION, OPERATION))
        await read_job(made.arm, JOB)
        await names_of(made.arm, [], [])
        asked = [one.query["api-version"] for one in made.azure.asked]
    assert asked == ["2026-04-01", "2026-04-01", "2026-04-01", "2026-10-01", "2021-03-01"]


async def test_others_get_their_turn_while_a_long_page_is_parsed() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    await asyncio.sleep(0)
    looks = count()
    # Each look at this clock is a millisecond later.
    texts = await parsed(list(range(1_000)), str, now=lambda: next(looks) / 1_000)
    assert texts == [str(number) for number in range(1_000)]
    assert turns >= 9
    beside.cancel()
