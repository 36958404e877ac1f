"""Azure Monitor tells webhooks of failed backups: what it tells and what not, how often it tries, how it misbehaves."""

import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from sandbox.azure import RunningAzure, running
from sandbox.clock import Clock
from sandbox.control_paths import Refused
from tests.sandbox.azure.conftest import Client
from tests.sandbox.azure.webhook import Webhook, settled, until, webhook

AGENT, FREEZE = "UserErrorGuestAgentStatusUnavailable", "UserErrorFsFreezeFailed"


@pytest.fixture
async def azure() -> AsyncIterator[RunningAzure]:
    """Its clock moves only when it is pushed."""
    started = time.time()
    async with running(clock=Clock(lambda: started)) as running_azure:
        yield running_azure


@pytest.fixture
async def hook() -> AsyncIterator[Webhook]:
    async with webhook() as listening:
        yield listening


def fail(azure: RunningAzure, vm: str = "vm-db-01", code: str = AGENT, **more: Any) -> list[str]:
    """The ids of the jobs that have just failed."""
    jobs: list[str] = azure.change({"add_failure": {"vm": vm, "vault": "vault-prod", "code": code, **more}})["jobs"]
    return jobs


def get_well(azure: RunningAzure, vm: str = "vm-db-01") -> None:
    azure.change({"mend": {"vm": vm}, "run_backup": {"vm": vm}})
    azure.advance(600)


async def tried(azure: RunningAzure, count: int) -> None:
    """Until the first delivery has been tried so often."""
    await until(lambda: any(len(each["statuses"]) >= count for each in azure.deliveries()[:1]))


async def test_a_backup_that_fails_is_told_in_the_common_alert_schema(azure: RunningAzure, hook: Webhook) -> None:
    azure.alert_to(hook.url)
    (job,) = fail(azure)
    assert await settled(azure, 1) == ["delivered"]
    data = hook.alerts[0]["data"]
    assert hook.alerts[0]["schemaId"] == "azureMonitorCommonAlertSchema"
    assert (data["essentials"]["monitoringService"], data["essentials"]["monitorCondition"]) == (
        "Azure Backup",
        "Fired",
    )
    assert data["essentials"]["alertTargetIDs"][0].endswith("/microsoft.recoveryservices/vaults/vault-prod")
    assert data["alertContext"]["extendedInfo"]["jobId"] == job
    assert data["alertContext"]["linkedResourceId"].endswith("/virtualMachines/vm-db-01")
    assert data["alertContext"]["protectedItemId"].endswith("/protectedItems/VM;iaasvmcontainerv2;rg-app-prod;vm-db-01")
    assert hook.bearers == [""]


async def test_what_failed_before_anybody_listened_is_no_news(azure: RunningAzure, hook: Webhook) -> None:
    fail(azure)
    azure.alert_to(hook.url)
    (job,) = fail(azure, "vm-app-01")
    await settled(azure, 1)
    assert hook.jobs() == [job]


async def test_a_failure_by_the_clock_is_told_however_far_it_is_pushed(azure: RunningAzure, hook: Webhook) -> None:
    azure.alert_to(hook.url)
    azure.change({"break": {"vm": "vm-db-01", "code": AGENT}, "run_backup": {"vm": "vm-db-01"}})
    azure.advance(3 * 86_400)
    await settled(azure, 1)
    assert len(hook.jobs()) == 1


@pytest.mark.parametrize(
    "code", ["BCMV2VMNotFound", "UserErrorBackupOperationInProgress", "SystemBackupOperationInProgress"]
)
async def test_azure_is_silent_when_the_vm_is_gone_or_a_backup_is_running(
    azure: RunningAzure, hook: Webhook, code: str
) -> None:
    azure.alert_to(hook.url)
    fail(azure, "vm-quiet-01", code)
    azure.change({"run_restore": {"vm": "vm-app-01"}})
    (told,) = fail(azure, "vm-db-01")
    await settled(azure, 1)
    assert hook.jobs() == [told]


async def test_nothing_is_told_of_a_vm_that_was_deleted(azure: RunningAzure, hook: Webhook) -> None:
    azure.alert_to(hook.url)
    azure.change({"remove_vm": {"vm": "vm-db-01"}, "run_backup": {"vm": "vm-db-01"}})
    azure.advance(600)
    (told,) = fail(azure, "vm-app-01")
    await settled(azure, 1)
    assert hook.jobs() == [told]


async def test_an_alert_is_over_when_a_later_backup_is_good(azure: RunningAzure, hook: Webhook) -> None:
    azure.alert_to(hook.url)
    jobs = [*fail(azure), *fail(azure)]
    await settled(azure, 2)
    get_well(azure)
    await settled(azure, 4)
    assert sorted(hook.jobs("Resolved")) == sorted(jobs)
    ids = [alert["data"]["essentials"]["alertId"] for alert in hook.alerts]
    assert sorted(ids[:2]) == sorted(ids[2:])
    assert all("resolvedDateTime" in alert["data"]["essentials"] for alert in hook.alerts[2:])
    get_well(azure)
    (later,) = fail(azure, "vm-app-01")
    await until(lambda: later in hook.jobs())
    assert len(hook.alerts) == 5


# Delivery


@pytest.mark.parametrize("status", [408, 429, 503, 504])
async def test_a_delivery_is_tried_again_by_the_estates_clock(azure: RunningAzure, hook: Webhook, status: int) -> None:
    hook.answers.extend([status] * 5)
    azure.alert_to(hook.url)
    fail(azure)
    for nth, gap in enumerate((5, 20, 5, 40, 5), start=1):
        await tried(azure, nth)
        assert azure.deliveries()[0]["due"] == azure.clock.now() + gap
        azure.advance(gap)
    assert await settled(azure, 1) == ["delivered"]
    assert azure.deliveries()[0]["statuses"] == [status] * 5 + [202]
    assert len(set(hook.bodies)) == 1


async def test_after_six_attempts_the_webhook_is_not_called_for_fifteen_minutes(
    azure: RunningAzure, hook: Webhook
) -> None:
    hook.is_down = True
    azure.alert_to(hook.url)
    fail(azure)
    for nth in range(1, 7):
        await tried(azure, nth)
        azure.advance(40)
    assert await settled(azure, 1) == ["given up"]
    hook.is_down = False
    azure.advance(800)
    fail(azure, "vm-app-01")
    assert await settled(azure, 2) == ["given up", "dropped"]
    assert len(hook.bodies) == 6
    azure.advance(100)
    fail(azure, "vm-web-02")
    assert await settled(azure, 3) == ["given up", "dropped", "delivered"]


@pytest.mark.parametrize("status", [307, 400, 401, 404, 413, 500, 502])
async def test_any_other_answer_is_final(azure: RunningAzure, hook: Webhook, status: int) -> None:
    hook.answers.append(status)
    azure.alert_to(hook.url)
    fail(azure)
    assert await settled(azure, 1) == ["refused"]
    assert azure.deliveries()[0]["statuses"] == [status]


async def test_where_nobody_listens_it_is_tried_again(azure: RunningAzure) -> None:
    async with webhook() as hook:
        url = hook.url
    azure.alert_to(url)
    fail(azure)
    await tried(azure, 1)
    assert (azure.deliveries()[0]["state"], azure.deliveries()[0]["statuses"]) == ("waiting", [0])


@pytest.mark.parametrize("version", ["1.0", "2.0"])
async def test_a_secure_webhook_gets_entras_token(azure: RunningAzure, hook: Webhook, version: str) -> None:
    azure.alert_to(hook.url, audience="api://our-bot", version=version)
    fail(azure)
    await settled(azure, 1)
    kind, _, token = hook.bearers[0].partition(" ")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (kind, claims["aud"], claims["ver"]) == ("Bearer", "api://our-bot", version)
    assert claims["roles"] == ["ActionGroupsSecureWebhook"]
    assert claims["azp" if version == "2.0" else "appid"] == "461e8683-5575-4561-ac7f-899cc907d62a"


@pytest.mark.parametrize("url", ["https://bot.example/alerts", "ftp://127.0.0.1/x", "http://[", "", None, 5], ids=str)
async def test_only_loopback_is_called(azure: RunningAzure, client: Client, url: object) -> None:
    reply = await client.control("action-groups", {"url": url})
    assert (reply.status, reply.json["error"]) == (400, "invalid_argument")


# How alerts come


async def test_twice_and_in_any_order(azure: RunningAzure, hook: Webhook) -> None:
    azure.alerts(copies=2, shuffle=True)
    azure.alert_to(hook.url)
    azure.storm(40, 4, FREEZE)
    await settled(azure, 80)
    asked = [each["job"] for each in azure.deliveries()]
    assert len(set(hook.jobs())) == 40
    assert sorted(hook.jobs()) == sorted(asked)
    assert asked[0::2] != asked[1::2]


async def test_a_share_of_them_late_and_a_share_never(azure: RunningAzure, hook: Webhook) -> None:
    azure.alerts(late_seconds=3_600, late_share=0.3, lost_share=0.2)
    azure.alert_to(hook.url)
    azure.storm(200, 10, FREEZE)
    await until(lambda: len(azure.deliveries()) > 0)
    made = len(azure.deliveries())
    late = sum(each["due"] > azure.clock.now() + 3_000 for each in azure.deliveries())
    assert 0.7 < made / 200 < 0.9
    assert 0.2 < late / made < 0.4
    await until(lambda: len(hook.bodies) == made - late)
    azure.advance(3_600)
    await settled(azure, made)
    assert len(set(hook.jobs())) == made


async def test_failures_of_an_item_gathered_into_one_alert(azure: RunningAzure, hook: Webhook) -> None:
    azure.alerts(gather_seconds=300)
    azure.alert_to(hook.url)
    fail(azure, count=3)
    fail(azure, code=FREEZE)
    await until(lambda: len(azure.deliveries()) == 2)
    (last,) = fail(azure)
    await until(lambda: azure.deliveries()[0]["occurrences"] == 4)
    assert hook.bodies == []
    azure.advance(300)
    await settled(azure, 2)
    assert {each["occurrences"]: each["job"] for each in azure.deliveries()}[4] == last
    (after,) = fail(azure)
    await until(lambda: len(azure.deliveries()) == 3)
    azure.advance(300)
    await until(lambda: after in hook.jobs())


async def test_what_is_over_need_not_be_told(azure: RunningAzure, hook: Webhook) -> None:
    azure.alerts(resolve=False)
    azure.alert_to(hook.url)
    fail(azure)
    await settled(azure, 1)
    get_well(azure)
    fail(azure, "vm-app-01")
    await settled(azure, 2)
    assert hook.jobs("Resolved") == []


@pytest.mark.parametrize(
    ("habits", "error"),
    [
        ({"nope": 1}, "unknown_habit"),
        ({"copies": 0}, "invalid_habit"),
        ({"copies": 1.5}, "invalid_habit"),
        ({"lost_share": 2}, "invalid_habit"),
        ({"late_seconds": -1}, "invalid_habit"),
        ({"shuffle": 1}, "invalid_habit"),
        ({"copies": True}, "invalid_habit"),
    ],
    ids=str,
)
async def test_habits_that_cannot_be_are_refused(client: Client, habits: dict[str, Any], error: str) -> None:
    before = (await client.control("alerts")).json
    reply = await client.control("alerts", habits)
    assert (reply.status, reply.json["error"]) == (400, error)
    assert (await client.control("alerts")).json == before


# Control


async def test_deliveries_are_listed_and_sent_again(azure: RunningAzure, client: Client, hook: Webhook) -> None:
    assert (await client.control("action-groups", {"url": hook.url})).json == {"ok": True, "action_groups": 1}
    fail(azure)
    (job,) = fail(azure, "vm-app-01")
    await settled(azure, 2)
    assert (await client.control("deliveries", {"again": 1})).json == {"ok": True, "deliveries": 1}
    await settled(azure, 3)
    listed = (await client.control("deliveries")).json["deliveries"]
    assert [each["vm"] for each in listed] == ["vm-db-01", "vm-app-01", "vm-app-01"]
    assert set(listed[0]) == {"alert", "condition", "job", "occurrences", "vm", "due", "state", "statuses"}
    assert hook.jobs().count(job) == 2
    assert "secret" not in str(listed)


async def test_a_reset_forgets_deliveries_and_keeps_action_groups(azure: RunningAzure, hook: Webhook) -> None:
    azure.alert_to(hook.url)
    azure.alerts(copies=3)
    hook.is_down = True
    fail(azure)
    await until(lambda: len(hook.bodies) == 3)
    azure.reset()
    hook.is_down = False
    assert azure.deliveries() == []
    (job,) = fail(azure)
    assert await settled(azure, 1) == ["delivered"]
    assert hook.jobs()[3:] == [job]


async def test_what_cannot_be_changed_is_refused(azure: RunningAzure) -> None:
    with pytest.raises(Refused):
        azure.change({"storm": {"failures": 0}})
