"""The cards of what the bot says by itself: as they are, valid for Slack, inert, and never too long."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from responses.cards.digest import CauseOf, OverdueItem, digest_card
from responses.cards.failure import assign_view, failure_card, failure_line
from responses.cards.incident_list import incident_list_card
from responses.cards.model import MOST_CHARACTERS, Card
from responses.cards.portal_links import LinkKind
from responses.cards.routes import (
    no_such_route_card,
    routes_card,
    subscribed_card,
    unsubscribed_card,
    which_place_card,
)  # fmt: skip
from responses.cards.silences import no_such_silence_card, silenced_card, silences_card
from responses.cards.storm import PictureOf, chart_alt, storm_card
from responses.cards.trouble_azure import Trouble
from responses.cards.watch_notices import blind_card, channel_lost_card
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


def _cards(text: str, language: Language, *, many: int = 1) -> dict[str, Card]:
    incident = replace(_filled(samples.UNKNOWN, text), mentions=(text,))
    rows = tuple(_filled(samples.ROW, text) for _ in range(10))
    nine, tags, trouble = (text,) * 9, ((text, text),) * 9, Trouble("azure.failed", {"message": text}, text)
    place = {"subscriptions": nine, "resource_groups": nine, "vaults": nine, "vms": nine, "tags": tags}
    wide = replace(_filled(samples.ROUTE, text), codes=nine, areas=nine, **place)
    silence = replace(_filled(samples.MUTED, text), **place)
    full = replace(
        samples.DAILY, incidents=rows[:8], causes=(CauseOf(None, text, text, 9_999, True),) * 5,
        overdue=(OverdueItem(text, text, samples.NIGHT, 24.0),) * 8, overdue_count=9_999, unread=(trouble,) * 5,
        picture=PictureOf("F0123456789", text),
    )  # fmt: skip
    return {
        "failure": failure_card(incident, language),
        "line": failure_line("overdue", incident, language, text),
        "storm": storm_card(replace(_filled(samples.STORM, text), entry=None, vaults=((text, 1),) * 5), language),
        "list": incident_list_card(replace(samples.PAGE, rows=rows, scope=text), language),
        "digest": digest_card(full, language),
        "catch_up": digest_card(replace(full, kind="catch-up"), language),
        "routes": routes_card((wide,) * many, "C0", language, is_all=True),
        "subscribed": subscribed_card(wide, is_new=True, joined="invite", language=language),
        "unsubscribed": unsubscribed_card((wide,) * many, language),
        "no_such_route": no_such_route_card(text, language),
        "which_place": which_place_card(text, nine, language),
        "silences": silences_card((silence,) * many, language),
        "silenced": silenced_card(silence, language),
        "no_such_silence": no_such_silence_card(text, language),
        "blind": blind_card("sign-in", samples.NIGHT, trouble, language),
        "channel_lost": channel_lost_card("C0ALERTS", text, "C0GENERAL", language),
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
    for name, card in _cards(text, language, many=30).items():
        assert all_problems("known_blocks", card.blocks) == [], name
        assert card.size < MOST_CHARACTERS, name


def test_a_link_that_does_not_fit_is_left_out_and_the_others_stay() -> None:
    address = "https://portal.azure.com/#@/resource/" + "a" * 1_300
    links: tuple[tuple[LinkKind, str], ...] = (("vault", f"{address}1"), ("vm", f"{address}2"), ("item", f"{address}3"))
    card = failure_card(replace(samples.HANDLED, links=links), "en")
    assert all_problems("known_blocks", card.blocks) == []
    shown = str(card.blocks[-1])
    assert (shown.count(f"{address[:60]}"), "|documentation>" in shown) == (2, True)


@pytest.mark.parametrize(("language", "said"), [("en", "is archived"), ("nl", "is gearchiveerd")])
@pytest.mark.parametrize("why", ["is_archived", "is_inactive"])
def test_a_card_that_cannot_be_changed_any_more_tells_of_its_archived_channel(
    why: str, language: Language, said: str
) -> None:
    assert said in str(channel_lost_card("C0ALERTS", why, "C0GENERAL", language).blocks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_window_takes_any_title(language: Language) -> None:
    view = assign_view(replace(samples.UNKNOWN, title=LONG * 20, vm=LONG), language, "{}")
    assert all_problems("modal_view", view.body) == []


def test_what_is_cut_from_a_list_is_counted() -> None:
    card = silences_card((replace(samples.MUTED, vms=(LONG,) * 4, vaults=(LONG,) * 4, reason=LONG),) * 40, "en")
    shown = [block for block in card.blocks if str(block["block_id"]).startswith("silence_")]
    assert f"And {40 - len(shown)} more." in str(card.blocks)


def test_a_digest_says_that_all_is_well_only_when_everything_was_read() -> None:
    assert "All is well" in digest_card(samples.CALM, "en").text
    for doubt in ({"overdue_count": None}, {"unread": samples.BLIND.unread}, {"overdue_count": 1}, {"open_now": 1}):
        assert "well" not in digest_card(replace(samples.CALM, **doubt), "en").text, doubt


def test_a_storm_says_how_many_of_how_many_it_retries() -> None:
    assert "Retry 500 of 800" in str(storm_card(samples.STORM, "en").blocks)
    assert "Retry all 500" in str(storm_card(replace(samples.STORM, open=500), "en").blocks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_meaning_tells_what_is_wrong_and_not_only_how_it_works(language: Language) -> None:
    wrong = {"en": "half removed", "nl": "half verwijderd"}[language]
    assert wrong in str(failure_card(samples.FAILED, language).blocks)


def test_every_entry_makes_a_card_that_fits() -> None:
    for entry in samples.CATALOG:
        card = failure_card(replace(samples.HANDLED, entry=entry, code=entry.code), "nl")
        assert all_problems("known_blocks", card.blocks) == [], entry.code
        assert card.size < MOST_CHARACTERS, entry.code


@pytest.mark.parametrize(
    ("zone", "since", "until", "most"),
    [
        ("UTC", "2026-11-23 00:00", "2026-11-23 00:04 UTC", "00:04"),
        ("Europe/Amsterdam", "2026-11-23 01:00", "2026-11-23 01:04 CET", "01:04"),
        ("Asia/Kathmandu", "2026-11-23 05:45", "2026-11-23 05:49 UTC+05:45", "05:49"),
    ],
)
def test_a_chart_is_told_in_words_by_the_clock_that_it_is_drawn_by(
    zone: str, since: str, until: str, most: str
) -> None:
    bars = [(1_795_392_000.0 + 60 * number, 0, number) for number in range(5)]
    told = chart_alt(bars, "minute", zone, "en")
    assert told == f"Chart of failed backups from {since} to {until}: 10 in all. Most at 2026-11-23 {most}: 4."


def test_a_days_bar_is_told_by_its_date_there() -> None:
    """That begins in the evening before, counted by UTC; and an hour early after the night of the clock change."""
    last_of_week = 1_795_392_000.0 - 3_600
    assert "to 2026-11-23: 4 of 14" in chart_alt([(last_of_week, 10, 4)], "day", "Europe/Amsterdam", "en")
    before_change = datetime(2026, 3, 28, 22, 0, tzinfo=UTC).timestamp()
    assert "from 2026-03-29 to" in chart_alt([(before_change, 10, 4)], "day", "Europe/Amsterdam", "en")
