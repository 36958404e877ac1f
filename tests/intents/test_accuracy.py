"""How often the resolver is right, on the set that it was tuned with and on one that it was not."""

from pathlib import Path

import pytest

from bot.cli.evaluate import Judged, judge, summary
from intents.resolve import Resolver
from responses.catalog import load

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "resolver"
WORD_FOR_WORD = ("exact_code", "code_case", "message_exact", "identical_message", "two_codes")


@pytest.fixture(scope="module", params=["labelled", "heldout"])
def judged(request: pytest.FixtureRequest) -> list[Judged]:
    return judge(Resolver(load()), FIXTURES / f"{request.param}.jsonl")


def test_the_first_answer_is_right_19_times_in_20(judged: list[Judged]) -> None:
    counts = summary(judged)
    assert counts["first_right"] >= 0.95 * counts["positives"]


def test_what_names_no_error_is_not_answered_with_confidence(judged: list[Judged]) -> None:
    assert [one.name for one in judged if one.is_negative and one.match.is_sure] == []


def test_nothing_is_confidently_wrong(judged: list[Judged]) -> None:
    assert [one.name for one in judged if one.is_confidently_wrong] == []


def test_word_for_word_is_always_right(judged: list[Judged]) -> None:
    assert [one.name for one in judged if one.kind in WORD_FOR_WORD and not one.is_first_right] == []


def test_of_two_errors_both_are_told(judged: list[Judged]) -> None:
    both = [one for one in judged if one.kind in ("identical_message", "two_codes")]
    assert [one.name for one in both if one.match.is_sure or not set(one.right) <= set(one.match.codes)] == []
