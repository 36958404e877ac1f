"""Reads through the door: what is tried again, how often, how long it waits, and what the caller is told in the end."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import pytest

from azure_ops.arm import Answer, Arm, ArmSettings
from azure_ops.errors import (
    AzureError,
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Throttled,
    UnexpectedAnswer,
    Unreachable,
)
from azure_ops.reasons import Why
from azure_ops.retry import Limits
from tests.azure_ops.arm_stand_in import PATH, SUBSCRIPTION, VERSION, Fault, Say, scene

GOOD = Say(body={"value": [1, 2], "name": "x"})
SHORT = Limits(connect=0.3, read=0.3, call=5.0)


async def read(arm: Arm) -> Answer:
    return await arm.get(PATH, api_version=VERSION)


async def typed(arm: Arm) -> object:
    return await arm.read(SUBSCRIPTION, lambda client: client.job_details.get("v", "rg", "j"), path=f"{PATH}/j")


async def ask(arm: Arm) -> Answer:
    return await arm.ask("/providers/Microsoft.ResourceGraph/resources", {"query": "x"}, api_version="2021-03-01")


async def first_page(arm: Arm) -> object:
    return [page async for page in arm.pages(PATH, api_version=VERSION)]


WAYS: list[Callable[[Arm], Awaitable[object]]] = [read, typed, ask, first_page]


async def test_an_answer_is_status_body_headers_and_the_id_that_was_sent() -> None:
    async with scene(Say(body={"value": [1]}, headers={"X-Ms-Thing": "yes"})) as here:
        answer = await here.arm.get(PATH, api_version=VERSION, params={"$filter": "status eq 'Failed' and a eq 'b'"})
    (asked,) = here.azure.asked
    assert (answer.status, answer.body, answer.headers["x-ms-thing"]) == (200, {"value": [1]}, "yes")
    assert asked.query == {"api-version": VERSION, "$filter": "status eq 'Failed' and a eq 'b'"}
    assert (
        asked.headers["x-ms-correlation-request-id"] == answer.correlation_id == str(uuid.UUID(answer.correlation_id))
    )
    assert asked.headers["x-ms-client-request-id"] == answer.correlation_id
    assert asked.headers["user-agent"] == "backup-bot"
    assert asked.token == "token-1"


async def test_an_empty_answer_has_no_body() -> None:
    async with scene(Say(204, b"")) as here:
        assert (await read(here.arm)).body is None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_what_passes_is_tried_again_and_nobody_notices(
    way: Callable[[Arm], Awaitable[object]], status: int
) -> None:
    async with scene(Say(status, b"<html>"), Say(status, b""), GOOD) as here:
        await way(here.arm)
    assert len(here.azure.asked) == 3
    assert here.time.slept == [0.5, 1.0]
    assert len({asked.headers["x-ms-correlation-request-id"] for asked in here.azure.asked}) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_three_tries_and_no_more(way: Callable[[Arm], Awaitable[object]]) -> None:
    async with scene(Say(503, {"error": {"code": "ServerBusy", "message": "Later,\n please."}})) as here:
        with pytest.raises(Unreachable) as told:
            await way(here.arm)
    assert len(here.azure.asked) == 3
    assert told.value.values == {"why": "Later, please."}
    assert (told.value.code, told.value.may_have_happened) == ("ServerBusy", False)
    assert told.value.correlation_id == here.azure.asked[0].headers["x-ms-correlation-request-id"]


@pytest.mark.parametrize("fault", ["cut", "truncate"])
@pytest.mark.parametrize("way", WAYS)
async def test_a_cut_connection_is_three_requests_at_most(
    way: Callable[[Arm], Awaitable[object]], fault: Fault
) -> None:
    async with scene(Say(fault=fault)) as here:
        with pytest.raises(Unreachable):
            await way(here.arm)
    assert len(here.azure.asked) == 3


async def test_a_connection_that_was_kept_and_is_cut_when_used_again_is_no_trouble() -> None:
    async with scene(GOOD, Say(fault="cut"), GOOD) as here:
        await read(here.arm)
        assert (await read(here.arm)).body == GOOD.body
    assert len(here.azure.asked) == 3


@pytest.mark.parametrize("fault", ["hang", "stall"])
async def test_silence_is_given_up_and_tried_again(fault: Fault) -> None:
    async with scene(Say(fault=fault), GOOD, limits=SHORT) as here:
        assert (await read(here.arm)).body == GOOD.body
    assert len(here.azure.asked) == 2


async def test_the_whole_call_has_an_end() -> None:
    async with scene(Say(fault="hang"), limits=Limits(call=0.3)) as here:
        with pytest.raises(Unreachable, match="no answer"):
            await read(here.arm)


async def test_html_and_half_a_json_are_tried_again_and_then_said() -> None:
    async with scene(Say(body=b"<html>hello"), Say(body=b'{"value": ['), GOOD) as here:
        assert (await read(here.arm)).body == GOOD.body
    async with scene(Say(body=b"<html>hello")) as here:
        with pytest.raises(UnexpectedAnswer) as told:
            await typed(here.arm)
    assert told.value.values == {"where": f"{PATH}/j", "why": Why.NO_JSON}
    assert len(here.azure.asked) == 3


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "3"}, 3.25),
        ({"Retry-After": "0"}, 0.25),
        ({"x-ms-retry-after-ms": "1500", "Retry-After": "9"}, 1.75),
        ({"retry-after-ms": "250"}, 0.5),
        ({"Retry-After": "Mon, 23 Nov 2026 10:00:04 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 4.25),
        ({"Retry-After": "Mon, 23 Nov 2026 09:00:00 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 0.25),
        ({"Retry-After": "soon"}, 0.5),
        ({"Retry-After": "-1"}, 0.5),
        ({"Retry-After": "nan"}, 0.5),
    ],
)
async def test_azure_says_how_long_to_wait(headers: dict[str, str], wait: float) -> None:
    async with scene(Say(503, b"", headers), GOOD) as here:
        await read(here.arm)
    assert here.time.slept == [pytest.approx(wait, abs=0.01)]


@pytest.mark.parametrize("status", [429, 503])
async def test_an_hour_is_not_waited_but_told(status: int) -> None:
    async with scene(Say(status, {"error": {"code": "TooMany"}}, {"Retry-After": "3600"})) as here:
        with pytest.raises(Throttled) as told:
            await read(here.arm)
    assert (told.value.seconds, told.value.code) == (3600, "TooMany")
    assert (len(here.azure.asked), here.time.slept) == (1, [])


async def test_after_a_429_nothing_of_that_subscription_is_sent_before_its_time() -> None:
    async with scene(Say(429, b"", {"Retry-After": "3600"}), GOOD) as here:
        with pytest.raises(Throttled):
            await read(here.arm)
        with pytest.raises(Throttled) as told:
            await here.arm.delete(f"{PATH}/x", api_version=VERSION)
        assert told.value.seconds == 3600
        assert not told.value.may_have_happened
        assert len(here.azure.asked) == 1
        await here.arm.get("/subscriptions/22222222-2222-4222-8222-222222222222", api_version=VERSION)
        here.time.at += 3_600
        await read(here.arm)
    assert len(here.azure.asked) == 3


async def test_two_short_429_are_waited_out() -> None:
    async with scene(Say(429, b"", {"Retry-After": "2"}), Say(429, b"", {"Retry-After": "2"}), GOOD) as here:
        assert (await read(here.arm)).body == GOOD.body
    assert sum(here.time.slept) == pytest.approx(4.5)


async def test_no_wait_is_begun_that_the_call_cannot_outlast() -> None:
    async with scene(Say(429, b"", {"Retry-After": "9"}), limits=Limits(call=15)) as here:
        with pytest.raises(Throttled) as told:
            await read(here.arm)
    assert (len(here.azure.asked), told.value.seconds) == (2, 9)


MESSAGE = (
    "The client 'x' with object id 'y' does not have authorization to perform action"
    " 'Microsoft.RecoveryServices/vaults/backupJobs/read' over scope '/subscriptions/s' or the scope is invalid."
)


@pytest.mark.parametrize(
    ("status", "body", "kind", "values"),
    [
        (404, {"error": {"code": "ResourceNotFound", "message": "m"}}, NotFound, {"what": PATH}),
        (400, {"error": {"code": "SubscriptionNotFound", "message": "m"}}, NotFound, {"what": PATH}),
        (409, {"error": {"code": "Busy", "message": "m"}}, Conflict, {"why": "m"}),
        (412, b"", Conflict, {"why": Why.STATUS, "status": "412"}),
        (400, {"error": {"code": "UserErrorBackupOperationInProgress", "message": "m"}}, Conflict, {"why": "m"}),
        (400, {"Code": "BadThing", "Message": "m"}, UnexpectedAnswer, {"where": PATH, "why": "m"}),
        (400, b"<html>", UnexpectedAnswer, {"where": PATH, "why": Why.STATUS, "status": "400"}),
        (
            403,
            {"error": {"code": "AuthorizationFailed", "message": MESSAGE}},
            NotAllowed,
            {
                "action": "Microsoft.RecoveryServices/vaults/backupJobs/read",
                "scope": "/subscriptions/s",
                "why": MESSAGE,
            },
        ),
        (
            403,
            b"",
            NotAllowed,
            {"action": "Microsoft.RecoveryServices/Vaults/backupJobs/read", "scope": PATH, "why": ""},
        ),
    ],
)
@pytest.mark.parametrize("way", [read, first_page])
async def test_a_refusal_is_told_at_once_in_our_words(
    way: Callable[[Arm], Awaitable[object]], status: int, body: object, kind: type[AzureError], values: dict[str, str]
) -> None:
    async with scene(Say(status, body)) as here:
        with pytest.raises(kind) as told:
            await way(here.arm)
    assert told.value.values == values
    assert len(here.azure.asked) == 1
    assert not told.value.may_have_happened


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304])
@pytest.mark.parametrize("way", WAYS)
async def test_a_redirect_is_never_followed(way: Callable[[Arm], Awaitable[object]], status: int) -> None:
    async with scene(Say(status, b"", {"Location": "http://127.0.0.1:1/elsewhere"})) as here:
        with pytest.raises(UnexpectedAnswer):
            await way(here.arm)
    assert len(here.azure.asked) == 1


@pytest.mark.parametrize("body", [[], {}, None, 3, {"value": {}}, {"value": "x"}, {"value": [], "nextLink": 3}])
async def test_a_page_without_rows_is_said(body: object) -> None:
    async with scene(Say(body=body)) as here:
        with pytest.raises(UnexpectedAnswer) as told:
            await first_page(here.arm)
    assert told.value.values["why"] == Why.NO_PAGE


async def test_a_typed_operation_with_an_answer_of_another_kind_is_an_unexpected_answer() -> None:
    async with scene(Say(202, b"")) as here:
        with pytest.raises(UnexpectedAnswer):
            await typed(here.arm)


async def test_a_404_of_a_typed_operation_is_not_found_too() -> None:
    async with scene(Say(404, {"error": {"code": "NoSuchJob", "message": "m"}})) as here:
        with pytest.raises(NotFound) as told:
            await typed(here.arm)
    assert (told.value.code, told.value.values) == ("NoSuchJob", {"what": f"{PATH}/j"})


async def test_twice_401_is_not_signed_in() -> None:
    async with scene(Say(401, {"error": {"code": "InvalidAuthenticationToken", "message": "Expired."}})) as here:
        with pytest.raises(NotSignedIn) as told:
            await read(here.arm)
    assert told.value.values == {"why": "Expired."}
    assert [asked.token for asked in here.azure.asked] == ["token-1", "token-2"]


async def test_no_one_listening_is_unreachable() -> None:
    async with scene() as here:
        url = here.azure.url
    arm = Arm(ArmSettings(url), credential=here.badge, sleep=here.time.sleep, now=here.time.now)
    async with arm:
        with pytest.raises(Unreachable) as told:
            await read(arm)
    assert told.value.values == {"why": Why.NO_CONNECTION}


async def test_a_closed_door_says_so() -> None:
    async with scene(GOOD) as here:
        await here.arm.close()
        with pytest.raises(Unreachable):
            await read(here.arm)


async def test_a_call_that_is_under_way_when_the_door_closes_says_so() -> None:
    async with scene(Say(fault="hang")) as here:
        under_way = asyncio.create_task(read(here.arm))
        await here.azure.came.wait()
        await here.arm.close()
        with pytest.raises(Unreachable):
            await asyncio.wait_for(under_way, 5)


async def test_many_at_once_share_the_connections() -> None:
    async with scene(GOOD, limits=Limits(connections=4)) as here:
        answers = await asyncio.gather(*(read(here.arm) for _ in range(40)))
    assert [answer.body for answer in answers] == [GOOD.body] * 40
    assert len({answer.correlation_id for answer in answers}) == 40
