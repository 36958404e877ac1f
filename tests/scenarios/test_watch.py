"""Failures post themselves, once, into the right channel, and the card lives until the next good backup."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import DAAN, EMMA, button_ids, says, title
from tests.scenarios.watching import WatchedTown, told, watched_town

CODE = "UserErrorGuestAgentStatusUnavailable"


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path) -> AsyncIterator[WatchedTown]:
    async with watched_town(monkeypatch, azure, tmp_path) as made:
        yield made


async def test_a_failure_posts_itself_once_and_turns_green_by_itself(watched: WatchedTown) -> None:
    watched.fail("vm-night-01")
    card = await watched.card("vm-night-01: backup failed", "vault-prod")
    assert "UserErrorGuestAgentStatusUnavailable" in told(card)
    assert {"retry_backup", "all_steps", "acknowledge_incident", "incident_menu"} <= button_ids(card)
    watched.azure.clock.advance(600)
    watched.fail("vm-night-01")
    card = await watched.card("vm-night-01", "Failed 2 times")
    assert len(await watched.lines(card, lambda lines: any("Failed again" in line for line in lines))) == 1
    watched.succeed("vm-night-01")
    green = await watched.card("vm-night-01: backup is good again")
    assert green["ts"] == card["ts"], "the same card, edited in place"
    assert len(await watched.lines(green, lambda lines: any("Good again" in line for line in lines))) == 2
    assert not {"retry_backup", "acknowledge_incident"} & button_ids(green)
    assert len([each for each in await watched.cards() if "vm-night-01" in told(each)]) == 1


async def test_people_acknowledge_assign_and_snooze_and_the_thread_says_who(watched: WatchedTown) -> None:
    town = watched.town
    watched.fail("vm-night-02")
    card = await watched.card("vm-night-02: backup failed")
    await town.click(card, "acknowledge_incident", EMMA)
    card = await watched.card("vm-night-02", "Seen by <@U0EMMA>")
    assert "acknowledge_incident" not in button_ids(card)
    await town.choose(card, "incident_menu", "snooze-1h", EMMA)
    card = await watched.card("vm-night-02", "Snoozed until")
    await watched.lines(card, lambda lines: any("snoozed it until" in line for line in lines))
    watched.azure.clock.advance(600)
    watched.fail("vm-night-02")
    await watched.card("vm-night-02", "Failed 2 times")
    lines = await watched.lines(card, lambda lines: len(lines) >= 2)
    assert not any("Failed again" in line for line in lines), "a snooze rings nobody"
    watched.azure.clock.advance(3_600)
    await watched.lines(card, lambda lines: any("The snooze is over" in line for line in lines))


async def test_two_buttons_of_one_card_right_after_each_other_both_act(watched: WatchedTown) -> None:
    watched.fail("vm-night-02")
    card = await watched.card("vm-night-02: backup failed")
    await watched.town.click(card, "all_steps", EMMA)
    await watched.town.click(card, "acknowledge_incident", EMMA)
    await watched.card("vm-night-02", "Seen by <@U0EMMA>")
    await watched.lines(card, lambda lines: any("acknowledge" not in line and "1." in line for line in lines))


async def test_who_may_not_handle_incidents_is_told_why_and_nothing_changes(watched: WatchedTown) -> None:
    watched.fail("vm-night-03")
    card = await watched.card("vm-night-03: backup failed")
    await watched.town.click(card, "acknowledge_incident", "U0PRIYA")
    refusal = await watched.town.seen(
        "U0PRIYA", "C0ALERTS", lambda seen: any(each.get("is_ephemeral") for each in seen)
    )
    assert "Handling incidents" in told(refusal[-1])
    assert "Seen by" not in told(await watched.card("vm-night-03"))


async def test_routes_are_made_shown_and_ended_by_commands(watched: WatchedTown) -> None:
    made = await watched.say("subscribe vault-prod", DAAN, "C0AZUREOPS")
    assert "vault-prod" in told(made), told(made)
    watched.fail("vm-night-04")
    await watched.card("vm-night-04: backup failed", channel="C0AZUREOPS")
    assert not [each for each in await watched.cards() if "vm-night-04" in told(each)], "a route covers it"
    assert "vault-prod" in told(await watched.say("routes", DAAN, "C0AZUREOPS"))
    assert "niet meer" in told(await watched.say("unsubscribe vault-prod", DAAN, "C0AZUREOPS"))
    watched.fail("vm-night-05")
    await watched.card("vm-night-05: backup failed")
    unknown = await watched.say("subscribe vault-prd", DAAN, "C0AZUREOPS")
    assert "vault-prod" in told(unknown), "the nearest name is offered"
    refused = await watched.say("subscribe vault-prod", EMMA, "C0AZUREOPS")
    assert "Changing where failures are posted" in told(refused)


async def test_a_muted_vm_rings_nobody_and_is_told_when_the_silence_is_over(watched: WatchedTown) -> None:
    assert "Silent" in told(await watched.say("mute vm-night-06 2h because of a move"))
    watched.fail("vm-night-06")
    listed = await watched.say("incidents vm-night-06")
    for _ in range(50):
        if "silent" in told(listed):
            break
        listed = await watched.say("incidents vm-night-06")
    assert "silent" in told(listed), "it is counted, and shown as silent"
    assert not [each for each in await watched.cards() if "vm-night-06" in told(each)]
    watched.azure.clock.advance(2 * 3_600 + 60)
    await watched.card("vm-night-06: backup failed")


async def test_a_storm_is_one_card_with_exact_counts_and_every_incident_can_be_reached(watched: WatchedTown) -> None:
    for number in range(30):
        watched.fail(f"vm-storm-{number:02}")
    card = await watched.card("30 backups fail by one cause")
    assert {"retry_storm", "show_storm"} <= button_ids(card)
    singles = [each for each in await watched.cards() if "vm-storm-" in title(each)]
    assert len(singles) < 5
    await watched.town.click(card, "show_storm", EMMA)
    page = (await watched.town.seen(EMMA, "C0ALERTS", lambda seen: any("page 1 of 3" in told(each) for each in seen)))[
        -1
    ]
    await watched.town.click(page, "show_incident", EMMA)
    shown = await watched.town.seen(EMMA, "C0ALERTS", lambda seen: "First steps" in told(seen[-1]))
    assert "vm-storm-" in title(shown[-1])
    pictured = await watched.card("30 backups fail by one cause", "slack_file")
    image = next(block for block in pictured["blocks"] if block["type"] == "image")
    assert "30 in all" in image["alt_text"]
    assert watched.town.slack.file(image["slack_file"]["id"]).startswith(b"\x89PNG")
    for number in range(30):
        watched.succeed(f"vm-storm-{number:02}")
    green = await watched.card("All 30 backups are good again")
    assert green["ts"] == card["ts"]


async def test_what_failed_while_the_bot_was_away_is_one_digest(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    async with watched_town(monkeypatch, azure, tmp_path):
        pass
    for number in range(4):
        failure = {"vm": f"vm-away-{number}", "vault": "vault-prod", "code": CODE, "ended_ago": 0}
        azure.estate.change({"add_failure": failure})
    azure.clock.advance(3 * 86_400)
    async with watched_town(monkeypatch, azure, tmp_path, fresh=False) as watched:
        digest = await watched.card("While I was away: 4 open")
        assert "vm-away-3" in told(digest)
        assert [each["ts"] for each in await watched.cards()] == [digest["ts"]], "one message, not four"
        watched.fail("vm-away-1")
        await watched.card("vm-away-1: no good backup for too long", "Failed 2 times")


async def test_blindness_is_told_once_and_once_more_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    async with watched_town(monkeypatch, azure, tmp_path, operations_channel="C0AZUREOPS") as watched:
        azure.faults.set({"server_error": {"path": "/backupJobs", "status": 503, "times": 100_000}})
        azure.clock.advance(700)
        await watched.card("I cannot see whether backups fail", channel="C0AZUREOPS")
        azure.clock.advance(700)
        azure.faults.reset()
        await watched.card("I see again whether backups fail", channel="C0AZUREOPS")
        assert len(await watched.cards("C0AZUREOPS")) == 2
        assert says("nothing is lost")((await watched.cards("C0AZUREOPS"))[-1])


@pytest.mark.parametrize(("switches", "why"), [({"archived": True}, "is archived"), ({"app": False}, "private")])
async def test_a_channel_that_is_lost_loses_no_failure(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path, switches: dict[str, bool], why: str
) -> None:
    lost = "C0GENERAL" if "archived" in switches else "C0ONCALL"
    routes = [{"channel": lost, "vaults": ["vault-prod"]}]
    settings: dict[str, Any] = {"routes": routes, "operations_channel": "C0AZUREOPS"}
    async with watched_town(monkeypatch, azure, tmp_path, **settings) as watched:
        watched.town.slack.change_channel(lost, app=True)
        watched.fail("vm-lost-01")
        await watched.card("vm-lost-01: backup failed", channel=lost)
        watched.town.slack.change_channel(lost, **switches)
        watched.fail("vm-lost-02")
        await watched.card("vm-lost-02: backup failed")  # in the default channel
        notice = await watched.card("A channel takes no messages any more", channel="C0AZUREOPS")
        assert why in told(notice)
        watched.succeed("vm-lost-02")
        await watched.card("vm-lost-02: backup is good again")


async def test_a_route_that_changes_meanwhile_moves_what_is_new_and_keeps_what_stands(watched: WatchedTown) -> None:
    watched.fail("vm-moved-01")
    card = await watched.card("vm-moved-01: backup failed")
    await watched.say("subscribe vault-prod", DAAN, "C0AZUREOPS")
    watched.azure.clock.advance(600)
    watched.fail("vm-moved-01")
    moved = await watched.card("vm-moved-01", "Failed 2 times", channel="C0AZUREOPS")
    assert (await watched.card("vm-moved-01", "Failed 2 times"))["ts"] == card["ts"]
    watched.succeed("vm-moved-01")
    for channel, ts in (("C0ALERTS", card["ts"]), ("C0AZUREOPS", moved["ts"])):
        assert (await watched.card("vm-moved-01: backup is good again", channel=channel))["ts"] == ts


async def test_one_that_fails_again_after_a_good_backup_is_a_new_incident_that_remembers(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    # An hour in one jump is not taken for an absence here.
    async with watched_town(monkeypatch, azure, tmp_path, catch_up_minutes=180) as watched:
        watched.fail("vm-again-01")
        first = await watched.card("vm-again-01: backup failed")
        watched.succeed("vm-again-01")
        await watched.card("vm-again-01: backup is good again")
        azure.clock.advance(120)
        watched.fail("vm-again-01")
        second = await watched.card("vm-again-01: backup failed", "The same error was last over")
        assert second["ts"] != first["ts"]
        assert "good again" in told(await watched.card("vm-again-01: backup is good again"))


async def test_a_storms_chart_says_that_it_is_behind_and_catches_up(watched: WatchedTown) -> None:
    for number in range(6):
        watched.fail(f"vm-grow-{number:02}")
    await watched.card("6 backups fail by one cause", "slack_file")
    for number in range(6, 11):
        watched.fail(f"vm-grow-{number:02}")
    behind = await watched.card("11 backups fail by one cause", "The chart shows ", " of 11 failed jobs")
    watched.azure.clock.advance(60)
    drawn = await watched.card("11 backups fail by one cause", ": 11 in all. Most")
    assert drawn["ts"] == behind["ts"]
    assert "The chart shows" not in told(drawn)


async def test_a_vm_that_is_protected_only_now_has_its_recovery_point_too(watched: WatchedTown) -> None:
    """The vault's items are kept for a minute, and this one was not among them."""
    watched.fail("vm-old-01")
    await watched.card("vm-old-01: backup failed", "Last good recovery point")
    watched.azure.clock.advance(10)
    watched.fail("vm-new-01")
    await watched.card("vm-new-01: backup failed", "Last good recovery point")


async def test_a_digest_comes_once_at_its_hour_with_its_chart(
    monkeypatch: pytest.MonkeyPatch, azure: RunningAzure, tmp_path: Path
) -> None:
    # Half a day off, whatever the hour is now: the one of today must not be due yet.
    at = datetime.fromtimestamp(azure.clock.now() + 43_200, UTC)
    async with watched_town(monkeypatch, azure, tmp_path, daily=True, digest_at=f"{at:%H:%M}") as watched:
        watched.fail("vm-digest-01")
        await watched.card("vm-digest-01: backup failed")
        azure.clock.advance(43_200 + 60)
        digest = await watched.card("The last day: ", "vm-digest-01", "slack_file")
        assert "new" in told(digest)
        azure.clock.advance(3_600)
        await watched.say("incidents")
        assert len([each for each in await watched.cards() if "The last day: " in told(each)]) == 1


async def test_muting_a_vm_of_one_vault_leaves_its_namesake_in_another_loud(watched: WatchedTown) -> None:
    assert "Silent" in told(await watched.say("mute vm-twin-01 vault:vault-other 2h because of a move"))
    watched.fail("vm-twin-01")
    await watched.card("vm-twin-01: backup failed")
