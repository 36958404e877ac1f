"""A local Azure in this process, and a plain HTTP client that holds one of its tokens."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from sandbox.azure import RunningAzure, running
from tests.sandbox.azure.sdk_clients import WAYS, Clients, connected

PRODUCTION = "/subscriptions/11111111-1111-4111-8111-111111111111"
VAULT = f"{PRODUCTION}/resourceGroups/rg-backup-prod/providers/Microsoft.RecoveryServices/vaults/vault-prod"
VM = f"{PRODUCTION}/resourceGroups/rg-app-prod/providers/Microsoft.Compute/virtualMachines/vm-sql-01"
ITEM = (
    f"{VAULT}/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;rg-app-prod;vm-sql-01"
    "/protectedItems/VM;iaasvmcontainerv2;rg-app-prod;vm-sql-01"
)
BACKUP = {"properties": {"objectType": "IaasVMBackupRequest"}}
VERSION = "2026-10-01"


@dataclass(frozen=True)
class Reply:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.raw)

    @property
    def code(self) -> str:
        """The ARM error's code."""
        code: str = self.json["error"]["code"]
        return code


class Client:
    """Sends plain requests, and gives up after 5 seconds."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self.session = session
        self.url = url
        self.token = token

    async def send(self, method: str, path: str, **more: Any) -> Reply:
        """`path` may be a whole address of this Azure; an api-version is added when the path has no query."""
        address = path if path.startswith("http") else self.url + path
        if "?" not in address and "/_sandbox/" not in address:
            address += f"?api-version={VERSION}"
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        timeout = aiohttp.ClientTimeout(total=5)
        async with self.session.request(
            method, address, headers=headers, allow_redirects=False, timeout=timeout, **more
        ) as answer:
            return Reply(answer.status, {k.casefold(): v for k, v in answer.headers.items()}, await answer.read())

    async def get(self, path: str, **more: Any) -> Reply:
        return await self.send("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return await self.send("POST", path, json=body, **more)

    async def delete(self, path: str, **more: Any) -> Reply:
        return await self.send("DELETE", path, **more)

    async def control(self, path: str, body: Any = None) -> Reply:
        """A control path: GET without a body, POST with one."""
        if body is None:
            return await self.get(f"/_sandbox/{path}")
        return await self.post(f"/_sandbox/{path}", body, headers={"X-Sandbox": "1"})


@pytest.fixture
async def azure() -> AsyncIterator[RunningAzure]:
    async with running() as running_azure:
        yield running_azure


@pytest.fixture
async def client(azure: RunningAzure) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, azure.url, azure.token)


@pytest.fixture(params=WAYS)
async def clients(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Clients]:
    """Microsoft's own clients, over plain HTTP and over TLS."""
    async with connected(request.param, tmp_path, monkeypatch) as found:
        yield found
