"""Resource Graph over the sandbox's estate: what a person or the bot asks, and what comes back."""

from collections.abc import Iterator
from typing import Any

import pytest
from azure.mgmt.resourcegraph import models as graph

from sandbox.azure.estate import Estate, Refusal, large, small
from sandbox.azure.graph import run
from sandbox.clock import Clock
from tests.schemas.azure_oracle import problems

PRODUCTION = "11111111-1111-4111-8111-111111111111"
SHARED = "33333333-3333-4333-8333-333333333333"
FAILED = """
recoveryservicesresources // the vaults' own table
| where type =~ 'Microsoft.RecoveryServices/vaults/backupJobs'
| extend p = parse_json(tostring(properties))
| where p.backupManagementType =~ 'AzureIaasVM' and p.operation =~ 'Backup' and p.status =~ 'Failed'
    and todatetime(p.endTime) > ago({since}) - 15m
| project id, name, subscriptionId, resourceGroup, p
| order by id asc
"""


@pytest.fixture(scope="module")
def estate() -> Estate:
    return small(Clock(lambda: 1_800_000_000.0))


def _column(body: dict[str, object], name: str) -> list[object]:
    data = body["data"]
    assert isinstance(data, list)
    return [row[name] for row in data]


def test_the_failures_of_a_day_are_those_of_the_jobs_themselves(estate: Estate) -> None:
    body = run(FAILED.format(since="1d"), estate, None)
    jobs = list(estate.graph_rows("jobs", None))
    wanted = sorted(
        job["id"]
        for job in jobs
        if (job["properties"].get("backupManagementType"), job["properties"].get("operation"))
        == ("AzureIaasVM", "Backup")
        and job["properties"].get("status") == "Failed"
        and str(job["properties"].get("endTime", "")) > "2027-01-14T07:45"
    )
    assert wanted
    assert _column(body, "id") == wanted
    assert (body["totalRecords"], body["count"], body["resultTruncated"]) == (len(wanted), len(wanted), "false")
    assert problems(graph.QueryResponse, body) == []


def test_only_the_subscriptions_that_were_asked_for_are_read(estate: Estate) -> None:
    everything = run("resources | project name, subscriptionId", estate, None)
    one = run("resources | project name, subscriptionId", estate, [PRODUCTION.upper()])
    assert set(_column(one, "subscriptionId")) == {PRODUCTION} < set(_column(everything, "subscriptionId"))
    named = run(f"resources | where subscriptionId == '{SHARED}' | project subscriptionId", estate, [PRODUCTION])
    assert named["totalRecords"] == 0
    assert run("resources | count", estate, [])["data"] == [{"Count": 0}]


def test_vaults_machines_and_subscriptions_stand_in_their_tables(estate: Estate) -> None:
    vaults = run(
        "Resources | where type =~ 'Microsoft.RecoveryServices/vaults' | project name | order by name asc", estate, None
    )
    assert {"vault-prod", "vault-acc", "vault-empty"} <= set(_column(vaults, "name"))
    machine = run("where type =~ 'microsoft.compute/virtualmachines' and name == 'vm-sql-01'", estate, None)
    assert machine["data"][0]["properties"]["storageProfile"]["osDisk"]["osType"] == "Windows"
    assert machine["data"][0]["resourceGroup"] == "rg-app-prod"
    names = run("resourcecontainers | where type == 'microsoft.resources/subscriptions' | project name", estate, None)
    assert sorted(map(str, _column(names, "name"))) == ["Acceptance", "Production", "Shared"]


def test_pages_together_are_the_whole(estate: Estate) -> None:
    query = "recoveryservicesresources | where name contains '1' | project id, name"
    whole = run(query, estate, None)
    assert whole["totalRecords"] > 20
    assert "$skipToken" not in whole
    pages, token = [], None
    while True:
        page = run(query, estate, None, top=7, skip_token=token)
        assert page["totalRecords"] == whole["totalRecords"]
        assert page["count"] == len(page["data"]) <= 7
        assert problems(graph.QueryResponse, page) == []
        pages += page["data"]
        token = page.get("$skipToken")
        if token is None:
            break
        assert page["resultTruncated"] == "false"
    assert sorted(row["id"] for row in pages) == sorted(row["id"] for row in whole["data"])
    skipped = run(query + " | order by id asc", estate, None, top=5, skip=3)
    assert skipped["data"] == sorted(whole["data"], key=lambda row: str(row["id"]))[3:8]


@pytest.mark.parametrize("query", ["resources | project name", "resources | project id, name | limit 9"])
def test_without_an_id_or_after_a_limit_there_are_no_pages(estate: Estate, query: str) -> None:
    page = run(query, estate, None, top=3)
    assert (page["count"], page["resultTruncated"]) == (3, "true")
    assert "$skipToken" not in page
    assert problems(graph.QueryResponse, page) == []


@pytest.mark.parametrize(
    ("top", "skip", "token", "word"),
    [
        (0, 0, None, "$top"),
        (1001, 0, None, "$top"),
        (10, -1, None, "$skip"),
        (10, 0, "nonsense", "$skipToken"),
        (10, 0, "eyJmcm9tIjoyfQ==", "$skipToken"),
    ],
)
def test_a_page_that_cannot_be_is_refused(estate: Estate, top: int, skip: int, token: str | None, word: str) -> None:
    with pytest.raises(Refusal) as refusal:
        run("resources", estate, None, top=top, skip=skip, skip_token=token)
    assert (refusal.value.status, refusal.value.code) == (400, "BadRequest")
    assert word in refusal.value.message


def test_a_token_belongs_to_its_query_and_its_subscriptions(estate: Estate) -> None:
    token = run("resources | project id", estate, None, top=1)["$skipToken"]
    for query, subscriptions in (("resources | project id, name", None), ("resources | project id", [PRODUCTION])):
        with pytest.raises(Refusal, match="skipToken"):
            run(query, estate, subscriptions, skip_token=token)


@pytest.mark.parametrize(
    ("query", "line", "position", "token"),
    [
        ("", 1, 0, "end of query"),
        ("tables", 1, 0, "tables"),
        ("let x = 1; resources", 1, 0, "let"),
        ("resources | mv-expand tags", 1, 12, "mv-expand"),
        ("resources\n| where  Name == 'x'", 2, 9, "Name"),
        ("resources | where name = 'x'", 1, 23, "="),
        ("resources | where name ==", 1, 25, "end of query"),
        ("resources | where strcat(name, 'x') == 'y'", 1, 18, "strcat"),
        ("resources | where tolower(name, 'x') == 'y'", 1, 18, "tolower"),
        ("resources | where name > 'x'", 1, 23, ">"),
        ("resources | where properties.endTime > ago(1d)", 1, 37, ">"),
        ("resources | where properties.a == tags.b", 1, 31, "=="),
        ("resources | where name", 1, 18, "name"),
        ("resources | where name.first == 'x'", 1, 18, "name"),
        ("resources | order by properties.x", 1, 21, "properties_x"),
        ("resources | summarize count() by tags", 1, 33, "tags"),
        ("resources | summarize stdev(1)", 1, 22, "stdev"),
        ("resources | project id, id", 1, 24, "id"),
        ("resources | project-away colour", 1, 25, "colour"),
        ("resources | take many", 1, 17, "many"),
        ("resources | where name matches regex 'x'", 1, 23, "matches"),
        ("resources | where name in (properties.x)", 1, 23, "in"),
        ("resources | where name == 'unfinished", 1, 26, "'unfinished"),
        ("resources | where name == 'x' §", 1, 30, "§"),
        ("resources | take 99999999999999999999", 1, 17, "99999999999999999999"),
        ("resources | extend a = datetime(soon)", 1, 23, "datetime(soon)"),
        ("resources | extend a = 9223372036854775807 + 1", 1, 0, ""),
        ("resources | join kind=inner (resources) on id", 1, 12, "join"),
    ],
)
def test_what_is_outside_the_subset_is_refused_at_its_place(
    estate: Estate, query: str, line: int, position: int, token: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        run(query, estate, None)
    assert (refusal.value.status, refusal.value.code) == (400, "BadRequest")
    assert refusal.value.message.startswith("InvalidQuery: ")
    assert f"(line {line}, characterPositionInLine {position}, token '{token}')" in refusal.value.message


def test_a_wrong_name_gets_the_nearest_one(estate: Estate) -> None:
    with pytest.raises(Refusal, match="Did you mean 'resourceGroup'"):
        run("resources | where resourcegroup == 'x'", estate, None)


@pytest.mark.parametrize(
    "query",
    [
        "resources | where " + "(" * 5000 + "true" + ")" * 5000,
        "resources | where " + "not(" * 500 + "true" + ")" * 500,
        "resources | extend a = " + "-" * 3000 + "1",
        "resources | extend a = 1" + "+1" * 3000,
        "resources | where properties" + ".a" * 3000 + " == 'x'",
        "resources" + " | count" * 4000,
        "resources | where name == '" + "x" * 40_000 + "'",
        "resources | where 1 between " + "(1 between " * 900,
        "resources | extend a = parse_json('" + "[" * 500 + "]" * 500 + "')",
    ],
)
def test_hostile_queries_end_in_a_refusal(estate: Estate, query: str) -> None:
    with pytest.raises(Refusal):
        run(query, estate, None)


def test_a_long_list_and_many_conditions_are_no_problem(estate: Estate) -> None:
    names = ", ".join(f"'vm-{number}'" for number in range(2_000))
    assert run(f"resources | where name in ({names}) | count", estate, None)["count"] == 1
    query = "resources | where " + " or ".join(f"name == 'vm-{number}'" for number in range(500))
    assert run(query, estate, None)["count"] == 0


def test_the_failures_of_a_large_estate_are_found_without_looking_at_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    estate, looked_at = large(Clock(), vaults=1_000, jobs=20_000), 0
    rows_of = estate.graph_rows

    def counted(*what: Any, **hints: Any) -> Iterator[Any]:
        nonlocal looked_at
        for row in rows_of(*what, **hints):
            looked_at += 1
            yield row

    monkeypatch.setattr(estate, "graph_rows", counted)
    assert run(FAILED.format(since="13d"), estate, None)["totalRecords"] > 200
    looked_at = 0
    found = run(FAILED.format(since="1h"), estate, None)["totalRecords"]
    assert looked_at <= found + 10


def test_later_pages_are_of_the_moment_of_the_first(estate: Estate) -> None:
    query = "recoveryservicesresources | where type endswith 'backupjobs' | project id, properties.status"
    whole = run(query, estate, None)
    first = run(query, estate, None, top=100)
    # Other long answers push it out: then it is found anew, from the same place on.
    for number in range(3):
        rest = run(query, estate, None, skip_token=first["$skipToken"])
        assert first["data"] + rest["data"] == whole["data"]
        run(f"recoveryservicesresources | where {number} < 9 | project id", estate, None, top=1)
