"""The fixed words of the cards in both languages, from `labels/*.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from responses.cards.text import Mrkdwn, Plain, Verbatim, own_mrkdwn, plain
from responses.catalog.model import Language

_FOLDER: Final = Path(__file__).with_name("labels")


class Labels:
    """Words of one language by a dotted key such as `unknown.title`; KeyError for an unknown key or placeholder."""

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words

    def __call__(self, key: str, **values: str | int) -> Plain:
        """A label for a plain_text object."""
        return plain(self.text(key, **values))

    def text(self, key: str, **values: str | int) -> str:
        """A label as it is, its placeholders filled in."""
        return self._words[key].format(**values) if values else self._words[key]

    def literal(self, key: str, **values: str | int) -> Verbatim:
        """A label for rich_text."""
        return Verbatim(self.text(key, **values))

    def mrkdwn(self, key: str, **values: str) -> Mrkdwn:
        """A label for a mrkdwn object: its own markup is meant, that of its values is made inert."""
        return own_mrkdwn(self._words[key], **values)


@cache
def labels(language: Language) -> Labels:
    """The labels of a language, read once."""
    return Labels(read_labels(_FOLDER / f"{language}.toml"))


def read_labels(file: Path) -> dict[str, str]:
    """All labels of a file by dotted key. Raises TypeError for a value that is no text."""
    with file.open("rb") as stream:
        found = tomllib.load(stream)
    return dict(_flat(found, ""))


def _flat(table: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs.extend(_flat(value, f"{prefix}{key}."))
        elif isinstance(value, str):
            pairs.append((f"{prefix}{key}", value))
        else:
            raise TypeError(f"label {prefix}{key} is not a text")
    return pairs
