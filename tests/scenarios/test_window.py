"""The window with the searchable list and the paste box, and the ways to it."""

from typing import Any

from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, title


def chosen(option: dict[str, Any]) -> dict[str, Any]:
    """The window's state with an entry chosen and nothing pasted."""
    return {
        "entry": {"find_entry": {"type": "external_select", "selected_option": option}},
        "paste": {"pasted_text": {"type": "plain_text_input", "value": None}},
    }


def pasted(text: str | None) -> dict[str, Any]:
    """The window's state with a text pasted and nothing chosen."""
    return {
        "entry": {"find_entry": {"type": "external_select", "selected_option": None}},
        "paste": {"pasted_text": {"type": "plain_text_input", "value": text}},
    }


async def open_window(town: Town, user: str = EMMA) -> dict[str, Any]:
    assert (await town.slack.command(user, CHANNEL, "/backup-error"))["status"] == 200
    return await town.window(user)


async def test_choose_an_entry_from_the_list(town: Town) -> None:
    window = await open_window(town)
    found = await town.slack.options(EMMA, {"type": "view", "view_id": window["id"]}, "entry", "find_entry", "stuck")
    option = found["options"][0]
    assert option["value"] == "ExtensionStuckInDeletionState"
    assert await town.slack.submit(EMMA, window["id"], chosen(option)) == {"ok": True}
    answer = await town.window(EMMA, lambda view: view["id"] == window["id"] and not view.get("submit"))
    assert title(answer) == "The backup extension is stuck while being deleted"


async def test_the_list_is_searched_in_both_languages_and_by_meaning(http_town: Town) -> None:
    window = await open_window(http_town, DAAN)
    place = {"type": "view", "view_id": window["id"]}
    for typed in ("verwijderen", "380008", "fsfreeze", "limiet momentopnamen"):
        found = await http_town.slack.options(DAAN, place, "entry", "find_entry", typed)
        assert found["options"], typed


async def test_paste_a_log(town: Town) -> None:
    window = await open_window(town, DAAN)
    text = "fout: Failed to freeze one or more mount-points of the VM to take a file-system consistent snapshot."
    assert await town.slack.submit(DAAN, window["id"], pasted(text)) == {"ok": True}
    answer = await town.window(DAAN, lambda view: "UserErrorFsFreezeFailed" in str(view["blocks"]))
    assert "Linux kon een bestandssysteem niet bevriezen" in str(answer["blocks"])


async def test_an_empty_window_says_what_is_missing(town: Town) -> None:
    window = await open_window(town)
    answer = await town.slack.submit(EMMA, window["id"], pasted(None))
    assert list(answer["errors"]) == ["paste"]


async def test_the_answer_in_a_window_switches_its_language(town: Town) -> None:
    window = await open_window(town)
    await town.slack.submit(EMMA, window["id"], pasted("BCMV2VMNotFound"))
    answer = await town.window(EMMA, lambda view: not view.get("submit"))
    english = title(answer)
    block = next(block for block in answer["blocks"] if block["type"] == "actions")
    place = {"type": "view", "view_id": answer["id"]}
    await town.slack.action(EMMA, place, block["block_id"], "switch_language")
    dutch = await town.window(EMMA, lambda view: title(view) != english)
    assert (dutch["title"]["text"], dutch["close"]["text"]) == ("Back-upfout", "Sluiten"), "all of the window is Dutch"


async def test_a_guess_in_a_window_is_explained_in_the_window(town: Town) -> None:
    window = await open_window(town)
    await town.slack.submit(EMMA, window["id"], pasted("BCMV2VMNotFoud"))
    guess = await town.window(EMMA, lambda view: "explain_error_1" in str(view))
    block = next(block for block in guess["blocks"] if "explain_error_1" in str(block))
    place = {"type": "view", "view_id": guess["id"]}
    await town.slack.action(EMMA, place, block["block_id"], "explain_error_1")
    await town.window(EMMA, lambda view: "share_card" not in str(view) and "open_documentation" in str(view))


async def test_the_global_shortcut_opens_the_window(town: Town) -> None:
    assert (await town.slack.shortcut(DAAN, "open_explainer"))["status"] == 200
    window = await town.window(DAAN)
    assert window["callback_id"] == "explain_error"
    assert "Kies" in str(window["blocks"])


async def test_the_unknown_card_leads_to_the_window(town: Town) -> None:
    unknown = await town.ask("zxqv")
    await town.click(unknown, "open_explainer")
    assert (await town.window(EMMA))["callback_id"] == "explain_error"


async def test_a_window_that_cannot_open_is_told(http_town: Town) -> None:
    http_town.slack.faults.set({"expire_trigger": {"times": 1}})
    await http_town.slack.command(EMMA, CHANNEL, "/backup-error")
    (told,) = await http_town.seen(EMMA, CHANNEL, lambda messages: len(messages) == 1)
    assert told["is_ephemeral"]
