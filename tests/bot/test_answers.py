"""From a text and a language to a card: an answer, a question, or an honest "I don't know"."""

import json

import pytest

from bot.answers import Answers
from responses.catalog import load
from responses.catalog.model import LANGUAGES, Language

ANSWERS = Answers(load())
STUCK = "ExtensionStuckInDeletionState"
BOTH = pytest.mark.parametrize("language", LANGUAGES)


def _actions(blocks: object) -> set[str]:
    text = json.dumps(blocks)
    return {part.split('"')[0] for part in text.split('"action_id": "')[1:]}


@BOTH
def test_a_code_is_answered_with_its_card(language: Language) -> None:
    answer = ANSWERS.explain(f"job failed: {STUCK}", language)
    assert answer.match.is_sure
    assert ANSWERS.catalog[STUCK].words[language].title in json.dumps(answer.card.blocks, ensure_ascii=False)
    assert "share_card" in _actions(answer.card.blocks)


@BOTH
def test_a_guess_is_a_question_without_action_buttons(language: Language) -> None:
    answer = ANSWERS.explain("ExtensionStukInDeletionState", language)
    assert not answer.match.is_sure
    assert {name for name in _actions(answer.card.blocks) if name.startswith("explain_error_")}
    assert not _actions(answer.card.blocks) & {"retry_backup", "remove_extension", "share_card"}
    assert len({name for name in _actions(answer.card.blocks) if name.startswith("explain_error_")}) <= 3


@BOTH
def test_what_is_unknown_is_said_to_be(language: Language) -> None:
    answer = ANSWERS.explain("UserErrorFlyingPigsNotAllowed", language)
    assert answer.match.codes == ()
    assert "UserErrorFlyingPigsNotAllowed" in json.dumps(answer.card.blocks)


def test_an_acknowledgement_is_an_ephemeral_message_and_the_same_each_time() -> None:
    body = ANSWERS.acknowledgement(STUCK, "nl")
    assert json.loads(body)["response_type"] == "ephemeral"
    assert ANSWERS.acknowledgement(STUCK, "nl") == body
    assert ANSWERS.acknowledgement(STUCK, "en") != body
    long = f"{'nothing ' * 100} {STUCK}"
    assert json.loads(ANSWERS.acknowledgement(long, "nl"))["blocks"] == json.loads(body)["blocks"]


@pytest.mark.parametrize(
    "typed", [STUCK, STUCK.lower(), "stuck deleted", "blijft hangen verwijderen", "vmsnapshot hangs"]
)
def test_an_entry_is_found_while_it_is_typed(typed: str) -> None:
    assert STUCK in [entry.code for entry in ANSWERS.find(typed)]


def test_nothing_typed_shows_the_whole_list_and_nonsense_none_of_it() -> None:
    assert len(ANSWERS.find("  ")) == min(100, len(ANSWERS.catalog))
    assert len(ANSWERS.find("", most=5)) == 5
    assert ANSWERS.find("zzzz qqqq") == []


def test_a_number_is_found_in_the_list() -> None:
    assert [entry.code for entry in ANSWERS.find("400094")] == ["BCMV2VMNotFound"]


def test_an_entry_that_is_gone_has_no_card() -> None:
    assert ANSWERS.entry_card("NoSuchCode", "en", "ephemeral") is None


def test_a_shared_card_says_who_shared_it() -> None:
    card = ANSWERS.entry_card(STUCK, "en", "channel", shared_by="U012")
    assert card is not None
    assert "<@U012>" in json.dumps(card.blocks)
