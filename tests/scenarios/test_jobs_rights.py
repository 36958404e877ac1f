"""What people may look up is decided by their grants, live: by group, by scope, by channel."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, button_ids, eventually, jobs_on, town_with

PRIYA = "U0PRIYA"
GRANTS = [
    {"name": "admins", "groups": ["S0BACKUP"], "role": "reader"},
    {"name": "web team", "users": [DAAN], "role": "reader", "vaults": ["vault-prod"], "vms": ["vm-web-*"]},
    {"name": "boss", "users": ["U0BOSS"], "role": "admin"},
]


@pytest.fixture
async def granted(monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path) -> AsyncIterator[Town]:
    """The backup admins see everything, Daan two VMs."""
    given = azure.environment | {
        "BACKUP_BOT_GRANTS": json.dumps(GRANTS),
        "BACKUP_BOT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
    }
    async with town_with(monkeypatch, "http", **given) as made:
        yield made


async def test_each_sees_what_their_grants_reach(granted: Town) -> None:
    everything = str((await granted.jobs("vault-prod failed 24h", EMMA))["blocks"])
    assert "vm-sql-01" in everything
    assert "vm-web-01" in everything
    card = await granted.jobs("vault-prod failed 24h", DAAN)
    shown = str(card["blocks"])
    assert "vm-web-01" in shown
    assert "vm-sql-01" not in shown
    assert "uw rechten reiken daar niet" in shown


async def test_a_job_that_is_out_of_reach_is_refused_in_its_window_with_the_rule(granted: Town) -> None:
    everything = jobs_on(await granted.jobs("vault-prod failed 24h", EMMA))
    mine = await granted.jobs("vault-prod failed 24h", DAAN)
    outside = min(everything - jobs_on(mine))
    row = next(block for block in mine["blocks"] if (block.get("accessory") or {}).get("action_id") == "job_details")
    container = {"type": "message", "channel": CHANNEL, "ts": mine["ts"]}
    # A button's value is what the browser sends: anybody may send another.
    stored = granted.slack.workspace.find(CHANNEL, mine["ts"])
    assert stored is not None
    for block in stored.body["blocks"]:
        if block.get("block_id") == row["block_id"]:
            block["accessory"]["value"] = outside
    await granted.slack.action(DAAN, container, row["block_id"], "job_details")
    window = await granted.window(DAAN, lambda view: "web team" in str(view["blocks"]))
    assert "vault-prod" in str(window["blocks"])
    assert "<@U0BOSS>" in str(window["blocks"])
    assert "retry_backup" not in button_ids(window)


async def test_a_place_out_of_reach_is_refused_and_its_jobs_are_not_asked_for(
    granted: Town, azure: RunningAzure
) -> None:
    refusal = await granted.jobs("vault-acc failed 24h", DAAN)
    assert "web team" in str(refusal["blocks"])
    assert "list_jobs" not in azure.counts


async def test_who_is_in_no_group_of_a_grant_is_refused(granted: Town, azure: RunningAzure) -> None:
    refusal = await granted.jobs("vault-prod", "U0GUEST", "C0GENERAL")
    assert "No grant names you" in str(refusal["blocks"])
    assert azure.counts == {}


async def test_who_leaves_the_group_is_refused_by_the_buttons_that_they_still_have(
    monkeypatch: pytest.MonkeyPatch, granted: Town
) -> None:
    card = await granted.jobs("vault-prod failed 24h", PRIYA)
    granted.slack.change_group("S0BACKUP", [EMMA])
    monkeypatch.setattr("bot.rights.members._FRESH_SECONDS", 0.0)  # as if the minute had passed
    await granted.click(card, "jobs_refresh", PRIYA)

    async def now() -> str:
        return str((await granted.slack.messages(CHANNEL, PRIYA))[-1]["blocks"])

    assert "No grant names you" in await eventually(now, lambda shown: "No grant" in shown)


async def test_a_grant_that_is_written_counts_without_a_restart(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    for name in ("_EVERY_SECONDS", "_SETTLE_SECONDS"):
        monkeypatch.setattr(f"bot.reload.{name}", 0.02)
    file = tmp_path / "bot.toml"
    file.write_text("")
    database = f"sqlite:///{tmp_path / 'bot.db'}"
    given = azure.environment | {"BACKUP_BOT_CONFIG": str(file), "BACKUP_BOT_DATABASE_URL": database}
    async with town_with(monkeypatch, "http", **given) as town:
        await town.slack.command(EMMA, CHANNEL, "/backup-jobs vault-prod")
        assert "No grant names you" in str((await town.seen(EMMA, CHANNEL, bool))[-1]["blocks"])
        file.write_text('[[grants]]\nname = "night"\nusers = ["U0EMMA"]\nrole = "reader"\n')

        async def asked_again() -> str:
            await town.slack.command(EMMA, CHANNEL, "/backup-jobs vault-prod")
            return str((await town.slack.messages(CHANNEL, EMMA))[-1]["blocks"])

        await eventually(asked_again, lambda shown: "No grant" not in shown)
        await town.seen(EMMA, CHANNEL, lambda messages: any("vm-sql-01" in str(each["blocks"]) for each in messages))
