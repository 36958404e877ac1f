"""A local Azure, the real door to it, and a time that passes only when somebody waits."""

import asyncio
from collections.abc import AsyncIterator
from time import time as real_time
from typing import Any

import pytest

from azure_ops.arm import Arm, ArmSettings
from azure_ops.backups import list_items
from azure_ops.jobs import JobFilter, list_jobs
from azure_ops.models import BackupJob, ProtectedItem, VaultRef
from azure_ops.retry import Limits
from sandbox.azure import RunningAzure, running
from sandbox.clock import Clock

PRODUCTION = "11111111-1111-4111-8111-111111111111"
ACCEPTANCE = "22222222-2222-4222-8222-222222222222"
SHARED = "33333333-3333-4333-8333-333333333333"
VAULT = VaultRef(PRODUCTION, "rg-backup-prod", "vault-prod")
EVERY = JobFilter(workload=None)


class OwnTime:
    """The door's own time: waiting takes none, and Azure's stands still, so that equal questions have equal answers."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.pass_by(seconds)
        await asyncio.sleep(0)

    def pass_by(self, seconds: float) -> None:
        """So many seconds later. Whoever was told to wait an hour waits no longer after two."""
        self._now += seconds


class Time(OwnTime):
    """Waiting takes no time here, and moves Azure's clock as well as ours."""

    def __init__(self, azure: RunningAzure) -> None:
        super().__init__()
        self._azure = azure

    def pass_by(self, seconds: float) -> None:
        """So many seconds later, for both."""
        super().pass_by(seconds)
        self._azure.clock.advance(seconds)


@pytest.fixture
async def azure(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningAzure]:
    started = real_time()
    async with running(clock=Clock(lambda: started)) as azure:
        for name, value in azure.environment.items():
            monkeypatch.setenv(name, value)
        yield azure


@pytest.fixture
def time(azure: RunningAzure) -> Time:
    return Time(azure)


@pytest.fixture
async def arm(azure: RunningAzure, time: Time) -> AsyncIterator[Arm]:
    """The real door, with the real credential of a managed identity; a silence of 0.4 s is too long for it."""
    settings = ArmSettings(base_url=azure.url, credential="managed-identity")
    limits = Limits(read=0.4)
    async with Arm(settings, sleep=time.sleep, now=time.now, chance=lambda: 0.5, limits=limits) as arm:
        yield arm


async def all_of(pages: AsyncIterator[list[Any]]) -> list[Any]:
    """Every row of every page."""
    return [row async for page in pages for row in page]


async def job_of(arm: Arm, item: str, **wanted: Any) -> BackupJob:
    """The newest job of this item in vault-prod."""
    jobs: list[BackupJob] = await all_of(list_jobs(arm, VAULT, JobFilter(**wanted)))
    return next(job for job in jobs if job.item_name == item)


async def item_of(arm: Arm, name: str) -> ProtectedItem:
    """The protected item of this name in vault-prod."""
    items: list[ProtectedItem] = await all_of(list_items(arm, VAULT))
    return next(item for item in items if item.name == name)
