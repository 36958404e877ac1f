"""Azure's error bodies, of any shape, become a code and one plain line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_ops.calls import Call
from azure_ops.errors import AlreadyRunning, AzureError, Conflict, Locked, Outdated
from azure_ops.refusals import one_line, refusal, words_of
from tests.azure_ops.arm_stand_in import PATH


@pytest.mark.parametrize(
    ("body", "code", "sentence"),
    [
        ({"error": {"code": "A", "message": "m"}}, "A", "m"),
        ({"Code": "A", "Message": "m"}, "A", "m"),
        ({"odata.error": {"code": "A", "message": {"lang": "en", "value": "m"}}}, "A", "m"),
        ({"error": {"error": {"code": "A", "message": "m"}}}, "A", "m"),
        ({"error": "invalid_client", "error_description": "AADSTS7: no\r\nTrace"},
         "invalid_client", "AADSTS7: no Trace"),
        ({"error": {"code": "BadRequest", "message": "ask", "details": [{"code": "InvalidQuery", "message": "q"}]}},
         "InvalidQuery", "q"),
        ({"error": {"code": "A", "message": "", "details": [{"code": "B", "message": "b"}]}}, "A", "b"),
        ({"error": {"code": 400077, "message": "m"}}, "400077", "m"),
        ({"error": {"code": None, "message": ["m"]}}, "", ""),
        ({"error": []}, "", ""),
        ({"message": "m"}, "", "m"),
        ([1], "", ""),
        (None, "", ""),
    ],
)  # fmt: skip
def test_the_code_and_the_sentence_are_found(body: object, code: str, sentence: str) -> None:
    assert words_of(json.dumps(body).encode()) == (code, sentence)


def test_no_json_says_nothing() -> None:
    assert words_of(b"<html><title>502") == words_of(b"") == words_of(b"\xff") == ("", "")


def test_a_line_is_short_and_keeps_no_token() -> None:
    assert one_line("a\n\tb\x00\x1b[31mc") == "a b [31mc"
    assert len(one_line("x" * 9_000)) == 500
    told = one_line("got eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJ4.c2ln-_ and Bearer abcdefghijklmnop1234567890")
    assert told == "got [token] and [token]"
    assert one_line(3) == one_line(None) == ""


@pytest.mark.parametrize(
    ("status", "code", "sentence", "kind"),
    [
        (409, "UserErrorBackupOperationInProgress", "m", AlreadyRunning),
        (400, "UserErrorBackupOperationInProgress", "m", AlreadyRunning),
        (409, "BMSUserErrorObjectLocked", "m", AlreadyRunning),
        (409, "Conflict", "The request failed due to conflict with a concurrent request.", AlreadyRunning),
        (409, "OperationNotAllowed", "Another operation is in progress on this VM.", AlreadyRunning),
        (409, "OperationNotAllowed", "Operation could not be completed as it exceeds the quota.", Conflict),
        (409, "Conflict", "The VM is deallocated.", Conflict),
        (409, "ScopeLocked", "The scope cannot perform delete because of locks.", Locked),
        (412, "PreconditionFailed", "The etag does not match.", Outdated),
        (412, "", "", Outdated),
        (409, "", "", Conflict),
    ],
)
def test_only_what_runs_is_told_as_running(status: int, code: str, sentence: str, kind: type[AzureError]) -> None:
    body = json.dumps({"error": {"code": code, "message": sentence}}).encode()
    assert type(refusal(Call("POST", PATH, True, 0.0), status, body)) is kind


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "Code", "message", "details", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values | st.binary(max_size=20), st.integers(300, 599), st.booleans())
def test_whatever_stands_in_the_body_the_status_decides(body: object, status: int, is_write: bool) -> None:
    call = Call("POST" if is_write else "GET", PATH, is_write, 0.0, was_sent=is_write)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    error = refusal(call, status, content)
    assert isinstance(error, AzureError)
    assert error.correlation_id == call.correlation_id
    assert error.may_have_happened is (is_write and (status < 400 or status == 408 or status >= 500))
    assert "\n" not in "".join(error.values.values())
