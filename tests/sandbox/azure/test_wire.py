"""The wire: paths in any case, api-versions, headers, pages, filters."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from sandbox.azure import PortTaken, RunningAzure, running
from tests.sandbox.azure.conftest import BACKUP, ITEM, PRODUCTION, VAULT, VM, Client

FAILED = "status eq 'Failed' and backupManagementType eq 'AzureIaasVM'"


def filtered(path: str, text: str) -> str:
    return f"{path}?api-version=2026-10-01&$filter={quote(text)}"


async def everything(client: Client, path: str) -> list[list[Any]]:
    """All pages, by next links."""
    pages, address = [], path
    while address:
        reply = await client.get(address)
        assert reply.status == 200, reply.raw
        pages.append(reply.json["value"])
        address = reply.json.get("nextLink", "")
        assert address == "" or address.startswith(client.url)
    return pages


# Paths and versions


async def test_every_list_answers(client: Client) -> None:
    for path in (
        "/tenants",
        "/subscriptions",
        f"{PRODUCTION}/providers/Microsoft.RecoveryServices/vaults",
        f"{PRODUCTION}/resourceGroups/rg-backup-prod/providers/Microsoft.RecoveryServices/vaults",
        f"{VAULT}/backupJobs",
        f"{VAULT}/backupProtectedItems",
        f"{ITEM}/recoveryPoints",
        f"{PRODUCTION}/providers/Microsoft.Compute/virtualMachines",
        f"{VM.rpartition('/')[0]}",
        f"{VM}/extensions",
    ):
        reply = await client.get(path)
        assert (reply.status, bool(reply.json["value"])) == (200, True), path


async def test_every_single_thing_answers(client: Client) -> None:
    job = (await client.get(f"{VAULT}/backupJobs")).json["value"][0]["id"]
    point = (await client.get(f"{ITEM}/recoveryPoints")).json["value"][0]["id"]
    extension = (await client.get(f"{VM}/extensions")).json["value"][0]["id"]
    for path in (PRODUCTION, VAULT, job, ITEM, point, VM, extension):
        reply = await client.get(path)
        assert (reply.status, reply.json["id"].casefold()) == (200, path.casefold())
    assert (await client.get(f"{VM}/instanceView")).json["statuses"]
    assert "instanceView" not in (await client.get(VM)).json["properties"]
    expanded = await client.get(f"{VM}?api-version=2024-07-01&$expand=instanceView")
    assert expanded.json["properties"]["instanceView"]["vmAgent"]
    assert (await client.get(f"{VM}?api-version=2024-07-01&$expand=all")).status == 400


async def test_paths_are_compared_without_case(client: Client) -> None:
    for path in (VAULT.upper(), VAULT.casefold(), ITEM.upper(), f"{VAULT}/BACKUPJOBS", VM.swapcase()):
        assert (await client.get(path)).status == 200
    assert (await client.get(quote(ITEM, safe="/"))).status == 200  # semicolons escaped
    assert (await client.get(f"{VAULT}?API-Version=2024-01-01")).status == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("x=1", "MissingApiVersionParameter"),
        ("api-version=", "MissingApiVersionParameter"),
        ("api-version=latest", "InvalidApiVersionParameter"),
        ("api-version=2026-13-01", "InvalidApiVersionParameter"),
        ("api-version=2026-1-1", "InvalidApiVersionParameter"),
        ("api-version=2026-10-01'%0d%0a", "InvalidApiVersionParameter"),
        ("api-version=٢٠٢٦-10-01", "InvalidApiVersionParameter"),
    ],
)
async def test_an_api_version_is_needed(client: Client, query: str, code: str) -> None:
    reply = await client.get(f"{VAULT}?{query}")
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize("version", ["2016-12-01", "2026-10-01", "2019-05-05-preview"])
async def test_any_version_is_answered(client: Client, version: str) -> None:
    assert (await client.get(f"{VAULT}/backupJobs?api-version={version}")).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{VAULT}/backupJobs/", 200, ""),  # a slash at the end is forgiven
        ("GET", f"{PRODUCTION}/providers/Microsoft.Storage/storageAccounts", 404, "InvalidResourceType"),
        ("GET", "/", 404, "InvalidResourceType"),
        ("GET", "/%00/%2e%2e/x", 404, "InvalidResourceType"),
        ("POST", f"{VAULT}/backupJobs", 405, "MethodNotAllowed"),
        ("PUT", VM, 405, "MethodNotAllowed"),
        ("GET", f"{ITEM}/backup", 405, "MethodNotAllowed"),
        ("GET", f"{VAULT}x", 404, "ResourceNotFound"),
        ("GET", f"{PRODUCTION}/providers/Microsoft.Compute/locations/a%0d%0ab/operations/c%0d%0ad", 404, ""),
        ("GET", f"{VAULT}/backupJobs/%27;drop", 404, ""),
        ("GET", "/subscriptions/nope/providers/Microsoft.RecoveryServices/vaults", 404, "SubscriptionNotFound"),
        ("DELETE", f"{VM}x/extensions/VMSnapshot", 404, "ResourceNotFound"),
    ],
)
async def test_what_is_not_there(client: Client, method: str, path: str, status: int, code: str) -> None:
    reply = await client.send(method, path)
    assert reply.status == status, reply.raw
    assert not code or reply.code == code
    assert status != 405 or reply.headers["allow"]


# Headers


async def test_each_answer_can_be_found_again(client: Client) -> None:
    for path in (VAULT, f"{VAULT}x"):
        reply = await client.get(
            path, headers={"x-ms-client-request-id": "mine", "x-ms-correlation-request-id": "ours"}
        )
        assert (reply.headers["x-ms-client-request-id"], reply.headers["x-ms-correlation-request-id"]) == (
            "mine",
            "ours",
        )
        assert len(reply.headers["x-ms-request-id"]) == 36
    reply = await client.get(VAULT, headers={"x-ms-correlation-request-id": "no good id"})
    assert reply.headers["x-ms-correlation-request-id"] == reply.headers["x-ms-request-id"]


async def test_what_is_left_of_the_limits_is_told(client: Client) -> None:
    first, second = [await client.get(VAULT) for _ in range(2)]
    left = [int(one.headers["x-ms-ratelimit-remaining-subscription-reads"]) for one in (first, second)]
    assert left[0] == 249
    assert left[1] in (248, 249)
    assert "x-ms-ratelimit-remaining-tenant-reads" in (await client.get("/subscriptions")).headers
    assert "x-ms-ratelimit-remaining-subscription-writes" in (await client.post(f"{ITEM}/backup", BACKUP)).headers
    assert "x-ms-ratelimit-remaining-subscription-deletes" in (await client.delete(f"{VM}/extensions/no")).headers
    graph = await client.post("/providers/Microsoft.ResourceGraph/resources", {"query": "RecoveryServicesResources"})
    assert (graph.headers["x-ms-user-quota-remaining"], graph.headers["x-ms-user-quota-resets-after"]) == (
        "14",
        "00:00:05",
    )


async def test_an_empty_bucket_throttles_and_fills_by_the_clock(azure: RunningAzure, client: Client) -> None:
    await client.control("limits", {"reads": {"burst": 2, "per_second": 0.1}})
    assert [(await client.get(VAULT)).status for _ in range(2)] == [200, 200]
    reply = await client.get(VAULT)
    assert (reply.status, reply.code) == (429, "SubscriptionRequestsThrottled")
    assert 9 <= int(reply.headers["retry-after"]) <= 10
    assert reply.headers["x-ms-ratelimit-remaining-subscription-reads"] == "0"
    assert (await client.get("/subscriptions")).status == 200  # another bucket
    azure.clock.advance(10)
    assert (await client.get(VAULT)).status == 200
    await client.control("limits", {"on": False})
    assert {(await client.get(VAULT)).status for _ in range(5)} == {200}


async def test_resource_graph_has_a_quota_of_its_own(client: Client) -> None:
    query = {"query": "RecoveryServicesResources | take 1"}
    replies = [await client.post("/providers/Microsoft.ResourceGraph/resources", query) for _ in range(30)]
    throttled = [one for one in replies if one.status == 429]
    assert throttled
    assert throttled[0].code == "RateLimiting"
    assert {one.status for one in replies[:15]} == {200}


# Pages


async def test_pages_follow_on_from_each_other(azure: RunningAzure, client: Client) -> None:
    (whole,) = await everything(client, filtered(f"{VAULT}/backupJobs", FAILED))
    assert (await client.control("habits", {"page_size": 4})).json["page_size"] == 4
    pages = await everything(client, filtered(f"{VAULT}/backupJobs", FAILED))
    assert [len(page) for page in pages[:-1]] == [4] * (len(pages) - 1)
    assert [job for page in pages for job in page] == whole
    for path in (f"{VAULT}/backupProtectedItems", f"{ITEM}/recoveryPoints", VM.rpartition("/")[0]):
        rows = [row["id"] for page in await everything(client, path) for row in page]
        assert len(rows) == len(set(rows)) > 4


@pytest.mark.parametrize("token", ["x", "cGFnZTo", "cGFnZTotMQ", "%00", "é", "cGFnZTo5OTk5OTk5OTk5OTk5OTk5"])
async def test_a_foreign_skip_token_is_refused(client: Client, token: str) -> None:
    reply = await client.get(f"{VAULT}/backupJobs?api-version=2026-10-01&$skipToken={token}")
    assert (reply.status, reply.code) == (400, "InvalidSkipToken")


async def test_links_name_the_server_as_the_client_did(azure: RunningAzure, client: Client) -> None:
    azure.habits.page_size = 1
    port = azure.url.rpartition(":")[2]
    reply = await client.get(f"http://localhost:{port}{VAULT}/backupJobs?api-version=2026-10-01")
    assert reply.json["nextLink"].startswith(f"http://localhost:{port}/")


# Filters


async def test_jobs_are_filtered_as_asked(client: Client) -> None:
    for text, name, value in (
        ("status eq 'Failed'", "status", "Failed"),
        ("operation eq 'Backup' and status eq 'InProgress'", "status", "InProgress"),
        ("backupManagementType eq 'AzureIaasVM'", "backupManagementType", "AzureIaasVM"),
    ):
        (page,) = await everything(client, filtered(f"{VAULT}/backupJobs", text))
        assert {job["properties"][name] for job in page} == {value}
    one = (await client.get(f"{VAULT}/backupJobs")).json["value"][3]["name"]
    (page,) = await everything(client, filtered(f"{VAULT}/backupJobs", f"jobId eq '{one}'"))
    assert [job["name"] for job in page] == [one]


async def test_times_in_filters_are_twelve_hour_utc(azure: RunningAzure, client: Client) -> None:
    def written(seconds: float) -> str:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %I:%M:%S %p")

    since, until = azure.clock.now() - 20 * 3600, azure.clock.now() - 2 * 3600
    text = f"startTime eq '{written(since)}' and endTime eq '{written(until)}'"
    (page,) = await everything(client, filtered(f"{VAULT}/backupJobs", text))
    starts = [datetime.fromisoformat(job["properties"]["startTime"]).timestamp() for job in page]
    assert starts
    assert since - 1 <= min(starts) <= max(starts) <= until
    official = "startTime eq '2016-01-01 00:00:00 AM' and endTime eq '2017-11-29 00:00:00 AM'"
    assert await everything(client, filtered(f"{VAULT}/backupJobs", official)) == [[]]
    (points,) = await everything(client, filtered(f"{ITEM}/recoveryPoints", f"startDate eq '{written(until)}'"))
    assert len(points) < len((await client.get(f"{ITEM}/recoveryPoints")).json["value"])


async def test_items_are_filtered_as_asked(client: Client) -> None:
    text = "backupManagementType eq 'AzureIaasVM' and itemType eq 'VM' and friendlyName eq 'vm-sql-01'"
    (page,) = await everything(client, filtered(f"{VAULT}/backupProtectedItems", text))
    assert [item["id"] for item in page] == [ITEM]


@pytest.mark.parametrize(
    "text",
    [
        "status -eq 'Failed'",
        "status eq Failed",
        "status eq 'Failed",
        "status eq 'Nope'",
        "status eq 'Failed' or status eq 'Completed'",
        "status eq 'Failed' and",
        "status eq 'Failed' status eq 'Failed'",
        "status eq 'Failed' and status eq 'Failed'",
        "and",
        "password eq 'x'",
        "startTime eq '2026-11-22T00:00:00Z'",
        "startTime eq '2026-11-22 14:00:00 PM'",
        "startTime eq '2026-02-30 01:00:00 PM'",
        "startTime ge '2026-11-22 01:00:00 PM'",
        "status eq ''';drop table'",
        "\x00",
        "(" * 2000,
        "'" * 2001,
        "é eq 'x'",
    ],
)
async def test_a_wrong_filter_is_refused_and_named(client: Client, text: str) -> None:
    for path in (f"{VAULT}/backupJobs", f"{VAULT}/backupProtectedItems", f"{ITEM}/recoveryPoints"):
        reply = await client.get(filtered(path, text))
        assert (reply.status, bool(reply.json["error"]["message"])) == (400, True)


# Resource Graph, as far as the wire goes


async def test_resource_graph_pages_by_skip_token(client: Client) -> None:
    async def ask(**options: Any) -> Any:
        query = "resources | where type =~ 'microsoft.recoveryservices/vaults' | project id, name"
        body = {"query": query, "subscriptions": [PRODUCTION.rpartition("/")[2]], "options": options}
        return (await client.post("/providers/Microsoft.ResourceGraph/resources", body)).json

    whole = await ask()
    first = await ask(**{"$top": 1})
    second = await ask(**{"$top": 1, "$skipToken": first["$skipToken"]})
    assert [*first["data"], *second["data"]] == whole["data"]
    table = (await ask(resultFormat="table"))["data"]
    assert [column["name"] for column in table["columns"]] == ["id", "name"]
    assert [dict(zip(("id", "name"), row, strict=True)) for row in table["rows"]] == whole["data"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": 7},
        {"query": "x", "subscriptions": "all"},
        {"query": "x", "options": []},
        {"query": "RecoveryServicesResources", "options": {"$top": 0}},
        {"query": "RecoveryServicesResources", "options": {"$skipToken": 1}},
        {"query": "RecoveryServicesResources | where ("},
        {"query": "RecoveryServicesResources | where " + "(" * 20_000},
    ],
    ids=str,
)
async def test_a_wrong_query_is_refused(client: Client, body: dict[str, Any]) -> None:
    reply = await client.post("/providers/Microsoft.ResourceGraph/resources", body)
    assert (reply.status, bool(reply.code)) == (400, True)


# The server


async def test_a_taken_port_is_told(azure: RunningAzure) -> None:
    with pytest.raises(PortTaken):
        async with running(port=int(azure.url.rpartition(":")[2])):
            pass


async def test_foreign_hosts_are_turned_away(azure: RunningAzure, client: Client) -> None:
    for path in (VAULT, "/_sandbox/calls", "/msi/token"):
        assert (await client.get(path, headers={"Host": "evil.example"})).status == 421


async def test_it_ends_at_once_although_a_request_hangs(client: Client) -> None:
    async with running() as azure:
        azure.faults.set({"hang": {"seconds": 600, "times": 9}})
        other = Client(client.session, azure.url, azure.token)
        request = asyncio.create_task(other.get(VAULT))
        async with asyncio.timeout(5):
            while "get_vault" not in azure.counts:  # noqa: ASYNC110 the server is in this loop
                await asyncio.sleep(0.001)
    with pytest.raises(aiohttp.ClientError):
        await request
