"""Azure Monitor's door: who may not call gets nothing in, and what is acknowledged is stored."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from azure_ops.caller import CallerCheck
from bot.intake.deliveries import Deliveries
from bot.intake.door import PATH, AlertDoor
from bot.store import inbox
from bot.store.inbox import Delivery
from bot.store.store import Store
from tests.azure_ops.entra import TRUST, Entra, claims, signed

SECRET = "b3f1c0d9e8a7465f9c2d1e0fa9b8c7d6e5f4a3b2c1d0e9f8"
VAULT = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v"
EXAMPLE = {
    "schemaId": "azureMonitorCommonAlertSchema",
    "data": {
        "essentials": {
            "alertId": "one",
            "monitorCondition": "Fired",
            "severity": "Sev1",
            "monitoringService": "Azure Backup",
            "firedDateTime": "2026-11-23T01:02:03Z",
            "originAlertId": "2516_0_1azureworkloadusererrorparentfullbackupmissinglog",
            "alertTargetIDs": ["/subscriptions/11111111-1111-4111-8111-111111111111" + VAULT[16:]],
        },
        "alertContext": {"extendedInfo": {"jobId": "88df0be3-7c77-46c9-bfc2-fb92e3b1918a"}},
    },
}


class Office:
    """A door, what is behind it, and somebody who calls."""

    def __init__(self, store: Store, entra: Entra) -> None:
        self.store = store
        self.woken = 0
        self.deliveries = Deliveries(store, self._wake)
        door = AlertDoor(self.deliveries, secret=SECRET, check=CallerCheck(TRUST, fetch=entra.fetch))
        self.app = Starlette(routes=door.routes())

    def _wake(self) -> None:
        self.woken += 1

    async def post(self, path: str = f"{PATH}/{SECRET}", body: object = EXAMPLE, **headers: str) -> int:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
                 "headers": given, "http_version": "1.1", "scheme": "http", "server": ("bot", 80)}  # fmt: skip
        pieces = [content[at : at + 65_536] for at in range(0, len(content), 65_536)] or [b""]
        answers: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answers.append(message["status"])

        await self.app(scope, receive, send)
        return answers[0]

    async def kept(self) -> list[Delivery]:
        async with self.store.transaction() as connection:
            return await inbox.due(connection, 1e12, 10_000)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    store = Store(database_url)
    await store.open()
    made = Office(store, Entra("one"))
    yield made
    await made.deliveries.close()
    await store.close()


async def test_what_is_acknowledged_is_stored_and_says_where_to_look(office: Office) -> None:
    assert await office.post() == 202
    [one] = await office.kept()
    assert one.job.endswith("/backupJobs/88df0be3-7c77-46c9-bfc2-fb92e3b1918a")
    assert one.code == "usererrorparentfullbackupmissing"
    assert office.woken == 1


async def test_a_delivery_that_comes_again_is_one(office: Office) -> None:
    assert [await office.post() for _ in range(3)] == [202] * 3
    assert len(await office.kept()) == 1


@pytest.mark.parametrize("path", [f"{PATH}/{SECRET[:-1]}", f"{PATH}/{SECRET}x", f"{PATH}/x", f"{PATH}/{SECRET}/x"])
async def test_without_the_secret_there_is_no_such_address(office: Office, path: str) -> None:
    assert await office.post(path) == 404
    assert await office.kept() == []


async def test_the_secure_door_takes_azure_monitors_token_and_no_other(office: Office) -> None:
    assert await office.post(PATH) == 401
    assert await office.post(PATH, authorization="Bearer nonsense") == 401
    assert await office.post(PATH, authorization=signed(claims(roles=["other"]))) == 401
    assert await office.kept() == []
    assert await office.post(PATH, authorization=signed(claims())) == 202
    assert len(await office.kept()) == 1


async def test_while_the_tenants_keys_cannot_be_fetched_azure_monitor_is_asked_to_come_again(
    database_url: str,
) -> None:
    entra = Entra("one")
    entra.is_down = True
    made = Office(Store(database_url), entra)
    assert await made.post(PATH, authorization=signed(claims())) == 503
    await made.store.close()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"\xff", {**EXAMPLE, "schemaId": "other"}])
async def test_what_is_no_alert_of_azure_backup_is_refused_and_not_kept(office: Office, body: object) -> None:
    assert await office.post(body=body) == 400
    assert await office.kept() == []


async def test_a_body_that_is_too_large_is_not_read_to_its_end(office: Office) -> None:
    assert await office.post(body=b"x" * 300_000) == 413
    assert await office.kept() == []


async def test_a_thousand_at_once_are_kept_in_few_transactions(office: Office) -> None:
    def body(number: int) -> bytes:
        return json.dumps(EXAMPLE).replace('"one"', f'"alert {number}"').encode()

    statuses = await asyncio.gather(*(office.post(body=body(number)) for number in range(1_000)))
    assert set(statuses) == {202}
    assert len(await office.kept()) == 1_000
    assert office.woken <= 50


async def test_what_cannot_be_stored_is_not_acknowledged(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    made = Office(Store(f"sqlite:///{tmp_path / 'folder'}"), Entra("one"))  # a folder is no database
    assert await made.post() == 503
    await made.store.close()
