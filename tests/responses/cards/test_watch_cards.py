"""The cards of what the bot says by itself: as they are, valid for Slack, inert, and never too long."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from responses.cards.digest import digest_card
from responses.cards.failure import assign_view, failure_card, failure_line
from responses.cards.incident_list import incident_list_card
from responses.cards.model import MOST_CHARACTERS, Card
from responses.cards.routes import routes_card
from responses.cards.storm import chart_alt, storm_card
from responses.catalog.model import Language
from tests.responses.cards import watch_samples as samples
from tests.responses.cards.samples import LANGUAGES
from tests.responses.cards.walk import live
from tests.schemas.oracle import all_problems

HOSTILE: list[str] = json.loads((Path(__file__).parents[2] / "fixtures" / "hostile.json").read_text("utf-8"))
LONG = "W" * 300


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", samples.CARDS)
def test_what_people_see(name: str, language: Language, snapshot: SnapshotAssertion) -> None:
    card = samples.CARDS[name](language)
    assert all_problems("known_blocks", card.blocks) == []
    assert card.size < MOST_CHARACTERS
    assert {"text": card.text, "blocks": card.blocks} == snapshot


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_window_that_asks_for_a_person(language: Language, snapshot: SnapshotAssertion) -> None:
    view = assign_view(samples.HANDLED, language, "{}")
    assert view.body == snapshot


_OURS = ("id", "severity", "kind", "which", "mode", "retry", "retry_all", "remove", "job", "previous", "next")


def _filled(sample: Any, text: str) -> Any:
    """The sample with this in every text that comes from outside."""
    outside = {
        each.name: text
        for each in fields(sample)
        if isinstance(getattr(sample, each.name), str) and each.name not in _OURS
    }
    return replace(sample, **outside)


def _cards(text: str, language: Language) -> dict[str, Card]:
    incident = replace(_filled(samples.UNKNOWN, text), mentions=(text,))
    rows = tuple(_filled(samples.ROW, text) for _ in range(10))
    wide = replace(_filled(samples.ROUTE, text), vaults=(text,) * 9, vms=(text,) * 9)
    return {
        "failure": failure_card(incident, language),
        "line": failure_line("overdue", incident, language, text),
        "storm": storm_card(replace(_filled(samples.STORM, text), entry=None, vaults=((text, 1),) * 5), language),
        "list": incident_list_card(replace(samples.PAGE, rows=rows, scope=text), language),
        "digest": digest_card(replace(samples.DAILY, incidents=rows[:8]), language),
        "routes": routes_card((wide,) * 30, "C0", language, is_all=True),
    }  # fmt: skip


HARMLESS = {name: live(card) for name, card in _cards("harmless", "en").items()}


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_what_comes_from_outside_is_never_read_as_markup(number: int) -> None:
    for name, card in _cards(HOSTILE[number], "en").items():
        assert all_problems("known_blocks", card.blocks) == [], name
        alive = live(card) - HARMLESS[name]
        assert not {key for key in alive if not key.startswith(("mark *", "code"))}, (name, alive)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", [LONG, "<&>" * 100, "\U0001f525" * 150])
def test_the_longest_names_fit(text: str, language: Language) -> None:
    for name, card in _cards(text, language).items():
        assert all_problems("known_blocks", card.blocks) == [], name
        assert card.size < MOST_CHARACTERS, name


def test_every_entry_makes_a_card_that_fits() -> None:
    for entry in samples.CATALOG:
        card = failure_card(replace(samples.HANDLED, entry=entry, code=entry.code), "nl")
        assert all_problems("known_blocks", card.blocks) == [], entry.code
        assert card.size < MOST_CHARACTERS, entry.code


def test_a_chart_is_told_in_words() -> None:
    bars = [(1_795_392_000.0 + 60 * number, 0, number) for number in range(5)]
    assert "10 in all" in chart_alt(bars, "minute", "en")
    assert "Most at 2026-11-23 00:04: 4" in chart_alt(bars, "minute", "en")
    assert "4 of 14" in chart_alt([(1_795_392_000.0, 10, 4)], "day", "en")
