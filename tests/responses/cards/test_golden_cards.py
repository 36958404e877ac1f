"""What each card looks like, word for word, kept as JSON beside this file."""

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from responses.cards.did_you_mean import did_you_mean
from responses.cards.explainer import answer_view, explainer, options
from responses.cards.help import help_card
from responses.cards.home import home
from responses.cards.model import JSON, Card, Place, View
from responses.cards.remediation import remediation
from responses.cards.trouble import expired, failed
from responses.cards.unknown import unknown
from responses.catalog import load
from responses.catalog.model import Language
from tests.responses.cards.samples import FULL, LANGUAGES, SLUG


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def _shown(what: Card | View) -> object:
    return what.body if isinstance(what, View) else {"text": what.text, "blocks": what.blocks}


@pytest.mark.parametrize("place", ["ephemeral", "channel", "modal"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_remediation(golden: SnapshotAssertion, language: Language, place: Place) -> None:
    card = remediation(FULL, language, place=place, shared_by="U012ABCDE", asked="SampleAlias")
    assert _shown(card) == golden


@pytest.mark.parametrize("language", LANGUAGES)
def test_remediation_of_an_entry_without_a_code(golden: SnapshotAssertion, language: Language) -> None:
    assert _shown(remediation(SLUG, language, place="ephemeral")) == golden


@pytest.mark.parametrize("language", LANGUAGES)
def test_remediation_from_the_catalog(golden: SnapshotAssertion, language: Language) -> None:
    entry = load()["ExtensionStuckInDeletionState"]
    assert _shown(remediation(entry, language, place="ephemeral")) == golden


_OTHERS: dict[str, Callable[[Language], Card | View]] = {
    "did_you_mean_one": lambda language: did_you_mean([FULL], language, query="agent <!here> silent"),
    "did_you_mean_two": lambda language: did_you_mean([FULL, SLUG], language, query="agent"),
    "did_you_mean_shared": lambda language: did_you_mean(
        [FULL, SLUG], language, query="It failed.", shared_messages=True
    ),
    "unknown": lambda language: unknown("AccessDenied on *my* bucket", language, place="ephemeral"),
    "unknown_in_a_modal": lambda language: unknown("", language, place="modal"),
    "help": help_card,
    "expired": expired,
    "failed": lambda language: failed(language, "3f2a-91"),
    "explainer": lambda language: explainer(language, private_metadata='{"channel":"C1"}', query="agent\nsilent"),
    "answer": lambda language: answer_view(remediation(SLUG, language, place="modal"), language),
    "home": lambda language: home(language, 66),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", _OTHERS)
def test_other_cards_and_views(golden: SnapshotAssertion, name: str, language: Language) -> None:
    assert _shown(_OTHERS[name](language)) == golden


@pytest.mark.parametrize("language", LANGUAGES)
def test_options(golden: SnapshotAssertion, language: Language) -> None:
    shown: list[dict[str, JSON]] = options([FULL, SLUG], language)
    assert shown == golden
