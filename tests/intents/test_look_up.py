"""What the words after `/backup-jobs` mean, in both languages and in every order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.look_up import DEFAULT_RUNNING, LookUpJobs, Misread, ShowJobsHelp, read_jobs_command, to_text

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday, 08:00 in Amsterdam


def _read(text: str, now: datetime = NOW) -> LookUpJobs | ShowJobsHelp | Misread:
    return read_jobs_command(text, now, AMSTERDAM)


def _utc(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_without_a_word_it_is_everything_that_failed_in_a_day() -> None:
    assert _read("  ") == LookUpJobs("", which="failed", window=timedelta(hours=24))


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("failed", "failed"), ("mislukt", "failed"), ("MISLUKTE", "failed"), ("running", "running"),
        ("lopend", "running"),
        ("bezig", "running"), ("all", "all"), ("alles", "all"), ("Alle", "all"),
    ],
)  # fmt: skip
def test_states_in_both_languages(text: str, which: str) -> None:
    read = _read(f"vault-prod {text} 24h")
    assert isinstance(read, LookUpJobs)
    assert (read.name, read.which) == ("vault-prod", which)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("24h", timedelta(hours=24)), ("7d", timedelta(days=7)), ("90m", timedelta(minutes=90)),
        ("2w", timedelta(days=14)), ("24 uur", timedelta(hours=24)), ("7 dagen", timedelta(days=7)),
        ("last 3 hours", timedelta(hours=3)), ("laatste 90 minuten", timedelta(minutes=90)),
        ("since 12h", timedelta(hours=12)), ("48U", timedelta(hours=48)),
        ("since 2026-11-20", _utc(19, 23)), ("since 2026-11-20 22:00", _utc(20, 21)),
        ("sinds 2026-11-20 om 22:00", _utc(20, 21)), ("since 2026-11-20T22:00", _utc(20, 21)),
        ("since 2026-11-20T22:00Z", _utc(20, 22)), ("since 2026-11-20t22:00:30.5+02:00", _utc(20, 20)),
        ("since 22:00", _utc(22, 21)), ("since 07:30", _utc(23, 6, 30)), ("sinds 7.30", _utc(23, 6, 30)),
        ("since yesterday", _utc(21, 23)), ("gisteren", _utc(21, 23)), ("yesterday 22:00", _utc(22, 21)),
        ("sinds gisteren om 22:00", _utc(22, 21)), ("today", _utc(22, 23)), ("vandaag", _utc(22, 23)),
        ("since monday", _utc(22, 23)), ("since monday 22:00", _utc(16, 21)), ("sinds vrijdag", _utc(19, 23)),
        ("since sun 06:00", _utc(22, 5)), ("sinds za", _utc(20, 23)), ("2026-11-20", _utc(19, 23)),
    ],
)  # fmt: skip
def test_windows_are_those_of_the_readers_clock(text: str, window: timedelta | datetime) -> None:
    read = _read(text)
    assert isinstance(read, LookUpJobs)
    assert read.window == window
    assert read.name == ""


def test_a_day_in_summer_begins_in_summer_time() -> None:
    read = _read("since 2026-10-24 12:00", datetime(2026, 10, 26, 7, tzinfo=UTC))
    assert isinstance(read, LookUpJobs)
    assert read.window == _utc(24, 10, month=10)


def test_an_hour_that_comes_twice_means_the_earlier() -> None:
    read = _read("since 02:30", datetime(2026, 10, 25, 12, tzinfo=UTC))
    assert isinstance(read, LookUpJobs)
    assert read.window == _utc(25, 0, 30, month=10)


@pytest.mark.parametrize(
    ("text", "name", "is_subscription"),
    [
        ("vault-prod", "vault-prod", False), ("failed vault-prod 7d", "vault-prod", False),
        ("`vault-prod`", "vault-prod", False), ("“vault-prod” running", "vault-prod", False),
        ("'vault prod' all", "vault prod", False), ('"all" failed', "all", False), ('vault "today"', "today", False),
        ("vault:vault-prod", "vault-prod", False), ("kluis vault-prod", "vault-prod", False), ("ma", "ma", False),
        ("sub:Production", "Production", True), ("subscription Pay As You Go failed 24h", "Pay As You Go", True),
        ("7d sub:Pay As You Go", "Pay As You Go", True), ('abonnement "R&amp;D all"', "R&D all", True),
        ('sub:"Production" since 22:00', "Production", True), ("sub: Production", "Production", True),
        ("11111111-1111-4111-8111-111111111111", "11111111-1111-4111-8111-111111111111", False),
    ],
)  # fmt: skip
def test_names(text: str, name: str, is_subscription: bool) -> None:
    read = _read(text)
    assert isinstance(read, LookUpJobs)
    assert (read.name, read.is_subscription) == (name, is_subscription)


@pytest.mark.parametrize(
    "text", ["vault-x sub:Production", 'sub:"Production" vault-x 24h', "vault-x failed sub Production"]
)
def test_a_vault_in_a_subscription(text: str) -> None:
    assert _read(text) == LookUpJobs("vault-x", inside="Production")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("failed running", "running"), ("24h 7d", "7d"), ("vault-prod vault-acc", "vault-acc"),
        ("--verbose", "--verbose"),
        ("since", "since"), ("since tomorrow", "since tomorrow"), ("since 2027-01-01", "since 2027-01-01"),
        ("since 2026-13-01", "since 2026-13-01"), ("since 2026-11-23 22:00", "since 2026-11-23 22:00"),
        ("since 1969-01-01", "since 1969-01-01"), ("0h", "0h"), ('"vault-prod', '"'), ("sub:", "sub:"),
        ("sub failed", "sub"),
        ("since 20-11-2026", "since 20-11-2026"), ("today 23:00", "today 23:00"),
        ("x" * 400, "x" * 59 + "…"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named_and_never_guessed(text: str, word: str) -> None:
    assert _read(text) == Misread(word)


@pytest.mark.parametrize("text", ["help", "HELP", "?", "hulp", "--help", "-h"])
def test_help(text: str) -> None:
    assert _read(text) == ShowJobsHelp()


@pytest.mark.parametrize("text", ["help --nl", "—nl help", "–NL ?"])
def test_help_in_a_language(text: str) -> None:
    assert _read(text) == ShowJobsHelp("nl")


def test_a_misread_word_is_told_in_the_language_that_was_chosen() -> None:
    assert _read("failed running --nl") == Misread("running", "nl")


def test_what_runs_is_looked_for_over_a_week() -> None:
    assert _read("running") == LookUpJobs(which="running", window=DEFAULT_RUNNING)
    assert _read("running 2h") == LookUpJobs(which="running", window=timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "most", "begins", "is_cut"),
    [
        ("24h", 14, NOW - timedelta(hours=24), False),
        ("60d", 30, NOW - timedelta(days=30), True),
        ("99999w", 30, NOW - timedelta(days=30), True),
        ("since 2026-11-01", 14, NOW - timedelta(days=14), True),
        ("14d", 14, NOW - timedelta(days=14), False),
    ],
)
def test_a_window_that_is_too_long_is_cut_and_says_so(text: str, most: int, begins: datetime, is_cut: bool) -> None:
    read = _read(text)
    assert isinstance(read, LookUpJobs)
    assert read.begins(NOW, timedelta(days=most)) == (begins, is_cut)


_NAMES = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Z"), blacklist_characters='"`“”„‘’&\u00a0'),
    min_size=1,
    max_size=60,
)
_WINDOWS = st.one_of(
    st.integers(1, 60_000).map(lambda minutes: timedelta(minutes=minutes)),
    st.datetimes(datetime(2001, 1, 1), NOW.replace(tzinfo=None)).map(  # noqa: DTZ001 - made aware here
        lambda time: time.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
)


def _sensible(asked: LookUpJobs) -> LookUpJobs:
    """Only a vault is inside a subscription, and everything is neither."""
    asked = replace(asked, is_subscription=asked.is_subscription and bool(asked.name))
    return replace(asked, inside="" if asked.is_subscription or not asked.name else asked.inside)


_ASKED = st.builds(
    LookUpJobs,
    name=st.one_of(st.just(""), _NAMES),
    is_subscription=st.booleans(),
    inside=st.one_of(st.just(""), _NAMES),
    which=st.sampled_from(["failed", "running", "all"]),
    window=_WINDOWS,
    language=st.sampled_from([None, "en", "nl"]),
).map(_sensible)


@given(_ASKED, st.sampled_from(["UTC", "Europe/Amsterdam", "Asia/Kolkata", "America/St_Johns"]))
def test_the_canonical_text_means_the_same_to_everybody(asked: LookUpJobs, zone: str) -> None:
    assert read_jobs_command(to_text(asked), NOW, ZoneInfo(zone)) == asked


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    read = _read(text)
    if isinstance(read, LookUpJobs):
        assert _read(to_text(read)) == read
