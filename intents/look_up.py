"""The text after `/backup-jobs` to what to look up, and back to the one text that means it for everybody."""

import html
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal, NamedTuple

from intents.windows import Taken, Window, begins, take_window, window_text
from responses.catalog.model import Language

Which = Literal["failed", "running", "all"]
DEFAULT_WINDOW: Final = timedelta(hours=24)
# A job that has been running for longer than a day is the very one to see.
DEFAULT_RUNNING: Final = timedelta(days=7)
# Resource Graph keeps jobs for 14 days; a vault itself is asked for no more than a month.
MOST_OF_FLEET: Final = timedelta(days=14)
MOST_OF_VAULT: Final = timedelta(days=30)

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
_WORD = re.compile(
    r"""(?:(?P<label>sub|subscription|abonnement|vault|kluis)[:=]\s?)?"""
    r"""(?:"(?P<double>[^"]+)"|`(?P<tick>[^`]+)`|(?<!\S)'(?P<single>[^'"`]+)'(?!\S)|(?P<plain>[^\s"`]+))|(?P<stray>["`])""",
    re.IGNORECASE,
)
# Some phones turn a typed "--nl" into a dash; both mean the flag.
_FLAG = re.compile(r"(?:--|—|–)(nl|en)", re.IGNORECASE)
_HELP: Final = frozenset({"help", "--help", "-h", "?", "hulp"})
_WHICH: Final[dict[str, Which]] = {
    **dict.fromkeys(("failed", "failures", "failing", "mislukt", "mislukte", "fout", "fouten"), "failed"),
    **dict.fromkeys(("running", "inprogress", "lopend", "lopende", "bezig"), "running"),
    **dict.fromkeys(("all", "everything", "alle", "alles"), "all"),
}
_SUBSCRIPTION: Final = frozenset({"sub", "subscription", "abonnement"})
_VAULT: Final = frozenset({"vault", "kluis"})
_FILLER: Final = frozenset({"jobs", "taken", "last", "laatste", "past", "afgelopen"})
_LONGEST_NAME: Final = 300
_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class LookUpJobs:
    """Someone wants to see jobs. `name` is a vault or subscription as they wrote it, empty for everything.

    `inside` is the subscription that they said the vault is in, or empty; `window` is how long back from now, or an
    aware time in UTC.
    """

    name: str = ""
    is_subscription: bool = False
    inside: str = ""
    which: Which = "failed"
    window: Window = DEFAULT_WINDOW
    language: Language | None = None

    def begins(self, now: datetime, most: timedelta) -> tuple[datetime, bool]:
        """Where the window begins, and whether it had to be cut to `most`."""
        wanted = begins(self.window, now)
        return max(wanted, now - most), wanted < now - most


@dataclass(frozen=True, slots=True)
class ShowJobsHelp:
    """Someone asks how to write the command."""

    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Misread:
    """A word that means nothing here, or that contradicts another."""

    word: str
    language: Language | None = None


class _Word(NamedTuple):
    text: str
    label: str = ""
    is_quoted: bool = False
    is_stray: bool = False

    @property
    def key(self) -> str:
        """What it can be as a word of the command; a quoted word is a name and never that."""
        return "" if self.is_quoted or self.label else self.text.casefold()


def read_jobs_command(text: str, now: datetime, zone: tzinfo) -> LookUpJobs | ShowJobsHelp | Misread:
    """What `/backup-jobs TEXT` asks: words in any order, English or Dutch.

    `now` is aware; "since 22:00" means the reader's zone.
    """
    words = _words(text)
    language = next((_language(word) for word in reversed(words) if _language(word)), None)
    rest = [word for word in words if not _language(word)]
    if len(rest) == 1 and rest[0].key in _HELP:
        return ShowJobsHelp(language)
    return _Reader(rest, now, zone, language).read()


def to_text(asked: LookUpJobs) -> str:
    """The canonical text: read anew by anyone, in any zone, it gives the same look-up."""
    name = f'{"sub" if asked.is_subscription else "vault"}:"{asked.name}"' if asked.name else ""
    inside = f'sub:"{asked.inside}"' if asked.inside else ""
    flag = f"--{asked.language}" if asked.language else ""
    return " ".join(part for part in (name, inside, asked.which, window_text(asked.window), flag) if part)


class _Reader:
    """Takes the words from the left; each kind may stand once."""

    def __init__(self, words: Sequence[_Word], now: datetime, zone: tzinfo, language: Language | None) -> None:
        self._words = deque(words)
        self._now, self._zone = now, zone
        self._asked = LookUpJobs(language=language)
        self._given: set[str] = set()
        self._vault = self._subscription = ""

    def read(self) -> LookUpJobs | Misread:
        while self._words:
            wrong = self._take()
            if wrong is not None:
                return Misread(_shown(wrong), self._asked.language)
        self._asked = replace(
            self._asked,
            name=self._vault or self._subscription,
            is_subscription=not self._vault and bool(self._subscription),
            inside=self._subscription if self._vault else "",
        )
        if self._asked.which == "running" and "window" not in self._given:
            return replace(self._asked, window=DEFAULT_RUNNING)
        return self._asked

    def _take(self) -> str | None:
        """Take what the words begin with; what was not understood, or None."""
        word = self._words[0]
        if word.is_stray:
            return word.text
        if word.key in _FILLER:
            self._words.popleft()
            return None
        if word.key in _WHICH:
            return self._which(_WHICH[word.key])
        taken = take_window(self._bare(), self._now, self._zone)
        if taken.words:
            return self._window(taken)
        return self._name()

    def _which(self, which: Which) -> str | None:
        word = self._words.popleft()
        self._asked = replace(self._asked, which=which)
        return None if self._once("which") else word.text

    def _window(self, taken: Taken) -> str | None:
        words = " ".join(self._words.popleft().text for _ in range(taken.words))
        if taken.window is None or not self._once("window"):
            return words
        self._asked = replace(self._asked, window=taken.window)
        return None

    def _name(self) -> str | None:
        word = self._words.popleft()
        kind = word.label or word.key
        if kind in _SUBSCRIPTION | _VAULT and not word.label:
            if not self._words or not self._is_part():
                return word.text
            first = self._words.popleft()
        elif not word.is_quoted and (word.text.startswith(("-", "—", "–")) or word.text.endswith(":")):
            return word.text
        else:
            first = word
        parts = [first.text]
        # A subscription's name may have spaces.
        while kind in _SUBSCRIPTION and not first.is_quoted and self._words and self._is_part():
            parts.append(self._words.popleft().text)
        name = " ".join(parts)
        if kind in _SUBSCRIPTION:
            self._subscription = name
        else:
            self._vault = name
        is_first = self._once("subscription" if kind in _SUBSCRIPTION else "vault")
        return None if is_first and len(name) <= _LONGEST_NAME else name

    def _once(self, kind: str) -> bool:
        is_first = kind not in self._given
        self._given.add(kind)
        return is_first

    def _bare(self) -> list[str]:
        """The next words as far as they can be words of the command."""
        bare = []
        for word in list(self._words)[:5]:
            if not word.key or word.is_stray:
                break
            bare.append(word.text)
        return bare

    def _is_time(self) -> bool:
        return bool(take_window(self._bare(), self._now, self._zone).words)

    def _is_part(self) -> bool:
        """Whether the next word can belong to a name that is being read."""
        word = self._words[0]
        if word.is_quoted:
            return True
        return not (word.is_stray or word.label or word.key in _WHICH or word.key.startswith("--") or self._is_time())


def _words(text: str) -> list[_Word]:
    found = []
    for match in _WORD.finditer(html.unescape(text).translate(_QUOTES)):  # Slack sends & < > as entities
        quoted = match["double"] or match["tick"] or match["single"]
        name = " ".join((quoted or match["plain"] or match["stray"]).split())
        is_stray = bool(match["stray"]) or not name
        found.append(_Word(name, (match["label"] or "").casefold(), quoted is not None, is_stray))
    return found


def _language(word: _Word) -> Language | None:
    flag = _FLAG.fullmatch(word.key)
    return None if flag is None else "nl" if flag[1].casefold() == "nl" else "en"


def _shown(word: str) -> str:
    return word if len(word) <= _LONGEST_SHOWN else f"{word[: _LONGEST_SHOWN - 1]}…"
