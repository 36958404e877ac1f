"""The words behind a command about routes, incidents and silences, taken from the left; nothing is skipped unseen."""

from collections import deque
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final

from intents.ahead import Ahead, take_ahead
from intents.command_words import LONGEST_NAME, Word, shown
from intents.routing import Place
from intents.watch_intents import NotRead, Unread
from intents.watch_words import BECAUSE, FILLER, FOR, LABELS
from responses.catalog.model import Language

LONGEST_REASON: Final = 200
_MOST_WORDS: Final = 8


@dataclass(slots=True)
class Reader:
    """Takes words from the left; what was labelled gathers in `found`, labels already taken from the words."""

    words: deque[Word]
    language: Language | None
    now: datetime
    zone: tzinfo
    codes: Container[str] = ()
    found: dict[str, list[str]] = field(default_factory=dict)
    tags: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, word: Word | str, what: Unread = "word") -> NotRead:
        written = word if isinstance(word, str) else word.written or word.text
        return NotRead(shown(written), what, self.language)

    def keep_label(self, word: Word, kinds: Container[str]) -> bool:
        """Whether a word is a labelled name of these kinds, which is kept then."""
        kind = LABELS.get(word.label, "")
        if kind not in kinds or not word.text or len(word.text) > LONGEST_NAME:
            return False
        if kind != "tags":
            self.found.setdefault(kind, []).append(word.text)
            return True
        key, _, pattern = (part.strip() for part in word.text.partition("="))
        if key and pattern:
            self.tags.append((key, pattern))
        return bool(key and pattern)

    def labelled(self, kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.found.get(kind, ())))

    def place(self) -> Place:
        return Place(
            subscriptions=self.labelled("subscriptions"),
            resource_groups=self.labelled("resource_groups"),
            vaults=self.labelled("vaults"),
            vms=self.labelled("vms"),
            tags=tuple(dict.fromkeys(self.tags)),
        )

    def is_name(self, word: Word) -> bool:
        """Whether a bare word can be the name of something: no flag, no mention, no label that lacks its name."""
        if word.kind not in ("word", "quoted") or word.label or len(word.text) > LONGEST_NAME:
            return False
        is_loose = word.text.startswith(("-", "–", "—", "@", "<", "#")) or word.text.endswith((":", "="))
        return word.kind == "quoted" or not (is_loose or word.key in LABELS)

    def ahead(self, skipped: int = 0, now: datetime | None = None, *, is_end: bool = False) -> Ahead:
        """The time that the words name behind some that are skipped; nothing is taken."""
        bare = []
        for word in list(self.words)[skipped : skipped + _MOST_WORDS]:
            if not word.key:
                break
            bare.append(word.text)
        return take_ahead(bare, now or self.now, self.zone, is_end=is_end)

    def key(self, at: int = 0) -> str:
        return self.words[at].key if len(self.words) > at else ""

    def take(self, count: int) -> str:
        """The next words, as they were written."""
        return " ".join([self.words.popleft().written for _ in range(count)])

    def names(self) -> list[Word]:
        return [word for word in self.words if word.key not in FILLER]

    def reason(self) -> str | NotRead:
        """Why, which stands last: in quotes or behind a word such as "because"; anything else was not read."""
        first = self.words[0]
        if len(self.words) == 1 and first.kind == "quoted" and not first.label:
            return first.text[:LONGEST_REASON]
        text = " ".join(word.written or word.text for word in self.words)
        lead, _, rest = text.partition(" ")
        label, colon, begun = lead.partition(":")
        if colon and label.casefold() in BECAUSE:
            lead, rest = label, f"{begun} {rest}"
        elif self.key() in FOR and self.ahead(1).words:  # a second time
            return self.wrong(text, "end")
        if lead.casefold() not in BECAUSE | FOR or not rest.strip():
            return self.wrong(first)
        why = rest.strip().removeprefix("of ") if lead.casefold() == "because" else rest.strip()
        self.words.clear()
        return why.strip('"`')[:LONGEST_REASON].strip()


def id_of(word: Word) -> Word:
    """Numbers of routes and silences are also written `#4f2a`."""
    return word._replace(text=word.text.removeprefix("#")) if word.kind == "word" and not word.label else word
