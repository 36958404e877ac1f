"""Every backup of a group is retried: one yes, one card that counts, each VM once."""

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import CHANNEL, Town, says
from tests.scenarios.test_retry import triggers


@pytest.mark.usefixtures("passing_time")
async def test_each_vm_is_retried_once_and_one_card_counts(acting_town: Town, azure: RunningAzure) -> None:
    for vm in ("vm-web-02", "vm-db-01", "vm-sql-01"):
        azure.estate.change({"add_failure": {"vm": vm, "code": "BackUpOperationFailed", "vault": "vault-prod"}})
    card = await acting_town.jobs("vault-prod failed 24h")
    block = next(
        each for each in card["blocks"]
        if each.get("accessory", {}).get("action_id") == "retry_group"
        and each["accessory"]["value"].startswith("BackUpOperationFailed|")
    )  # fmt: skip
    container = {"type": "message", "channel": CHANNEL, "ts": card["ts"]}
    for _ in range(2):
        await acting_town.slack.action("U0EMMA", container, block["block_id"], "retry_group")
    over = await acting_town.card_in(CHANNEL, says("is over"))
    shown = str(over["blocks"])
    assert "succeeded" in shown
    assert (
        len(
            [
                each
                for each in await acting_town.slack.messages(CHANNEL, "U0EMMA")
                if "retry" in str(each["blocks"][0]) and "backups" in str(each["blocks"][0])
            ]
        )
        == 1
    ), "one card, though two clicked"
    items = [call["path"] for call in triggers(azure)]
    assert len(items) == len(set(items)), "no VM twice, though two clicked and one had failed twice"
    assert len(items) >= 2
