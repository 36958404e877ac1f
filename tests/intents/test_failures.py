"""What a job's hints name, and when they honestly name nothing."""

import pytest

from azure_ops.models import CodeHint, CodeSource, JobFailure
from intents.failures import is_named, name_failure
from intents.model import Match
from intents.resolve import Resolver
from responses.catalog import load

CATALOG = load()
RESOLVER = Resolver(CATALOG)
STUCK = "ExtensionStuckInDeletionState"


def _name(*hints: tuple[CodeSource, str], title: str = "", message: str = "") -> Match | None:
    return name_failure(JobFailure(tuple(CodeHint(*hint) for hint in hints), title, message), RESOLVER)


def _key(*hints: tuple[CodeSource, str]) -> str:
    match = _name(*hints)
    return match.codes[0] if match is not None and match.is_sure else ""


@pytest.mark.parametrize("source", ["property-bag", "error-code", "dynamic-message", "link", "alert-id"])
def test_every_source_of_a_symbolic_code_names_its_entry(source: CodeSource) -> None:
    assert _key((source, STUCK)) == STUCK
    assert _key((source, STUCK.lower())) == STUCK


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("usererrorguestagentstatusunavailable", "UserErrorGuestAgentStatusUnavailable"),
        ("extensionstuckindeletionstatefull", STUCK),
        ("extensionstuckindeletionstateincremental", STUCK),
        # A longer name that nobody knows is not the shorter one in it.
        ("extensionoperationfailednewly", ""),
        ("newextensionoperationfailed", ""),
        ("somethingelsethatnobodyknows", ""),
    ],
)
def test_an_alert_id_holds_a_code_and_maybe_the_kind_of_backup(told: str, code: str) -> None:
    expected = CATALOG[code].code if code in CATALOG else ""
    assert bool(expected) == bool(code)
    assert _key(("alert-id", told)) == expected


def test_an_alert_id_that_names_nothing_is_no_code_that_could_be_shown() -> None:
    """It is in lower case, maybe with more after it: the number that comes next in belief is still asked."""
    assert _key(("alert-id", "usererrorbrandnewfull"), ("number", "380008")) == "AzureVmOffline"
    assert _name(("alert-id", "usererrorbrandnewfull")) is None
    assert _key(("property-bag", "UserErrorBrandNew"), ("alert-id", STUCK.lower())) == ""


def test_a_generic_code_that_a_field_declares_is_believed() -> None:
    assert _key(("property-bag", "ResourceNotFound")) == "ResourceNotFound"


def test_every_code_and_number_of_the_catalog_is_named_exactly() -> None:
    for entry in CATALOG:
        assert [_key(("property-bag", code)) for code in entry.codes] == [entry.code] * len(entry.codes)
        assert [_key(("number", number)) for number in entry.numbers] == [entry.code] * len(entry.numbers)


def test_an_alias_is_shown_as_azure_spells_it() -> None:
    match = _name(("property-bag", "FailedSnapshotLimitReached"))
    assert match == Match(("ExtensionFailedSnapshotLimitReachedError",), True, "code", "FailedSnapshotLimitReached")


def test_what_is_declared_goes_before_what_a_sentence_mentions() -> None:
    assert _key(("property-bag", STUCK), ("dynamic-message", "UserErrorGuestAgentStatusUnavailable")) == STUCK


@pytest.mark.parametrize("code", ["AzureVmOffline", "UserErrorBrandNew"])
@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("property-bag", "error-code"), ("property-bag", "link"), ("error-code", "link"), ("dynamic-message", "link"),
        ("property-bag", "dynamic-message"), ("link", "alert-id"), ("error-code", "alert-id"),
    ],
)  # fmt: skip
def test_the_first_source_decides_also_by_a_code_that_nobody_knows(
    first: CodeSource, later: CodeSource, code: str
) -> None:
    is_known = code == "AzureVmOffline"
    match = _name((first, code), (later, "ExtensionStuckInDeletionState"))
    if is_known:
        assert match == _name((first, code))
        assert _key((first, code), (later, "ExtensionStuckInDeletionState")) == code
    else:
        assert match == Match((), False, "none", code)


def test_an_unknown_code_stays_unknown_whatever_the_sentences_say() -> None:
    message = next(text for entry in CATALOG if entry.code == STUCK for text in entry.messages)
    match = _name(("property-bag", "UserErrorBrandNew"), ("number", "380008"), ("text", message))
    assert match == Match((), False, "none", "UserErrorBrandNew")
    assert is_named(match)


def test_a_word_in_a_sentence_is_not_taken_for_a_code() -> None:
    match = _name(("dynamic-message", "MyServerNumber1"), ("number", "400999"))
    assert match == Match((), False, "none", "400999")
    assert not is_named(match)


def test_a_number_then_a_sentence() -> None:
    assert _key(("number", "380008")) == "AzureVmOffline"
    entry = CATALOG[STUCK]
    assert _key(("number", "123456"), ("text", entry.messages[0])) == STUCK


def test_a_sentence_that_two_errors_share_is_not_one_of_them() -> None:
    match = _name(("text", "VM is not in a state that allows backups."))
    assert match is not None
    assert not match.is_sure
    assert len(match.codes) == 2


def test_the_title_alone_may_tell() -> None:
    match = name_failure(JobFailure(title=CATALOG[STUCK].messages[0]), RESOLVER)
    assert match is not None
    assert match.is_sure


@pytest.mark.parametrize("failure", [None, JobFailure(), JobFailure((CodeHint("number", "0"),))])
def test_nothing_said_is_nothing_named(failure: JobFailure | None) -> None:
    match = name_failure(failure, RESOLVER)
    assert match is None
    assert not is_named(match)
