"""The cards of `/backup`: who may do what, and what was done; valid for Slack, inert, and never too long."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from intents.policy import OPERATIONS, Reason
from responses.cards import who_can
from responses.cards.audit_log import (
    AuditPage,
    DeedRow,
    audit_away,
    audit_card,
    deed_words,
    looking_who_can,
    reading_audit,
)
from responses.cards.labels import labels
from responses.cards.model import JSON, MOST_CHARACTERS, Card
from responses.cards.trouble_azure import Trouble
from responses.cards.who_can import HolderOf, PlaceOf, StandingOf, WhoCanOf, backup_help, not_told, who_can_card
from responses.catalog.model import Language
from tests.responses.cards.samples import LANGUAGES
from tests.responses.cards.walk import live, objects, texts
from tests.schemas.oracle import all_problems

HOSTILE: list[str] = json.loads((Path(__file__).parents[2] / "fixtures" / "hostile.json").read_text("utf-8"))
NIGHT = datetime(2026, 11, 22, 2, 10, tzinfo=UTC)
REASONS = [reason for reason in get_args(Reason) if reason != "allowed"]

OPERATORS = HolderOf("operators", ("U0EMMA", "U0DAAN"), ("S0ONCALL",))
APPROVERS = HolderOf("approvers", ("U0DAAN",), (), (("U0GONE", "deactivated"),), ("C0ALERTS",))
SQL = PlaceOf(
    "vm-sql-01",
    "vault-prod",
    "Production",
    here=(OPERATORS,),
    standing=StandingOf("U0EMMA", True, "allowed", "operators"),
)
REFUSED = StandingOf("U0PRIYA", False, "not-this-operation", "readers")
RETRY = WhoCanOf("retry-backup", "vm-sql-01", (SQL,), who_can=("U0BOSS", "S0ADMINS"))
REMOVE = WhoCanOf(
    "remove-extension",
    "vm-sql-01",
    (replace(SQL, elsewhere=(replace(APPROVERS, grant="night"),), approvers=(APPROVERS,), standing=REFUSED),),
)
TWO = WhoCanOf(
    "look-up",
    "vm-api-14",
    (SQL, PlaceOf("vm-api-14", "vault-shared", "Acceptance")),
    more=3,
    notes=(Trouble("who_can_note.many", {}), Trouble("azure.throttled", {"seconds": "40"}, "Acceptance")),
)
UNKNOWN = WhoCanOf(
    "retry-backup",
    "vm-sqll",
    (PlaceOf("vm-sqll", standing=replace(REFUSED, reason="nobody-granted", grant="")),),
    notes=(Trouble("who_can_note.unknown", {"name": "vm-sqll"}),),
)
ANYTHING = WhoCanOf(
    "cancel-job", "", (PlaceOf(here=(replace(OPERATORS, scope=(("vaults", "vault-prod*"), ("tags", "env=prod"))),)),)
)
DEEDS = (
    DeedRow(42, NIGHT, "retry-failed", "U0EMMA", "vm-sql-01", "vault-prod", "UserErrorVmProvisioningStateFailed"),
    DeedRow(41, NIGHT, "retry-unknown", "U0EMMA", "vm-sql-01", "vault-prod", why="operation_why.lost"),
    DeedRow(
        40, NIGHT - timedelta(hours=1), "removal-approved-by", "U0DAAN", "vm-sql-01", "vault-prod", reason="go on"
    ),
    DeedRow(39, NIGHT - timedelta(hours=2), "removal-started", "U0EMMA", "vm-sql-01", approved_by="U0DAAN"),
    DeedRow(
        38, NIGHT - timedelta(hours=3), "retry-backup-refused", "U0PRIYA", "vm-sql-01", reason="not-this-operation",
        grant="readers",
    ),
    DeedRow(37, NIGHT - timedelta(days=1), "retry-backup-asked", "U0EMMA", "vm-web-01", "vault-pr", grant="operators"),
    DeedRow(36, NIGHT - timedelta(days=1), "something-new", "", ""),
)  # fmt: skip
LOG = AuditPage(
    DEEDS,
    37,
    2,
    4,
    "vm-sql-01",
    "U0EMMA",
    NIGHT - timedelta(days=7),
    'audit vm:"vm-sql-01"|1',
    'audit vm:"vm-sql-01"|3',
)
CARDS: dict[str, Callable[[Language], Card]] = {
    "help": backup_help,
    "not_a_word": lambda language: backup_help(language, "word", "vm-2"),
    "no_operation": lambda language: backup_help(language, "operation"),
    "no_person": lambda language: backup_help(language, "person", "@emma"),
    "retry": lambda language: who_can_card(RETRY, language),
    "remove": lambda language: who_can_card(REMOVE, language),
    "two_places": lambda language: who_can_card(TWO, language),
    "unknown": lambda language: who_can_card(UNKNOWN, language),
    "anything": lambda language: who_can_card(ANYTHING, language),
    "nobody_told": lambda language: not_told("who-can", "nobody-granted", "", ("U0BOSS",), language),
    "log_not_told": lambda language: not_told("read-audit", "not-this-operation", "readers", (), language),
    "looking": looking_who_can,
    "reading": reading_audit,
    "log": lambda language: audit_card(LOG, language),
    "empty_log": lambda language: audit_card(AuditPage((), 0, 1, 1), language),
    "away": audit_away,
}


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CARDS)
def test_what_people_see(golden: SnapshotAssertion, name: str, language: Language) -> None:
    card = CARDS[name](language)
    assert all_problems("known_blocks", card.blocks) == []
    assert {"text": card.text, "blocks": card.blocks} == golden


def words(card: Card) -> str:
    return "\n".join(texts(card))


def test_who_may_is_told_by_grant_and_with_the_second_person() -> None:
    told = words(who_can_card(REMOVE, "en"))
    assert "• <!subteam^S0ONCALL>, <@U0EMMA>, <@U0DAAN> · `operators`" in told
    assert "A second person must approve" in told
    assert "in <#C0ALERTS>" in told
    assert "but not <@U0GONE> (deactivated)" in told


def test_where_nobody_may_approve_it_says_that_it_cannot_be_done() -> None:
    alone = replace(REMOVE, places=(replace(SQL, approvers=()),))
    assert "it cannot be done" in words(who_can_card(alone, "en"))
    assert "approve" not in words(who_can_card(RETRY, "en")).casefold()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_the_policy_has_its_words(reason: str, language: Language) -> None:
    standing = StandingOf("U0PRIYA", False, reason, "readers")
    reason_told, missing = who_can.reason_words(standing, "retry-backup", labels(language))
    told = words(who_can_card(replace(RETRY, places=(replace(SQL, standing=standing),)), language))
    assert (reason_told in told, missing in told) == (True, True)
    other = who_can.reason_words(replace(standing, reason="nobody-granted"), "retry-backup", labels(language))
    assert reason == "nobody-granted" or reason_told != other[0]
    assert words(not_told("read-audit", reason, "readers", (), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operation_has_its_words(language: Language) -> None:
    assert set(OPERATIONS) == set(who_can.OPERATIONS)
    told = {words(who_can_card(replace(RETRY, operation=operation), language)) for operation in OPERATIONS}
    assert len(told) == len(OPERATIONS)


@pytest.mark.parametrize("kind", ["retry-running", "removal-removed", "removal-expired", "read-audit-refused"])
def test_deeds_are_told_in_words(kind: str) -> None:
    assert deed_words(kind, labels("en")) != deed_words(kind, labels("nl"))


def test_a_deed_of_a_later_version_is_told_as_it_was_recorded() -> None:
    assert deed_words("something-new", labels("en")) == "Something new"
    assert (
        "azure" not in words(audit_card(replace(LOG, rows=(replace(DEEDS[1], why="no.such-label"),)), "en")).casefold()
    )


def test_pages_are_turned_by_buttons_that_carry_the_question() -> None:
    blocks: list[JSON] = list(audit_card(LOG, "en").blocks)
    buttons = {str(one["action_id"]): one["value"] for one in objects(blocks) if one.get("type") == "button"}
    assert buttons == {"audit_page_previous": LOG.previous, "audit_page_next": LOG.next}


def _everywhere(text: str) -> list[Callable[[Language], Card]]:
    holder = HolderOf(text, (text,), (text,), ((text, text),), (text,), (("vms", text),))
    standing = StandingOf(text, False, text, text)
    place = PlaceOf(text, text, text, (holder,), (holder,), (holder,), standing)
    told = WhoCanOf(text, text, (place,), 2, (Trouble("who_can_note.unknown", {"name": text}),), (text,))
    rows = tuple(
        DeedRow(n, NIGHT, kind, text, text, text, text, why, text, text, text)
        for n, kind, why in (
            (1, text, text),
            (2, "retry-backup-refused", ""),
            (3, "retry-failed", "operation_why.lost"),
        )
    )
    return [
        lambda language: who_can_card(told, language),
        lambda language: backup_help(language, "word", text),
        lambda language: not_told("read-audit", "not-this-channel", text, (text,), language),
        lambda language: audit_card(AuditPage(rows, 3, 1, 1, text, text), language),
    ]


HARMLESS = {language: [live(make(language)) for make in _everywhere("harmless")] for language in LANGUAGES}


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_what_is_written_in_a_name_is_never_read_as_markup(number: int) -> None:
    language: Language = "nl" if number % 2 else "en"
    for make, harmless in zip(_everywhere(HOSTILE[number]), HARMLESS[language], strict=True):
        card = make(language)
        assert all_problems("known_blocks", card.blocks) == []
        alive = live(card) - harmless
        assert not {key for key in alive if not key.startswith(("mark *", "code"))}, alive


_NAME = st.text(min_size=1, max_size=90)
# It is their number and length that may not fit; drawing each of thousands would take half a minute.
_USERS = st.integers(0, 30).map(lambda count: tuple(f"U{10**15 + each}" for each in range(count)))
_HOLDERS = st.lists(
    st.builds(
        HolderOf,
        _NAME, _USERS, _USERS.map(lambda users: tuple(f"S{user}" for user in users)),
        _USERS.map(lambda users: tuple((user, "deactivated") for user in users)),
        _USERS.map(lambda users: tuple(f"C{user}" for user in users)),
        st.just((("vms", "x*" * 200),)),
    ),
    max_size=12,
).map(tuple)  # fmt: skip
_STANDING = st.builds(StandingOf, st.just("U0EMMA"), st.booleans(), st.sampled_from(REASONS), _NAME)
_PLACES = st.lists(
    st.builds(PlaceOf, _NAME, _NAME, _NAME, _HOLDERS, _HOLDERS, _HOLDERS, _STANDING), min_size=1, max_size=7
).map(tuple)


@given(_PLACES, st.sampled_from(OPERATIONS), _NAME, _USERS)
def test_any_number_of_grants_and_places_fits_a_message(
    places: tuple[PlaceOf, ...], operation: str, name: str, who: tuple[str, ...]
) -> None:
    notes = tuple(Trouble("azure.not_allowed", {"action": name, "scope": name}, name) for _ in range(9))
    card = who_can_card(WhoCanOf(operation, name, places, 5, notes, who), "nl")
    assert all_problems("known_blocks", card.blocks) == []
    assert card.size < MOST_CHARACTERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_most_that_can_be_told_fits_a_message(language: Language) -> None:
    users = tuple(f"U{10**15 + each}" for each in range(30))
    barred = tuple((user, "deactivated") for user in users)
    holder = HolderOf("g" * 90, users, (), barred, tuple(f"C{user}" for user in users), (("vms", "x" * 400),))
    standing = StandingOf("U0EMMA", False, "own-request", "g" * 90)
    place = PlaceOf("v" * 90, "w" * 90, "s" * 90, (holder,) * 12, (holder,) * 12, (holder,) * 12, standing)
    notes = tuple(Trouble("azure.not_allowed", {"action": "a" * 300, "scope": "s" * 300}, "n" * 90) for _ in range(9))
    card = who_can_card(WhoCanOf("remove-extension", "v" * 90, (place,) * 7, 5, notes, users), language)
    assert all_problems("known_blocks", card.blocks) == []
    assert card.size < MOST_CHARACTERS
    assert str(12 - sum("here_" in str(block.get("block_id")) for block in card.blocks)) in str(card.blocks)


_ROWS = st.lists(
    st.builds(
        DeedRow,
        st.integers(1, 10**9), st.just(NIGHT), st.sampled_from(["retry-failed", "x" * 64, "approve-refused"]), _NAME,
        _NAME, _NAME, _NAME, st.sampled_from(["", "operation_why.lost"]), st.text(max_size=300), _NAME, _NAME,
    ),
    max_size=10,
    unique_by=lambda row: row.number,
).map(tuple)  # fmt: skip


@given(_ROWS, _NAME)
def test_any_ten_deeds_fit_a_message(rows: tuple[DeedRow, ...], name: str) -> None:
    value = f'audit vm:"{name * 3}" since 2026-11-21T22:00Z --nl|12'
    card = audit_card(AuditPage(rows, 10**6, 9, 10**5, name, name, NIGHT, value, value), "nl")
    assert all_problems("known_blocks", card.blocks) == []
    assert card.size < MOST_CHARACTERS
    assert len([block for block in card.blocks if str(block["block_id"]).startswith("row_")]) == len(rows)
