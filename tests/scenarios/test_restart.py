"""What a restart leaves: work goes on, and old buttons answer."""

import json
from pathlib import Path

import pytest

from bot import settings
from sandbox.azure import RunningAzure
from sandbox.ports import free_port
from sandbox.slack import read_manifest, running
from tests.scenarios.conftest import CHANNEL, GRANTS, QUICK, ROOT, Town, bot_running, says
from tests.scenarios.test_retry import triggers


async def test_a_retry_goes_on_and_its_old_button_shows_the_first_ones_state(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with running(read_manifest(ROOT / "manifest.yml"), bot_url=url) as slack:
        given = azure.environment | {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_BASE_URL": f"{slack.url}/api/",
            "BACKUP_BOT_PORT": str(port),
            "BACKUP_BOT_GRANTS": json.dumps(GRANTS),
            "BACKUP_BOT_OPERATIONS": json.dumps(QUICK),
            "BACKUP_BOT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        town = Town(slack, url)
        async with bot_running(settings.load()):
            window = await town.details("vault-prod", "vm-web-02")
            await town.click_in(window, "retry_backup")
            azure.clock.advance(10)
            await town.card_in(CHANNEL, says("vm-web-02", "The backup is running"))
        azure.clock.advance(600)
        async with bot_running(settings.load()):
            await town.card_in(CHANNEL, says("Backup of vm-web-02 succeeded"))
            await town.click_in(window, "retry_backup")
            await town.seen("U0EMMA", CHANNEL, lambda seen: _is_shown_again(seen))
    assert len(triggers(azure)) == 1


def _is_shown_again(messages: list[dict[str, object]]) -> bool:
    """The state of the first, to whoever clicked alone."""
    return any(each.get("is_ephemeral") and "Backup of vm-web-02 succeeded" in str(each["blocks"]) for each in messages)
