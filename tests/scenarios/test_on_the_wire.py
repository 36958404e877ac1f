"""Everything that went over the wire in a tour of the app, judged by Slack's own published types."""

from typing import Any, Final

from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, buttons, eventually
from tests.scenarios.test_window import open_window, pasted
from tests.schemas.oracle import length_problems, problems

Entry = dict[str, Any]
ASKED: Final = {
    "slash_command": "slash_command",
    "block_actions": "block_action",
    "block_suggestion": "block_suggestion",
    "view_submission": "view_submission",
    "shortcut": "global_shortcut",
    "message_action": "message_shortcut",
}
ANSWERED: Final = {
    "slash_command": "respond",
    "block_suggestion": "suggestion_answer",
    "view_submission": "view_answer",
}
CALLED: Final = {"views.open": "modal_view", "views.update": "modal_view", "views.publish": "home_view"}


async def tour(town: Town) -> None:
    """Every kind of request, and every kind of answer, in both languages."""
    for user in (EMMA, DAAN):
        for text in ("ExtensionStuckInDeletionState", "ExtensionStuckInDeletonState", "zxqv", "help"):
            await town.ask(text, user=user)
        card = await town.ask("UserErrorFsFreezeFailed", user=user)
        await town.click(card, "switch_language", user=user)
        guess = await town.ask("UserErrorFsFrezeFailed", user=user)
        await town.click(guess, "explain_error_1", user=user)
        window = await open_window(town, user)
        await town.slack.options(user, {"type": "view", "view_id": window["id"]}, "entry", "find_entry", "s")
        await town.slack.submit(user, window["id"], pasted(None))
        await town.slack.submit(user, window["id"], pasted("UserErrorFsFreezeFailed"))
        answer = await town.window(user, lambda view: not view.get("submit"))
        block = next(block for block in answer["blocks"] if block["type"] == "actions")
        await town.slack.action(user, {"type": "view", "view_id": answer["id"]}, block["block_id"], "switch_language")
        posted = await town.slack.message(user, CHANNEL, "UserErrorFsFreezeFailed")
        await town.slack.shortcut(user, "explain_message", CHANNEL, posted["ts"])
        await town.slack.shortcut(user, "open_explainer")
        await town.slack.open_home(user)
        await eventually(lambda user=user: town.slack.home(user), bool)  # type: ignore[misc]
    shared = await town.ask("UserErrorFsFreezeFailed")
    await town.click(shared, "share_card")
    await town.seen(
        DAAN, CHANNEL, lambda messages: any(buttons(m) == ["open_documentation"] for m in messages if m.get("blocks"))
    )


async def test_both_sides_speak_slacks_language(http_town: Town) -> None:
    await tour(http_town)
    entries = http_town.slack.traffic.after(0)
    assert {entry["kind"] for entry in entries} >= {*ASKED, *CALLED, "response_url"}, "the tour was the whole tour"
    wrong = [f"{entry['kind']}: {line}" for entry in entries for line in judged(entry)]
    assert wrong == []


def judged(entry: Entry) -> list[str]:
    """What is wrong with one exchange: what was asked of the bot, what it answered, what it called."""
    found: list[str] = []
    kind, request, response = entry["kind"], entry["request"], entry["response"]
    if kind in ASKED:
        found += problems(ASKED[kind], request)
    if kind in ANSWERED and response:
        found += [*problems(ANSWERED[kind], response), *length_problems(response)]
    if kind in CALLED:
        found += [*problems(CALLED[kind], request["view"]), *length_problems(request["view"])]
    if kind == "response_url":
        found += [*problems("respond", request), *length_problems(request)]
    return found
