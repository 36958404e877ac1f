"""`explain`: exit codes, every shape of the answer, both languages, and lines in bulk."""

import json

import pytest

from responses.catalog import load
from tests.bot.cli.program import run, start
from tests.schemas.oracle import all_problems

STUCK = "ExtensionStuckInDeletionState"
ENTRY = load()[STUCK]


def test_an_answer_is_printed_in_english_with_its_commands_verbatim() -> None:
    ended = start(["explain", STUCK])
    assert (ended.code, ended.err) == (0, "")
    assert ENTRY.words["en"].title in ended.out
    assert ENTRY.source in ended.out
    lines = ended.out.splitlines()
    for step in ENTRY.words["en"].steps:
        for command in step.commands:
            assert all(line in lines for line in command.text.splitlines())


@pytest.mark.parametrize(
    ("arguments", "environment"), [(["--lang", "nl"], {}), ([], {"LANG": "nl_NL.UTF-8"}), ([], {"LC_ALL": "nl_BE"})]
)
def test_dutch_by_option_or_by_the_shell(arguments: list[str], environment: dict[str, str]) -> None:
    ended = run(["explain", STUCK, *arguments], environment=environment)
    assert ended.code == 0
    assert ENTRY.words["nl"].title in ended.out


def test_words_need_no_quotes() -> None:
    assert ENTRY.words["en"].title in run(["explain", "job", "failed:", STUCK]).out


def test_a_guess_is_a_question_with_exit_code_0() -> None:
    ended = run(["explain", "ExtensionStukInDeletionState"])
    assert ended.code == 0
    assert f"{STUCK}: {ENTRY.words['en'].title}" in ended.out
    assert "az vm extension delete" not in ended.out


@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_is_unknown_ends_with_1_and_says_what_to_do(language: str) -> None:
    ended = start(["explain", "UserErrorFlyingPigsNotAllowed", "--lang", language])
    assert (ended.code, ended.err) == (1, "")
    assert "\n3. " in ended.out


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (["explain"], b""),
        (["explain", "-"], b" \n"),
        (["explain", ""], b""),
        (["explain", "x", "--lang", "de"], b""),
        (["explain", "x", "--json", "--blocks"], b""),
        (["explain", "--colour", "x"], b""),
        ([], b""),
        (["explode"], b""),
        (["catalog"], b""),
        (["catalog", "show"], b""),
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(arguments: list[str], typed: bytes) -> None:
    ended = run(arguments, typed)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "typed",
    [
        f"a log\nERROR {STUCK}\n".encode(),
        STUCK.encode("utf-8-sig"),
        f"caf\xe9 {STUCK}".encode("latin-1"),
        b"\0" + STUCK.encode(),
    ],
)
def test_standard_input_is_read(typed: bytes) -> None:
    ended = run(["explain", "-"], typed)
    assert ended.code == 0
    assert ENTRY.words["en"].title in ended.out


def test_a_log_is_read_through_a_pipe() -> None:
    ended = start(["explain", "-", "--lang", "nl"], f"a log\nERROR {STUCK}\n".encode())
    assert (ended.code, ended.err) == (0, "")
    assert ENTRY.words["nl"].title in ended.out


def test_no_text_ends_a_process_with_2() -> None:
    assert start(["explain"]).code == 2


def test_json_holds_the_match_and_the_entry() -> None:
    ended = run(["explain", STUCK, "--json", "--lang", "nl"])
    answer = json.loads(ended.out)
    assert (answer["codes"], answer["confident"], answer["how"]) == ([STUCK], True, "code")
    (entry,) = answer["entries"]
    words = ENTRY.words["nl"]
    assert (entry["code"], entry["title"], entry["area"]) == (STUCK, words.title, "backup")
    assert [[command["text"] for command in step["commands"]] for step in entry["steps"]] == [
        [command.text for command in step.commands] for step in words.steps
    ]
    assert entry["reviewed"] == ENTRY.reviewed.isoformat()


def test_json_of_what_is_unknown_is_json_too() -> None:
    ended = run(["explain", "good morning", "--json"])
    assert ended.code == 1
    assert json.loads(ended.out) == {"codes": [], "confident": False, "how": "none", "entries": []}


@pytest.mark.parametrize("text", [STUCK, "ExtensionStukInDeletionState", "UserErrorFlyingPigsNotAllowed"])
def test_blocks_are_a_message_that_slack_takes(text: str) -> None:
    message = json.loads(run(["explain", text, "--blocks"]).out)
    assert all_problems("respond", message) == []


def test_lines_in_lines_out_in_the_same_order() -> None:
    given = [{"id": "a", "text": STUCK}, {"id": 2, "text": "good morning"}, {"id": None, "text": f"{STUCK} é"}]
    typed = "\n\n".join(json.dumps(one) for one in given).encode() + b"\n"
    ended = start(["explain", "--jsonl"], typed)
    assert (ended.code, ended.err) == (0, "")
    assert [json.loads(line) for line in ended.out.splitlines()] == [
        {"id": "a", "codes": [STUCK], "confident": True},
        {"id": 2, "codes": [], "confident": False},
        {"id": None, "codes": [STUCK], "confident": True},
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"{broken",
        b"[1]",
        b'"text"',
        b'{"id": 1}',
        b'{"text": "x"}',
        b'{"id": 1, "text": 5}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
    ids=["broken", "list", "text", "no text", "no id", "number", "not UTF-8", "too deep"],
)
def test_a_wrong_line_is_named(line: bytes) -> None:
    ended = run(["explain", "--jsonl"], b'{"id": 1, "text": "x"}\n' + line + b"\n")
    assert ended.code == 2
    assert ended.err.startswith("line 2: ")
    assert '{"id": ..., "text": "..."}' in ended.err
    assert "Traceback" not in ended.err
    assert len(ended.out.splitlines()) == 1
