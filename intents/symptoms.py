"""Full-text search over the catalog for a description that holds no code: suggestions, never an answer."""

import re
import sqlite3
from collections.abc import Sequence

from intents.phrases import words_of
from responses.catalog import Catalog
from responses.catalog.model import LANGUAGES, Entry, plain

# Words that every entry could hold; a text made of these alone describes nothing.
_EVERYWHERE = frozenset(
    "azure backup backups back up vm vms virtual machine machines error errors fails failed failing failure job help"
    " fout fouten mislukt taak virtuele how what why when hoe wat waarom wanneer can cannot kan do does my our we i"
    " ik mijn onze get got after since problem probleem not niet no geen"
    " nothing something here there see please restart niets iets naar hier daar zien opnieuw start".split()
)
_WORD = re.compile(r"\w+")


class Symptoms:
    """The catalog's own words (symptoms, titles, messages, meanings; both languages) as a search index."""

    def __init__(self, catalog: Catalog) -> None:
        self._codes = [entry.code for entry in catalog]
        self._texts = [" " + " ".join(_WORD.findall(" ".join(_row(entry)).casefold())) for entry in catalog]
        self._search = sqlite3.connect(":memory:", check_same_thread=False)
        self._search.execute(
            "create virtual table entries using fts5(symptoms, titles, messages, meanings, tokenize='porter unicode61')"
        )
        self._search.executemany("insert into entries values (?, ?, ?, ?)", [_row(entry) for entry in catalog])

    def describe(self, sentences: Sequence[str], most: int = 3) -> tuple[str, ...]:
        """Up to `most` catalog keys whose words fit the description, best first; few shared words give none."""
        words = list(dict.fromkeys(word for sentence in sentences[:12] for word in words_of(sentence[:400])))
        telling = [word for word in words if word not in _EVERYWHERE and len(word) > 2][:30]
        if len(telling) < 2:
            return ()
        rows = self._search.execute(
            "select rowid, bm25(entries, 6.0, 4.0, 2.0, 1.0) as score from entries"
            " where entries match ? order by score limit ?",
            (" OR ".join(_term(word) for word in telling), most * 2),
        ).fetchall()
        return tuple(self._codes[row - 1] for row, _ in rows if _shares(self._texts[row - 1], telling) >= 2)[:most]


def _row(entry: Entry) -> tuple[str, str, str, str]:
    words = [entry.words[language] for language in LANGUAGES]
    return (
        "\n".join(entry.symptoms),
        "\n".join(each.title for each in words),
        "\n".join(entry.messages),
        "\n".join(plain(each.meaning) for each in words),
    )


def _term(word: str) -> str:
    """A long word also finds its inflections and the compounds that begin with it."""
    return f'"{word}"' if len(word) < 7 else f'"{word}" OR "{word[:-2]}"*'


def _shares(text: str, telling: Sequence[str]) -> int:
    """How many of the words begin a word of the text (its words each after a space)."""
    return sum(1 for word in telling if f" {word[: max(4, len(word) - 2)]}" in text)
