"""One local Azure for a module, whose time stands still, and the real door to it with its own time."""

from collections.abc import AsyncIterator
from time import time as real_time

import pytest
import pytest_asyncio

from azure_ops.arm import Arm, ArmSettings
from azure_ops.retry import Limits
from sandbox.azure import RunningAzure, running
from sandbox.clock import Clock
from tests.azure_ops.conftest import OwnTime
from tests.azure_ops.faults.table import Known, prepare

# Seconds of silence that are too long: for a door that meets none, which a machine under load must not try, and for one
# whose questions hang. LONG is longer than all of the latter's tries.
PATIENT, HASTY = 10.0, 0.3
LONG = 3.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def azure() -> AsyncIterator[RunningAzure]:
    started = real_time()
    async with running(clock=Clock(lambda: started)) as one:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in one.environment.items():
                patch.setenv(name, value)
            # Thousands of questions at one moment of its time.
            one.limits.set({"on": False})
            yield one


@pytest.fixture(scope="module")
def time() -> OwnTime:
    return OwnTime()


def door(azure: RunningAzure, time: OwnTime, silence: float = PATIENT) -> Arm:
    """The real door, with the real credential of a managed identity; not opened yet."""
    settings = ArmSettings(base_url=azure.url, credential="managed-identity")
    limits = Limits(read=silence)
    return Arm(settings, sleep=time.sleep, now=time.now, chance=lambda: 0.5, limits=limits)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arm(azure: RunningAzure, time: OwnTime) -> AsyncIterator[Arm]:
    async with door(azure, time) as arm:
        yield arm


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hasty(azure: RunningAzure, time: OwnTime) -> AsyncIterator[Arm]:
    """The same for what hangs: it soon takes a silence for too long."""
    async with door(azure, time, HASTY) as arm:
        yield arm


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def known(arm: Arm, azure: RunningAzure) -> Known:
    return await prepare(arm, azure)
