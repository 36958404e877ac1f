"""Someone asks what an error means."""

import pytest

from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, buttons, title


async def test_a_code_is_answered_to_the_asker_alone_in_their_language(town: Town) -> None:
    english = await town.ask("ExtensionStuckInDeletionState")
    dutch = await town.ask("extensionstuckindeletionstate", user=DAAN)
    assert title(english) == "The backup extension is stuck while being deleted"
    assert title(dutch) == "De back-upextensie blijft hangen bij het verwijderen"
    assert english["is_ephemeral"]
    assert dutch["is_ephemeral"]
    assert buttons(english) == ["share_card", "switch_language", "open_documentation"]
    assert len(await town.slack.messages(CHANNEL, EMMA)) == 1, "Emma sees her own answer and not Daan's"


async def test_the_answer_comes_in_the_acknowledgement_itself(town: Town) -> None:
    card = await town.ask("BCMV2VMNotFound")
    delivered = [entry for entry in town.slack.traffic.after(0) if entry["direction"] != "from_bot"]
    assert title(card) in str([entry["response"] for entry in delivered])


@pytest.mark.parametrize(("flag", "user", "expected"), [("--nl", EMMA, "Let op"), ("--en", DAAN, "Careful")])
async def test_a_flag_chooses_the_language(http_town: Town, flag: str, user: str, expected: str) -> None:
    assert expected in str((await http_town.ask(f"ExtensionStuckInDeletionState {flag}", user=user))["blocks"])


async def test_a_guess_is_offered_and_one_click_explains_it(town: Town) -> None:
    guess = await town.ask("ExtensionStuckInDeletonState")
    assert title(guess) == "Did you mean this one?"
    assert buttons(guess) == ["explain_error_1"], "a guess carries no button that acts"
    await town.click(guess, "explain_error_1")
    seen = await town.seen(EMMA, CHANNEL, lambda messages: title(messages[-1]).startswith("The backup extension"))
    assert len(seen) == 1, "the guess gave way to the answer"


async def test_one_message_of_two_errors_offers_both(town: Town) -> None:
    both = await town.ask("VM is not in a state that allows backups.")
    shown = str(both["blocks"])
    assert "UserErrorVmNotInDesirableState" in shown
    assert "'VmNotInDesirableState" in shown
    assert buttons(both) == ["explain_error_1", "explain_error_2"]


@pytest.mark.parametrize(
    "text", ["UserErrorQuantumFluxTooHigh", "AWS EC2 snapshot creation failed", "what is for lunch"]
)
async def test_what_is_not_known_is_said_to_be_unknown(http_town: Town, text: str) -> None:
    unknown = await http_town.ask(text)
    assert title(unknown) == "I don't know this one"
    assert buttons(unknown) == ["open_explainer"]


async def test_a_pasted_log_is_read(http_town: Town) -> None:
    log = (
        "2026-11-20T02:14:09 WARNING ExtHandler Snapshot failed\n"
        "2026-11-20T02:14:10 ERROR Snapshot operation failed because VSS writers were in a bad state.\n"
    )
    assert "ExtensionFailedVssWriterInBadState" in str((await http_town.ask(log))["blocks"])


async def test_what_was_asked_is_shown_as_it_was_typed(http_town: Town) -> None:
    unknown = await http_town.ask("zxqv & <b>")
    assert "'zxqv & <b>'" in str(unknown["blocks"])


async def test_help(http_town: Town) -> None:
    assert "/backup-error" in str((await http_town.ask("help"))["blocks"])


async def test_hostile_text_does_not_come_alive(http_town: Town) -> None:
    answer = await http_town.ask("<!channel> <@U0DAAN> `*x*` <https://evil.example|click>")
    for block in answer["blocks"]:
        for text in _mrkdwn(block):
            assert "<!" not in text
            assert "<@" not in text
            assert "evil.example|" not in text


def _mrkdwn(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["text"]] if node.get("type") == "mrkdwn" else []
        return own + [text for value in node.values() for text in _mrkdwn(value)]
    return [text for value in node for text in _mrkdwn(value)] if isinstance(node, list) else []
