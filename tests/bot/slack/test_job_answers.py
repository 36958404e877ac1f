"""`/backup-jobs` and its buttons: who is refused, what waits, and that nothing is said twice or not at all."""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.background import Background
from bot.lookups.lookups import Lookups
from bot.lookups.pages import Turn, read_turn
from bot.rights.grants import with_lookup_users
from bot.rights.members import Members
from bot.rights.rights import Rights
from bot.settings import load_azure
from bot.slack.desk import Desk
from bot.slack.job_answers import answer_command, answer_details, answer_explain, answer_turn
from responses.cards.trouble import expired
from sandbox.azure import RunningAzure
from tests.bot.slack.stand_in import Say, StandIn

VAULT = (
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-backup-prod"
    "/providers/Microsoft.RecoveryServices/vaults/vault-prod"
)
STUCK = "ExtensionStuckInDeletionState"


class _Waits:
    """Sleeps without time passing, except on the clock that the look-ups go by."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def long(self) -> list[float]:
        """The waits that a person notices."""
        return [seconds for seconds in self.slept if seconds >= 1]


@pytest.fixture
def waits() -> _Waits:
    return _Waits()


@pytest.fixture
async def live(desk: Desk, azure: RunningAzure, waits: _Waits) -> AsyncIterator[Desk]:
    """A desk at which U1 may look into that Azure."""
    lookups = Lookups(load_azure(), desk.answers.catalog, desk.answers.resolver, now=waits)
    rights = Rights(Members(desk.client), with_lookup_users((), ["U1"]))
    yield replace(desk, lookups=lookups, rights=rights, sleep=waits.sleep)
    await desk.background.drain(5)
    await lookups.close()


def _command(slack: StandIn, text: str, user: str = "U1") -> dict[str, Any]:
    return {
        "command": "/backup-jobs",
        "text": text,
        "user_id": user,
        "channel_id": "C1",
        "response_url": slack.response_url(),
    }


def _click(slack: StandIn, *, user: str = "U1", is_ephemeral: bool = True, ts: str = "1.1") -> dict[str, Any]:
    container = {"type": "message", "message_ts": ts, "is_ephemeral": is_ephemeral}
    return {"user": {"id": user}, "container": container, "trigger_id": "T1", "response_url": slack.response_url()}


async def _said(desk: Desk, slack: StandIn) -> list[dict[str, Any]]:
    """What was posted to the response address, once everything is over."""
    await desk.background.drain(10)
    return [dict(sent) for sent in slack.of("one")]


def _ack(response: Any) -> str:
    return str(json.loads(response.body)["blocks"])


async def test_a_command_is_acknowledged_and_answered_once(live: Desk, slack: StandIn) -> None:
    assert "vault-prod" in _ack(answer_command(live, _command(slack, "vault-prod")))
    (answer,) = await _said(live, slack)
    assert STUCK in str(answer["blocks"])
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False


async def test_an_answer_that_is_ready_at_once_lets_the_acknowledgement_go_first(
    live: Desk, slack: StandIn, waits: _Waits
) -> None:
    answer_command(live, _command(slack, "vault-prod"))
    await _said(live, slack)
    waits.slept.clear()
    answer_command(live, _command(slack, "vault-prod"))  # known by now: otherwise it would overtake
    await _said(live, slack)
    assert [0.1 < wait < 1 for wait in waits.slept] == [True]
    waits.slept.clear()
    answer_turn(live, _click(slack), Turn(f'vault:"{VAULT}" failed 24h').value())
    assert len(await _said(live, slack)) == 3
    assert waits.slept == [], "a click is answered in place, whatever comes first"


async def test_a_short_wait_is_told_and_then_the_answer_comes_by_itself(
    live: Desk, slack: StandIn, azure: RunningAzure, waits: _Waits
) -> None:
    azure.faults.set({"throttle": {"retry_after": 45, "operation": "list_jobs"}})
    answer_turn(live, _click(slack), Turn(f'vault:"{VAULT}" failed 24h').value())
    told, answer = await _said(live, slack)
    assert "ask again" in str(told["blocks"])
    assert "45" in str(told["blocks"])
    assert STUCK in str(answer["blocks"])
    assert told["replace_original"] is answer["replace_original"] is True
    assert waits.long() == [45.0]


async def test_a_long_wait_is_told_and_nothing_waits_for_it(
    live: Desk, slack: StandIn, azure: RunningAzure, waits: _Waits
) -> None:
    azure.faults.set({"throttle": {"retry_after": 3_600, "operation": "list_jobs"}})
    answer_command(live, _command(slack, "vault-prod"))
    (told,) = await _said(live, slack)
    assert "3600" in str(told["blocks"])
    assert waits.long() == []


async def test_what_stays_throttled_is_told_and_not_asked_for_ever(
    live: Desk, slack: StandIn, azure: RunningAzure, waits: _Waits
) -> None:
    azure.faults.set({"throttle": {"retry_after": 30, "operation": "list_jobs", "times": 9}})
    answer_command(live, _command(slack, "vault-prod"))
    assert len(await _said(live, slack)) == 2
    assert waits.long() == [30.0]


async def test_a_failure_is_told_under_a_reference_that_is_in_the_log(
    live: Desk, slack: StandIn, azure: RunningAzure, caplog: pytest.LogCaptureFixture
) -> None:
    azure.faults.set({"forbidden": {"operation": "list_jobs", "times": 9}})
    answer_command(live, _command(slack, "vault-prod"))
    (told,) = await _said(live, slack)
    (line,) = [record.getMessage() for record in caplog.records if "NotAllowed" in record.getMessage()]
    reference = line.partition(":")[0]
    assert len(reference) == 8
    assert reference in str(told["blocks"])
    assert "correlation id" in line
    assert azure.token not in caplog.text


async def test_nobody_may_look_unless_named(desk: Desk, slack: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        assert "No grant names you" in _ack(answer_command(desk, _command(slack, "vault-prod")))
    assert "refused: U1" in caplog.text
    assert await _said(desk, slack) == []


@pytest.mark.parametrize("answer", [answer_turn, answer_details])
async def test_a_click_is_authorised_again(live: Desk, slack: StandIn, azure: RunningAzure, answer: Any) -> None:
    value = Turn("vault-prod").value() if answer is answer_turn else f"{VAULT}/backupJobs/1"
    answer(live, _click(slack, user="U2", is_ephemeral=False), value)
    (refusal,) = await _said(live, slack)
    assert "No grant names you" in str(refusal["blocks"])
    assert refusal["replace_original"] is False
    assert slack.of("views.open") == []
    assert azure.counts == {}


@pytest.mark.parametrize(
    "value",
    [
        "", "{}", "[]", "5", '"x"', '{"q": 5, "p": 1, "l": "en"}', '{"q": "help", "p": 1, "l": "en"}',
        '{"q": "failed", "p": "1", "l": "en"}', '{"q": "failed", "p": 1, "l": "de"}',
        '{"q": "a b c", "p": 1, "l": "en"}',
        json.dumps({"q": "x" * 3_000, "p": 1, "l": "en"}), "[" * 5_000,
    ],
)  # fmt: skip
async def test_a_value_that_we_never_wrote_is_an_old_button(
    live: Desk, slack: StandIn, azure: RunningAzure, value: str
) -> None:
    answer_turn(live, _click(slack), value)
    (told,) = await _said(live, slack)
    assert told["text"] == expired("en").text
    assert azure.counts == {}


@pytest.mark.parametrize(
    "value",
    ["", "x", f"{VAULT}/backupJobs/../../x", f"{VAULT}/backupJobs/1?x=1", f"https://evil.example{VAULT}/backupJobs/1"],
)
async def test_a_job_that_is_no_job_opens_no_window(
    live: Desk, slack: StandIn, azure: RunningAzure, value: str
) -> None:
    answer_details(live, _click(slack), value)
    assert len(await _said(live, slack)) == 1
    assert slack.of("views.open") == []
    assert azure.counts == {}


async def test_a_double_click_opens_one_window(live: Desk, slack: StandIn, azure: RunningAzure) -> None:
    slack.answers["views.open"] = [Say(body={"ok": True, "view": {"id": "V1"}})]
    slack.answers["views.update"] = [Say(body={"ok": True})]
    for _ in range(3):
        answer_details(live, _click(slack), f"{VAULT}/backupJobs/00000000-0000-4000-8000-000000000000")
    await live.background.drain(10)
    assert len(slack.of("views.open")) == 1
    assert [update["view_id"] for update in slack.of("views.update")] == ["V1"]


async def test_one_person_looks_up_four_things_at_once(live: Desk, slack: StandIn, azure: RunningAzure) -> None:
    azure.faults.set({"hang": {"seconds": 1.0, "operation": "list_subscriptions"}})
    for hours in range(21, 27):
        answer_command(live, _command(slack, f"vault-prod {hours}h"))
    said = await _said(live, slack)
    assert sorted(STUCK in str(answer["blocks"]) for answer in said) == [False, False, True, True, True, True]
    assert "under way" in str(said[0]["blocks"])
    assert live.busy == {}


async def test_when_too_much_waits_it_is_said_in_the_acknowledgement(live: Desk, slack: StandIn) -> None:
    crowded = replace(live, background=Background(most=0))
    told = _ack(answer_command(crowded, _command(slack, "vault-prod")))
    assert "as much as I can at once" in told
    assert "Azure asks" not in told


async def test_an_entry_is_shown_beside_the_list_once(live: Desk, slack: StandIn) -> None:
    for _ in range(2):
        answer_explain(live, _click(slack), f"{STUCK}|nl")
    (shown,) = await _said(live, slack)
    assert "blijft hangen" in str(shown["blocks"])
    assert shown["replace_original"] is False


async def test_an_entry_from_a_window_is_put_on_top_of_it(live: Desk, slack: StandIn) -> None:
    slack.answers["views.push"] = [Say(body={"ok": True})]
    body = {
        "user": {"id": "U1"},
        "view": {"id": "V1"},
        "container": {"type": "view", "view_id": "V1"},
        "trigger_id": "T1",
    }
    answer_explain(live, body, f"{STUCK}|en")
    await live.background.drain(5)
    (pushed,) = slack.of("views.push")
    assert "stuck while being deleted" in str(pushed)


@pytest.mark.parametrize("turn", [Turn("failed 24h", 3, "nl"), Turn('sub:"R&D \\ë"', 1, "en")])
def test_a_turn_comes_back_as_it_was(turn: Turn) -> None:
    assert read_turn(turn.value()) == turn
