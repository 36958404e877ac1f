"""`evaluate`: the shares of a labelled file, as a table or as JSON."""

import json
from pathlib import Path

import pytest

from tests.bot.cli.program import run

STUCK = "ExtensionStuckInDeletionState"
LINES = [
    {"id": "1", "kind": "exact", "text": STUCK, "codes": [STUCK]},
    {"id": "2", "kind": "exact", "text": STUCK, "codes": ["ResourceNotFound", STUCK]},
    {"id": "3", "kind": "exact", "text": STUCK, "codes": ["ResourceNotFound"]},
    {"id": "4", "kind": "typo", "text": "ExtensionStukInDeletionState", "codes": [STUCK]},
    {"id": "5", "kind": "negative", "text": "good morning", "codes": []},
    {"id": "6", "kind": "negative", "text": STUCK, "codes": []},
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in LINES) + "\n\n", encoding="utf-8")
    return file


def test_the_counts_are_right(labelled: Path) -> None:
    ended = run(["evaluate", labelled, "--json"])
    result = json.loads(ended.out)
    assert ended.code == 0
    assert (result["texts"], result["positives"], result["first_right"], result["in_three"]) == (6, 4, 3, 3)
    assert (result["confident"], result["confidently_wrong"]) == (3, 1)
    assert (result["negatives"], result["confident_on_negatives"]) == (2, 1)
    assert result["kinds"]["typo"]["confident"] == 0
    assert result["milliseconds_p99"] >= result["milliseconds_p50"] >= 0


def test_the_table_has_a_row_for_each_kind_and_names_what_was_wrong(labelled: Path) -> None:
    ended = run(["evaluate", labelled, "--wrong"])
    assert ended.code == 0
    assert {line.split()[0] for line in ended.out.splitlines()[:5]} >= {"kind", "exact", "typo", "negative", "all"}
    assert "75.0%" in ended.out
    assert "1 of 2" in ended.out
    assert [line.split()[0] for line in ended.out.splitlines() if "wanted" in line] == ["3", "6"]


@pytest.mark.parametrize(
    "content",
    ["", "{broken", '{"id": "1", "text": "x"}', '{"id": "1", "codes": []}', '"x"', '{"id": 1, "text": 5, "codes": []}'],
)
def test_a_file_that_is_not_labelled_ends_with_2(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.jsonl").write_text(content, encoding="utf-8")
    ended = run(["evaluate", tmp_path / "x.jsonl"])
    assert (ended.code, ended.out) == (2, "")
    assert "x.jsonl" in ended.err
    assert "Traceback" not in ended.err


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    ended = run(["evaluate", tmp_path / "gone.jsonl"])
    assert ended.code == 2
    assert "Traceback" not in ended.err
