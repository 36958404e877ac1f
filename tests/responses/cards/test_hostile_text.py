"""Text from outside is shown and never obeyed, whatever it holds and wherever it lands."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from responses.cards.did_you_mean import did_you_mean
from responses.cards.explainer import explainer, options
from responses.cards.model import Card, View
from responses.cards.remediation import remediation
from responses.cards.trouble import failed
from responses.cards.unknown import unknown
from responses.catalog.model import Language
from tests.responses.cards.samples import FULL, SLUG, with_text
from tests.responses.cards.walk import live, mrkdwn_texts, texts
from tests.schemas.oracle import length_problems, model_problems, problems

HOSTILE: list[str] = json.loads((Path(__file__).parents[2] / "fixtures" / "hostile.json").read_text("utf-8"))


def _cards(text: str, language: Language) -> list[Card]:
    entry = with_text(text)
    return [
        unknown(text, language, place="ephemeral"),
        did_you_mean([entry, FULL, SLUG], language, query=text),
        remediation(entry, language, place="channel", shared_by=text, asked=text),
        failed(language, text),
    ]


@cache
def _alive_without(language: Language) -> list[Counter[str]]:
    """What each card holds of links, marks and mentions when the text in it is harmless."""
    return [live(card) for card in _cards("harmless", language)]


def _language(number: int) -> Language:
    return "nl" if number % 2 else "en"


def test_there_are_enough_of_them_and_all_differ() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 320


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_it_is_valid_and_dead_on_every_card(number: int) -> None:
    language = _language(number)
    for card, harmless in zip(_cards(HOSTILE[number], language), _alive_without(language), strict=True):
        json.dumps([card.text, card.blocks], ensure_ascii=False).encode("utf-8")
        assert problems("known_blocks", card.blocks) == []
        assert length_problems({"text": card.text, "blocks": card.blocks}) == []
        assert model_problems(card.blocks) == []
        assert not live(card) - harmless


def test_it_is_valid_in_the_window_and_in_its_list() -> None:
    for number, text in enumerate(HOSTILE):
        language = _language(number)
        view = explainer(language, private_metadata=text[:3000], query=text)
        json.dumps(view.body, ensure_ascii=False).encode("utf-8")
        shown = options([with_text(text)], language)
        json.dumps(shown, ensure_ascii=False).encode("utf-8")
        found = problems("modal_view", view.body) + length_problems(view.body) + length_problems({"options": shown})
        assert found + problems("suggestion_answer", {"options": shown}) == []
        assert live(view) == live(explainer(language))


@pytest.mark.parametrize("card", [0, 1])
@pytest.mark.parametrize("text", ["<!channel> & `code` *b* :wave: {{ x }}", '"quoted" \\ <https://a.example|b>'])
def test_what_was_asked_is_shown_letter_for_letter(text: str, card: int) -> None:
    assert text in list(texts(_cards(text, "en")[card]))


def test_what_turns_or_breaks_text_is_replaced() -> None:
    shown = "\n".join(texts(unknown("a\x00b\ud800c\u202ed", "en", place="ephemeral")))
    assert "a\ufffdb\ufffdc\ufffdd" in shown


def test_only_a_user_id_becomes_a_mention() -> None:
    def mentions(shared_by: str) -> list[str]:
        card: Card | View = remediation(SLUG, "en", place="channel", shared_by=shared_by)
        return [text for text in mrkdwn_texts(card) if "<@" in text]

    assert mentions("U012ABCDE") == ["Shared by <@U012ABCDE>"]
    assert mentions("U012ABCDE> <!channel") == []
    assert mentions("B012ABCDE") == []
