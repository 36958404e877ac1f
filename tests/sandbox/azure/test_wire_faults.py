"""Each fault as a plain client meets it, and what Azure did all the same."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from sandbox.azure import RunningAzure
from sandbox.azure.faults import BESIDES, INSTEAD
from tests.sandbox.azure.conftest import BACKUP, ITEM, VAULT, VM, Client

JOBS = f"{VAULT}/backupJobs"


async def set_fault(client: Client, kind: str, **how: Any) -> None:
    assert (await client.control("faults", {kind: how})).status == 200


# In place of an answer


@pytest.mark.parametrize(
    ("kind", "how", "status", "code", "retry_after"),
    [
        ("throttle", {}, 429, "TooManyRequests", "2"),
        ("throttle", {"retry_after": 3600}, 429, "TooManyRequests", "3600"),
        ("throttle", {"retry_after": None}, 429, "TooManyRequests", None),
        ("conflict", {}, 409, "Conflict", None),
        ("conflict", {"code": "OperationNotAllowed", "retry_after": 1}, 409, "OperationNotAllowed", "1"),
        ("precondition", {}, 412, "PreconditionFailed", None),
        ("server_error", {}, 500, "InternalServerError", None),
        ("server_error", {"status": 502}, 502, "BadGateway", None),
        ("server_error", {"status": 503, "retry_after": 5}, 503, "ServiceUnavailable", "5"),
        ("server_error", {"status": 504}, 504, "GatewayTimeout", None),
        ("expired_token", {}, 401, "ExpiredAuthenticationToken", None),
        ("forbidden", {}, 403, "AuthorizationFailed", None),
    ],
)
async def test_an_error_comes_once_and_then_the_answer(
    client: Client, kind: str, how: dict[str, Any], status: int, code: str, retry_after: str | None
) -> None:
    await set_fault(client, kind, operation="list_jobs", **how)
    assert (await client.get(VAULT)).status == 200
    reply = await client.get(JOBS)
    assert (reply.status, reply.code, reply.headers.get("retry-after")) == (status, code, retry_after)
    assert reply.json["error"]["message"]
    assert reply.headers["x-ms-request-id"]
    assert (await client.get(JOBS)).status == 200


async def test_forbidden_names_caller_action_and_scope(azure: RunningAzure, client: Client) -> None:
    await set_fault(client, "forbidden", times=9)
    for method, path, action in (
        ("GET", JOBS, "Microsoft.RecoveryServices/Vaults/backupJobs/read"),
        ("DELETE", f"{VM}/extensions/VMSnapshot", "Microsoft.Compute/virtualMachines/extensions/delete"),
        (
            "POST",
            f"{ITEM}/backup",
            "Microsoft.RecoveryServices/Vaults/backupFabrics/protectionContainers/protectedItems/backup/action",
        ),
    ):
        message = (await client.send(method, path)).json["error"]["message"]
        caller = azure.identity.managed
        assert message.startswith(
            f"The client '{caller.app_id}' with object id '{caller.object_id}' does not have authorization to perform "
            f"action '{action}' over scope '{path}'"
        )


async def test_an_expired_token_comes_with_a_challenge(client: Client) -> None:
    await set_fault(client, "expired_token")
    reply = await client.get(JOBS)
    assert 'error="invalid_token"' in reply.headers["www-authenticate"]


async def test_a_redirect_points_elsewhere(client: Client) -> None:
    await set_fault(client, "redirect", to="https://elsewhere.example/x", status=308)
    reply = await client.get(JOBS)
    assert (reply.status, reply.headers["location"]) == (308, "https://elsewhere.example/x")


@pytest.mark.parametrize("status", [200, 502])
async def test_a_page_of_html(client: Client, status: int) -> None:
    await set_fault(client, "html", status=status)
    reply = await client.get(JOBS)
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html")
    assert reply.raw.startswith(b"<html>")


async def test_the_token_endpoint_fails_too(azure: RunningAzure, client: Client) -> None:
    await set_fault(client, "server_error", operation="token", status=503)
    path = "/msi/token?api-version=2019-08-01&resource=https://management.azure.com/"
    headers = {"X-IDENTITY-HEADER": azure.identity.header}
    assert [(await client.get(path, headers=headers)).status for _ in range(2)] == [503, 200]


# Before and after the effect


@pytest.mark.parametrize(
    ("kind", "how", "happens"),
    [
        ("server_error", {"when": "before"}, False),
        ("server_error", {"when": "after"}, True),
        ("html", {"when": "before"}, False),
        ("html", {"when": "after"}, True),
        ("conflict", {"retry_after": 1}, False),
    ],
)
async def test_an_error_before_or_after_the_effect(
    azure: RunningAzure, client: Client, kind: str, how: dict[str, Any], happens: bool
) -> None:
    await set_fault(client, kind, operation="trigger_backup", **how)
    before = len((await client.get(JOBS)).json["value"])
    assert (await client.post(f"{ITEM}/backup", BACKUP)).status >= 400
    azure.clock.advance(60)
    assert len((await client.get(JOBS)).json["value"]) == before + happens
    assert [(call["happened"], call["status"] >= 400) for call in azure.calls] == [(happens, True)]


@pytest.mark.parametrize(("when", "happens"), [("before", False), ("after", True)])
async def test_a_connection_is_cut(azure: RunningAzure, client: Client, when: str, happens: bool) -> None:
    await set_fault(client, "cut", operation="trigger_backup", when=when)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.post(f"{ITEM}/backup", BACKUP)
    assert [(call["happened"], call["status"]) for call in azure.calls] == [(happens, 0)]
    assert (await client.get(JOBS)).status == 200


async def test_a_connection_is_cut_in_the_middle(client: Client) -> None:
    await set_fault(client, "cut", when="middle")
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.get(JOBS)
    assert (await client.get(JOBS)).status == 200


async def test_half_a_request_does_nothing(azure: RunningAzure, client: Client) -> None:
    port = int(azure.url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {ITEM}/backup?api-version=2026-10-01 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90\r\n"
    writer.write(f"{head}Authorization: Bearer {client.token}\r\n\r\n{{}}".encode())
    writer.close()
    await writer.wait_closed()
    assert (await client.get(JOBS)).status == 200
    assert azure.calls == []


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_request_hangs_and_goes_on(client: Client, when: str) -> None:
    await set_fault(client, "hang", seconds=0.2, when=when)
    began = time.monotonic()
    assert (await client.get(JOBS)).status == 200
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(("when", "happens"), [("before", False), ("after", True)])
async def test_a_caller_who_gives_up(azure: RunningAzure, client: Client, when: str, happens: bool) -> None:
    await set_fault(client, "hang", seconds=30, when=when, operation="delete_extension")
    address = f"{azure.url}{VM}/extensions/VMSnapshot?api-version=2024-07-01"
    headers = {"Authorization": f"Bearer {client.token}"}
    with pytest.raises(TimeoutError):
        await client.session.delete(address, headers=headers, timeout=aiohttp.ClientTimeout(total=0.2))
    assert (await client.get(f"{VM}/extensions")).status == 200
    assert [(call["happened"], call["status"]) for call in azure.calls] == [(happens, 0)]


# Beside a right answer


async def test_json_breaks_off(client: Client) -> None:
    whole = (await client.get(ITEM)).raw
    await set_fault(client, "truncated", path="/BACKUPFABRICS/")
    reply = await client.get(ITEM)
    assert (reply.status, reply.raw) == (200, whole[: len(whole) // 2])


async def test_links_lead_elsewhere(azure: RunningAzure, client: Client) -> None:
    azure.habits.page_size = 2
    await set_fault(client, "foreign_next_link")
    await set_fault(client, "foreign_operation_url", method="post", to="http://127.0.0.1:9/")
    link = (await client.get(JOBS)).json["nextLink"]
    assert link.startswith(f"https://foreign.example{VAULT}/backupJobs?api-version=")
    reply = await client.post(f"{ITEM}/backup", BACKUP)
    for name in ("azure-asyncoperation", "location"):
        assert reply.headers[name].startswith(f"http://127.0.0.1:9{VAULT}/")
    assert (await client.get(JOBS)).json["nextLink"].startswith(azure.url)


async def test_fields_have_wrong_types(client: Client) -> None:
    right = (await client.get(JOBS)).json["value"]
    await set_fault(client, "wrong_types", kinds="name-number duration start-garbage")
    wrong = (await client.get(JOBS)).json["value"]
    assert {job["properties"]["entityFriendlyName"] for job in wrong} == {7}
    assert {job["properties"]["startTime"] for job in wrong} == {"yesterday"}
    assert [job["id"] for job in wrong] == [job["id"] for job in right]
    await set_fault(client, "wrong_types", kinds="agent-list", operation=["get_vm", "get_instance_view"], times=2)
    view = (await client.get(f"{VM}?api-version=2024-07-01&$expand=instanceView")).json["properties"]["instanceView"]
    assert isinstance(view["vmAgent"], list)
    assert isinstance((await client.get(f"{VM}/instanceView")).json["vmAgent"], list)
    again = (await client.get(JOBS)).json["value"]
    assert [job["properties"]["entityFriendlyName"] for job in again] == [
        job["properties"]["entityFriendlyName"] for job in right
    ]


async def test_faults_go_together(client: Client) -> None:
    await client.control("faults", {"hang": {"seconds": 0.1}, "throttle": {}, "conflict": {}})
    began = time.monotonic()
    assert (await client.get(JOBS)).status == 429
    assert time.monotonic() - began >= 0.1
    assert [(await client.get(JOBS)).status for _ in range(2)] == [409, 200]


# Which requests


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ({}, True),
        ({"operation": "*"}, True),
        ({"operation": "list_jobs"}, True),
        ({"operation": ["get_job", "list_jobs"]}, True),
        ({"operation": "get_job"}, False),
        ({"method": "GET"}, True),
        ({"method": "delete"}, False),
        ({"path": "VAULT-PROD"}, True),
        ({"path": "vault-other"}, False),
        ({"path": "vault-prod", "operation": "list_items"}, False),
        ({"times": 0}, False),
    ],
    ids=str,
)
async def test_a_fault_is_for_some_requests(client: Client, match: dict[str, Any], fits: bool) -> None:
    await set_fault(client, "precondition", **match)
    assert ((await client.get(JOBS)).status == 412) == fits


async def test_faults_spare_who_is_not_let_in(azure: RunningAzure, client: Client) -> None:
    await set_fault(client, "precondition")
    assert (await client.get(JOBS, headers={"Authorization": ""})).status == 401
    assert (await client.get(JOBS)).status == 412


async def test_several_of_a_kind_count_down_by_themselves(azure: RunningAzure, client: Client) -> None:
    switches = [{"operation": "list_jobs", "times": 2}, {"operation": "get_vault", "retry_after": 9}]
    told = (await client.control("faults", {"throttle": switches})).json
    assert [one["times"] for one in told["throttle"]] == [2, 1]
    assert (await client.get(VAULT)).headers["retry-after"] == "9"
    assert [(await client.get(JOBS)).status for _ in range(3)] == [429, 429, 200]
    assert set((await client.control("faults")).json) == {*INSTEAD, *BESIDES}
    assert not any((await client.control("faults")).json.values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"nope": {}},
        {"throttle": 1},
        {"throttle": [1]},
        {"throttle": {"nope": 1}},
        {"throttle": {"times": -1}},
        {"throttle": {"times": 1.5}},
        {"throttle": {"times": True}},
        {"throttle": {"retry_after": "2"}},
        {"throttle": {"operation": 1}},
        {"throttle": {"path": None}},
        {"server_error": {"status": 404}},
        {"server_error": {"status": True}},
        {"server_error": {"when": "middle"}},
        {"cut": {"when": []}},
        {"hang": {"seconds": 1e9}},
        {"redirect": {"to": "x\r\nSet-Cookie: y"}},
        {"wrong_types": {"kinds": "nope"}},
        {"wrong_types": {"kinds": ""}},
        {"foreign_next_link": {"to": 7}},
    ],
    ids=str,
)
async def test_a_wrong_switch_changes_nothing(client: Client, wrong: dict[str, Any]) -> None:
    reply = await client.control("faults", {"conflict": {}, **wrong})
    assert (reply.status, reply.json["error"] in ("unknown_fault", "invalid_fault")) == (400, True)
    assert (await client.control("faults")).json["conflict"] == []


async def test_no_fault_crashes_on_any_path(azure: RunningAzure, client: Client) -> None:
    azure.habits.page_size = 1
    paths = ["/nowhere", "/subscriptions", "/msi/token", JOBS, f"{VM}/instanceView", f"{ITEM}/recoveryPoints"]
    for kind in (*INSTEAD, *BESIDES):
        if kind in ("cut", "hang"):
            continue
        await set_fault(client, kind, times=len(paths))
        for path in paths:
            reply = await client.get(path)
            assert b"Internal Server Error" not in reply.raw
            assert "x-ms-request-id" in reply.headers
