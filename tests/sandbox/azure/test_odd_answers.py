"""Wrong types as the fault `wrong_types` makes them: every kind reaches what has the field, and none crashes."""

import time
from collections.abc import AsyncIterator

import pytest

from sandbox.azure import RunningAzure, running
from sandbox.azure.odd_answers import KINDS
from sandbox.clock import Clock
from tests.sandbox.azure.conftest import BACKUP, ITEM, VAULT, VM, Client

JOBS = f"{VAULT}/backupJobs"
GRAPH = "/providers/Microsoft.ResourceGraph/resources"


@pytest.fixture
async def azure() -> AsyncIterator[RunningAzure]:
    """Its time stands still, so that the same question has the same answer; and it may be asked a lot."""
    now = time.time()
    async with running(clock=Clock(lambda: now)) as one:
        one.limits.set({"on": False})
        yield one


async def odd(client: Client, kinds: str, times: int = 1) -> None:
    assert (await client.control("faults", {"wrong_types": {"kinds": kinds, "times": times}})).status == 200


async def test_all_wrong_types_at_once_are_still_an_answer(client: Client) -> None:
    await odd(client, " ".join(KINDS), 9)
    for path in (JOBS, f"{VM}?api-version=2024-07-01&$expand=instanceView", f"{VM}/instanceView", ITEM):
        reply = await client.get(path)
        assert (reply.status, "x-ms-request-id" in reply.headers) == (200, True), path
    assert (await client.post(GRAPH, {"query": "recoveryservicesresources"})).status == 200


async def _answers(client: Client) -> list[str]:
    """Where everything that has fields is to be read: by itself, in a list, and while it goes on."""
    point = (await client.get(f"{ITEM}/recoveryPoints")).json["value"][0]["id"]
    jobs = (await client.get(JOBS)).json["value"]
    job = next(one["id"] for one in jobs if one["properties"]["status"] == "InProgress")
    over = (await client.post(f"{ITEM.replace('vm-sql-01', 'vm-app-01')}/backup", BACKUP)).headers
    removal = (await client.delete(f"{VM}/extensions/VMSnapshot")).headers
    return [
        "/subscriptions", VAULT, JOBS, job, ITEM, f"{VAULT}/backupProtectedItems", point, f"{ITEM}/recoveryPoints",
        f"{VAULT}/backupPolicies/WeeklyPolicy", f"{VAULT}/backupPolicies/EnhancedPolicy", f"{VM}/extensions",
        f"{VM}?api-version=2024-07-01&$expand=instanceView", f"{VM}/instanceView",
        f"{VM.replace('vm-sql-01', 'vm-web-01')}/providers/Microsoft.Authorization/locks",
        over["azure-asyncoperation"], removal["azure-asyncoperation"],
    ]  # fmt: skip


async def test_every_wrong_type_reaches_what_has_the_field(azure: RunningAzure, client: Client) -> None:
    azure.estate.change({"lock": {"vm": "vm-web-01", "notes": "Ask first."}})
    paths = await _answers(client)
    done = await client.post(f"{ITEM.replace('vm-sql-01', 'vm-db-01')}/backup", BACKUP)
    azure.clock.advance(120)
    paths.append(done.headers["azure-asyncoperation"])
    right = {path: (await client.get(path)).raw for path in paths}
    for kind in KINDS:
        await odd(client, kind, len(paths))
        wrong = {path: (await client.get(path)).raw for path in paths}
        assert [path for path in paths if wrong[path] != right[path]], kind


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        ("recoveryservicesresources", "duration bag-list item-time-list policy-schedule-list id-number rows-strange"),
        ("resources", "os-number vault-properties-text tags-list properties-null link-number rows-null body-empty"),
    ],
)
async def test_rows_of_resource_graph_have_wrong_types_too(client: Client, table: str, kinds: str) -> None:
    async def asked() -> bytes:
        return (await client.post(GRAPH, {"query": table})).raw

    right = await asked()
    for kind in kinds.split():
        await odd(client, kind)
        assert await asked() != right, kind
    assert await asked() == right
