"""Azure does not answer as it should, and the person who asked is told so."""

import pytest

from sandbox.azure import RunningAzure
from sandbox.ports import free_port
from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, button_ids, town_with


async def test_azure_asks_to_wait_for_long(azure_town: Town, azure: RunningAzure) -> None:
    azure.faults.set({"throttle": {"retry_after": 3_600, "operation": "list_jobs"}})
    card = await azure_town.jobs("vault-prod")
    assert "3600" in str(card["blocks"]) or "60 min" in str(card["blocks"])


async def test_azure_is_down(monkeypatch: pytest.MonkeyPatch, azure: RunningAzure) -> None:
    nowhere = azure.environment | {"AZURE_ARM_BASE_URL": f"http://127.0.0.1:{free_port()}"}
    async with town_with(monkeypatch, "http", **nowhere, BACKUP_BOT_LOOKUP_USERS=EMMA) as town:
        card = await town.jobs("vault-prod")
        assert "jobs_refresh" not in button_ids(card)
        assert card["is_ephemeral"]
        assert "BCMV2VMNotFound" in str((await town.ask("BCMV2VMNotFound"))["blocks"]), "explaining needs no Azure"


async def test_azure_stumbles_once_and_nobody_notices(azure_town: Town, azure: RunningAzure) -> None:
    azure.faults.set(
        {"server_error": {"status": 503, "operation": "list_jobs"}, "cut": {"operation": "list_subscriptions"}}
    )
    assert "vm-sql-01" in str((await azure_town.jobs("vault-prod"))["blocks"])


async def test_a_right_is_missing_and_the_card_names_it(azure_town: Town, azure: RunningAzure) -> None:
    azure.faults.set({"forbidden": {"operation": "list_jobs", "times": 10}})
    card = await azure_town.jobs("vault-prod", user=DAAN)
    assert "Microsoft.RecoveryServices/Vaults/backupJobs/read" in str(card["blocks"])


async def test_a_token_that_expired_is_renewed(azure_town: Town, azure: RunningAzure) -> None:
    await azure_town.jobs("vault-prod")
    azure.expire_tokens()
    assert "vm-erp-01" in str((await azure_town.jobs("vault-acc"))["blocks"])


async def test_fields_of_the_wrong_type_are_lived_with(azure_town: Town, azure: RunningAzure) -> None:
    azure.faults.set({"wrong_types": {"kinds": "duration end-list error-object name-number", "times": 50}})
    card = await azure_town.jobs("vault-prod")
    assert "jobs_refresh" in button_ids(card)


async def test_a_part_that_cannot_be_read_is_told_beside_the_rest(azure_town: Town, azure: RunningAzure) -> None:
    acceptance = "22222222-2222-4222-8222-222222222222"
    azure.faults.set(
        {
            "forbidden": [
                {"path": "Microsoft.ResourceGraph", "times": 100},
                {"path": f"{acceptance}/resourceGroups", "times": 100},
            ]
        }
    )
    card = await azure_town.jobs("failed 24h")
    assert "Acceptance" in str(card["blocks"])
    assert "jobs_page_next" in button_ids(card)


async def test_a_job_that_is_gone_is_told_in_its_window(azure_town: Town, azure: RunningAzure) -> None:
    card = await azure_town.jobs("vault-prod")
    azure.faults.set({"forbidden": {"operation": "get_job", "times": 10}})
    await azure_town.click(card, "job_details")
    told = await azure_town.window(EMMA, lambda view: "backupJobs/read" in str(view["blocks"]))
    assert told["type"] == "modal"
    assert len(await azure_town.slack.messages(CHANNEL, EMMA)) == 2
