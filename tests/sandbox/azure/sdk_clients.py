"""Microsoft's own clients, with their production pipeline, pointed at the sandbox's Azure."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.pipeline.transport._aiohttp import AioHttpTransport
from azure.identity.aio import ManagedIdentityCredential
from azure.mgmt.compute.aio import ComputeManagementClient
from azure.mgmt.recoveryservices.aio import RecoveryServicesClient
from azure.mgmt.recoveryservicesbackup.aio import RecoveryServicesBackupClient
from azure.mgmt.resourcegraph.aio import ResourceGraphClient

from sandbox.azure import RunningAzure, running
from sandbox.azure.pages import Habits
from sandbox.clock import Clock
from tests.certificates import server_files

Way = Literal["http", "tls"]
WAYS: tuple[Way, ...] = ("http", "tls")

PRODUCTION = "11111111-1111-4111-8111-111111111111"
ACCEPTANCE = "22222222-2222-4222-8222-222222222222"
SHARED = "33333333-3333-4333-8333-333333333333"
VAULT = ("vault-prod", "rg-backup-prod")
MACHINES = "rg-app-prod"


class PlainHttp(SansIOHTTPPolicy[Any, Any]):
    """Lets a bearer token go over plain HTTP, which the SDK otherwise refuses; for loopback only."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        request.context.options["enforce_https"] = False


class Hasty(AioHttpTransport):
    """Where the SDK would wait, the sandbox's clock is pushed instead."""

    def __init__(self, clock: Clock, **options: Any) -> None:
        super().__init__(**options)
        self._clock = clock
        self.waited: list[float] = []

    async def sleep(self, duration: float) -> None:
        self.waited.append(duration)
        self._clock.advance(duration)


@dataclass
class Clients:
    """One client of each kind for a subscription; all are closed with the sandbox."""

    azure: RunningAzure
    credential: ManagedIdentityCredential
    _open: Callable[[Any], Any]

    def backup(self, subscription: str = PRODUCTION) -> RecoveryServicesBackupClient:
        return self._open(partial(RecoveryServicesBackupClient, subscription_id=subscription))  # type: ignore[no-any-return]

    def vaults(self, subscription: str = PRODUCTION) -> RecoveryServicesClient:
        return self._open(partial(RecoveryServicesClient, subscription_id=subscription))  # type: ignore[no-any-return]

    def compute(self, subscription: str = PRODUCTION) -> ComputeManagementClient:
        return self._open(partial(ComputeManagementClient, subscription_id=subscription))  # type: ignore[no-any-return]

    def graph(self) -> ResourceGraphClient:
        return self._open(ResourceGraphClient)  # type: ignore[no-any-return]


@asynccontextmanager
async def connected(way: Way, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clients]:
    """A sandbox's Azure with short pages, and clients for it, authenticated by the real managed identity credential."""
    tls, verify = server_files(folder, "127.0.0.1", "localhost") if way == "tls" else (None, True)
    async with running(tls=tls, habits=Habits(page_size=50)) as azure, AsyncExitStack() as stack:
        for name, value in azure.environment.items():
            monkeypatch.setenv(name, value)
        credential = ManagedIdentityCredential(connection_verify=verify)
        stack.push_async_callback(credential.close)

        def open_client(kind: Callable[..., Any]) -> Any:
            client = kind(
                credential=credential,
                base_url=azure.url,
                transport=Hasty(azure.clock, connection_verify=verify, use_env_settings=False),
                per_call_policies=[PlainHttp()] if way == "http" else [],
            )
            stack.push_async_callback(client.close)
            return client

        yield Clients(azure, credential, open_client)
