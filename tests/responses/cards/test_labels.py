"""Both languages say the same things."""

from pathlib import Path
from string import Formatter

import pytest

from responses.cards import labels as labels_module
from responses.cards.labels import labels, read_labels

FOLDER = Path(labels_module.__file__).with_name("labels")
ENGLISH, DUTCH = (read_labels(FOLDER / f"{language}.toml") for language in ("en", "nl"))


def _placeholders(label: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(label) if name is not None}


def test_the_same_labels_in_the_same_order() -> None:
    assert list(ENGLISH) == list(DUTCH)


@pytest.mark.parametrize("key", ENGLISH)
def test_the_same_placeholders_and_code(key: str) -> None:
    assert _placeholders(ENGLISH[key]) == _placeholders(DUTCH[key])
    assert ENGLISH[key].count("`") == DUTCH[key].count("`")
    assert "" not in (ENGLISH[key].strip(), DUTCH[key].strip())


@pytest.mark.parametrize("label", DUTCH.values())
def test_dutch_says_u(label: str) -> None:
    assert not {"je", "jij", "jouw", "jullie"} & set(label.casefold().split())


def test_twelve_months() -> None:
    assert [len(words["date.months"].split()) for words in (ENGLISH, DUTCH)] == [12, 12]


def test_an_unknown_label_is_an_error() -> None:
    with pytest.raises(KeyError):
        labels("en")("no.such.label")


def test_a_label_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "xx.toml"
    file.write_text("[a]\nb = 1\n", "utf-8")
    with pytest.raises(TypeError, match=r"a\.b"):
        read_labels(file)
