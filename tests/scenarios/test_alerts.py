"""Azure Monitor's alerts and the sweep: each alone is enough, both together tell a failure once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import eventually
from tests.scenarios.watching import ALERTS, SECRET, WatchedTown, told, watched_town

NEVER: dict[str, Any] = {"sweep_seconds": 3_600.0}


def address(watched: WatchedTown, secret: str = SECRET) -> str:
    return f"{watched.town.bot_url}/azure/alerts/{secret}"


async def states(azure: RunningAzure, count: int) -> list[str]:
    """How the deliveries came out, once so many have."""

    async def now() -> list[str]:
        return [each["state"] for each in azure.monitor.deliveries()]

    return await eventually(now, lambda seen: len(seen) == count and "waiting" not in seen, 15.0)


async def singles(watched: WatchedTown, vm: str) -> int:
    return len([each for each in await watched.cards(ALERTS) if vm in told(each)])


async def test_an_alert_alone_tells_a_failure_within_seconds(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    async with watched_town(monkeypatch, azure, tmp_path, **NEVER) as watched:
        azure.alert_to(address(watched))
        watched.fail("vm-alert-01")
        await watched.card("vm-alert-01: backup failed")
        assert await states(azure, 1) == ["delivered"]


async def test_alerts_doubled_shuffled_and_beside_the_sweep_tell_each_failure_once(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    async with watched_town(monkeypatch, azure, tmp_path, storm_incidents=100) as watched:
        azure.alert_to(address(watched))
        azure.alert_to(address(watched))
        vms = [f"vm-alert-{number:02}" for number in range(8)]
        for vm in vms:
            watched.fail(vm)
        for vm in vms:
            await watched.card(f"{vm}: backup failed")
        azure.monitor.resend(10)
        await states(azure, 26)
        await asyncio.sleep(0.5)  # a second card would come now
        assert [await singles(watched, vm) for vm in vms] == [1] * len(vms)
        assert not [each for each in await watched.cards() if "Failed 2 times" in told(each)]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
async def test_the_secure_webhook_works_with_entras_tokens_of_both_versions(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path, version: str
) -> None:
    audience = "99999999-8888-4777-8666-555555555555"
    monkeypatch.setenv("BACKUP_BOT_ALERT_TENANT_ID", azure.estate.tenant_id)
    monkeypatch.setenv("BACKUP_BOT_ALERT_AUDIENCES", f"{audience},api://{audience}")
    monkeypatch.setenv("BACKUP_BOT_ALERT_AUTHORITY", azure.url)
    async with watched_town(monkeypatch, azure, tmp_path, **NEVER) as watched:
        wanted = audience if version == "2.0" else f"api://{audience}"
        azure.alert_to(f"{watched.town.bot_url}/azure/alerts", audience="api://somebody-else", version=version)
        azure.alert_to(f"{watched.town.bot_url}/azure/alerts", audience=wanted, version=version)
        watched.fail("vm-alert-03")
        await watched.card("vm-alert-03: backup failed")
        assert await states(azure, 2) == ["refused", "delivered"]


async def test_while_the_bot_is_away_azure_monitor_gives_up_and_the_sweep_finds_it_all_the_same(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    async with watched_town(monkeypatch, azure, tmp_path) as watched:
        url = address(watched)
    azure.alert_to(url)
    failure = {
        "vm": "vm-alert-04",
        "vault": "vault-prod",
        "code": "UserErrorGuestAgentStatusUnavailable",
        "ended_ago": 0,
    }
    azure.estate.change({"add_failure": failure})
    for _ in range(7):
        await asyncio.sleep(0.15)  # Azure Monitor looks at its clock ten times a second
        azure.clock.advance(45)
    assert await states(azure, 1) == ["given up"]
    async with watched_town(monkeypatch, azure, tmp_path, fresh=False) as watched:
        await watched.card("vm-alert-04: backup failed")
