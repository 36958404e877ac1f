"""Groups, attempts and pages of jobs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_ops.models import BackupJob, JobFailure, JobRef, JobStatus, VaultRef
from intents.grouping import NamedJob, group, only, page_of
from intents.model import Match

START = datetime(2026, 11, 22, tzinfo=UTC)
VAULT = VaultRef("11111111-1111-4111-8111-111111111111", "rg", "vault-prod")


def _job(
    name: str, item: str, hour: float, code: str = "", *, status: JobStatus = "Failed", title: str = "", asked: str = ""
) -> NamedJob:
    match = Match((code,), True, "code", asked) if code else Match((), False, "none", asked) if asked else None
    failure = JobFailure(title=title) if status == "Failed" else None
    job = BackupJob(
        JobRef(VAULT, name), item, status=status, started=START + timedelta(hours=hour), failure=failure,
        container=f"iaasvmcontainerv2;rg;{item}",
    )  # fmt: skip
    return NamedJob(job, match)


def test_groups_by_code_those_of_most_jobs_first_then_the_newest() -> None:
    groups = group(
        [
            _job("1", "vm-a", 1, "Old"),
            _job("2", "vm-b", 2, "Twice"),
            _job("3", "vm-c", 3, "Twice"),
            _job("4", "vm-d", 4, "New"),
        ]
    )
    assert [each.key for each in groups] == ["Twice", "New", "Old"]
    assert [attempt.job.item_name for attempt in groups[0].attempts] == ["vm-c", "vm-b"]


def test_what_is_left_of_groups_is_in_the_order_of_what_is_left() -> None:
    groups = group(
        [_job(str(hour), f"vm-{hour}", hour, "Many") for hour in range(5)]
        + [_job("6", "vm-6", 6, "Two"), _job("7", "vm-7", 7, "Two"), _job("8", "vm-8", 8, "Gone")]
    )
    left = only(groups, lambda job: job.item_name in ("vm-1", "vm-6", "vm-7"))
    assert [(each.key, len(each.attempts)) for each in left] == [("Two", 2), ("Many", 1)]
    assert only(groups, lambda job: True) == groups


def test_attempts_count_failed_runs_of_one_item_with_one_error() -> None:
    jobs = [
        _job("3", "vm-a", 3, "X"), _job("1", "vm-a", 1, "X"), _job("2", "VM-A", 2, "X"),
        _job("4", "vm-b", 4, "X"), _job("5", "vm-a", 5, "Y"),
    ]  # fmt: skip
    groups = {each.key: each for each in group(jobs)}
    told = {attempt.job.ref.name: (attempt.number, attempt.of) for attempt in groups["X"].attempts}
    assert told == {"1": (1, 3), "2": (2, 3), "3": (3, 3), "4": (1, 1)}
    assert [(one.number, one.of) for one in groups["Y"].attempts] == [(1, 1)]


def test_unknown_codes_stay_apart_and_untitled_ones_together() -> None:
    jobs = [
        _job("1", "a", 1, asked="NewA"),
        _job("2", "b", 2, asked="NewB"),
        _job("3", "c", 3, title="Oops"),
        _job("4", "d", 4, title="Oops"),
    ]
    told = {(each.key, each.code, each.title, len(each.attempts)) for each in group(jobs)}
    assert told == {("", "", "Oops", 2), ("", "NewA", "", 1), ("", "NewB", "", 1)}


def test_an_alias_is_kept_and_a_number_is_not_shown_for_a_known_error() -> None:
    (group_of_alias,) = group([_job("1", "a", 1, "X", asked="AliasOfX")])
    (group_of_number,) = group([_job("1", "a", 1, "X", asked="380008")])
    assert (group_of_alias.code, group_of_number.code) == ("AliasOfX", "")


def test_jobs_that_did_not_fail_are_held_together_by_their_state() -> None:
    states: list[JobStatus] = ["Completed", "InProgress", "Completed"]
    groups = group([_job(str(hour), "a", hour, status=status) for hour, status in enumerate(states)])
    assert [(each.status, len(each.attempts)) for each in groups] == [("Completed", 2), ("InProgress", 1)]


def test_what_failed_comes_before_the_many_that_did_not() -> None:
    well = [_job(str(hour), "a", hour, status="Completed") for hour in range(5)]
    assert [each.key for each in group([*well, _job("x", "b", 0, "X")])] == ["X", ""]


def test_a_job_that_is_listed_twice_counts_once() -> None:
    twice = _job("1", "a", 1, "X")
    (only,) = group([twice, twice])
    assert len(only.attempts) == 1


def test_a_job_without_a_time_is_the_oldest() -> None:
    timeless = NamedJob(
        BackupJob(JobRef(VAULT, "9"), "a", status="Failed", failure=JobFailure()), Match(("X",), True, "code")
    )
    (only,) = group([timeless, _job("1", "b", 1, "X")])
    assert [attempt.job.ref.name for attempt in only.attempts] == ["1", "9"]


@pytest.mark.parametrize(("asked", "shown"), [(-5, 1), (0, 1), (1, 1), (3, 3), (99, 3)])
def test_a_page_beyond_the_end_is_the_page_at_the_end(asked: int, shown: int) -> None:
    groups = group([_job(str(number), f"vm-{number}", number, "X") for number in range(25)])
    page = page_of(groups, asked)
    assert (page.number, page.of, page.total) == (shown, 3, 25)
    assert page.counts == (25,)


def test_nothing_is_one_empty_page() -> None:
    page = page_of((), 1)
    assert (page.groups, page.number, page.of, page.total) == ((), 1, 1, 0)


@given(st.lists(st.sampled_from("ABCDE"), max_size=60), st.integers(1, 12))
def test_the_pages_together_hold_every_job_once_in_order(codes: Sequence[str], rows: int) -> None:
    groups = group([_job(str(number), f"vm-{number}", number, code) for number, code in enumerate(codes)])
    pages = [page_of(groups, number, rows) for number in range(1, page_of(groups, 1, rows).of + 1)]
    shown = [attempt for page in pages for part in page.groups for attempt in part.attempts]
    assert shown == [attempt for each in groups for attempt in each.attempts]
    assert all(sum(len(part.attempts) for part in page.groups) <= rows for page in pages)
