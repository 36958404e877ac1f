"""The service's messages as an index: which of them a text holds, word for word or nearly."""

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from responses.catalog import Catalog
from responses.catalog.model import Entry

_PLACEHOLDER = re.compile(r"\{[^{}]{0,40}\}")
_NOT_WORD = re.compile(r"[^a-z0-9à-ÿ+]+")
_CONTRACTIONS = (("can't", "cannot"), ("won't", "will not"), ("n't", " not"))
# Words that an editor adds or drops without a change of meaning, in both languages; "not", "niet" and "geen" stay.
_FILLER = frozenset(
    "a an the is are was were be been of to for on in at by as it its this that and or with has have had please"
    " then de het een is zijn was werd wordt worden van te voor op in aan door als die dat deze dit en of met heeft er"
    " om bij your uw you u".split()
)
# Half sentences that many texts share; alone they name no error.
_SHORTEST = 18
_SHORTEST_INSIDE = 30
_SHORTEST_SYMPTOM = 10
# From here on two wordings differ by a name or a typo, not by what they tell.
_WORD_FOR_WORD = 88.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """One wording, squeezed (letters and digits only) and in words, with the entries that it can mean.

    A message is the service's own; a symptom is how people put it, and only ever suggests.
    """

    squeezed: str
    words: tuple[str, ...]
    codes: tuple[str, ...]
    is_message: bool


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
        self._weights = _Weights(self._phrases)
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
            if phrase.is_message
            and ((len(phrase.squeezed) >= enough and phrase.squeezed in whole) or phrase.squeezed in alone)
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
            telling = set(words)
            for phrase in self._shortlist(words):
                score = _likeness(phrase, words, squeezed, self._weights.shared(phrase, telling))
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
        rows = self._search.execute("select rowid from phrases where words match ? order by rank limit 20", (query,))
        return [self._phrases[row - 1] for (row,) in rows]


def _collect(catalog: Catalog) -> list[Phrase]:
    """One phrase for each wording; a message is also known by its part before ' - ' or ': '."""
    owners: dict[str, set[str]] = {}
    wordings: dict[str, tuple[str, bool]] = {}
    for entry in catalog:
        for wording, is_message in _wordings(entry):
            key = squeeze(wording)
            if len(key) >= (_SHORTEST if is_message else _SHORTEST_SYMPTOM) or wording in entry.messages:
                owners.setdefault(key, set()).add(entry.code)
                wordings.setdefault(key, (wording, is_message))
    return [
        Phrase(key, words_of(wordings[key][0]), tuple(sorted(codes)), wordings[key][1]) for key, codes in owners.items()
    ]


def _wordings(entry: Entry) -> Iterator[tuple[str, bool]]:
    for message in entry.messages:
        bare = _PLACEHOLDER.sub(" ", message)
        yield bare, True
        yield re.split(r" - |: ", bare, maxsplit=1)[0], True
    for symptom in entry.symptoms:
        yield symptom, False


class _Weights:
    """How telling a word is: one that stands in few messages says more than one that stands in many."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        counts = Counter(word for phrase in phrases for word in set(phrase.words))
        self._weights = {word: log(1 + len(phrases) / count) for word, count in counts.items()}

    def shared(self, phrase: Phrase, words: Collection[str]) -> float:
        """0 to 1: how much of the phrase the text holds, and how much of what the text tells the phrase holds."""
        of_phrase = sum(self._weights[word] for word in phrase.words)
        of_text = sum(self._weights.get(word, 0.0) for word in words)
        both = sum(self._weights[word] for word in set(phrase.words).intersection(words))
        return 0.6 * both / of_phrase + 0.4 * both / of_text if both else 0.0


def _likeness(phrase: Phrase, words: Sequence[str], squeezed: str, shared: float) -> float:
    """0 to 100. Letters in order (typos, split words), or words in order (names filled in, wording re-edited).

    What is far from word for word is weighed by the telling words that it shares, in any order.
    """
    shorter, longer = sorted((len(phrase.squeezed), len(squeezed)))
    letters = fuzz.partial_ratio(phrase.squeezed, squeezed) if shorter else 0.0
    if len(squeezed) < len(phrase.squeezed):  # cut off: worth as much as is left of it
        letters *= min(1.0, 0.35 + 0.75 * shorter / longer)
    common = LCSseq.similarity(phrase.words, words)
    covered = common / len(phrase.words) if phrase.words else 0.0
    dilution = max(0.0, len(words) / max(1, len(phrase.words)) - 2.0) * 4
    in_words = 100 * covered - dilution if len(phrase.words) >= 4 else 0.0
    in_order = max(letters, min(in_words, 97.0))
    return in_order if in_order >= _WORD_FOR_WORD else min(_WORD_FOR_WORD, 0.45 * in_order + 55 * shared)
