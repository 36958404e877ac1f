"""A team's folder over ours: an entry of its own, a note, a runbook, and what is refused."""

from pathlib import Path

import pytest

from bot.answers import Answers
from responses.catalog import Catalog, load
from responses.catalog.model import plain
from tests.responses.catalog.samples import ENTRY, OTHER, changed, folder_of, told

BOTH = "---\nextends: SampleError\n---\n# en\nCall `ops-1` first.\n# nl\nBel eerst `ops-1`.\n"
RUNBOOK = "---\nextends: SampleError\nrunbook: https://wiki.example.com/sample\n---\n"


def _load(tmp_path: Path, **files: str) -> Catalog:
    ours = folder_of(tmp_path / "ours", {"SampleError.md": ENTRY})
    return load(folder_of(tmp_path / "team", {f"{name}.md": text for name, text in files.items()}), ours)


def _told(tmp_path: Path, **files: str) -> list[str]:
    ours = folder_of(tmp_path / "ours", {"SampleError.md": ENTRY})
    return told(ours, folder_of(tmp_path / "team", {f"{name}.md": text for name, text in files.items()}))


def test_an_entry_of_the_team_is_found_and_explained(tmp_path: Path) -> None:
    catalog = _load(tmp_path, Other=OTHER)
    assert [entry.code for entry in catalog] == ["OtherError", "SampleError"]
    match = Answers(catalog).explain("job ended with OtherError", "nl").match
    assert (match.codes, match.is_sure) == (("OtherError",), True)


def test_a_note_and_a_runbook_are_added_to_our_entry(tmp_path: Path) -> None:
    team = _load(tmp_path, note=BOTH.replace("---\n#", "runbook: https://wiki.example.com/s\n---\n#"))[
        "SampleError"
    ].team
    assert team is not None
    assert plain(team.in_language("en")) == "Call ops-1 first."
    assert plain(team.in_language("nl")) == "Bel eerst ops-1."
    assert team.runbook == "https://wiki.example.com/s"


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_card_shows_the_note_and_the_runbook(tmp_path: Path, language: str) -> None:
    catalog = _load(tmp_path, note=BOTH.replace("---\n#", "runbook: https://wiki.example.com/s\n---\n#"))
    card = Answers(catalog).entry_card("SampleError", "nl" if language == "nl" else "en", "ephemeral")
    assert card is not None
    assert "ops-1" in str(card.blocks)
    assert "https://wiki.example.com/s" in str(card.blocks)


@pytest.mark.parametrize("names", ["SampleError", "sampleerror", "SampleFailed"])
def test_a_note_may_name_the_entry_in_any_case_or_by_an_alias(tmp_path: Path, names: str) -> None:
    assert _load(tmp_path, note=changed("SampleError", names, text=BOTH))["SampleError"].team is not None


@pytest.mark.parametrize(("kept", "asked"), [("en", "nl"), ("nl", "en")])
def test_a_note_in_one_language_is_shown_in_both(tmp_path: Path, kept: str, asked: str) -> None:
    alone = f"---\nextends: SampleError\n---\n# {kept}\nCall ops.\n"
    team = _load(tmp_path, note=alone)["SampleError"].team
    assert team is not None
    assert plain(team.in_language("nl" if asked == "nl" else "en")) == "Call ops."


def test_a_runbook_alone_is_enough(tmp_path: Path) -> None:
    team = _load(tmp_path, note=RUNBOOK)["SampleError"].team
    assert team is not None
    assert (team.runbook, team.in_language("en")) == ("https://wiki.example.com/sample", ())


def test_a_note_of_any_editor_is_read(tmp_path: Path) -> None:
    team = _load(tmp_path, note="\ufeff" + BOTH.replace("\n", "\r\n"))["SampleError"].team
    assert team is not None
    assert plain(team.in_language("nl")) == "Bel eerst ops-1."


def test_a_note_may_extend_an_entry_of_the_team(tmp_path: Path) -> None:
    assert (
        _load(tmp_path, Other=OTHER, note=changed("SampleError", "OtherError", text=BOTH))["OtherError"].team
        is not None
    )


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        (changed("SampleError", "NoSuchError", text=BOTH), "there is no entry 'NoSuchError'", "catalog list"),
        ("---\nextends: SampleError\n---\n", "without a note and without a runbook", "'runbook:'"),
        (changed("extends: SampleError", "extends:", text=BOTH), "'extends' is missing", "extends: value"),
        (changed("https", "http", text=RUNBOOK), "'runbook' is not an https address", "https://"),
        (changed("extends", "owner: x\nextends", text=BOTH), "unknown field 'owner'", "extends, runbook"),
        (changed("# nl", "# fr", text=BOTH), "'fr' in a team note", "# en' and '# nl"),
        (changed("# nl", "## nl", text=BOTH), "'nl' in a team note", "# en' and '# nl"),
        (changed("Call", f"{'x' * 501} Call", text=BOTH), "characters", "Keep it under 500"),
        (changed("Call `ops-1` first.", "1. Call.", text=BOTH), "'en' in a team note", "a paragraph"),
        (ENTRY, "'SampleError' is claimed by SampleError.md too", "'extends:'"),
    ],
)
def test_refuses_with_file_and_remedy(tmp_path: Path, text: str, what: str, remedy: str) -> None:
    lines = _told(tmp_path, note=text)
    assert lines
    assert all(line.startswith("note.md: ") for line in lines)
    assert what in lines[0]
    assert remedy in lines[0]


def test_a_second_note_on_one_entry_is_refused(tmp_path: Path) -> None:
    (line,) = _told(tmp_path, a=BOTH, b=changed("SampleError", "SampleFailed", text=RUNBOOK))
    assert line == "b.md: 'SampleError' has a team note already. Join the two files"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    ours = folder_of(tmp_path / "ours", {"SampleError.md": ENTRY})
    (line,) = told(ours, tmp_path / "gone")
    assert line == "gone: is not a folder. Set BACKUP_BOT_CATALOG to a folder of .md files"


def test_wrong_files_of_both_folders_are_told_at_once(tmp_path: Path) -> None:
    ours = folder_of(tmp_path / "ours", {"A.md": "no front matter"})
    team = folder_of(tmp_path / "team", {"B.md": "none either", "c.md": BOTH})
    assert [line.split(":")[0] for line in told(ours, team)] == ["A.md", "B.md", "c.md"]


def test_the_whole_of_ours_takes_a_team_folder(tmp_path: Path) -> None:
    team = folder_of(tmp_path, {"note.md": changed("SampleError", "ExtensionStuckInDeletionState", text=BOTH)})
    catalog = load(team)
    assert catalog["extensionstuckindeletionstate"].team is not None
    assert sum(entry.team is not None for entry in catalog) == 1
