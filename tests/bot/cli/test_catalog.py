"""`catalog`: the list, the check with a team's folder, one entry, and the generated page."""

import json
from pathlib import Path

from responses.catalog import load
from tests.bot.cli.program import ROOT, run, start
from tests.responses.catalog.samples import ENTRY, changed, folder_of

STUCK = "ExtensionStuckInDeletionState"
CATALOG = load()


def test_the_list_as_json_holds_what_programs_need() -> None:
    rows = json.loads(run(["catalog", "list", "--json"]).out)
    assert [row["code"] for row in rows] == [entry.code for entry in CATALOG]
    for row, entry in zip(rows, CATALOG, strict=True):
        assert {"code", "also", "numbers", "area", "workload", "title"} <= row.keys()
        assert (tuple(row["also"]), tuple(row["numbers"])) == (entry.also, entry.numbers)
        assert (row["area"], row["workload"], row["title"]) == (entry.area, entry.workload, entry.words["en"].title)


def test_the_list_for_people_shows_no_slug() -> None:
    ended = run(["catalog", "list"])
    assert ended.code == 0
    assert len(ended.out.splitlines()) == len(CATALOG)
    assert "TOPIC." not in ended.out
    assert "UNCODED." not in ended.out


def test_our_files_have_no_problem() -> None:
    ended = start(["catalog", "lint"])
    assert (ended.code, ended.err) == (0, "")
    assert f"{len(CATALOG)} entries" in ended.out


def test_the_teams_files_are_checked_too_and_every_problem_is_told(tmp_path: Path) -> None:
    team = folder_of(tmp_path / "team", {"a.md": "nothing", "b.md": changed("area: backup", "area: x"), "c.md": ENTRY})
    ended = run(["catalog", "lint"], environment={"BACKUP_BOT_CATALOG": team})
    assert (ended.code, ended.out) == (1, "")
    assert [line.split(": ")[0] for line in ended.err.splitlines()] == ["team/a.md", "team/b.md"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    ended = run(["catalog", "list"], environment={"BACKUP_BOT_CATALOG": tmp_path / "gone"})
    assert ended.code == 1
    assert "Set BACKUP_BOT_CATALOG" in ended.err


def test_the_teams_entry_and_note_are_shown(tmp_path: Path) -> None:
    note = f"---\nextends: {STUCK}\nrunbook: https://wiki.example.com/x\n---\n# en\nCall ops first.\n"
    team = folder_of(tmp_path, {"note.md": note, "own.md": ENTRY})
    assert "Call ops first." in run(["catalog", "show", STUCK], environment={"BACKUP_BOT_CATALOG": team}).out
    assert "https://wiki.example.com/x" in run(["explain", STUCK], environment={"BACKUP_BOT_CATALOG": team}).out
    assert "The sample failed" in run(["explain", "SampleError"], environment={"BACKUP_BOT_CATALOG": team}).out


def test_one_entry_is_shown_in_either_language() -> None:
    assert CATALOG[STUCK].words["en"].title in run(["catalog", "show", STUCK.upper()]).out
    assert CATALOG[STUCK].words["nl"].title in run(["catalog", "show", STUCK, "--lang", "nl"]).out
    assert json.loads(run(["catalog", "show", STUCK, "--json"]).out)["code"] == STUCK


def test_an_entry_that_is_not_there_ends_with_1_and_names_near_ones() -> None:
    ended = run(["catalog", "show", "ExtensionStukInDeletionState"])
    assert (ended.code, ended.out) == (1, "")
    assert STUCK in ended.err


def test_an_entry_that_is_like_none_points_to_the_list() -> None:
    ended = run(["catalog", "show", "xyz"])
    assert ended.code == 1
    assert "catalog list" in ended.err


def test_the_page_of_the_catalog_is_up_to_date() -> None:
    ended = run(["catalog", "index"])
    page = (ROOT / "docs/catalog.md").read_text("utf-8")
    assert ended.out == page, "run: scripts/bot catalog index > docs/catalog.md"
    assert "TOPIC." not in page
    assert "UNCODED." not in page
