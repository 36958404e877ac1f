"""The judges of rows and of what no package has: they refuse what was spoilt."""

from copy import deepcopy
from typing import Any

import pytest

from sandbox.azure.estate import Estate, small
from sandbox.azure.graph import run
from sandbox.azure.graph.tables import TABLES
from sandbox.clock import Clock
from tests.schemas.azure_oracle import problems
from tests.schemas.graph_rows import row_problems
from tests.schemas.manager_models import Lock, Subscription, Tenant

LOCK: dict[str, Any] = {
    "id": "/x",
    "name": "x",
    "properties": {"level": "ReadOnly", "owners": [{"applicationId": "a"}]},
}
SUBSCRIPTION: dict[str, Any] = {"id": "/x", "subscriptionId": "x", "state": "Warned", "tags": {"a": "b"}}
TENANT: dict[str, Any] = {"id": "/x", "tenantId": "x", "domains": ["x.example"], "tenantCategory": "Home"}


@pytest.fixture(scope="module")
def estate() -> Estate:
    return small(Clock(lambda: 1_800_000_000.0))


def rows(estate: Estate) -> list[Any]:
    """One of each kind."""
    found = [row for table in TABLES for row in run(table, estate, None)["data"]]
    return list({row["type"]: row for row in found}.values())


def test_rows_are_accepted_as_they_are(estate: Estate) -> None:
    assert len(rows(estate)) == sum(map(len, TABLES.values()))
    assert [row_problems(row) for row in rows(estate)] == [[]] * len(rows(estate))


def test_a_spoilt_row_is_refused(estate: Estate) -> None:
    for row in rows(estate):
        for spoilt in (
            {"properties": {**row["properties"], "colour": "red"}},
            {"properties": [row["properties"]]},
            {"type": row["type"].upper()},
            {"resourceGroup": 7},
            {"newColumn": 1},
            {"subscriptionId": None},
        ):
            assert row_problems({**deepcopy(row), **spoilt}), (row["type"], spoilt)


@pytest.mark.parametrize(
    ("model", "body", "spoilt"),
    [
        (Lock, LOCK, {"properties": {"level": "Sealed"}}),
        (Lock, LOCK, {"properties": {"notes": "no level"}}),
        (Lock, LOCK, {"properties": {"level": "ReadOnly", "owners": [{"name": "a"}]}}),
        (Lock, LOCK, {"properties": []}),
        (Lock, LOCK, {"colour": "red"}),
        (Subscription, SUBSCRIPTION, {"state": "Fine"}),
        (Subscription, SUBSCRIPTION, {"tags": {"a": 1}}),
        (Subscription, SUBSCRIPTION, {"subscriptionPolicies": {"spendingLimit": "High"}}),
        (Subscription, SUBSCRIPTION, {"managedByTenants": {}}),
        (Tenant, TENANT, {"domains": "x.example"}),
        (Tenant, TENANT, {"tenantId": None}),
        (Tenant, TENANT, {"tenantCategory": "Elsewhere"}),
    ],
)
def test_what_microsofts_pages_do_not_say_is_refused(model: Any, body: Any, spoilt: dict[str, Any]) -> None:
    assert problems(model, body) == []
    assert problems(model, body | spoilt)
    assert problems(model, [body])
    assert problems(model, {name: value for name, value in body.items() if name != "id"})
