"""Every question with every fault: the right answer all the same, or an error of our own; and how often it asks."""

import asyncio
from typing import Any, Final

import pytest
import pytest_asyncio

from azure_ops import fleet
from azure_ops.arm import Arm
from azure_ops.errors import AzureError, NotAllowed, Throttled, UnexpectedAnswer, Unreachable
from azure_ops.jobs import list_jobs, read_job
from azure_ops.models import JobRef
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import EVERY, PRODUCTION, VAULT, OwnTime, all_of
from tests.azure_ops.faults.cases import HOUR, LASTING, PASSING, Fault, is_of_body, name_of
from tests.azure_ops.faults.conftest import HASTY, LONG, door
from tests.azure_ops.faults.table import PAGED, READS, Known, Read

pytestmark = pytest.mark.asyncio(loop_scope="module")

Found = dict[str, tuple[Any, int]]


class Asking:
    """Asks questions with a fault, and tells what came of each and how often Azure was asked."""

    def __init__(self, arm: Arm, azure: RunningAzure, time: OwnTime, known: Known) -> None:
        self.arm, self.azure, self.time, self.known = arm, azure, time, known

    async def each(self, fault: Fault, names: tuple[str, ...] = tuple(READS)) -> Found:
        """By question: the answer or the error, and how many requests. Any foreign error is the test's failure."""
        found: Found = {}
        for name in names:
            read = READS[name]
            self.azure.faults.set({kind: {"operation": read.operation} | how for kind, how in fault.items()})
            self.azure.record.reset()
            self.time.waits.clear()
            try:
                got: Any = await read.ask(self.arm, self.known)
            except AzureError as error:
                got = error
            found[name] = (got, self.azure.counts.get(read.operation, 0))
            self.azure.faults.reset()
            self.time.pass_by(2 * HOUR)
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(arm: Arm, azure: RunningAzure, time: OwnTime, known: Known) -> Asking:
    return Asking(arm, azure, time, known)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def right(asking: Asking) -> dict[str, Any]:
    """Every answer without a fault; Azure's time stands still, so it stays the same."""
    return {name: got for name, (got, _) in (await asking.each({})).items()}


async def test_every_question_has_an_answer_as_azure_describes_it(right: dict[str, Any]) -> None:
    for name, answer in right.items():
        rows = answer if isinstance(answer, list | tuple) else [answer]
        assert rows, name
        assert all(not isinstance(row, Exception) and row.oddities == () for row in rows), name


@pytest.mark.parametrize(("fault", "requests"), PASSING, ids=[name_of(fault) for fault, _ in PASSING])
async def test_what_passes_is_tried_again(asking: Asking, right: dict[str, Any], fault: Fault, requests: int) -> None:
    wrong = {}
    for name, (got, asked) in (await asking.each(fault)).items():
        is_met = READS[name].has_body or not is_of_body(fault)
        if got != right[name] or asked != (requests if is_met else 1) + READS[name].requests - 1:
            wrong[name] = (got if isinstance(got, Exception) else "an answer", asked)
    assert wrong == {}


@pytest.mark.parametrize(("fault", "error", "requests"), LASTING, ids=[name_of(fault) for fault, _, _ in LASTING])
async def test_what_lasts_is_told(
    asking: Asking, right: dict[str, Any], fault: Fault, error: type[AzureError], requests: int
) -> None:
    wrong = {}
    for name, (got, asked) in (await asking.each(fault)).items():
        if is_of_body(fault) and not READS[name].has_body:
            is_well = (got, asked) == (right[name], 1)
        else:
            is_well = (type(got), asked) == (error, requests) and bool(got.correlation_id)
            is_well = is_well and not got.may_have_happened
        if not is_well:
            wrong[name] = (got if isinstance(got, Exception) else "an answer", asked)
    assert wrong == {}


async def test_an_hour_is_not_waited_for_but_told(asking: Asking) -> None:
    for name in READS:
        found = await asking.each({"throttle": {"retry_after": HOUR}}, (name,))
        throttled, _ = found[name]
        assert isinstance(throttled, Throttled), name
        assert throttled.seconds == HOUR, name
        # After a day of refusals the door paces itself by seconds, never by an hour.
        assert max(asking.time.waits, default=0) < 10, name


async def test_what_we_may_not_read_is_named(asking: Asking) -> None:
    for name, (error, _) in (await asking.each({"forbidden": {}})).items():
        assert isinstance(error, NotAllowed), name
        assert error.action.casefold().endswith(READS[name].right.casefold()), name
        assert error.values["scope"].startswith("/"), name


async def test_a_silence_is_tried_again(hasty: Arm, asking: Asking, right: dict[str, Any]) -> None:
    hurried = Asking(hasty, asking.azure, asking.time, asking.known)
    for name, (got, asked) in (await hurried.each({"hang": {"seconds": LONG}})).items():
        # A machine under load may be silent once more.
        assert (got == right[name], asked - READS[name].requests in (1, 2)) == (True, True), (name, got)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_silence_that_lasts_is_told(asking: Asking, azure: RunningAzure, when: str) -> None:
    """All are asked at once, each by a door and a time of its own: all of them wait for nothing, three times."""
    azure.faults.set(
        {
            "hang": {
                "operation": [read.operation for read in READS.values()],
                "seconds": LONG,
                "when": when,
                "times": 9 * len(READS),
            }
        }
    )
    azure.record.reset()

    async def ask(read: Read) -> Any:
        async with door(azure, OwnTime(), HASTY) as arm:
            return await read.ask(arm, asking.known)

    found = await asyncio.gather(*map(ask, READS.values()), return_exceptions=True)
    azure.faults.reset()
    assert {name: type(got) for name, got in zip(READS, found, strict=True)} == dict.fromkeys(READS, Unreachable)
    assert sum(count for name, count in azure.counts.items() if name != "token") == 3 * len(READS)


@pytest.mark.parametrize("name", PAGED)
async def test_the_next_page_is_asked_of_azure_and_of_nobody_else(
    asking: Asking, azure: RunningAzure, name: str
) -> None:
    usual, azure.habits.page_size = azure.habits.page_size, 1
    try:
        found = await asking.each({"foreign_next_link": {"to": "http://127.0.0.1:9"}}, (name,))
        error, requests = found[name]
        assert (type(error), requests) == (UnexpectedAnswer, 1)
        assert "127.0.0.1:9" in error.values["host"]
    finally:
        azure.habits.page_size = usual


async def test_a_redirect_is_not_followed_even_to_azure_itself(asking: Asking, azure: RunningAzure) -> None:
    there = f"{azure.url}/tenants?api-version=2022-12-01"
    for name in READS:
        found = await asking.each({"redirect": {"to": there, "times": 9}}, (name,))
        assert type(found[name][0]) is UnexpectedAnswer, name
        assert "list_tenants" not in azure.counts, name


async def test_the_pages_before_a_fault_are_kept(asking: Asking, azure: RunningAzure) -> None:
    usual, azure.habits.page_size = azure.habits.page_size, 5
    try:
        pages = list_jobs(asking.arm, VAULT, EVERY)
        assert len(await anext(pages)) == 5
        azure.faults.set({"forbidden": {"operation": "list_jobs"}})
        with pytest.raises(NotAllowed):
            await anext(pages)
    finally:
        azure.habits.page_size = usual
        azure.faults.reset()


# At the end, since it moves Azure's clock.
LATE: Final = 120


async def test_a_job_that_is_listed_late_is_missing_in_lists_alone(asking: Asking, azure: RunningAzure) -> None:
    arm = asking.arm
    azure.estate.change({"list_late": {"seconds": LATE}})
    made = azure.estate.change({"run_backup": {"vm": "vm-web-01"}})["jobs"][0]

    async def listed() -> set[str]:
        lists = (list_jobs(arm, VAULT, EVERY), fleet.list_jobs(arm, [PRODUCTION], EVERY))
        return {name for name, jobs in zip(("vault", "fleet"), lists, strict=True)
                for job in await all_of(jobs) if job.ref.name == made}  # fmt: skip

    assert await listed() == set()
    assert (await read_job(arm, JobRef(VAULT, made))).item_name == "vm-web-01"
    azure.clock.advance(LATE + 1)
    assert await listed() == {"vault", "fleet"}
