"""What a reader may rely on, whatever the entry: limits, codes, buttons, places and languages."""

import json

import pytest

from responses.cards.did_you_mean import did_you_mean
from responses.cards.explainer import answer_view, explainer, options
from responses.cards.help import help_card
from responses.cards.home import home
from responses.cards.model import MOST_CHARACTERS, Card, Place, View
from responses.cards.remediation import remediation
from responses.cards.trouble import expired, failed
from responses.cards.unknown import unknown
from responses.catalog import load
from responses.catalog.model import Entry, Language, Prose
from tests.responses.cards.samples import FULL, LANGUAGES, SLUG, largest
from tests.responses.cards.walk import objects, texts
from tests.schemas.oracle import all_problems

PLACES: tuple[Place, ...] = ("ephemeral", "channel", "modal")
ENTRIES = tuple(load())


def _buttons(card: Card) -> dict[str, str]:
    found = [one for block in card.blocks for one in objects(block) if one.get("type") == "button"]
    return {str(one["action_id"]): str(one.get("value", "")) for one in found}


def _card_problems(card: Card) -> list[str]:
    return all_problems("known_blocks", card.blocks) + all_problems(
        "respond", {"text": card.text, "blocks": card.blocks}
    )


def _in_code(card: Card) -> list[str]:
    found = [one for block in card.blocks for one in objects(block) if one.get("style") == {"code": True}]
    return [str(one["text"]) for one in found]


def _prose(entry: Entry, language: Language) -> Prose:
    words = entry.words[language]
    return (*words.careful, *words.meaning, *(span for step in words.steps for span in step.prose))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_every_entry_fits_everywhere_with_nothing_left_out(entry: Entry, language: Language) -> None:
    for place in PLACES:
        card = remediation(entry, language, place=place, shared_by="U012ABCDE", asked="AnAliasOfIt")
        assert _card_problems(card) == []
        assert _in_code(card) == [span.text for span in _prose(entry, language) if span.kind == "code"]
        if not entry.has_code:
            assert not [text for text in texts(card) if entry.code in text]
    assert all_problems("modal_view", answer_view(remediation(entry, language, place="modal"), language).body) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_every_command_stands_alone_and_verbatim(entry: Entry, language: Language) -> None:
    card = remediation(entry, language, place="ephemeral")
    shown = [
        one["elements"]
        for block in card.blocks
        for one in objects(block)
        if one.get("type") == "rich_text_preformatted"
    ]
    commands = [command.text for step in entry.words[language].steps for command in step.commands]
    assert shown == [[{"type": "text", "text": command}] for command in commands]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_cards_and_views_are_within_limits(language: Language) -> None:
    cards = [
        did_you_mean(ENTRIES[:1], language, query="x"),
        did_you_mean(ENTRIES, language, query="", shared_messages=True),
        *(unknown(query, language, place=place) for query in ("", "x") for place in PLACES),
        help_card(language),
        expired(language),
        failed(language, ""),
    ]
    views = [explainer(language), explainer(language, query="x" * 9000), answer_view(cards[0], language)]
    assert [problem for card in cards for problem in _card_problems(card)] == []
    assert [problem for view in views for problem in all_problems("modal_view", view.body)] == []
    assert all_problems("home_view", home(language, len(ENTRIES)).body) == []
    assert all_problems("suggestion_answer", {"options": options(ENTRIES * 9, language)}) == []


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("ephemeral", {"share_card": "en", "switch_language": "nl", "open_documentation": "en"}),
        ("channel", {"open_documentation": "en"}),
        ("modal", {"switch_language": "nl", "open_documentation": "en"}),
    ],
)
def test_each_place_has_its_buttons(place: Place, expected: dict[str, str]) -> None:
    wanted = {action: f"SampleAgentError|{language}" for action, language in expected.items()}
    assert _buttons(remediation(FULL, "en", place=place)) == wanted


def test_suggestions_only_offer_to_explain() -> None:
    card = did_you_mean([FULL, SLUG, FULL, SLUG], "nl", query="agent")
    assert _buttons(card) == {
        "explain_error_1": "SampleAgentError|nl",
        "explain_error_2": "secret-slug|nl",
        "explain_error_3": "SampleAgentError|nl",
    }
    assert "Ik weet het niet zeker. U vroeg:" in list(texts(card))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slug_is_never_shown(language: Language) -> None:
    shown: list[Card | View] = [remediation(SLUG, language, place=place) for place in PLACES]
    shown += [did_you_mean([SLUG, SLUG], language, query="x"), answer_view(expired(language), language)]
    assert not [text for card in shown for text in texts(card) if "secret-slug" in text]
    assert "description" not in options([SLUG], language)[0]
    assert "secret-slug" not in json.dumps(options([SLUG], language)[0]["text"])


def test_an_alias_is_named_and_the_code_itself_is_not_repeated() -> None:
    def named(asked: str) -> bool:
        return any("same advice" in text for text in texts(remediation(FULL, "en", place="ephemeral", asked=asked)))

    assert named("SampleAlias")
    assert not named("sampleagenterror")
    assert not named("")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_the_largest_entry_still_fits_and_says_what_is_missing(place: Place, language: Language) -> None:
    card = remediation(largest(), language, place=place, shared_by="U012ABCDE", asked="x" * 300)
    assert card.size < MOST_CHARACTERS
    assert _card_problems(card) == []
    assert [text for text in texts(card) if "(12)" in text or "(11)" in text or "(10)" in text]


def test_a_card_says_nothing_twice_differently() -> None:
    first, again = (remediation(FULL, "nl", place="ephemeral") for _ in range(2))
    assert first == again
