"""The service's messages as an index: which of them a text holds, word for word or nearly."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from responses.catalog import Catalog

_PLACEHOLDER = re.compile(r"\{[^{}]{0,40}\}")
_NOT_WORD = re.compile(r"[^a-z0-9à-ÿ+]+")
_CONTRACTIONS = (("can't", "cannot"), ("won't", "will not"), ("n't", " not"))
# Words that an editor adds or drops without a change of meaning, in both languages; "not", "niet" and "geen" stay.
_FILLER = frozenset(
    "a an the is are was were be been of to for on in at by as it its this that and or with has have had please"
    " then de het een is zijn was werd wordt worden van te voor op in aan door als die dat deze dit en of met heeft er om bij"
    " your uw you u".split()
)
# Half sentences that many texts share; alone they name no error.
_SHORTEST = 18
_SHORTEST_INSIDE = 30


@dataclass(frozen=True, slots=True)
class Phrase:
    """One wording, squeezed (letters and digits only) and in words, with the entries that it can mean."""

    squeezed: str
    words: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text, with how alike they are: 100 is word for word."""

    phrase: Phrase
    score: float


def fold(text: str) -> str:
    """Lower case with contractions written out: 'isn't' and 'is not' are one wording."""
    text = text.casefold()
    for short, long in _CONTRACTIONS:
        text = text.replace(short, long)
    return text


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The content words of a text, in order."""
    return tuple(word for word in _NOT_WORD.split(fold(text)) if word and word not in _FILLER)


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """Letters and digits only: a machine translation that splits words reads the same as one that does not."""
    return "".join(word for word in _NOT_WORD.split(fold(text)) if word and word not in _FILLER)


class Phrases:
    """Every message of the catalog, searchable by its words."""

    def __init__(self, catalog: Catalog) -> None:
        self._phrases = _collect(catalog)
        self._vocabulary = {word for phrase in self._phrases for word in phrase.words}
        self._search = sqlite3.connect(":memory:", check_same_thread=False)
        self._search.execute("create virtual table phrases using fts5(words, tokenize='unicode61 remove_diacritics 0')")
        self._search.executemany("insert into phrases(words) values (?)", [(" ".join(p.words),) for p in self._phrases])

    def held_by(self, sentences: Sequence[str], has_context: bool) -> tuple[Hit, ...]:
        """Phrases that stand in the text word for word (spaces, case, punctuation and filler words aside).

        A short phrase counts only as a whole sentence, or where the text is about backups (`has_context`).
        A phrase inside a longer found one is left out.
        """
        whole = squeeze(" ".join(sentences))
        alone = {squeeze(sentence) for sentence in sentences} | {whole}
        enough = _SHORTEST if has_context else _SHORTEST_INSIDE
        found = [
            phrase
            for phrase in self._phrases
            if (len(phrase.squeezed) >= enough and phrase.squeezed in whole) or phrase.squeezed in alone
        ]
        return tuple(
            Hit(phrase, 100.0)
            for phrase in found
            if not any(phrase is not other and phrase.squeezed in other.squeezed for other in found)
        )

    def near(self, sentences: Sequence[str]) -> tuple[Hit, ...]:
        """Phrases that read like a sentence of the text, best first, one hit for each set of entries."""
        best: dict[tuple[str, ...], Hit] = {}
        for sentence in self._promising(sentences):
            words, squeezed = words_of(sentence), squeeze(sentence)
            for phrase in self._shortlist(words):
                score = _likeness(phrase, words, squeezed)
                if score > 50 and (phrase.codes not in best or score > best[phrase.codes].score):
                    best[phrase.codes] = Hit(phrase, score)
        return tuple(sorted(best.values(), key=lambda hit: -hit.score))

    def _promising(self, sentences: Iterable[str]) -> list[str]:
        """At most 8 sentences that share words with any message, the most telling first."""
        scored = ((len(self._vocabulary.intersection(words_of(text[:600]))), text[:600]) for text in sentences)
        return [text for shared, text in sorted(scored, key=lambda pair: -pair[0])[:8] if shared >= 2]

    def _shortlist(self, words: Sequence[str]) -> list[Phrase]:
        known = list(dict.fromkeys(word for word in words if word in self._vocabulary))[:40]
        if not known:
            return []
        query = " OR ".join(f'"{word}"' for word in known)
        rows = self._search.execute("select rowid from phrases where words match ? order by rank limit 14", (query,))
        return [self._phrases[row - 1] for (row,) in rows]


def _collect(catalog: Catalog) -> list[Phrase]:
    """One phrase for each wording; a message is also known by its part before ' - ' or ': '."""
    owners: dict[str, set[str]] = {}
    texts: dict[str, str] = {}
    for entry in catalog:
        for message in entry.messages:
            bare = _PLACEHOLDER.sub(" ", message)
            for wording in {bare, re.split(r" - |: ", bare, maxsplit=1)[0]}:
                key = squeeze(wording)
                if len(key) >= _SHORTEST or wording == bare:
                    owners.setdefault(key, set()).add(entry.code)
                    texts.setdefault(key, wording)
    return [Phrase(key, words_of(texts[key]), tuple(sorted(codes))) for key, codes in owners.items() if key]


def _likeness(phrase: Phrase, words: Sequence[str], squeezed: str) -> float:
    """0 to 100. Letters in order (typos, split words), or words in order (names filled in, wording re-edited)."""
    shorter, longer = sorted((len(phrase.squeezed), len(squeezed)))
    letters = fuzz.partial_ratio(phrase.squeezed, squeezed) if shorter else 0.0
    if len(squeezed) < len(phrase.squeezed):  # cut off: worth as much as is left of it
        letters *= min(1.0, 0.35 + 0.75 * shorter / longer)
    common = LCSseq.similarity(phrase.words, words)
    covered = common / len(phrase.words) if phrase.words else 0.0
    dilution = max(0.0, len(words) / max(1, len(phrase.words)) - 2.0) * 4
    in_words = 100 * covered - dilution if len(phrase.words) >= 4 else 0.0
    return max(letters, min(in_words, 97.0))
