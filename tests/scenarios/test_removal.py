"""The stuck snapshot extension is removed, with a second person's approval, and the backup retried."""

import asyncio
import json
from pathlib import Path

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, QUICK, Message, Town, button_ids, eventually, says, town_with

PRIYA = "U0PRIYA"
VAULT = "vault-acc"
VM = "vm-erp-01"


def deletions(azure: RunningAzure) -> list[Message]:
    return [call for call in azure.calls if call["operation"] == "delete_extension"]


async def asked(town: Town, vault: str = VAULT, vm: str = VM) -> Message:
    """The card that waits for approval."""
    window = await town.details(vault, vm)
    await town.click_in(window, "remove_extension")
    return await town.card_in(CHANNEL, lambda card: says(vm)(card) and "approve_removal" in button_ids(card))


async def decide(town: Town, card: Message, button: str, reason: str, user: str = DAAN) -> None:
    """Click, write a reason, submit."""
    await town.click(card, button, user=user)
    view = await town.window(user, lambda shown: shown.get("callback_id") == button)
    state = {"reason": {"reason_text": {"type": "plain_text_input", "value": reason}}}
    await town.slack.submit(user, view["id"], state)


@pytest.mark.usefixtures("passing_time")
async def test_the_whole_story_from_the_failure_to_the_green_card(acting_town: Town, azure: RunningAzure) -> None:
    card = await asked(acting_town)
    shown = str(card["blocks"])
    assert "BackupSnapshot" in shown, "the extension's own name, not the usual one"
    assert deletions(azure) == []
    await decide(acting_town, card, "approve_removal", "The agent is ready")
    done = await acting_town.card_in(CHANNEL, says("is gone", VM))
    assert done["ts"] == card["ts"]
    lines = await acting_town.thread(CHANNEL, card["ts"], lambda found: len(found) >= 3)
    assert "The agent is ready" in str(lines[0]["blocks"])
    assert [call["path"].rpartition("/")[2] for call in deletions(azure)] == ["BackupSnapshot"]
    await acting_town.click(done, "retry_backup")
    await acting_town.card_in(CHANNEL, says(f"Backup of {VM} succeeded"))


async def test_nobody_approves_their_own_request(acting_town: Town, azure: RunningAzure) -> None:
    card = await asked(acting_town)
    await acting_town.click(card, "approve_removal", user=EMMA)
    await acting_town.seen(EMMA, CHANNEL, lambda seen: "You may not do this" in str(seen))
    assert deletions(azure) == []


async def test_who_may_not_approve_is_told_and_nothing_happens(acting_town: Town, azure: RunningAzure) -> None:
    card = await asked(acting_town)
    await acting_town.click(card, "approve_removal", user=PRIYA)
    await acting_town.seen(PRIYA, CHANNEL, lambda seen: "You may not do this" in str(seen))
    assert deletions(azure) == []


async def test_a_no_ends_it_and_everybody_sees_who_and_why(acting_town: Town, azure: RunningAzure) -> None:
    card = await asked(acting_town)
    await decide(acting_town, card, "reject_removal", "Month-end is running")
    ended = await acting_town.card_in(CHANNEL, says("Rejected", DAAN, "Month-end is running"))
    assert "approve_removal" not in button_ids(ended)
    assert deletions(azure) == []


async def test_a_plan_that_has_changed_since_voids_the_approval(acting_town: Town, azure: RunningAzure) -> None:
    card = await asked(acting_town)
    azure.estate.change({"agent": {"vm": VM, "state": "Not Ready"}})
    await decide(acting_town, card, "approve_removal", "Go ahead")
    ended = await acting_town.card_in(CHANNEL, says("The approval is void", "agent"))
    assert "approve_removal" not in button_ids(ended)
    assert deletions(azure) == []


async def test_two_who_decide_at_once_are_one(acting_town: Town, azure: RunningAzure) -> None:
    card = await asked(acting_town)
    await acting_town.click(card, "approve_removal", user=DAAN)
    view = await acting_town.window(DAAN, lambda shown: shown.get("callback_id") == "approve_removal")
    state = {"reason": {"reason_text": {"type": "plain_text_input", "value": "Yes, do it"}}}
    await asyncio.gather(*(acting_town.slack.submit(DAAN, view["id"], state) for _ in range(5)), return_exceptions=True)
    await eventually(lambda: _count(azure), lambda count: count == 1)
    azure.clock.advance(120)
    await acting_town.card_in(CHANNEL, says("is gone", VM))
    assert len(deletions(azure)) == 1


async def test_a_foreign_extension_that_failed_is_left_alone(acting_town: Town, azure: RunningAzure) -> None:
    window = await acting_town.details(VAULT, "vm-erp-02")
    await acting_town.click_in(window, "remove_extension")
    await acting_town.card_in(CHANNEL, says("vm-erp-02", "not the backup's snapshot extension"))
    assert deletions(azure) == []


async def _count(azure: RunningAzure) -> int:
    return len(deletions(azure))


async def test_rights_withdrawn_after_the_click_stop_it(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    """The config file changes while the request waits: who asked may not do it any more when it is approved."""
    file = tmp_path / "bot.toml"
    file.write_text(GRANTED)
    given = azure.environment | {
        "BACKUP_BOT_CONFIG": str(file),
        "BACKUP_BOT_OPERATIONS": json.dumps(QUICK),
        "BACKUP_BOT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
    }
    async with town_with(monkeypatch, "http", **given) as town:
        card = await asked(town)
        file.write_text(GRANTED.replace("remediator", "reader"))
        await reloaded(town)
        await decide(town, card, "approve_removal", "Go ahead")
        await town.card_in(CHANNEL, says("may not do it any more"))
    assert deletions(azure) == []


GRANTED = """
[[grants]]
name = "on call"
users = ["U0EMMA"]
role = "remediator"
[[grants]]
name = "approvers"
users = ["U0DAAN"]
role = "approver"
"""


async def reloaded(town: Town) -> None:
    """Wait until the change is in force, as anybody sees it: the window offers no removal any more."""

    async def offered() -> bool:
        window = await town.details(VAULT, "vm-erp-04")
        await town.slack.close(EMMA, window["id"])
        return "remove_extension" in button_ids(window)

    await eventually(offered, lambda is_offered: not is_offered, seconds=20)
