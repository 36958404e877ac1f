"""What is left of a text when its wrapping is off: Slack's marks, HTML, colours, invisible letters, JSON."""

import json
import time

import pytest

from intents.reading import read

CODE = "ExtensionStuckInDeletionState"


@pytest.mark.parametrize(
    "raw",
    [
        f"see <https://aka.ms/AB-{CODE}|the page>",
        f"<https://portal.azure.com/#job|{CODE}>",
        f"<!subteam^S012|@oncall> {CODE}",
        f"<@U012AB3CD> has {CODE} in <#C012|ops>",
        f"<mailto:a@example.com|a@example.com> {CODE}",
        f"&lt;b&gt;{CODE}&lt;/b&gt;",
        f"<td>{CODE}</td>",
        f"<p class='x'>{CODE}<br/></p><!-- {CODE} -->",
        f"&lt;https://aka.ms/AB-{CODE}|more&gt;",
        f"\x1b[31;1m{CODE[:9]}\x1b[0m{CODE[9:]}",
        f"{CODE[:9]}\u200b{CODE[9:]}",
        f"{CODE[:9]}\u00ad{CODE[9:]}",
        f"\u202a{CODE}\u202c\ufeff",
        "".join(chr(ord(letter) + 0xFEE0) for letter in CODE),
        f"<{CODE}>",
        f"*{CODE}* _{CODE}_ ~{CODE}~ `{CODE}`",
    ],
)
def test_the_code_is_readable_after_it(raw: str) -> None:
    assert CODE in read(raw).text


def test_both_halves_of_a_link_are_kept() -> None:
    text = read("<https://aka.ms/AB-UserErrorFsFreezeFailed|click here>").text
    assert "UserErrorFsFreezeFailed" in text
    assert "click here" in text


def test_sentences_end_where_people_end_them() -> None:
    raw = "The VM is off. Start it first!\nThen wait; and look | or ask\\nsomebody else"
    assert read(raw).sentences == (
        "The VM is off.",
        "Start it first!",
        "Then wait",
        "and look",
        "or ask",
        "somebody else",
    )


def test_a_word_as_apostrophe_reads_like_a_typed_one() -> None:
    assert "isn't" in read("The agent isn’t there").text


@pytest.mark.parametrize(
    "raw",
    [
        '{"properties": {"errorDetails": [{"errorCode": 400094, "errorString": "VM was not found"}]}}',
        'The job:\n```{"errorCode": "400094", "errorString": "VM was not found"}```',
        'Job failed: ```\n[{"ErrorCode": 400094, "ErrorMessage": "VM was not found"}]\n```\nplease help',
        "{&quot;errorCode&quot;: 400094, &quot;errorString&quot;: &quot;VM was not found&quot;}",
    ],
)
def test_the_fields_of_json_are_read(raw: str) -> None:
    reading = read(raw)
    assert reading.report.codes == ("400094",)
    assert reading.sentences == ("VM was not found",)


def test_the_json_at_the_end_is_not_taken_for_all_of_it() -> None:
    assert read('["x"] {"errorCode": 400094}').report.codes in ((), ("400094",))


@pytest.mark.parametrize("raw", ["{broken", '{"a": ', "[" * 100_000, '{"a":' * 50_000, '["' * 100_000, '{"a": NaN'])
def test_json_that_is_none_or_too_deep_is_read_as_text(raw: str) -> None:
    assert read(raw).report.codes == ()


def test_a_number_too_long_for_anyone_is_passed_over() -> None:
    assert read('{"errorCode": ' + "9" * 10_000 + "}").report.codes == ()


def test_long_texts_keep_their_beginning_and_their_end() -> None:
    text = read(f"FirstCode {'x ' * 500_000} LastCode").text
    assert text.startswith("FirstCode")
    assert text.endswith("LastCode")
    assert len(text) < 250_000


@pytest.mark.parametrize(
    "unit", ["<", "&", "\x1b[", "{", "<a ", "%41", "\u200b", "&lt;", "<http://|", "é", "\u0301", "\\n"]
)
def test_the_work_grows_no_faster_than_what_is_read(unit: str) -> None:
    """Four times as long a text may cost four times as much; what runs away costs sixteen times and more."""
    short, long = (min(_seconds(unit * (size // len(unit))) for _ in range(3)) for size in (250_000, 1_000_000))
    assert long < 10 * max(short, 0.005)


def _seconds(raw: str) -> float:
    start = time.process_time()
    read(raw)
    return time.process_time() - start


def test_json_keeps_what_it_says_beside_its_codes() -> None:
    job = {"status": "Failed", "properties": {"recommendations": ["Retry."], "errorString": "It failed for VM vm-1."}}
    report = read(json.dumps(job)).report
    assert (report.texts, report.advice) == (("It failed for VM vm-1.",), ("Retry.",))
