"""The Home tab, redeliveries, and a Slack that is slow or down."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, eventually, title, town_with


async def test_the_home_tab_in_the_visitors_language(town: Town) -> None:
    await town.slack.open_home(DAAN)
    home = await eventually(lambda: town.slack.home(DAAN), bool)
    assert home is not None
    assert "Nederlands" in str(home) or "fout" in str(home)


async def test_an_event_delivered_again_is_answered_once(town: Town) -> None:
    town.slack.faults.set({"redeliver": {"times": 1}})
    await town.slack.open_home(EMMA)
    await eventually(lambda: town.slack.home(EMMA), bool)
    await town.ask("BCMV2VMNotFound")  # anything still under way comes before this answer
    published = [entry for entry in town.slack.traffic.after(0) if "views.publish" in entry["path"]]
    assert len(published) == 1


async def test_a_command_delivered_twice_is_answered(town: Town) -> None:
    town.slack.faults.set({"duplicate": {"times": 1}})
    assert title(await town.ask("BCMV2VMNotFound"))


async def test_questions_are_answered_while_slacks_api_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    async with town_with(monkeypatch) as town:
        town.slack.faults.set({"server_error": {"methods": ["*"], "status": 503, "times": 1000}})
        assert title(await town.ask("BCMV2VMNotFound", user="U0PRIYA"))


async def test_the_channels_language_stands_in_while_a_persons_is_unknown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "bot.toml"
    config.write_text(f'[channel_languages]\n{CHANNEL} = "nl"\n', encoding="utf-8")
    async with town_with(monkeypatch, BACKUP_BOT_CONFIG=str(config)) as town:
        town.slack.workspace.users["U0NEW"] = replace(town.slack.workspace.users[EMMA], id="U0NEW", name="new")
        town.slack.workspace.channels[CHANNEL].members.add("U0NEW")
        dutch = await town.ask("BCMV2VMNotFound", user="U0NEW")

        async def again() -> str:
            return title(await town.ask("BCMV2VMNotFound", user="U0NEW"))

        await eventually(again, lambda shown: shown != title(dutch))  # by now Slack has said that they read English
