"""The control paths: what changed, the estate, the clock, limits, habits, a fresh start; and who may use them."""

from typing import Any

import pytest

from sandbox.azure import RunningAzure, running
from sandbox.clock import Clock
from tests.sandbox.azure.conftest import BACKUP, ITEM, PRODUCTION, VAULT, VM, Client

JOBS = f"{VAULT}/backupJobs"


async def test_calls_tell_what_changed_and_who_did_it(azure: RunningAzure, client: Client) -> None:
    await client.get(JOBS)
    headers = {"x-ms-client-request-id": "mine", "x-ms-correlation-request-id": "ours"}
    await client.post(f"{ITEM}/backup", BACKUP, headers=headers)
    azure.clock.advance(5)
    await client.delete(f"{VM}/extensions/None")
    await client.post(f"{JOBS}/none/cancel")
    trigger, delete, cancel = (await client.control("calls")).json["calls"]
    assert set(trigger) == {
        "at", "operation", "method", "path", "app_id", "object_id", "client_request_id", "correlation_id", "body",
        "status", "happened",
    }  # fmt: skip
    assert (trigger["operation"], trigger["method"], trigger["path"]) == ("trigger_backup", "POST", f"{ITEM}/backup")
    assert (trigger["client_request_id"], trigger["correlation_id"]) == ("mine", "ours")
    assert (trigger["app_id"], trigger["object_id"]) == (
        azure.identity.managed.app_id,
        azure.identity.managed.object_id,
    )
    assert "IaasVMBackupRequest" in trigger["body"]
    assert [(one["operation"], one["status"], one["happened"]) for one in (trigger, delete, cancel)] == [
        ("trigger_backup", 202, True),
        ("delete_extension", 204, False),
        ("cancel_job", 404, False),
    ]
    assert delete["at"] - trigger["at"] >= 5
    assert client.token not in str(azure.calls)


async def test_calls_count_everything(client: Client) -> None:
    for _ in range(3):
        await client.get(JOBS)
    await client.get("/nowhere")
    await client.get(VAULT, headers={"Authorization": ""})
    counts = (await client.control("calls?all=1")).json["counts"]
    assert counts == {"list_jobs": 3, "unknown": 1, "get_vault": 1}


async def test_the_estate_is_shown_and_changed(client: Client) -> None:
    shown = (await client.control("estate")).json
    assert {one["name"] for one in shown["subscriptions"]} == {"Production", "Acceptance", "Shared"}
    reply = await client.control("estate", {"no such change": 1})
    assert (reply.status, reply.json["error"]) == (400, "invalid_change")
    assert "add_failure" in reply.json["message"]
    assert (await client.control("estate", {"run_backup": {"vm": "vm-db-01"}})).json["jobs"]


async def test_the_clock_is_pushed(azure: RunningAzure, client: Client) -> None:
    before = (await client.control("clock")).json["now"]
    assert (await client.control("clock", {"advance": 3600})).json["ok"]
    assert (await client.control("clock")).json["now"] - before >= 3600
    for advance in (-1, "5", None, True):
        reply = await client.control("clock", {"advance": advance})
        assert (reply.status, reply.json["error"]) == (400, "invalid_argument")
    assert azure.clock.now() - before >= 3600


async def test_a_clock_can_be_shared() -> None:
    clock = Clock()
    async with running(clock=clock) as azure:
        clock.advance(60)
        assert azure.clock is azure.estate.clock is clock


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("limits", {"nope": {}}, "unknown_limit"),
        ("limits", {"reads": 5}, "invalid_limit"),
        ("limits", {"reads": {"burst": -1}}, "invalid_limit"),
        ("limits", {"reads": {"size": 1}}, "invalid_limit"),
        ("limits", {"on": 1}, "invalid_limit"),
        ("habits", {"nope": 1}, "unknown_habit"),
        ("habits", {"page_size": 0}, "invalid_habit"),
        ("habits", {"page_size": True}, "invalid_habit"),
        ("keys/rotate", {"forget": 1}, "invalid_argument"),
        ("tokens", {"claim": {}}, "invalid_claims"),
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused(client: Client, path: str, body: dict[str, Any], error: str) -> None:
    reply = await client.control(path, body)
    assert (reply.status, reply.json["error"]) == (400, error)
    assert reply.json["message"]


async def test_habits_are_told_and_kept(azure: RunningAzure, client: Client) -> None:
    assert (await client.control("habits")).json == {
        "page_size": 200,
        "backup_retry_after": 60,
        "compute_retry_after": 2,
    }
    await client.control("habits", {"backup_retry_after": 0})
    assert (await client.post(f"{ITEM}/backup", BACKUP)).headers["retry-after"] == "0"


async def test_reset_goes_back_to_the_first_state(azure: RunningAzure, client: Client) -> None:
    first = [job["name"] for job in (await client.get(JOBS)).json["value"]]
    await client.post(f"{ITEM}/backup", BACKUP)
    azure.clock.advance(60)
    await client.control("faults", {"throttle": {"times": 9}})
    await client.control("limits", {"reads": {"burst": 1}})
    assert (await client.control("reset", {})).json == {"ok": True}
    assert [job["name"] for job in (await client.get(JOBS)).json["value"]] == first
    assert azure.calls == []
    assert (await client.control("limits")).json["reads"] == {"burst": 250, "per_second": 25}
    assert (await client.get(PRODUCTION)).status == 200


@pytest.mark.parametrize(
    "path", ["estate", "clock", "faults", "limits", "habits", "reset", "tokens", "tokens/expire", "keys/rotate"]
)
async def test_a_post_needs_the_header(client: Client, path: str) -> None:
    reply = await client.post(f"/_sandbox/{path}", {})
    assert (reply.status, reply.json["error"]) == (403, "missing_header")


async def test_odd_bodies_are_refused(client: Client) -> None:
    for body in (b"{", b"[]", b"\xff"):
        reply = await client.send("POST", "/_sandbox/faults", data=body, headers={"X-Sandbox": "1"})
        assert (reply.status, reply.json["error"]) == (400, "invalid_json")
    assert (await client.get("/_sandbox/nope")).status == 404
