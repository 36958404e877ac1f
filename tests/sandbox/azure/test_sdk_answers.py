"""Every answer of the sandbox's Azure, of every route, is one that the SDK's models know to the last property."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from azure.mgmt.compute import models as compute
from azure.mgmt.recoveryservices import models as vaults
from azure.mgmt.recoveryservicesbackup import models as backup
from azure.mgmt.resourcegraph import models as graph

from sandbox.azure import RunningAzure, running
from sandbox.azure.arm_routes import VaultRoutes
from sandbox.azure.compute_routes import ComputeRoutes
from sandbox.azure.graph.tables import TABLES
from sandbox.azure.item_routes import ItemRoutes
from tests.schemas import manager_models as manager
from tests.schemas.azure_oracle import page_problems, problems
from tests.schemas.graph_rows import KINDS, row_problems

pytestmark = pytest.mark.timeout(60)

_VERSION = {"backup": "2026-10-01", "compute": "2026-04-01", "vaults": "2026-11-01", "graph": "2021-03-01",
            "manager": "2022-12-01", "locks": "2016-09-01"}  # fmt: skip


class Wire:
    """Requests with a bearer token; what the judge finds in the answers is collected, by address."""

    def __init__(self, azure: RunningAzure, session: aiohttp.ClientSession) -> None:
        self.azure = azure
        self.found: list[str] = []
        self.judged = 0
        self._session = session

    async def ask(self, method: str, path: str, *, status: int = 200, body: Any = None) -> tuple[Any, Any]:
        """The answer's JSON (None if it has no body) and headers."""
        # Ten requests in a second of the sandbox's time: well within Resource Manager's limits.
        self.azure.clock.advance(0.1)
        url = path if path.startswith("http") else self.azure.url + path
        headers = {"Authorization": f"Bearer {self.azure.token}"}
        async with self._session.request(method, url, json=body, headers=headers) as response:
            text = await response.text()
            assert response.status == status, f"{method} {path}: {response.status} {text[:300]}"
            return (await response.json(content_type=None) if text else None), response.headers

    async def one(self, model: Any, path: str, *, api: str = "backup", method: str = "GET", body: Any = None) -> Any:
        answer, _ = await self.ask(method, self._versioned(path, api), body=body)
        self._judge(path, problems(model, answer))
        return answer

    async def pages(self, model: Any, path: str, *beside: str, api: str = "backup") -> list[Any]:
        """All entries; each page is judged. `beside` names what else its pages hold."""
        rows: list[Any] = []
        link: str | None = self._versioned(path, api)
        while link:
            answer, _ = await self.ask("GET", link)
            self._judge(path, page_problems(model, answer, *beside))
            rows += answer["value"]
            link = answer.get("nextLink")
        return rows

    def _versioned(self, path: str, api: str) -> str:
        return f"{path}{'&' if '?' in path else '?'}api-version={_VERSION[api]}"

    def _judge(self, path: str, problems_there: list[str]) -> None:
        self.judged += 1
        self.found += [f"{path}: {line}" for line in problems_there]


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with (
        running() as azure,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session,
    ):
        yield Wire(azure, session)


async def _subscriptions(wire: Wire) -> list[Any]:
    """Every subscription; a page of them counts them too."""
    found = await wire.pages(manager.Subscription, "/subscriptions", "count", api="manager")
    assert found
    return found


async def _vaults(wire: Wire) -> list[str]:
    """The paths of all vaults, which are read on the way in each of the three manners."""
    found: list[str] = []
    for one in await _subscriptions(wire):
        group_paths = set()
        for vault in await wire.pages(
            vaults.Vault, f"{one['id']}/providers/Microsoft.RecoveryServices/vaults", api="vaults"
        ):
            found.append(vault["id"])
            group_paths.add(vault["id"].rsplit("/", 1)[0])
            assert await wire.one(vaults.Vault, vault["id"], api="vaults") == vault
        for path in group_paths:
            await wire.pages(vaults.Vault, path, api="vaults")
    return found


async def test_tenants_and_subscriptions(wire: Wire) -> None:
    assert await wire.pages(manager.Tenant, "/tenants", api="manager")
    for listed in await _subscriptions(wire):
        assert await wire.one(manager.Subscription, listed["id"], api="manager") == listed
    assert wire.found == []


async def test_locks_wherever_they_are(wire: Wire) -> None:
    places: list[dict[str, str]] = [
        {"at": "vm", "level": "ReadOnly", "notes": "Ask the DBA first."},
        {"at": "group"},
        {"at": "subscription"},
        {"at": "extension", "extension": "VMSnapshot"},
    ]
    for place in places:
        wire.azure.estate.change({"lock": {"vm": "vm-sql-01"} | place})
    group = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-app-prod"
    path = f"{group}/providers/Microsoft.Compute/virtualMachines/vm-sql-01/providers/Microsoft.Authorization/locks"
    assert len(await wire.pages(manager.Lock, path, api="locks")) == 4
    assert len(await wire.pages(manager.Lock, f"{path}?$filter=atScope()", api="locks")) == 3
    assert wire.found == []


async def test_everything_that_can_be_read(wire: Wire) -> None:
    for vault in await _vaults(wire):
        for job in await wire.pages(backup.JobResource, f"{vault}/backupJobs"):
            await wire.one(backup.JobResource, job["id"])
        for item in await wire.pages(backup.ProtectedItemResource, f"{vault}/backupProtectedItems"):
            await wire.one(backup.ProtectedItemResource, item["id"])
            points = await wire.pages(backup.RecoveryPointResource, f"{item['id']}/recoveryPoints")
            for point in points[:3]:
                await wire.one(backup.RecoveryPointResource, point["id"])
        for policy in await wire.pages(backup.ProtectionPolicyResource, f"{vault}/backupPolicies"):
            await wire.one(backup.ProtectionPolicyResource, policy["id"])
    assert wire.judged > 500
    assert wire.found == []


async def test_machines_their_views_and_their_extensions(wire: Wire) -> None:
    for one in await _subscriptions(wire):
        machines = f"{one['id']}/providers/Microsoft.Compute/virtualMachines"
        listed = await wire.pages(compute.VirtualMachine, machines, api="compute")
        for path in {machine["id"].rsplit("/", 1)[0] for machine in listed}:
            await wire.pages(compute.VirtualMachine, path, api="compute")
        for machine in listed:
            path = machine["id"]
            await wire.one(compute.VirtualMachine, path, api="compute")
            await wire.one(compute.VirtualMachine, f"{path}?$expand=instanceView", api="compute")
            await wire.one(compute.VirtualMachineInstanceView, f"{path}/instanceView", api="compute")
            extensions = await wire.one(compute.VirtualMachineExtensionsListResult, f"{path}/extensions", api="compute")
            for extension in extensions["value"]:
                await wire.one(compute.VirtualMachineExtension, extension["id"], api="compute")
    assert wire.judged > 100
    assert wire.found == []


async def _item_of(wire: Wire, machine: str) -> tuple[str, str]:
    """The vault's path and the item's."""
    for vault in await _vaults(wire):
        for item in await wire.pages(backup.ProtectedItemResource, f"{vault}/backupProtectedItems"):
            if item["properties"]["friendlyName"] == machine:
                return vault, item["id"]
    raise AssertionError(machine)


_BACKUP = {"properties": {"objectType": "IaasVMBackupRequest"}}


@pytest.mark.parametrize(("machine", "status"), [("vm-db-01", "Succeeded"), ("vm-app-01", "Failed")])
async def test_the_life_of_a_backup(wire: Wire, machine: str, status: str) -> None:
    vault, item = await _item_of(wire, machine)
    assert problems(backup.BackupRequestResource, _BACKUP) == []
    nothing, headers = await wire.ask("POST", f"{item}/backup?api-version=2026-10-01", status=202, body=_BACKUP)
    assert nothing is None
    operation = headers["Azure-AsyncOperation"].split("?")[0].rsplit("/", 1)[1]
    for wanted in ("InProgress", status):
        for path in (f"{item}/operationsStatus/{operation}", f"{vault}/backupOperations/{operation}"):
            assert (await wire.one(backup.OperationStatus, path))["status"] == wanted
        assert (await wire.ask("GET", headers["Azure-AsyncOperation"]))[0]["status"] == wanted
        wire.azure.clock.advance(120)
    if status == "Succeeded":
        answer = await wire.one(backup.OperationStatus, f"{vault}/backupOperations/{operation}")
        for after in (0, 3_600):
            wire.azure.clock.advance(after)
            await wire.one(backup.JobResource, f"{vault}/backupJobs/{answer['properties']['jobId']}")
        assert (await wire.pages(backup.RecoveryPointResource, f"{item}/recoveryPoints"))[0]
    assert wire.found == []


async def test_the_results_of_finished_operations(wire: Wire) -> None:
    vault, item = await _item_of(wire, "vm-db-01")
    _, headers = await wire.ask("POST", f"{item}/backup?api-version=2026-10-01", status=202, body=_BACKUP)
    operation = headers["Azure-AsyncOperation"].split("?")[0].rsplit("/", 1)[1]
    paths = (f"{item}/operationResults/{operation}", f"{vault}/backupOperationResults/{operation}")
    for path in paths:
        await wire.ask("GET", f"{path}?api-version=2026-10-01", status=202)
    wire.azure.clock.advance(600)
    for path in paths:
        body, headers = await _any_status(wire, path, {200, 204})
        if body is not None:
            wire.found += problems(backup.ProtectedItemResource, body)
    assert wire.found == []


async def _any_status(wire: Wire, path: str, statuses: set[int]) -> tuple[Any, Any]:
    for status in sorted(statuses):
        try:
            return await wire.ask("GET", f"{path}?api-version=2026-10-01", status=status)
        except AssertionError:
            continue
    raise AssertionError(f"{path}: none of {statuses}")


async def test_the_life_of_a_cancelling(wire: Wire) -> None:
    vault, _ = await _item_of(wire, "vm-app-01")
    jobs = await wire.pages(backup.JobResource, f"{vault}/backupJobs?$filter=status eq 'InProgress'")
    job = next(one for one in jobs if one["properties"]["entityFriendlyName"] == "vm-app-01")
    _, headers = await wire.ask("POST", f"{job['id']}/cancel?api-version=2026-10-01", status=202)
    seen = [(await wire.one(backup.JobResource, job["id"]))["properties"]["status"]]
    await wire.ask("GET", headers["Location"], status=202)
    wire.azure.clock.advance(600)
    await wire.ask("GET", headers["Location"], status=204)
    seen.append((await wire.one(backup.JobResource, job["id"]))["properties"]["status"])
    assert seen == ["Cancelling", "Cancelled"]
    assert wire.found == []


async def test_the_removal_of_an_extension(wire: Wire) -> None:
    path = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-app-prod/providers/Microsoft.Compute"
    machine = f"{path}/virtualMachines/vm-sql-01"
    listed = await wire.one(compute.VirtualMachineExtensionsListResult, f"{machine}/extensions", api="compute")
    extension = next(one for one in listed["value"] if one["properties"]["type"] == "VMSnapshot")
    _, headers = await wire.ask("DELETE", f"{extension['id']}?api-version=2026-04-01", status=202)
    while (await wire.ask("GET", headers["Azure-AsyncOperation"]))[0]["status"] == "InProgress":
        await wire.one(compute.VirtualMachineExtensionsListResult, f"{machine}/extensions", api="compute")
        await wire.one(compute.VirtualMachineInstanceView, f"{machine}/instanceView", api="compute")
        wire.azure.clock.advance(20)
    await wire.one(compute.VirtualMachineExtensionsListResult, f"{machine}/extensions", api="compute")
    assert wire.found == []


async def test_whether_a_machine_is_protected(wire: Wire) -> None:
    vault, item = await _item_of(wire, "vm-db-01")
    machine = f"{vault.split('/resourceGroups/')[0]}/resourceGroups/rg-app-prod/providers/Microsoft.Compute"
    request = {"resourceType": "VM", "resourceId": f"{machine}/virtualMachines/vm-db-01", "poLogicalName": ""}
    assert problems(backup.BackupStatusRequest, request) == []
    where = (
        f"{vault.split('/resourceGroups/')[0]}/providers/Microsoft.RecoveryServices/locations/westeurope/backupStatus"
    )
    answer = await wire.one(backup.BackupStatusResponse, where, method="POST", body=request)
    assert answer["protectionStatus"] == "Protected"
    assert answer["protectedItemName"].lower() == item.rsplit("/", 1)[1].lower()
    assert wire.found == []


async def _rows(wire: Wire, query: str) -> list[Any]:
    """All rows of a query, 300 a page; each answer is judged as a whole."""
    path, found, token = "/providers/Microsoft.ResourceGraph/resources", [], ""
    while True:
        options = {"$top": 300, "resultFormat": "objectArray"} | ({"$skipToken": token} if token else {})
        body = {"query": query, "options": options}
        assert problems(graph.QueryRequest, body) == []
        answer = await wire.one(graph.QueryResponse, path, api="graph", method="POST", body=body)
        found += answer["data"]
        assert answer["count"] == len(answer["data"])
        token = answer.get("$skipToken", "")
        # Resource Graph takes 15 queries in 5 seconds.
        wire.azure.clock.advance(1)
        if not token:
            assert len(found) == answer["totalRecords"]
            return found


@pytest.mark.parametrize("table", TABLES)
async def test_resource_graph(wire: Wire, table: str) -> None:
    """Every row of every table is what the resource's own kind has for properties."""
    rows = await _rows(wire, f"{table} | order by id asc")
    assert {row["type"] for row in rows} == set(TABLES[table]) <= KINDS
    wire.found += [f"{row['id']}: {line}" for row in rows for line in row_problems(row)]
    assert wire.found == []


@pytest.mark.parametrize("query", ["resources | project id", "resourcecontainers | count"])
async def test_resource_graph_in_other_shapes(wire: Wire, query: str) -> None:
    assert await _rows(wire, query)
    assert wire.found == []


async def test_the_stories_above_leave_no_route_out(wire: Wire) -> None:
    azure = wire.azure
    seen: set[str] = set()
    stories = (
        test_tenants_and_subscriptions(wire),
        test_locks_wherever_they_are(wire),
        test_everything_that_can_be_read(wire),
        test_machines_their_views_and_their_extensions(wire),
        test_the_life_of_a_backup(wire, "vm-db-01", "Succeeded"),
        test_the_results_of_finished_operations(wire),
        test_the_life_of_a_cancelling(wire),
        test_the_removal_of_an_extension(wire),
        test_whether_a_machine_is_protected(wire),
        test_resource_graph(wire, "resources"),
    )
    for story in stories:
        await story
        seen |= azure.counts.keys()
        azure.reset()
    groups = (VaultRoutes, ItemRoutes, ComputeRoutes)
    routes = {route.operation for group in groups for route in group(azure.estate, azure.habits).routes()}
    assert routes - seen == set()
