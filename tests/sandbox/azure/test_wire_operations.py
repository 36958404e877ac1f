"""Long-running operations over the wire: begun, followed to their end, refused."""

from io import BytesIO
from typing import Any

import pytest

from sandbox.azure import RunningAzure
from tests.sandbox.azure.conftest import BACKUP, ITEM, PRODUCTION, VAULT, VM, Client, Reply

RUNNING = f"{VAULT}/backupJobs?api-version=2026-10-01&$filter=status%20eq%20'InProgress'"


async def status_of(client: Client, reply: Reply) -> Any:
    return (await client.get(reply.headers["azure-asyncoperation"])).json


async def test_a_backup_on_demand_is_followed_to_its_job(azure: RunningAzure, client: Client) -> None:
    reply = await client.post(f"{ITEM}/backup", BACKUP)
    assert (reply.status, reply.raw, reply.headers["retry-after"]) == (202, b"", "60")
    assert all(reply.headers[name].startswith(f"{azure.url}/") for name in ("location", "azure-asyncoperation"))
    assert reply.headers["location"].endswith("?api-version=2016-12-01")
    assert (await status_of(client, reply))["status"] == "InProgress"
    assert (await client.get(reply.headers["location"])).status == 202
    azure.clock.advance(60)
    status = await status_of(client, reply)
    job = (await client.get(f"{VAULT}/backupJobs/{status['properties']['jobId']}")).json
    assert job["properties"]["entityFriendlyName"] == "vm-sql-01"
    assert (await client.get(f"{VAULT}/backupOperations/{status['id']}")).json == status
    assert (await client.get(reply.headers["location"])).json["id"] == ITEM
    assert (await client.get(f"{VAULT}/backupOperationResults/{status['id']}")).status == 204


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"x"', b"[" * 5000])
async def test_a_body_that_is_no_object_is_refused(client: Client, body: bytes) -> None:
    reply = await client.send("POST", f"{ITEM}/backup", data=body)
    assert (reply.status, reply.code) == (400, "InvalidRequestContent")


async def test_too_large_a_body_is_refused(client: Client) -> None:
    assert (await client.send("POST", f"{ITEM}/backup", data=BytesIO(b" " * 5_000_000))).status == 413


async def test_a_running_job_is_cancelled(azure: RunningAzure, client: Client) -> None:
    job = (await client.get(RUNNING)).json["value"][0]["id"]
    reply = await client.post(f"{job}/cancel")
    assert (reply.status, reply.headers["location"].endswith("?api-version=2017-07-01")) == (202, True)
    assert (await client.get(reply.headers["location"])).status == 202
    azure.clock.advance(300)
    assert (await client.get(reply.headers["location"])).status == 204
    assert (await client.get(job)).json["properties"]["status"] == "Cancelled"
    assert (await client.post(f"{job}/cancel")).status == 400


async def test_an_extension_is_deleted(azure: RunningAzure, client: Client) -> None:
    extension = f"{VM}/extensions/VMSnapshot"
    reply = await client.delete(extension)
    assert (reply.status, reply.headers["retry-after"]) == (202, "2")
    assert (await status_of(client, reply))["status"] == "InProgress"
    assert (await client.get(reply.headers["location"])).status == 202
    azure.clock.advance(600)
    assert (await status_of(client, reply))["status"] == "Succeeded"
    assert (await client.get(reply.headers["location"])).status == 200
    assert (await client.get(extension)).status == 404
    assert (await client.delete(extension)).status == 204


async def test_whether_a_vm_is_protected(client: Client) -> None:
    path = f"{PRODUCTION}/providers/Microsoft.RecoveryServices/locations/westeurope/backupStatus"
    status = (await client.post(path, {"resourceType": "VM", "resourceId": VM.upper()})).json
    assert (status["protectionStatus"], status["vaultId"]) == ("Protected", VAULT)
    assert status["protectedItemName"] == ITEM.rpartition("/")[2]
    other = (await client.post(path, {"resourceType": "VM", "resourceId": f"{VM}x"})).json
    assert other["protectionStatus"] == "NotProtected"
    assert (await client.post(path, {"resourceId": 7})).status == 400
