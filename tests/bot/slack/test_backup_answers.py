"""`/backup`: who may ask, what is told, and that nothing is said twice or not at all."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.lookups.lookups import Lookups
from bot.settings import load_azure
from bot.slack.backup_answers import answer_audit_page, answer_backup
from bot.slack.desk import Desk
from bot.store.audit import Deed
from bot.store.audit_reading import AuditFilter, read_page
from bot.store.store import Store
from bot.workflows.front import Operations
from intents.policy import ROLES, Grant
from responses.cards.trouble import expired
from sandbox.azure import RunningAzure
from tests.bot.slack.stand_in import Say, StandIn

OPERATORS = Grant("operators", frozenset({"U0EMMA"}), operations=ROLES["remediator"], vaults=("vault-prod",))
NIGHT = Grant("night", groups=frozenset({"S0NIGHT"}), operations=ROLES["operator"], channels=frozenset({"C0NIGHT"}))
SECOND = Grant("second", frozenset({"U0DAAN"}), operations=ROLES["approver"])
ADMIN = Grant("admins", frozenset({"U0EMMA"}), operations=ROLES["admin"])


async def _at_once(seconds: float) -> None:
    """Sleeps without time passing."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def live(desk: Desk, azure: RunningAzure, store: Store, slack: StandIn) -> AsyncIterator[Desk]:
    """A desk with that Azure behind it, at which U0EMMA is an operator."""
    slack.answers["users.info"] = [Say(body={"ok": True, "user": {"id": "U0EMMA", "team_id": "T1", "locale": "en-GB"}})]
    slack.answers["usergroups.users.list"] = [Say(body={"ok": True, "users": ["U0NIGHT"]})]
    lookups = Lookups(load_azure(), desk.answers.catalog, desk.answers.resolver)
    desk.rights.use((OPERATORS, NIGHT, SECOND))
    shop = replace(desk.operations.shop, store=store, lookups=lookups)
    yield replace(desk, lookups=lookups, operations=Operations(shop), sleep=_at_once)
    await desk.background.drain(5)
    await desk.rights.close()
    await lookups.close()


def _command(slack: StandIn, text: str, user: str = "U0EMMA") -> dict[str, Any]:
    return {
        "command": "/backup",
        "text": text,
        "user_id": user,
        "team_id": "T1",
        "channel_id": "C1",
        "response_url": slack.response_url(),
    }


def _click(slack: StandIn, *, user: str = "U0EMMA", ts: str = "1.1") -> dict[str, Any]:
    return {
        "user": {"id": user, "team_id": "T1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": ts, "is_ephemeral": True},
        "trigger_id": "T1",
        "response_url": slack.response_url(),
    }


async def _answers(desk: Desk, slack: StandIn) -> list[dict[str, Any]]:
    await desk.background.drain(10)
    return [dict(sent) for sent in slack.of("one")]


async def _asked(desk: Desk, slack: StandIn, text: str) -> str:
    """What the one answer to a command says."""
    before = len(slack.of("one"))
    answer_backup(desk, _command(slack, text))
    (answer,) = (await _answers(desk, slack))[before:]
    assert (answer["response_type"], answer["replace_original"]) == ("ephemeral", False)
    return str(answer["blocks"])


def _ack(response: Any) -> str:
    return str(json.loads(response.body)["blocks"])


async def test_who_may_is_acknowledged_and_answered_once(live: Desk, slack: StandIn) -> None:
    assert "Looking up who may" in _ack(answer_backup(live, _command(slack, "whocan retry vm-sql-01")))
    (answer,) = await _answers(live, slack)
    told = str(answer["blocks"])
    for words in ("*vm-sql-01* · vault-prod · Production", "<@U0EMMA> · `operators`", "<@U0EMMA> may, by `operators`"):
        assert words in told
    assert "<!subteam^S0NIGHT> · `night` · in <#C0NIGHT>" in told, "where else, and only there"


async def test_a_removal_tells_who_may_approve_it(live: Desk, slack: StandIn) -> None:
    told = await _asked(live, slack, "whocan remove vm-sql-01")
    assert "A second person must approve" in told
    assert "`second`" in told
    assert "<@U0DAAN> (unknown to Slack)" in told, "somebody whom Slack does not describe may do nothing"


async def test_why_somebody_may_not_and_what_is_missing(live: Desk, slack: StandIn) -> None:
    told = await _asked(live, slack, "whocan approve vm-sql-01")
    assert "<@U0EMMA> may not." in told
    assert "operators names them, but not for this" in told
    other = await _asked(live, slack, "whocan retry vm-sql-01 <@U0DAAN|daan>")
    assert "<@U0DAAN> may not." in other
    assert "Slack does not say who they are" in other


async def test_a_name_of_two_places_is_told_for_each(live: Desk, slack: StandIn) -> None:
    told = await _asked(live, slack, "whocan retry vault-shared")
    assert "vault-shared* · Acceptance" in told
    assert "vault-shared* · Shared" in told
    assert "More than one has that name" in told
    chosen = await _asked(live, slack, "whocan retry vault:vault-shared sub:Shared")
    assert "Acceptance" not in chosen


async def test_an_unknown_name_is_answered_by_the_name_alone_and_says_so(live: Desk, slack: StandIn) -> None:
    told = await _asked(live, slack, "whocan retry vm-nowhere")
    assert "know a VM or vault called vm-nowhere" in told
    assert "`operators`" not in told, "that grant is for a vault, and nobody knows which vault this would be in"


async def test_azure_that_does_not_answer_is_no_unknown_name(live: Desk, slack: StandIn, azure: RunningAzure) -> None:
    azure.faults.set({"forbidden": {"times": 99}})
    told = await _asked(live, slack, "whocan retry vm-sql-01")
    assert "Azure could not be read" in told
    assert "know a VM or vault" not in told


async def test_without_a_name_every_grant_is_told_with_its_scope(
    live: Desk, slack: StandIn, azure: RunningAzure
) -> None:
    told = await _asked(live, slack, "wie mag herhalen --nl")
    assert "kluizen: vault-prod" in told
    assert "<@U0EMMA> mag het, door `operators`." in told
    assert azure.counts == {}


async def test_who_holds_no_grant_is_told_why_there_is_no_answer(
    live: Desk, slack: StandIn, azure: RunningAzure
) -> None:
    live.rights.use((SECOND, replace(ADMIN, users=frozenset({"U0BOSS"}))))
    told = await _asked(live, slack, "whocan retry vm-sql-01")
    assert "You hold no grant" in told
    assert "<@U0BOSS>" in told, "who can grant it"
    assert azure.counts == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "/backup whocan retry"), ("help --nl", "U kunt dit schrijven"), ("whocan retry x y", "“y”"),
     ("whocan", "Which operation?"), ("audit @emma", "@emma")],
)  # fmt: skip
async def test_how_to_ask_is_told_at_once_to_everybody(live: Desk, slack: StandIn, text: str, told: str) -> None:
    assert told in _ack(answer_backup(live, _command(slack, text, user="U0PRIYA")))
    assert await _answers(live, slack) == []


async def _fill(store: Store, count: int) -> None:
    async with store.transaction() as kept:
        for number in range(1, count + 1):
            vm, actor = f"vm-{number % 2}", "U0EMMA" if number % 3 else "U0SAM"
            deed = Deed(1_000.0 + number, "retry-backup-asked", actor, details={"vm": vm, "code": f"E{number}"})
            await store.audit.append(kept, deed)


async def _kinds(store: Store) -> list[tuple[str, str]]:
    async with store.transaction() as kept:
        records, _ = await read_page(kept, AuditFilter(), rows=100)
        assert await store.audit.verify(kept) is None
    return [(record.kind, record.actor) for record in records]


async def test_who_may_not_read_the_log_is_refused_and_that_is_recorded(
    live: Desk, slack: StandIn, store: Store
) -> None:
    told = await _asked(live, slack, "audit")
    assert "You may not read the audit log" in told
    assert "operators" in told
    assert await _kinds(store) == [("read-audit-refused", "U0EMMA")]


async def test_a_grant_for_a_part_does_not_open_the_whole_log(live: Desk, slack: StandIn, store: Store) -> None:
    live.rights.use((replace(ADMIN, vaults=("vault-prod",)),))
    assert "You may not read the audit log" in await _asked(live, slack, "audit vm-sql-01")


def _buttons(answer: dict[str, Any]) -> dict[str, str]:
    blocks = [block for block in answer["blocks"] if block["type"] == "actions"]
    return {one["action_id"]: one["value"] for block in blocks for one in block["elements"]}


def _rows(answer: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in answer["blocks"] if block["block_id"].startswith("row_")]


async def test_the_log_is_paged_newest_first(live: Desk, slack: StandIn, store: Store) -> None:
    live.rights.use((ADMIN,))
    await _fill(store, 23)
    answer_backup(live, _command(slack, "audit"))
    (first,) = await _answers(live, slack)
    assert _rows(first) == [f"row_{number}" for number in range(23, 13, -1)]
    assert "23 records · page 1 of 3" in str(first["blocks"])
    answer_audit_page(live, _click(slack), _buttons(first)["audit_page_next"])
    second = (await _answers(live, slack))[-1]
    assert second["replace_original"] is True
    assert _rows(second) == [f"row_{number}" for number in range(13, 3, -1)]
    answer_audit_page(live, _click(slack), _buttons(second)["audit_page_next"])
    third = (await _answers(live, slack))[-1]
    assert _rows(third) == ["row_3", "row_2", "row_1"]
    assert set(_buttons(third)) == {"audit_page_previous"}
    assert [kind for kind, _ in await _kinds(store)] == ["retry-backup-asked"] * 23, "reading leaves no trace"


async def test_of_one_vm_and_one_person(live: Desk, slack: StandIn, store: Store) -> None:
    live.rights.use((ADMIN,))
    await _fill(store, 12)
    told = await _asked(live, slack, "audit vm-1 <@U0SAM|x> --nl")
    assert "2 vermeldingen" in told
    assert [f"`E{number}`" in told for number in (9, 3, 6)] == [True, True, False]
    assert "8 records" in await _asked(live, slack, "audit me")
    assert "0 records" in await _asked(live, slack, "audit since yesterday")


async def test_a_double_click_turns_once_and_is_authorised_again(live: Desk, slack: StandIn, store: Store) -> None:
    for _ in range(3):
        answer_audit_page(live, _click(slack), "audit|2")
    (told,) = await _answers(live, slack)
    assert "You may not read the audit log" in str(told["blocks"])
    assert await _kinds(store) == [("read-audit-refused", "U0EMMA")]


@pytest.mark.parametrize(
    "value",
    ["", "|", "audit", "audit|", "audit|0", "audit|-1", "audit|x", "audit|²", "audit x y|1", "whocan retry vm-1|1",
     "help|1", f"audit {'x' * 3_000}|1", "audit|" + "9" * 300],
)  # fmt: skip
async def test_a_value_that_we_never_wrote_is_an_old_button(live: Desk, slack: StandIn, value: str) -> None:
    answer_audit_page(live, _click(slack), value)
    (told,) = await _answers(live, slack)
    assert told["text"] == expired("en").text


async def test_a_database_that_is_away_is_told(live: Desk, slack: StandIn) -> None:
    live.rights.use((ADMIN,))
    away = Store("postgresql://nobody:nothing@127.0.0.1:1/none")
    shop = replace(live.operations.shop, store=away)
    told = await _asked(replace(live, operations=Operations(shop)), slack, "audit")
    assert "I could not read the audit log" in told
    await away.close()
