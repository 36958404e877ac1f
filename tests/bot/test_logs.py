"""No secret stands in the log, whoever wrote the line."""

import logging
from collections.abc import Iterator

import pytest

from bot import logs

OURS = ("xoxb-1234567890-ours", "8f742231b10e8888abcd99yyyzzz85a5")


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Leave the process's logging as other tests expect it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = ("slack_bolt", "slack_sdk", "uvicorn", "asyncio", "aiohttp")
    levels = [logging.getLogger(name).level for name in names]
    yield
    root.handlers[:], root.level = handlers, level
    for name, old in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(old)


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("token xoxb-1234567890-ours was refused", "1234567890"),
        ("signed with 8f742231b10e8888abcd99yyyzzz85a5.", "8f742231"),
        ("someone's xoxp-99-88-abc_DEF", "99-88"),
        ("xapp-1-A0-123-abc", "A0-123"),
        ("xoxe.xoxp-1-Mi0y", "Mi0y"),
        ("POST https://hooks.slack.com/commands/T1/2/abc", "T1/2/abc"),
        ("POST http://127.0.0.1:9/response/abc123", "abc123"),
        ("Authorization: Bearer eyJhbGciOi.J9-x_y/z+w==", "eyJhbGciOi"),
        ("bearer abc.def", "abc.def"),
        ("https://a.blob.core.windows.net/x?sv=1&sig=Zm9v%3D&se=2", "Zm9v"),
        ("https://a.example/x?sig=Zm9v", "Zm9v"),
    ],
)
def test_a_secret_in_a_line_is_taken_out(capsys: pytest.CaptureFixture[str], line: str, gone: str) -> None:
    logs.configure("info", OURS)
    logging.getLogger("somebody").warning("before %s after", line)
    written = capsys.readouterr().err
    assert gone not in written
    assert "[secret]" in written
    assert "before " in written
    assert " after" in written


def test_a_secret_in_a_traceback_is_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", OURS)
    try:
        raise ValueError(f"bad token {OURS[0]}")
    except ValueError:
        logging.getLogger("somebody").exception("it failed with %r", OURS[1])
    written = capsys.readouterr().err
    assert "Traceback" in written
    assert not [secret for secret in OURS if secret in written]


def test_ordinary_words_stay(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", ("", "a", "the"))
    logging.getLogger("somebody").info("the signature and the design of a response")
    assert "the signature and the design of a response" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["slack_bolt.AsyncApp", "slack_sdk.web", "uvicorn.error", "aiohttp.client"])
@pytest.mark.parametrize("level", ["debug", "info"])
def test_chatter_of_libraries_is_kept_down(capsys: pytest.CaptureFixture[str], name: str, level: str) -> None:
    logs.configure(level, OURS)
    logging.getLogger(name).info("the whole body of a request")
    logging.getLogger(name).warning("something is wrong")
    written = capsys.readouterr().err
    assert "the whole body" not in written
    assert "something is wrong" in written


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("error", OURS)
    logging.getLogger("somebody").warning("not this")
    logging.getLogger("uvicorn").warning("nor this")
    logging.getLogger("somebody").error("but this")
    written = capsys.readouterr().err
    assert "this" in written
    assert "not this" not in written
    assert "nor this" not in written


@pytest.mark.parametrize("name", ["slack_bolt.AsyncApp", "slack_sdk.socket_mode.aiohttp", "markdown_it.rules_block"])
def test_a_library_that_sets_its_own_level_is_kept_down_too(capsys: pytest.CaptureFixture[str], name: str) -> None:
    logs.configure("debug", OURS)
    library = logging.getLogger(name)
    library.setLevel(logging.DEBUG)
    library.debug("a whole request body")
    library.info("a whole request body")
    library.setLevel(logging.NOTSET)
    assert capsys.readouterr().err == ""


def test_the_ticket_of_a_socket_is_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", OURS)
    logging.getLogger("slack_bolt").error("Failed to connect (url='wss://x.example/link/?ticket=abc-1&app_id=A')")
    assert "abc-1" not in capsys.readouterr().err
