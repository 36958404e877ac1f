"""The words after `/backup` to a question about rights or about what was done, and the latter back to one text."""

from collections import deque
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final

from intents.command_words import FLAG, LONGEST_NAME, Word, shown, words_of
from intents.policy import OPERATIONS, OperationName
from intents.watch_command import read_watch_command
from intents.watch_intents import NotRead, Watched
from intents.windows import Taken, Window, begins, take_window, window_text
from responses.catalog.model import Language

_HELP: Final = frozenset({"help", "--help", "-h", "?", "hulp"})
_WHO_CAN: Final = frozenset({"whocan", "who-can", "whomay", "wiemag", "wie-mag", "wiekan"})
_WHO: Final = frozenset({"who", "wie"})
_CAN: Final = frozenset({"can", "may", "mag", "mogen", "kan", "kunnen"})
_AUDIT: Final = frozenset(
    {"audit", "auditlog", "audit-log", "log", "logboek", "auditlogboek", "history", "geschiedenis"}
)
_FILLER: Final = frozenset(
    {
        "a",
        "an",
        "the",
        "on",
        "of",
        "for",
        "in",
        "to",
        "at",
        "een",
        "de",
        "het",
        "op",
        "van",
        "voor",
        "aan",
        "about",
        "over",
    }
    | {"last", "past", "laatste", "afgelopen", "by", "door", "up"}
)
# What an operation is done to, beside the word for it; none of them says by itself which operation is meant.
_NOUNS: Final = frozenset(
    {
        "backup",
        "backups",
        "back-up",
        "back-ups",
        "job",
        "jobs",
        "taak",
        "taken",
        "request",
        "verzoek",
        "snapshot",
        "log",
    }
)
_OPERATIONS: Final[Mapping[str, OperationName]] = {
    **{name: name for name in OPERATIONS},
    **dict.fromkeys(
        ("retry", "retries", "rerun", "restart", "again", "repeat", "retrying", "herhaal", "herhalen", "herstart",
         "herstarten", "opnieuw", "nogmaals", "herkans", "herkansen"),
        "retry-backup",
    ),
    **dict.fromkeys(
        ("remove", "removal", "removing", "delete", "deletion", "uninstall", "extension", "extensie", "verwijder",
         "verwijderen", "verwijdering", "weghalen", "wissen", "remove-snapshot-extension"),
        "remove-extension",
    ),
    **dict.fromkeys(
        ("cancel", "stop", "abort", "cancelling", "annuleer", "annuleren", "afbreken", "stoppen"), "cancel-job"
    ),
    **dict.fromkeys(
        ("approve", "approval", "approving", "reject", "goedkeuren", "goedkeuring", "keur", "afkeuren", "afwijzen"),
        "approve",
    ),
    **dict.fromkeys(
        ("look", "lookup", "look-up", "see", "view", "read", "jobs-list", "opzoeken", "zoeken", "bekijken", "zien",
         "inzien", "lezen"),
        "look-up",
    ),
    **dict.fromkeys(
        ("handle", "incident", "incidents", "acknowledge", "ack", "assign", "snooze", "mute", "afhandelen",
         "incidenten", "bevestigen", "toewijzen", "uitstellen", "dempen"),
        "handle-incidents",
    ),
    **dict.fromkeys(("route", "routes", "routing", "manage", "beheren", "beheer"), "manage-routes"),
    **dict.fromkeys(("audit", "auditlog", "audit-log", "logboek", "auditlogboek"), "read-audit"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskWhoCan:
    """Who may do this? `name` is a VM's or a vault's, empty for anywhere; `vault` and `subscription` say which one.

    The same text as `name` and `vault` means the vault itself.

    `person` is a Slack user id, "me" for the asker, or empty.
    """

    operation: OperationName
    name: str = ""
    vault: str = ""
    subscription: str = ""
    person: str = ""
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class AskAudit:
    """What was done? To the VM or in the vault called `name`, by `person`, within `window`: each may be missing."""

    name: str = ""
    person: str = ""
    window: Window | None = None
    language: Language | None = None

    def begins(self, now: datetime) -> datetime | None:
        """Where the window begins, None for the whole log."""
        return None if self.window is None else begins(self.window, now)


@dataclass(frozen=True, slots=True)
class ShowBackupHelp:
    """Someone asks how to write the command."""

    language: Language | None = None


Asked = AskWhoCan | AskAudit | ShowBackupHelp | Watched


def read_backup_command(text: str, now: datetime, zone: tzinfo, codes: Container[str] = ()) -> Asked:
    """What `/backup TEXT` asks, in English or Dutch. `now` is aware; "since 22:00" means the reader's zone.

    `codes` are the error codes that are known, in lower case.
    """
    words = deque(words_of(text))
    flags = [flag for word in words if (flag := FLAG.fullmatch(word.key))]
    language: Language | None = ("nl" if flags[-1][1].casefold() == "nl" else "en") if flags else None
    words = deque(word for word in words if not FLAG.fullmatch(word.key))
    if not words or (len(words) == 1 and words[0].key in _HELP):
        return ShowBackupHelp(language)
    if (watched := read_watch_command(words, language, now, zone, codes)) is not None:
        return watched
    first = words.popleft()
    if first.key in _WHO and words and words[0].key in _CAN:
        words.popleft()
    elif first.key in _AUDIT:
        return _Audit(words, language, now, zone).read()
    elif first.key not in _WHO_CAN:
        return NotRead(shown(first.text), "word", language)
    return _WhoCan(words, language).read()


def operation_named(words: str) -> OperationName | None:
    """The operation that these words name, such as "retry", "remove the extension" or "goedkeuren"; None for none."""
    asked = _WhoCan(deque(words_of(words)), None).read()
    return asked.operation if isinstance(asked, AskWhoCan) and not asked.name else None


def audit_text(asked: AskAudit) -> str:
    """The canonical text behind `/backup`: read anew by anyone, in any zone, it asks the same."""
    parts = ["audit", f'vm:"{asked.name}"' if asked.name else "", f"<@{asked.person}>" if asked.person else ""]
    parts += [window_text(asked.window) if asked.window else "", f"--{asked.language}" if asked.language else ""]
    return " ".join(part for part in parts if part)


class _WhoCan:
    """Takes the words from the left; each kind may stand once."""

    def __init__(self, words: deque[Word], language: Language | None) -> None:
        self._words = words
        self._operation: OperationName | None = None
        self._found: dict[str, str] = {}
        self._language = language

    def read(self) -> AskWhoCan | NotRead:
        while self._words:
            word = self._words.popleft()
            if wrong := _as_person(word, self._found, self._language):
                return wrong
            if not self._take(word):
                return NotRead(shown(word.text), "word", self._language)
        if self._operation is None:
            return NotRead("", "operation", self._language)
        name = self._found.get("name") or self._found.get("vault", "")
        vault = self._found.get("vault", "")
        place = self._found.get("sub", "")
        return AskWhoCan(self._operation, name, vault, place, self._found.get("person", ""), self._language)

    def _take(self, word: Word) -> bool:
        """Whether the word has a meaning here."""
        if word.kind == "person":
            return True
        if word.kind in ("group", "stray"):
            return False
        if word.key in _OPERATIONS and self._is_operation(_OPERATIONS[word.key]):
            return True
        if word.key in _FILLER | _NOUNS | _CAN:
            return True
        return word.key not in _OPERATIONS and _as_name(word, self._words, self._found)

    def _is_operation(self, named: OperationName) -> bool:
        """One operation; "approve the removal" is an approval, and "cancel the retry" no retry."""
        given = self._operation
        if given is None or (named, given) in _SAID_BY_BOTH:
            self._operation = named
        return given is None or named == given or _belong(named, given)


_SAID_BY_BOTH: Final = frozenset(
    {
        ("approve", "remove-extension"),
        ("cancel-job", "retry-backup"),
        ("read-audit", "look-up"),
        ("manage-routes", "look-up"),
    }
)


def _belong(one: OperationName, other: OperationName) -> bool:
    return (one, other) in _SAID_BY_BOTH or (other, one) in _SAID_BY_BOTH


class _Audit:
    """Takes the words from the left; each kind may stand once."""

    def __init__(self, words: deque[Word], language: Language | None, now: datetime, zone: tzinfo) -> None:
        self._words = words
        self._now, self._zone = now, zone
        self._asked = AskAudit(language=language)
        self._found: dict[str, str] = {}

    def read(self) -> AskAudit | NotRead:
        language = self._asked.language
        while self._words:
            taken = take_window(self._bare(), self._now, self._zone)
            if taken.words:
                if wrong := self._window(taken):
                    return NotRead(shown(wrong), "word", language)
                continue
            word = self._words.popleft()
            if wrong_person := _as_person(word, self._found, language):
                return wrong_person
            if word.kind != "person" and word.key not in _FILLER and not _as_name(word, self._words, self._found):
                return NotRead(shown(word.text), "word", language)
        name = self._found.get("name") or self._found.get("vault", "")
        return replace(self._asked, name=name, person=self._found.get("person", ""))

    def _window(self, taken: Taken) -> str:
        """Takes a time; gives the words where they are none, or a second one."""
        words = " ".join(self._words.popleft().text for _ in range(taken.words))
        if taken.window is None or self._asked.window is not None:
            return words
        self._asked = replace(self._asked, window=taken.window)
        return ""

    def _bare(self) -> list[str]:
        """The next words as far as they can be words about time."""
        bare = []
        for word in list(self._words)[:5]:
            if not word.key:
                break
            bare.append(word.text)
        return bare


def _as_person(word: Word, found: dict[str, str], language: Language | None) -> NotRead | None:
    """Keep a person; what names a second one, or a person that nobody here can tell, was not read."""
    if word.kind != "person":
        is_name = word.kind == "word" and not word.label and word.text.startswith("@")
        return NotRead(shown(word.text), "person", language) if is_name else None
    if "person" in found:
        return NotRead(shown(word.text), "word", language)
    found["person"] = word.text
    return None


def _as_name(word: Word, words: deque[Word], found: dict[str, str]) -> bool:
    """Keep the name of a VM, a vault or a subscription; False for a second one of a kind, or for none."""
    kind = _KINDS.get(word.label, "") or ("" if word.kind == "quoted" else _KINDS.get(word.key, ""))
    if kind and not word.label:  # "vm", "vault" or "subscription" as a word of its own: the name follows
        if not words or words[0].kind not in ("word", "quoted") or words[0].label:
            return False
        word = words.popleft()
    if word.kind not in ("word", "quoted") or (word.kind == "word" and word.text.startswith(("-", "–", "—"))):
        return False
    kind = kind or "name"
    if kind in found or len(word.text) > LONGEST_NAME or (word.kind == "word" and word.text.endswith(":")):
        return False
    found[kind] = word.text
    return True


_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("vm", "machine", "server"), "name"),
    **dict.fromkeys(("vault", "kluis"), "vault"),
    **dict.fromkeys(("sub", "subscription", "abonnement"), "sub"),
}
