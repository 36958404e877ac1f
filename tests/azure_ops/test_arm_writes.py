"""What changes something is sent once, whatever happens, and the error says whether it may have happened."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

import pytest
from azure.mgmt.recoveryservicesbackup.aio import RecoveryServicesBackupClient
from hypothesis import given, settings
from hypothesis import strategies as st

from azure_ops.arm import Arm, ArmSettings
from azure_ops.errors import AzureError, Conflict, NotSignedIn, Throttled, UnexpectedAnswer, Unreachable
from azure_ops.retry import Limits
from tests.azure_ops.arm_stand_in import PATH, SUBSCRIPTION, VERSION, Badge, Fault, Say, scene

Way = Callable[[Arm], Awaitable[object]]


async def delete(arm: Arm) -> object:
    return await arm.delete(f"{PATH}/x", api_version=VERSION)


async def post(arm: Arm) -> object:
    return await arm.post(f"{PATH}/x", {"keep": "it"}, api_version=VERSION)


async def typed(arm: Arm) -> object:
    return await arm.write(
        SUBSCRIPTION, lambda client: client.job_cancellations.trigger("v", "rg", "j"), path=f"{PATH}/j/cancel"
    )


WAYS: list[Way] = [delete, post, typed]
SHORT = Limits(connect=0.3, read=0.2, call=5.0)


@pytest.mark.parametrize("way", WAYS)
async def test_it_arrives_once_on_a_connection_of_its_own(way: Way) -> None:
    async with scene(Say(202, b"")) as here:
        await way(here.arm)
        await way(here.arm)
    assert len(here.azure.asked) == 2
    assert {asked.headers["connection"] for asked in here.azure.asked} == {"close"}


OPEN = [408, 500, 502, 503, 504, 301, 307]
CLOSED = [400, 401, 403, 404, 409, 412, 429]


@pytest.mark.parametrize("status", OPEN + CLOSED)
@pytest.mark.parametrize("way", WAYS)
async def test_no_status_makes_it_go_twice(way: Way, status: int) -> None:
    async with scene(Say(status, b"", {"Retry-After": "0", "Location": "/elsewhere"})) as here:
        with pytest.raises(AzureError) as told:
            await way(here.arm)
    assert len(here.azure.asked) == 1
    assert here.time.slept == []
    assert told.value.may_have_happened is (status in OPEN)


@pytest.mark.parametrize("fault", ["cut", "truncate", "hang", "stall"])
@pytest.mark.parametrize("way", WAYS)
async def test_a_lost_answer_is_not_asked_for_again(way: Way, fault: Fault) -> None:
    async with scene(Say(202, {"value": 1}, fault=fault), limits=SHORT) as here:
        with pytest.raises(Unreachable) as told:
            await way(here.arm)
    assert len(here.azure.asked) == 1
    assert told.value.may_have_happened


@pytest.mark.parametrize("way", WAYS)
async def test_the_end_of_the_call_leaves_it_open(way: Way) -> None:
    async with scene(Say(fault="hang"), limits=Limits(call=0.3)) as here:
        with pytest.raises(Unreachable) as told:
            await way(here.arm)
    assert (len(here.azure.asked), told.value.may_have_happened) == (1, True)


@pytest.mark.parametrize("way", WAYS)
async def test_html_after_it_was_taken_leaves_it_open(way: Way) -> None:
    async with scene(Say(202, b"<html>")) as here:
        with pytest.raises(UnexpectedAnswer) as told:
            await way(here.arm)
    assert (len(here.azure.asked), told.value.may_have_happened) == (1, True)


async def test_a_connection_that_reads_kept_is_not_used() -> None:
    async with scene(Say(), Say(202, b"")) as here:
        await here.arm.get(PATH, api_version=VERSION)
        await delete(here.arm)
    assert "connection" not in here.azure.asked[0].headers


@pytest.mark.parametrize("way", WAYS)
async def test_what_was_never_sent_did_not_happen(way: Way) -> None:
    async with scene() as here:
        url = here.azure.url
    async with Arm(ArmSettings(url), credential=here.badge) as arm:
        with pytest.raises(Unreachable) as told:
            await way(arm)
    assert not told.value.may_have_happened


async def test_a_connection_that_never_comes_did_not_happen() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [await _knock(full.getsockname()) for _ in range(4)]
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        async with Arm(ArmSettings(url), credential=Badge(), limits=Limits(connect=0.2, call=5)) as arm:
            with pytest.raises(Unreachable) as told:
                await delete(arm)
        for one in waiting:
            one.close()
    assert not told.value.may_have_happened


async def _knock(address: tuple[str, int]) -> socket.socket:
    """A listener whose queue is full answers no further connection."""
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(address)
    await asyncio.sleep(0)
    return one


@pytest.mark.parametrize("way", WAYS)
async def test_without_a_token_nothing_is_sent(way: Way) -> None:
    class Nobody(Badge):
        async def get_token_info(self, *_: object, **__: object) -> object:  # type: ignore[override]
            raise ValueError("no")

    async with scene(badge=Nobody()) as here:
        with pytest.raises(NotSignedIn) as told:
            await way(here.arm)
    assert (here.azure.asked, told.value.may_have_happened) == ([], False)


async def test_after_a_401_the_next_one_has_a_new_token() -> None:
    async with scene(Say(401, b""), Say(202, b"")) as here:
        with pytest.raises(NotSignedIn):
            await delete(here.arm)
        await delete(here.arm)
    assert [asked.token for asked in here.azure.asked] == ["token-1", "token-2"]


async def test_the_budget_refuses_before_sending() -> None:
    async with scene(Say(202, b""), limits=Limits(call=1.0)) as here:
        for _ in range(10):
            await delete(here.arm)
        with pytest.raises(Throttled) as told:
            await delete(here.arm)
    assert (len(here.azure.asked), told.value.seconds, told.value.may_have_happened) == (10, 2, False)


async def test_already_running_is_a_conflict() -> None:
    body = {"error": {"code": "UserErrorBackupOperationInProgress", "message": "A backup is running."}}
    async with scene(Say(409, body)) as here:
        with pytest.raises(Conflict) as told:
            await typed(here.arm)
    assert told.value.values == {"why": "A backup is running."}


async def test_an_operation_that_would_send_a_second_request_is_stopped() -> None:
    async def twice(client: RecoveryServicesBackupClient) -> None:
        await client.job_cancellations.trigger("v", "rg", "j")
        await client.job_cancellations.trigger("v", "rg", "k")

    async with scene(Say(202, b"")) as here:
        with pytest.raises(UnexpectedAnswer):
            await here.arm.write(SUBSCRIPTION, twice, path=PATH)
    assert len(here.azure.asked) == 1


SAYS = st.builds(
    Say,
    status=st.sampled_from([200, 202, 204, 302, *OPEN, *CLOSED]),
    body=st.sampled_from([b"", b"<html>", b'{"error":{"code":"x"}}']),
    headers=st.dictionaries(
        st.sampled_from(["Retry-After", "Location", "WWW-Authenticate", "x-ms-retry-after-ms"]),
        st.sampled_from(["0", "1", "3600", "/again", 'Bearer error="insufficient_claims", claims="e30="']),
        max_size=3,
    ),
    fault=st.sampled_from(["", "", "cut", "truncate"]),
)


@settings(max_examples=40)
@given(says=st.lists(SAYS, min_size=1, max_size=4), way=st.sampled_from(WAYS))
def test_whatever_azure_says_each_write_is_seen_once(says: list[Say], way: Way) -> None:
    async def story() -> None:
        async with scene(*says) as here:
            for number in range(1, 4):
                here.time.at += 4_000
                with contextlib.suppress(AzureError):
                    await way(here.arm)
                assert len(here.azure.asked) == number

    asyncio.run(asyncio.wait_for(story(), 20))
