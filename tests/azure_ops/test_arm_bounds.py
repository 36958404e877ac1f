"""The bounds of a whole call: what comes before its first request counts too, and each further try is found again."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from azure_ops.arm import Arm, ArmSettings
from azure_ops.errors import Unreachable
from azure_ops.retry import Limits
from sandbox.azure import RunningAzure
from tests.azure_ops.arm_stand_in import PATH, SUBSCRIPTION, VERSION, Badge, Say, scene


@pytest.fixture
async def busy() -> AsyncIterator[None]:
    """Nothing that is done in a thread gets on: the only one is taken until the test ends."""
    over, loop = threading.Event(), asyncio.get_running_loop()
    threads = ThreadPoolExecutor(1)
    threads.submit(over.wait, 60)
    loop.set_default_executor(threads)
    yield
    over.set()
    await loop.shutdown_default_executor()


@pytest.mark.usefixtures("busy")
async def test_loading_azures_packages_is_inside_the_calls_time(azure: RunningAzure) -> None:
    arm = Arm(ArmSettings(azure.url), credential=Badge(), limits=Limits(call=0.1))

    async def details(client: object) -> None: ...

    async with asyncio.timeout(10):
        for asked in (
            arm.get(PATH, api_version=VERSION),
            arm.read(SUBSCRIPTION, details, path=PATH),
            arm.write(SUBSCRIPTION, details, path=PATH),
        ):
            with pytest.raises(Unreachable, match="no answer") as told:
                await asked
            assert told.value.correlation_id
            assert not told.value.may_have_happened
    await arm.close()


async def test_the_log_of_a_further_try_has_what_microsofts_support_asks_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "azure_ops.arm")
    async with scene(Say(503, b""), Say()) as here:
        answer = await here.arm.get(PATH, api_version=VERSION)
    (line,) = [record.getMessage() for record in caplog.records if "again in" in record.getMessage()]
    assert line.startswith(f"GET {PATH}: Unreachable(")
    assert answer.correlation_id in line
