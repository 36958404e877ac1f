"""The real Resource Graph client against the sandbox's Azure, over plain HTTP and over TLS."""

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.resourcegraph.aio import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions, QueryResponse

from tests.sandbox.azure.sdk_clients import PRODUCTION, SHARED, Clients

pytestmark = pytest.mark.timeout(60)

_JOBS = (
    "recoveryservicesresources | where type =~ 'microsoft.recoveryservices/vaults/backupjobs'"
    " and properties.status =~ 'Failed' | project id, name | order by id asc"
)


async def _asked(graph: ResourceGraphClient, query: str, **options: Any) -> QueryResponse:
    subscriptions = options.pop("subscriptions", None)
    request = QueryRequest(query=query, subscriptions=subscriptions, options=QueryRequestOptions(**options))
    return await graph.resources(request)


async def test_failures_of_all_subscriptions_come_page_by_page(clients: Clients) -> None:
    graph = clients.graph()
    whole = await _asked(graph, _JOBS, result_format="objectArray")
    assert whole.total_records == whole.count == len(whole.data) > 10
    assert whole.result_truncated == "false"
    rows: list[Any] = []
    token = None
    for _ in range(whole.total_records):
        page = await _asked(graph, _JOBS, top=7, skip_token=token)
        assert page.total_records == whole.total_records
        rows += page.data
        token = page.skip_token
        if token is None:
            break
    assert rows == list(whole.data)


async def test_subscriptions_bound_a_query(clients: Clients) -> None:
    graph = clients.graph()
    query = "resources | where type =~ 'microsoft.recoveryservices/vaults' | project name | order by name asc"
    found = await _asked(graph, query, subscriptions=[PRODUCTION])
    rows: Any = found.data
    assert rows == [{"name": "vault-prod"}, {"name": "vault-prod-sql"}]
    both = await _asked(graph, query, subscriptions=[PRODUCTION, SHARED], skip=1, top=2)
    assert (both.count, both.total_records, both.result_truncated) == (2, 4, "true")


async def test_a_query_that_is_not_understood_is_a_bad_request(clients: Clients) -> None:
    with pytest.raises(HttpResponseError) as refusal:
        await _asked(clients.graph(), "resources | where name ==")
    assert refusal.value.status_code == 400
    assert "InvalidQuery" in str(refusal.value)
