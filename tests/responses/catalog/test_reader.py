"""A file that could mislead a reader is refused, with its name, what is wrong and what to do."""

from datetime import date
from pathlib import Path

import pytest

from responses.catalog.model import plain
from tests.responses.catalog.samples import ENTRY, OTHER, changed, folder_of, read, told

_STEPS_13 = "\n".join(f"{number}. Wait." for number in range(2, 14))

REFUSED = {
    # name: (text, what the refusal says, what the remedy says)
    "unknown field": (changed("os: linux", "os: linux\nowner: me"), "unknown field 'owner'", "Known are: also"),
    "unknown button": (changed("offers: retry-backup", "offers: reboot"), "'reboot' is not", "retry-backup, remove"),
    "unknown area": (changed("area: backup", "area: disks"), "'disks' is not a value of 'area'", "backup, restore"),
    "unknown retry": (changed("retry: after-fix", "retry: yes"), "'yes' is not a value of 'retry'", "now, after-fix"),
    "never retry": (changed("retry: after-fix", "retry: never"), "contradict", "Keep one"),
    "no area": (changed("area: backup\n", ""), "the field 'area' is missing", "Write 'area: value'"),
    "no source": (changed("source: https://example.com/sample\n", ""), "'source' is missing", "source: value"),
    "code and slug": (changed("code: Sam", "slug: TOPIC.Sample\ncode: Sam"), "either 'code' or 'slug'", "exact code"),
    "no code": (changed("code: SampleError\n", ""), "either 'code' or 'slug'", "slug where there is none"),
    "odd code": (changed("code: SampleError", "code: Sample Error!"), "'Sample Error!' cannot be", "as Azure"),
    "odd number": (changed("400001", "4 million"), "'4 million' cannot be", "as Azure writes it"),
    "date in words": (changed("2026-11-22", "22 November"), "'reviewed' is not a date", "2026-11-22"),
    "day that is none": (changed("2026-11-22", "2026-02-30"), "'reviewed' is not a date", "2026-11-22"),
    "plain http": (changed("https://example.com/sample", "http://example.com"), "'source' is not an https", "https://"),
    "address with a gap": (changed("/sample\nre", "/sam ple\nre"), "'source' is not an https", "one address"),
    "messages on one line": (
        changed("messages:\n  - The sample operation on {VmName} failed.", "messages: It failed, badly"),
        "'messages' is not a list",
        "- value",
    ),
    "list of lists": (changed("  - the sample hangs", "  - - a"), "'symptoms' holds something", "one a line"),
    "heading missing": (changed("## Betekenis", "## Stappen"), "'## Betekenis' is missing", "Add it below '# nl:'"),
    "heading in the wrong language": (changed("## Let op", "## Careful"), "unexpected heading 'Careful'", "## Let op"),
    "heading too deep": (changed("## Meaning", "### Meaning"), "unexpected heading 'Meaning'", "## Meaning"),
    "language missing": (ENTRY[: ENTRY.index("# nl")], "the language 'nl' is missing", "Add '# nl: title'"),
    "language twice": (ENTRY + ENTRY[ENTRY.index("# nl") :], "unexpected heading 'nl: Het", "once each"),
    "third language": (ENTRY + "# de: Das Beispiel\n", "unexpected heading 'de: Das", "# nl: title"),
    "no title": (changed("# en: The sample failed", "# en"), "en title has 0", "Write 1 to 120"),
    "long title": (changed("# en: The sample failed", f"# en: {'x' * 121}"), "en title has 121", "Write 1 to 120"),
    "long meaning": (changed("did **not** answer", "x" * 900), "a meaning of 9", "Keep it under 900"),
    "long warning": (changed("Do not delete", "x" * 500), "a careful of 5", "Keep it under 500"),
    "long step": (changed("Restart it.", "x" * 701), "a step of 701", "Keep it under 700"),
    "long command": (ENTRY.replace("restart sample", "x" * 900), "a command of 9", "Keep it under 900"),
    "long entry": (changed("2. Start a backup.", "\n".join(f"{n}. {'x' * 690}" for n in range(2, 10))), "in all", "50"),
    "many steps": (changed("2. Start a backup.", _STEPS_13), "13 steps", "A card holds 12"),
    "empty meaning": (changed("The service `Sample` did **not** answer. See [the page](https://example.com/page).", ""),
        "the en meaning is empty", "one or two sentences"),
    "command without text": (changed("1. Restart it.\n   ```sh", "1. ```sh"), "a command but no text", "what"),
    "steps as bullets": (changed("2. Start a backup.", "* Start a backup."), "bullet_list in line 27", "numbered list"),
    "text among steps": (changed("2. Start a backup.", "\nThen wait.\n\n2. Start a backup."), "numbered list", "1."),
    "step count differs": (changed("2. Start een back-up.\n", ""), "2 steps in English, 1 in Dutch", "the same steps"),
    "command translated": (
        ENTRY[: ENTRY.rindex("restart")] + "herstart" + ENTRY[ENTRY.rindex("restart") + 7 :],
        "the commands of step 1 differ",
        "verbatim",
    ),
    "syntax differs": (
        ENTRY[: ENTRY.rindex("```sh")] + "```bat" + ENTRY[ENTRY.rindex("```sh") + 5 :],
        "the commands of step 1 differ",
        "verbatim",
    ),
    "code translated": (changed("De service `Sample`", "De service `Voorbeeld`"), "meaning: `Sample`", "the same"),
    "code in one warning": (changed("Verwijder `/srv/sample` niet", "Niets weg"), "warning: `/srv/sample`", "the same"),
    "code in one step": (changed("Herstart hem.", "Herstart `hem`."), "step 1: `hem` stands", "the same"),
    "link differs": (changed("[de pagina](https://example.com/page)", "[x](https://example.com/p)"), "meaning", "same"),
    "warning in one language": (
        changed("## Let op\nVerwijder `/srv/sample` niet.\n", ""),
        "a warning in one language only",
        "or neither",
    ),
    "link by http": (changed("(https://example.com/page)", "(http://example.com/page)"), "is not https", "https://"),
    "image": (changed("The service", "![x](https://example.com/x.png)"), "'image' in line 19", "Use headings"),
    "code block in prose": (changed("## Careful", "```sh\nls\n```\n## Careful"), "fence in line 20", "Use headings"),
    "text after a command": (
        changed("2. Start a backup.", "\n   Then wait.\n2. Start a backup."),
        "text after a code block in line 28",
        "Start a new step",
    ),
    "bullets in a step": (changed("1. Restart it.", "1. Restart it.\n   * now"), "bullet_list inside a", "Use head"),
    "text before headings": (changed("# en: The", "Hello.\n\n# en: The"), "first heading in line 17", "# en"),
    "no front matter": ("# en: The sample failed\n", "no front matter", "Start the file with '---'"),
    "front matter not closed": ("---\ncode: SampleError\n", "no front matter", "'---' again"),
    "empty front matter": ("---\n---\n# en: x\n", "holds no fields", "field: value"),
    "extends here": (changed("code: SampleError", "extends: SampleError"), "unknown field 'extends'", "Known are"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "what", "remedy"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses_and_names_file_and_remedy(tmp_path: Path, text: str, what: str, remedy: str) -> None:
    (line,) = told(folder_of(tmp_path, {"SampleError.md": text}))
    assert line.startswith("SampleError.md: ")
    assert what in line
    assert remedy in line.removeprefix("SampleError.md: ").split(". ", 1)[1]


@pytest.mark.parametrize(
    ("new", "line"),
    [
        ("area: back: up", 9),
        ('area: "back" up', 9),
        ("area: [backup", 10),
        ("area: %backup", 9),
        ("area:\n\tbackup", 10),
    ],
)
def test_broken_yaml_names_its_line(tmp_path: Path, new: str, line: int) -> None:
    (told_once,) = told(folder_of(tmp_path, {"SampleError.md": changed("area: backup", new)}))
    assert "the front matter is not YAML" in told_once
    assert f"in line {line}." in told_once
    assert "in quotes" in told_once


def test_every_file_is_told_at_once(tmp_path: Path) -> None:
    files = {
        "A.md": changed("area: backup", "area: disks"),
        "B.md": changed("## Betekenis", "## Nee"),
        "C.md": ENTRY,
        "D.md": changed("code: SampleError", "code: D3"),
        "E.md": OTHER,
    }
    (tmp_path / "F.md").write_bytes(b"---\ncode: \xff\n")
    names = [line.split(":")[0] for line in told(folder_of(tmp_path, files))]
    assert set(names) == {"A.md", "B.md", "D.md", "F.md"}


def test_two_problems_of_one_file_are_both_told(tmp_path: Path) -> None:
    wrong = changed("area: backup", "area: disks", text=changed("reviewed: 2026-11-22", "reviewed: soon"))
    lines = "\n".join(told(folder_of(tmp_path, {"SampleError.md": wrong})))
    assert "'area'" in lines
    assert "'reviewed'" in lines


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("OtherError", "SampleError", "'SampleError'"),
        ("OtherError", "sampleERROR", "'sampleERROR'"),
        ("OtherFailed", "SampleError", "'SampleError'"),
        ("OtherError", "SampleFailed", "'SampleFailed'"),
        ("400002", "400001", "'number 400001'"),
    ],
)
def test_a_name_claimed_twice_names_both_files(tmp_path: Path, old: str, new: str, name: str) -> None:
    lines = told(folder_of(tmp_path, {"A.md": ENTRY, "B.md": changed(old, new, text=OTHER)}))
    assert lines == [f"B.md: {name} is claimed by A.md too. Keep it in one; a note uses 'extends:'"]


@pytest.mark.parametrize("lost", [
    changed("## Meaning", "Stop the database first.\n## Meaning"),
    changed("## Careful", "1. Stop the database first.\n\n## Careful"),
    changed("## Careful", "## Meaning\nIt is `Sample`. See [it](https://example.com/page).\n## Careful"),
    changed("The service `Sample`", "[`Sample`](https://example.com/lost)"),
], ids=["under the title", "steps in the meaning", "a heading twice", "a link around code"])  # fmt: skip
def test_nothing_that_was_written_is_lost_silently(tmp_path: Path, lost: str) -> None:
    """Either it is refused, or a reader gets to see it; here refused, since a card has no place for it."""
    if told(folder_of(tmp_path, {"SampleError.md": lost})):
        return
    words = read(tmp_path, lost)["SampleError"].words["en"]
    shown = plain(words.meaning) + "".join(span.url for span in words.meaning)
    added = ("Stop the database first.", "https://example.com/lost", "did not answer. See the page.It is Sample.")
    assert any(text in shown for text in added)


def test_a_field_written_twice_is_refused(tmp_path: Path) -> None:
    (line,) = told(folder_of(tmp_path, {"SampleError.md": changed("retry: after-fix", "retry: after-fix\nretry: now")}))
    assert "retry" in line


@pytest.mark.parametrize(
    "new",
    ["| a | b |\n|---|---|\n| 1 | 2 |", "<b>The</b> service", "<script>x</script>"],
    ids=["table", "tag", "script"],
)
def test_tables_and_raw_html_are_refused(tmp_path: Path, new: str) -> None:
    (line,) = told(folder_of(tmp_path, {"SampleError.md": changed("The service", f"{new}\n\nThe service")}))
    assert "cannot be shown on a card" in line


def test_reads_every_part(tmp_path: Path) -> None:
    entry = read(tmp_path, ENTRY)["SampleError"]
    assert (entry.code, entry.has_code, entry.also, entry.numbers) == (
        "SampleError",
        True,
        ("SampleFailed",),
        ("400001",),
    )
    assert (entry.area, entry.workload, entry.os, entry.retry) == ("backup", "vm", "linux", "after-fix")
    assert (entry.offers, entry.is_generic, entry.team) == (("retry-backup",), False, None)
    assert (entry.source, entry.reviewed) == ("https://example.com/sample", date(2026, 11, 22))
    english, dutch = entry.words["en"], entry.words["nl"]
    assert (english.title, dutch.title) == ("The sample failed", "Het voorbeeld mislukte")
    assert plain(english.meaning) == "The service Sample did not answer. See the page."
    assert [(span.text, span.kind, span.url) for span in english.meaning if span.kind != "plain"] == [
        ("Sample", "code", ""),
        ("not", "bold", ""),
        ("the page", "link", "https://example.com/page"),
    ]
    assert plain(dutch.careful) == "Verwijder /srv/sample niet."
    assert [plain(step.prose) for step in english.steps] == ["Restart it.", "Start a backup."]
    assert english.steps[0].commands[0].text == "sudo systemctl restart sample"
    assert english.steps[0].commands[0].syntax == "sh"


@pytest.mark.parametrize(
    ("old", "new", "messages", "numbers"),
    [
        ("The sample operation on {VmName} failed.", "no", ("no",), ("400001",)),
        ("The sample operation on {VmName} failed.", "12:30", ("12:30",), ("400001",)),
        ("The sample operation on {VmName} failed.", "2026-11-22", ("2026-11-22",), ("400001",)),
        ("The sample operation on {VmName} failed.", "1_000", ("1_000",), ("400001",)),
        ("The sample operation on {VmName} failed.", "~", ("~",), ("400001",)),
        ("The sample operation on {VmName} failed.", r"C:\new\table", (r"C:\new\table",), ("400001",)),
        ("400001", "0x80070005", ("The sample operation on {VmName} failed.",), ("0x80070005",)),
        ("400001", "007, 0x800423f2", ("The sample operation on {VmName} failed.",), ("007", "0x800423f2")),
    ],
)
def test_values_stay_as_they_are_written(
    tmp_path: Path, old: str, new: str, messages: tuple[str, ...], numbers: tuple[str, ...]
) -> None:
    entry = read(tmp_path, changed(old, new))["SampleError"]
    assert (entry.messages, entry.numbers) == (messages, numbers)


@pytest.mark.parametrize("shape", ["crlf", "bom", "crlf and bom", "no last line end"])
def test_files_of_any_editor_read_the_same(tmp_path: Path, shape: str) -> None:
    text = ENTRY.replace("\n", "\r\n") if "crlf" in shape else ENTRY
    text = f"\ufeff{text}" if "bom" in shape else text
    text = text.rstrip("\n") if "last" in shape else text
    assert read(tmp_path / "a", text)["SampleError"] == read(tmp_path / "b", ENTRY)["SampleError"]


def test_refusals_of_a_file_with_windows_line_ends_name_the_same_lines(tmp_path: Path) -> None:
    wrong = changed("2. Start a backup.", "* Start a backup.")
    windows = told(folder_of(tmp_path / "w", {"SampleError.md": wrong.replace("\n", "\r\n")}))
    assert windows == told(folder_of(tmp_path / "u", {"SampleError.md": wrong}))
