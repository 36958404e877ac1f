"""The words after `/backup`, as people write them at night, in two languages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.backup_command import (
    AskAudit,
    Asked,
    AskWhoCan,
    ShowBackupHelp,
    audit_text,
    operation_named,
    read_backup_command,
)
from intents.command_words import SELF
from intents.policy import OPERATIONS
from intents.watch_intents import NotRead

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def read(text: str) -> Asked:
    return read_backup_command(text, NOW, ZoneInfo("Europe/Amsterdam"))


@pytest.mark.parametrize(
    ("words", "operation"),
    [
        ("retry", "retry-backup"), ("retry the backup", "retry-backup"), ("rerun", "retry-backup"),
        ("herhalen", "retry-backup"), ("de back-up opnieuw", "retry-backup"),
        ("remove", "remove-extension"), ("remove the extension", "remove-extension"),
        ("delete snapshot extension", "remove-extension"), ("verwijderen", "remove-extension"),
        ("extensie verwijderen", "remove-extension"), ("extension", "remove-extension"),
        ("cancel", "cancel-job"), ("cancel the job", "cancel-job"), ("cancel the retry", "cancel-job"),
        ("annuleren", "cancel-job"), ("taak afbreken", "cancel-job"),
        ("approve", "approve"), ("approve the removal", "approve"), ("goedkeuren", "approve"),
        ("incidents", "handle-incidents"), ("handle incidents", "handle-incidents"),
        ("acknowledge", "handle-incidents"), ("incidenten afhandelen", "handle-incidents"),
        ("verwijdering goedkeuren", "approve"), ("look up", "look-up"), ("look up jobs", "look-up"),
        ("opzoeken", "look-up"), ("manage routes", "manage-routes"), ("routes beheren", "manage-routes"),
        ("audit", "read-audit"), ("read the audit log", "read-audit"), ("het logboek lezen", "read-audit"),
    ],
)  # fmt: skip
def test_operations_by_their_everyday_words(words: str, operation: str) -> None:
    asked = read(f"whocan {words} vm-sql-01")
    assert isinstance(asked, AskWhoCan), asked
    assert (asked.operation, asked.name) == (operation, "vm-sql-01")
    assert operation_named(words) == operation


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_by_their_names(name: str) -> None:
    assert operation_named(name) == name
    assert operation_named(name.upper()) == name


@pytest.mark.parametrize("words", ["", "nonsense", "vm-sql-01", "retry vm-sql-01", "retry remove"])
def test_what_is_no_operation(words: str) -> None:
    assert operation_named(words) is None


@pytest.mark.parametrize(
    "text",
    [
        "whocan retry vm-sql-01", "who can retry the backup of vm-sql-01", "wie mag herhalen vm-sql-01",
        "whocan vm-sql-01 retry", "WHOCAN RETRY vm-sql-01", "wiemag de back-up van vm-sql-01 opnieuw",
        'whocan retry "vm-sql-01"', "whocan retry vm:vm-sql-01", "whocan retry vm vm-sql-01",
        "whocan retry `vm-sql-01`", "whocan retry “vm-sql-01”",
    ],
)  # fmt: skip
def test_who_can_in_many_words(text: str) -> None:
    assert read(text) == AskWhoCan("retry-backup", "vm-sql-01")


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("whocan retry vm-1 <@U0EMMA|emma>", "U0EMMA"), ("whocan <@U0EMMA> retry vm-1", "U0EMMA"),
        ("whocan retry vm-1 @U0EMMA", "U0EMMA"), ("whocan retry vm-1 U0EMMA", "U0EMMA"),
        ("whocan retry vm-1 me", SELF), ("wie mag herhalen vm-1 ik", SELF),
        ("whocan retry vm-1", ""),
    ],
)  # fmt: skip
def test_a_person_beside_it(text: str, person: str) -> None:
    assert read(text) == AskWhoCan("retry-backup", "vm-1", person=person)


@pytest.mark.parametrize("server", ["WEBSRV01", "UPS01", "W2K19SQL", "W0EMMA", "URANUS", "WIN"])
def test_servers_in_capitals_are_no_persons(server: str) -> None:
    assert read(f"whocan retry {server}") == AskWhoCan("retry-backup", server)


def test_where_it_is_can_be_said() -> None:
    asked = read('whocan retry vm-sql-01 vault:vault-prod sub:"R&amp;D &lt;1&gt;" --nl')
    assert asked == AskWhoCan("retry-backup", "vm-sql-01", "vault-prod", "R&D <1>", language="nl")
    assert read("whocan retry kluis vault-prod") == AskWhoCan("retry-backup", "vault-prod", "vault-prod")


@pytest.mark.parametrize(
    ("text", "word", "what"),
    [
        ("fix vm-sql-01", "fix", "word"), ("retry vm-sql-01", "retry", "word"), ("whocan", "", "operation"),
        ("whocan vm-sql-01", "", "operation"), ("whocan retry vm-1 vm-2", "vm-2", "word"),
        ("whocan retry remove vm-1", "remove", "word"), ("whocan retry @emma", "@emma", "person"),
        ("whocan retry <!subteam^S123|@oncall>", "<!subteam^S123|@oncall>", "word"),
        ("whocan retry vm-1 <@U1AA> <@U2BB>", "U2BB", "word"), ('whocan retry "vm-1', '"', "word"),
        ("whocan retry --force", "--force", "word"), ("whocan retry vm", "vm", "word"),
        ("audit vm-1 vm-2", "vm-2", "word"), ("audit since tomorrow", "since tomorrow", "word"),
        ("audit 24h 7d", "7d", "word"), ("audit @daan", "@daan", "person"),
    ],
)  # fmt: skip
def test_what_was_not_understood_is_named(text: str, word: str, what: str) -> None:
    assert read(text) == NotRead(word, what)  # type: ignore[arg-type]


def test_the_audit_log() -> None:
    assert read("audit") == AskAudit()
    assert read("logboek") == AskAudit()
    assert read("audit vm-sql-01") == AskAudit("vm-sql-01")
    assert read("audit <@U0EMMA|emma> 24h") == AskAudit(person="U0EMMA", window=timedelta(hours=24))
    since = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
    assert read("audit vm-sql-01 since yesterday 22:00") == AskAudit("vm-sql-01", window=since)
    assert read("audit sinds gisteren 22:00 van vm-sql-01 --nl") == AskAudit("vm-sql-01", window=since, language="nl")


def test_a_window_begins_somewhere() -> None:
    assert AskAudit().begins(NOW) is None
    assert AskAudit(window=timedelta(hours=1)).begins(NOW) == NOW - timedelta(hours=1)
    assert AskAudit(window=NOW).begins(NOW + timedelta(days=1)) == NOW


@pytest.mark.parametrize("text", ["", "help", "?", "  hulp ", "--help", "help --nl"])
def test_help(text: str) -> None:
    assert read(text) == ShowBackupHelp("nl" if "nl" in text else None)


_NAMES = st.text(st.characters(categories=["L", "N"], include_characters="-_.;&<> "), max_size=40).map(
    lambda name: " ".join(name.split())
)
_WINDOWS = st.none() | st.integers(1, 10_000).map(lambda minutes: timedelta(minutes=minutes)) | st.just(NOW)


@given(_NAMES, st.sampled_from(["", "U0EMMA", "W123ABC"]), _WINDOWS, st.sampled_from([None, "en", "nl"]))
def test_a_question_about_the_log_survives_as_text(name: str, person: str, window: object, language: object) -> None:
    asked = AskAudit(name, person, window, language)  # type: ignore[arg-type]
    text = audit_text(asked)
    escaped = text.replace("&", "&amp;")
    assert read(escaped) == asked


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(read(text), Asked)
    assert read(f"whocan {text}") is not None
    assert read(f"audit {text}") is not None
