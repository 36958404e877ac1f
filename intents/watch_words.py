"""The words of the commands about routes, incidents and silences, English and Dutch; labels joined to their names."""

import re
from collections import deque
from collections.abc import Container, Iterable, Mapping
from typing import Final, get_args

from intents.command_words import Word
from intents.routing import SEVERITIES, Mode, Severity
from intents.watch_intents import AREAS, Which

SUBSCRIBE: Final = frozenset({"subscribe", "route", "watch", "follow", "volg", "volgen", "abonneer", "meld"})
UNSUBSCRIBE: Final = frozenset(
    {"unsubscribe", "unroute", "unfollow", "unwatch", "ontvolg", "ontvolgen", "stop-volgen", "stopvolgen"}
)
ROUTES: Final = frozenset({"routes", "subscriptions", "routing"})
INCIDENTS: Final = frozenset({"incidents", "incident", "incidenten", "storingen", "failing"})
MUTE: Final = frozenset({"mute", "demp", "dempen"})
UNMUTE: Final = frozenset({"unmute", "ontdemp", "dempen-stop", "stop-dempen"})
MAINTAIN: Final = frozenset({"maintenance", "maintain", "onderhoud"})
SILENCES: Final = frozenset({"silences", "mutes", "dempingen", "stiltes"})
SILENCE: Final = frozenset({"silence", "stilte"})
DIGEST: Final = frozenset({"digest", "summary", "overzicht", "samenvatting"})
PAIRS: Final[Mapping[tuple[str, str], str]] = {
    ("stop", "volgen"): "stop-volgen", ("stop", "following"): "unfollow", ("stop", "watching"): "unwatch",
    ("stop", "dempen"): "stop-dempen", ("dempen", "stop"): "stop-dempen", ("stop", "muting"): "unmute",
}  # fmt: skip

EVERYTHING: Final = frozenset({"all", "everything", "alles", "alle"})
END: Final = frozenset({"end", "stop", "remove", "delete", "beeindig", "beëindig", "verwijder"})
BECAUSE: Final = frozenset({"because", "omdat", "wegens", "vanwege", "reason", "reden", "reason:", "reden:"})
FOR: Final = frozenset({"for", "voor", "gedurende"})
UNTIL: Final = frozenset({"until", "till", "to", "tot"})
FROM: Final = frozenset({"from", "van", "vanaf", "between", "tussen"})
AND: Final = frozenset({"and", "en", "-", "–", "—"})
NOW: Final = frozenset({"now", "nu"})
TOWARDS: Final = frozenset({"to", "from"})
FILLER: Final = frozenset({"the", "a", "an", "in", "on", "of", "at", "de", "het", "een", "op", "van"}) | FOR
# Before a time they say when something begins, never when it ends.
NO_LEAD: Final = frozenset({"in", "at", "on", "op", "om"})
WEEKLY: Final = frozenset({"weekly", "week", "wekelijks"})
DAILY: Final = frozenset({"daily", "day", "dag", "dagelijks"})

MODES: Final[Mapping[str, Mode]] = {
    "each": "each", "every": "each", "elke": "each", "alle-mislukkingen": "each", "stuk": "each",
    "digest": "digest", "daily": "digest", "summary": "digest", "overzicht": "digest", "samenvatting": "digest",
}  # fmt: skip
WHICH: Final[Mapping[str, Which]] = {
    **{which: which for which in get_args(Which)},
    "mijn": "mine", "van-mij": "mine", "uitgesteld": "snoozed", "opgelost": "resolved", "alles": "all", "alle": "all",
    "everything": "all",
}  # fmt: skip
SEVERITY_OF: Final[Mapping[str, Severity]] = {
    **{each: each for each in SEVERITIES}, "kritiek": "critical", "hoog": "high", "normaal": "normal",
}  # fmt: skip
AREA_OF: Final[Mapping[str, str]] = {
    **{each: each for each in AREAS}, "back-up": "backup", "herstel": "restore", "beleid": "policy",
    "registratie": "register", "registration": "register", "taak": "job",
}  # fmt: skip
PLACES: Final = frozenset({"vms", "subscriptions", "vaults", "resource_groups", "tags"})
LABELS: Final[Mapping[str, str]] = {
    "vm": "vms", "server": "vms", "machine": "vms", "sub": "subscriptions", "subscription": "subscriptions",
    "abonnement": "subscriptions", "vault": "vaults", "kluis": "vaults", "group": "resource_groups",
    "rg": "resource_groups", "resource-group": "resource_groups", "groep": "resource_groups", "tag": "tags",
    "code": "codes", "error": "codes", "fout": "codes", "area": "areas", "gebied": "areas",
    "severity": "severities", "ernst": "severities", "mention": "mention", "noem": "mention",
}  # fmt: skip
# Names of subscriptions and values of tags may hold commas; with all others a comma divides two of them.
_DIVIDED: Final = frozenset({"vms", "vaults", "resource_groups", "codes", "areas", "severities"})
_LABELLED: Final = re.compile(r"([a-z-]{2,20})[:=](.*)", re.IGNORECASE | re.DOTALL)
_WHO: Final = re.compile(r"<!subteam\^(S[A-Z0-9]{2,20})(?:\|[^>]*)?>|<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")
# By their beginning or end; a vault is called BackupVaultProd, and no vault UserErrorSomething or SomethingFailed.
_CODE: Final = re.compile(
    r"(?:UserError|Extension|GuestAgent|FailedRetryable|Fabric)[A-Za-z0-9*?]{4,120}"
    r"|[A-Z][A-Za-z0-9]{3,100}(?:Error|Failed|Failure|InProgress|Unavailable|NotFound|TimedOut|Timeout|Denied|Reached)"
    r"|\d{5,7}"
)


def split_labels(words: Iterable[Word]) -> deque[Word]:
    """The same words with every label taken from its name: `tag:env=prod`, `vault: prod`, `vm sql-01`, `vm:a,b`."""
    left, found = deque(words), deque[Word]()
    while left:
        word = left.popleft()
        label, value = _label_of(word)
        is_open = bool(label) and (not value or (value.endswith("=") and LABELS[label] == "tags"))
        if is_open and left and _may_follow(word, left[0], label):
            name = left.popleft()
            gap = "" if word.text.endswith(("=", ":")) and name.kind == "quoted" else " "
            written = f"{word.written}{gap}{name.written}"
            found.append(Word(value + name.text, name.kind, label, written))
        elif label and value:
            found.extend(word._replace(text=each, label=label) for each in _divided(word, value, LABELS[label]))
        else:
            text = word.text.rstrip(",;") if word.kind == "word" else word.text
            found.append(word._replace(text=text or word.text))
    return found


def who_of(word: Word) -> str:
    """The id of the user group or the person that a word names; empty for any other word."""
    if word.kind == "person":
        return word.text
    found = _WHO.fullmatch(word.text)
    return (found[1] or found[2]) if found else ""


def is_code(word: Word, codes: Container[str]) -> bool:
    """Whether a bare word is an error's code: one that is known (`codes`, in lower case), or shaped as none but one."""
    if word.kind != "word" or word.label:
        return False
    return word.key in codes or _CODE.fullmatch(word.text) is not None


def _label_of(word: Word) -> tuple[str, str]:
    """A word's label and what follows it: nothing where the name is the next word."""
    if word.label:
        return word.label, word.text
    if word.kind != "word":
        return "", ""
    found = _LABELLED.fullmatch(word.text)
    label = found[1].casefold() if found else word.key
    return (label, found[2].strip() if found else "") if label in LABELS else ("", "")


def _may_follow(word: Word, name: Word, label: str) -> bool:
    """Whether the next word is the name that a label lacks; a word of the command is that only behind a colon."""
    if name.label or name.kind == "stray" or (name.kind == "word" and _LABELLED.fullmatch(name.text)):
        return LABELS[label] == "tags" and not name.label and name.kind == "word" and "=" in name.text
    if name.kind in ("person", "group"):
        return LABELS[label] == "mention"
    is_command = name.key in MODES or name.key in EVERYTHING or (LABELS[label] in PLACES and name.key in SEVERITY_OF)
    return word.text.endswith((":", "=")) or not is_command


def _divided(word: Word, value: str, kind: str) -> list[str]:
    if kind not in _DIVIDED or word.kind == "quoted":
        return [value]
    return [each for each in value.split(",") if each] or [value]
