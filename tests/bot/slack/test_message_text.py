"""Everything that a person reads in a Slack message, as one text."""

from typing import Any

import pytest

from bot.slack.message_text import message_text
from intents.resolve import Resolver
from responses.catalog import load

RESOLVER = Resolver(load())
STUCK = "ExtensionStuckInDeletionState"


def _rich(*runs: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"blocks": [{"type": "rich_text", "elements": [{"type": kind, "elements": list(runs)}]}]}


def _run(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


@pytest.mark.parametrize(
    "message",
    [
        {"text": f"failed: {STUCK}"},
        {"text": "", "attachments": [{"fallback": STUCK}]},
        {"attachments": [{"color": "danger", "pretext": "Alert", "title": STUCK, "title_link": "https://example.com"}]},
        {"attachments": [{"fields": [{"title": "Code", "value": STUCK, "short": True}]}]},
        {"attachments": [{"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": f"`{STUCK}`"}}]}]},
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": STUCK}}]},
        {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": text} for text in ("*Code*", STUCK)]}]},
        {"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": STUCK}]}]},
        {"blocks": [{"type": "image", "image_url": "https://example.com/x.png", "alt_text": STUCK}]},
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "see"},
                     "accessory": {"type": "button", "text": {"type": "plain_text", "text": STUCK}}}]},
        {"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": text} for text in ("Code", STUCK)]]}]},
        {"attachments": [{"message_blocks": [{"message": _rich(_run(STUCK))}]}]},
        {"text": "log", "files": [{"name": "backup.log", "preview": f"ERROR {STUCK}"}]},
        _rich(_run("failed: "), _run(STUCK, code=True)),
        _rich(_run("Extension", bold=True), _run("StuckIn"), _run("DeletionState", italic=True)),
        _rich(_run(f"line one\n{STUCK}"), kind="rich_text_preformatted"),
        _rich(_run(STUCK), kind="rich_text_quote"),
        _rich({"type": "user", "user_id": "U1"}, _run(f" look at {STUCK}"), {"type": "emoji", "name": "fire"}),
        _rich({"type": "link", "url": f"https://aka.ms/AB-{STUCK}"}),
        _rich({"type": "link", "url": "https://aka.ms/x", "text": STUCK}),
        {"blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [_run("first")]},
            {"type": "rich_text_section", "elements": [_run(STUCK)]}]}]}]},
        {"text": "fwd", "attachments": [{"message_blocks": [], "text": f"> {STUCK}", "footer": "Azure"}]},
    ],
)  # fmt: skip
def test_a_code_anywhere_in_a_message_is_found(message: dict[str, Any]) -> None:
    match = RESOLVER.resolve(message_text(message))
    assert (match.codes, match.is_sure) == ((STUCK,), True)


def test_runs_of_one_section_are_one_sentence() -> None:
    message = _rich(_run("Copying backed up data "), _run("from vault", bold=True), _run(" timed out"))
    assert message_text(message) == "Copying backed up data from vault timed out"


def test_a_mention_does_not_tear_a_sentence_apart() -> None:
    runs = ({"type": "user", "user_id": "U1"}, _run(" Extension"), _run("StuckInDeletionState", bold=True))
    assert STUCK in message_text(_rich(*runs))


def test_nothing_is_said_twice() -> None:
    message = {"text": "same", **_rich(_run("same")), "attachments": [{"fallback": "same", "text": "other"}]}
    assert message_text(message).splitlines() == ["same", "other"]


@pytest.mark.parametrize(
    "message",
    [{}, {"text": None}, {"blocks": None, "attachments": {}}, {"text": 5, "blocks": [1, None, "x"]}, {"text": "  "}],
)
def test_a_message_without_words_is_empty(message: dict[str, Any]) -> None:
    assert message_text(message).strip() in ("", "x")


def test_a_message_that_holds_itself_ends() -> None:
    message: dict[str, Any] = {"text": "round"}
    message["blocks"] = [message, message]
    assert message_text(message) == "round"
