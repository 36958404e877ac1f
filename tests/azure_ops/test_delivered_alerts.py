"""What the sandbox's Azure Monitor delivers is read as an alert, and its caller is let in by its token."""

from collections.abc import AsyncIterator

import pytest

from azure_ops.alerts import read_alert
from azure_ops.caller import AZURE_MONITOR_APP, CallerCheck, TokenRefused, Trust
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import VAULT
from tests.sandbox.azure.webhook import Webhook, settled, webhook

AGENT = "UserErrorGuestAgentStatusUnavailable"
OURS = "99999999-8888-4777-8666-555555555555"


@pytest.fixture
async def hook() -> AsyncIterator[Webhook]:
    async with webhook() as listening:
        yield listening


async def test_an_alert_names_the_job_its_item_and_its_vm(azure: RunningAzure, hook: Webhook) -> None:
    azure.alert_to(hook.url)
    (job,) = azure.change({"add_failure": {"vm": "vm-db-01", "code": AGENT}})["jobs"]
    await settled(azure, 1)
    alert = read_alert(hook.bodies[0])
    assert alert.oddities == ()
    assert alert.vault.key == VAULT.key
    assert alert.job is not None
    assert alert.job.name == job
    assert alert.item is not None
    assert alert.vm is not None
    assert (alert.vm.name, alert.condition, alert.severity, alert.occurrences) == ("vm-db-01", "Fired", "Sev1", 1)
    assert alert.code is not None
    assert alert.code.value == AGENT.lower()


async def test_its_end_is_another_delivery_of_the_same_alert(azure: RunningAzure, hook: Webhook) -> None:
    azure.alert_to(hook.url)
    azure.change({"add_failure": {"vm": "vm-db-01", "code": AGENT}})
    await settled(azure, 1)
    azure.change({"mend": {"vm": "vm-db-01"}, "run_backup": {"vm": "vm-db-01"}})
    azure.advance(600)
    await settled(azure, 2)
    fired, over = (read_alert(body) for body in hook.bodies)
    assert (fired.id, fired.condition, over.condition) == (over.id, "Fired", "Resolved")
    assert fired.key != over.key
    assert over.resolved is not None
    assert fired.fired is not None
    assert over.resolved > fired.fired


@pytest.mark.parametrize("version", ["1.0", "2.0"])
async def test_the_caller_of_a_secure_webhook_is_azure_monitor(
    azure: RunningAzure, hook: Webhook, version: str
) -> None:
    azure.alert_to(hook.url, audience=OURS if version == "2.0" else f"api://{OURS}", version=version)
    azure.change({"add_failure": {"vm": "vm-db-01", "code": AGENT}})
    await settled(azure, 1)
    trust = Trust(azure.estate.tenant_id, (OURS, f"api://{OURS}"), authority=azure.url)
    assert (await CallerCheck(trust).verify(hook.bearers[0])).app_id == AZURE_MONITOR_APP
    with pytest.raises(TokenRefused, match="audience"):
        await CallerCheck(Trust(azure.estate.tenant_id, ("api://other",), authority=azure.url)).verify(hook.bearers[0])
