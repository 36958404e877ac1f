"""Which of the service's messages a text holds, word for word or nearly."""

from pathlib import Path

import pytest

from intents.phrases import Phrases, fold, squeeze, words_of
from intents.reading import read
from responses.catalog import load
from tests.responses.catalog.samples import ENTRY, OTHER, changed, folder_of

MESSAGE = "The snapshot of disk {Name} could not be made because the writer was not stable."


@pytest.fixture
def phrases(tmp_path: Path) -> Phrases:
    one = changed("The sample operation on {VmName} failed.", f'"{MESSAGE}"')
    two = changed(
        "The sample operation on {VmName} failed.", "The vault is locked by a policy of its owner", text=OTHER
    )
    return Phrases(load(ours=folder_of(tmp_path, {"a.md": one, "b.md": two})))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The VM isn't running", "the vm is not running"),
        ("It can't start", "It cannot start"),
        ("It won't start", "it will not start"),
        ("de moment opname bewerking", "de momentopnamebewerking"),
        ("Back-up: mislukt!", "backup mislukt"),
        ("COM+ is broken", "com+ broken"),
    ],
)
def test_wordings_that_say_the_same_are_squeezed_alike(one: str, other: str) -> None:
    assert squeeze(one) == squeeze(other)


def test_a_denial_is_never_a_filler() -> None:
    assert squeeze("The agent is present") != squeeze("The agent is not present")
    assert squeeze("De agent is aanwezig") != squeeze("De agent is niet aanwezig")
    assert "geen" in words_of("er is geen netwerk")


def test_folding_is_caseless_and_writes_contractions_out() -> None:
    assert fold("ISN'T") == "is not"


@pytest.mark.parametrize(
    "text",
    [
        "Error: The snapshot of disk could not be made because the writer was not stable. (job 12)",
        "THE SNAPSHOT OF DISK   COULD NOT BE MADE, BECAUSE THE WRITER WASN'T STABLE",
        "snap shot disk could not be m ade because writer was not stable",
    ],
)
def test_a_message_inside_a_text_is_held(phrases: Phrases, text: str) -> None:
    held = phrases.held_by(read(text).sentences, has_context=False)
    assert [hit.phrase.codes for hit in held] == [("SampleError",)]
    assert held[0].score == 100


@pytest.mark.parametrize(
    "text",
    [
        "The snapshot of disk data-01 could not be made because the writer was not stable",
        "The snapshot of disk os could not be taken because a writer was not stable",
        "The snapshot of disk os could not be made because the wri",
        "could not be made the snapshot of disk, the writer was not stabel",
    ],
)
def test_a_message_with_names_filled_in_edited_or_cut_is_near(phrases: Phrases, text: str) -> None:
    near = phrases.near(read(text).sentences)
    assert near[0].phrase.codes == ("SampleError",)
    assert 60 < near[0].score < 100


@pytest.mark.parametrize(
    "text", ["", "lunch at noon", "De trein naar Utrecht rijdt niet", "x" * 5000, '"*" OR NEAR(a b) -- ;']
)
def test_other_texts_hold_nothing(phrases: Phrases, text: str) -> None:
    assert phrases.held_by([text], has_context=True) == ()
    assert phrases.near([text]) == ()


def test_one_message_of_two_entries_is_one_phrase_with_both(tmp_path: Path) -> None:
    phrases = Phrases(load(ours=folder_of(tmp_path, {"a.md": ENTRY, "b.md": OTHER})))
    (hit,) = phrases.held_by(["The sample operation on failed."], has_context=True)
    assert hit.phrase.codes == ("OtherError", "SampleError")


def test_symptoms_are_never_held_word_for_word(tmp_path: Path) -> None:
    symptom = "the sample hangs after every single snapshot"
    phrases = Phrases(load(ours=folder_of(tmp_path, {"a.md": changed("the sample hangs", symptom)})))
    assert phrases.held_by([symptom], has_context=True) == ()
    assert phrases.near([symptom])[0].phrase.is_message is False
