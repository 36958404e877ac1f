"""Every operation is followed through every fault: to its end, to what patience does not mend, or to the limit."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from azure_ops.arm import Arm
from azure_ops.errors import AzureError, Unreachable
from azure_ops.models import JobRef, OperationRef, OperationStatus
from azure_ops.operations import follow, status_of
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import VAULT, OwnTime
from tests.azure_ops.faults.cases import ENDING, ENDLESS, HOUR, OUTLASTED, Fault, is_of_body, name_of
from tests.azure_ops.faults.conftest import LONG, door
from tests.azure_ops.faults.table import FOLLOWED, Followed, Known

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("followed", FOLLOWED.values(), ids=[*FOLLOWED]),
]


class BothTimes(OwnTime):
    """Whoever waits here waits in Azure too: the operation goes on meanwhile."""

    def __init__(self, azure: RunningAzure) -> None:
        super().__init__()
        self._azure = azure

    def pass_by(self, seconds: float) -> None:
        super().pass_by(seconds)
        self._azure.clock.advance(seconds)


@pytest.fixture(scope="module")
def time(azure: RunningAzure) -> BothTimes:
    """The door lives by it too."""
    return BothTimes(azure)


@pytest.fixture
def fresh(azure: RunningAzure, known: Known, time: BothTimes) -> RunningAzure:
    """The estate as at the start, where everything can begin anew, and a door that nobody told to wait."""
    azure.reset()
    azure.limits.set({"on": False})
    time.pass_by(2 * HOUR)
    time.waits.clear()
    return azure


@pytest.fixture
def now_known(fresh: RunningAzure, known: Known) -> Known:
    """With a job that runs now: this Azure's time has gone on."""
    made = fresh.estate.change({"run_backup": {"vm": "vm-web-02"}})["jobs"][0]
    return replace(known, running=JobRef(VAULT, made))


class Story:
    """An operation that was begun, and how it is followed."""

    def __init__(self, arm: Arm, azure: RunningAzure, ref: OperationRef, time: BothTimes) -> None:
        self.arm, self.azure, self.ref, self.time = arm, azure, ref, time

    async def follow(self, **limits: Any) -> OperationStatus:
        return await follow(self.arm, self.ref, sleep=self.time.sleep, now=self.time.now, **limits)


async def _begun(
    arm: Arm, azure: RunningAzure, known: Known, time: BothTimes, followed: Followed, fault: Fault
) -> Story:
    ref = await followed.begin(arm, known)
    azure.faults.set({kind: {"operation": followed.operation} | how for kind, how in fault.items()})
    return Story(arm, azure, ref, time)


async def _ends_well(story: Story) -> None:
    """It went on in Azure, whatever came of the following: whoever asks later is told."""
    story.azure.faults.reset()
    time = BothTimes(story.azure)
    async with door(story.azure, time) as another:
        again = Story(another, story.azure, story.ref, time)
        assert (await again.follow()).state == "Succeeded"
    assert len(story.azure.calls) == 1


@pytest.mark.parametrize("fault", OUTLASTED, ids=name_of)
async def test_it_is_followed_to_its_end(
    arm: Arm, fresh: RunningAzure, now_known: Known, time: BothTimes, followed: Followed, fault: Fault
) -> None:
    story = await _begun(arm, fresh, now_known, time, followed, fault)
    status = await story.follow()
    assert (status.state, status.oddities) == ("Succeeded", ())
    assert bool(status.job_id) == (followed.begins != "remove_extension")
    assert max(story.time.waits) <= 60
    assert len(fresh.calls) == 1


@pytest.mark.parametrize(("fault", "error"), ENDING, ids=[name_of(fault) for fault, _ in ENDING])
async def test_what_no_patience_mends_ends_the_following(
    arm: Arm,
    fresh: RunningAzure,
    now_known: Known,
    time: BothTimes,
    followed: Followed,
    fault: Fault,
    error: type[AzureError],
) -> None:
    story = await _begun(arm, fresh, now_known, time, followed, fault)
    if is_of_body(fault) and not followed.has_body:
        assert (await story.follow()).state == "Succeeded"
        return
    with pytest.raises(AzureError) as caught:
        await story.follow()
    assert type(caught.value) is error
    assert caught.value.correlation_id
    assert not caught.value.may_have_happened
    await _ends_well(story)


@pytest.mark.parametrize("fault", ENDLESS, ids=name_of)
async def test_what_never_passes_is_left_to_azure_at_the_limit(
    arm: Arm, fresh: RunningAzure, now_known: Known, time: BothTimes, followed: Followed, fault: Fault
) -> None:
    story = await _begun(arm, fresh, now_known, time, followed, fault)
    if is_of_body(fault) and not followed.has_body:
        assert (await story.follow()).state == "Succeeded"
        return
    began = story.time.now()
    with pytest.raises(Unreachable) as caught:
        await story.follow(every=30, limit=200)
    assert story.time.now() - began <= 200
    assert caught.value.correlation_id == story.ref.correlation_id
    assert caught.value.values["why"]
    await _ends_well(story)


async def test_an_operation_that_is_stuck_is_left_to_azure_at_the_limit(
    arm: Arm, fresh: RunningAzure, now_known: Known, time: BothTimes, followed: Followed
) -> None:
    fresh.estate.change({"stuck_operations": True})
    story = await _begun(arm, fresh, now_known, time, followed, {})
    with pytest.raises(Unreachable):
        await story.follow(every=10, limit=300)
    assert (await status_of(arm, story.ref)).state == "InProgress"
    fresh.estate.change({"stuck_operations": False})
    await _ends_well(story)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_silence_is_outlasted_and_ends_at_the_limit(
    hasty: Arm, fresh: RunningAzure, now_known: Known, time: BothTimes, followed: Followed, when: str
) -> None:
    """Two who look three times without an answer: one has waited long enough, the other looks again and is told."""
    story = await _begun(hasty, fresh, now_known, time, followed, {"hang": {"seconds": LONG, "when": when, "times": 6}})
    patient, given_up = await asyncio.gather(story.follow(), story.follow(limit=1), return_exceptions=True)
    assert isinstance(given_up, Unreachable)
    assert isinstance(patient, OperationStatus)
    assert patient.state == "Succeeded"


async def test_an_operation_that_is_over_says_so_to_anyone(
    arm: Arm, fresh: RunningAzure, now_known: Known, time: BothTimes, followed: Followed
) -> None:
    story = await _begun(arm, fresh, now_known, time, followed, {})
    going_on = await status_of(arm, story.ref)
    assert (going_on.state, going_on.wait) == ("InProgress", 2.0 if story.ref.kind == "compute" else 60.0)
    fresh.clock.advance(600)
    assert (await status_of(arm, story.ref)).state == "Succeeded"
    await _ends_well(story)
