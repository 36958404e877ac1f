"""What stands after `/backup`, cut into words: plain and quoted ones, labelled names, people and user groups."""

import html
import re
from typing import Final, Literal, NamedTuple

# The asker, where they wrote "me".
SELF: Final = "me"
_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
# Escaped, Slack sends `<@U123|name>`; `<!subteam^S123|@name>`, `<#C123|name>` and addresses are no persons.
_TOKEN: Final = re.compile(
    r"<@(?P<user>[UW][A-Z0-9]{2,20})(?:\|[^>]*)?>|(?P<other><[!#][^>]*>)"
    r"|(?:(?P<label>vm|sub|subscription|abonnement|vault|kluis)[:=]\s?)?"
    r"""(?:"(?P<double>[^"]+)"|`(?P<tick>[^`]+)`|(?P<plain>[^\s"`]+))|(?P<stray>["`])""",
    re.IGNORECASE,
)
# A member id written by hand. Without its @ only what Windows servers are never called: WEB01 is a VM.
_PERSON: Final = re.compile(r"@([UW][A-Z0-9]{2,20})|(U0[A-Z0-9]{4,20})")
FLAG: Final = re.compile(r"(?:--|—|–)(nl|en)", re.IGNORECASE)
LONGEST_NAME: Final = 300
_LONGEST_SHOWN: Final = 60

_ME: Final = frozenset({"me", "i", "myself", "mij", "ik", "mezelf"})


class Word(NamedTuple):
    """One word; `label` is what stood before it, as in `vm:sql-01`. `written` is all of it as it was typed."""

    text: str
    kind: Literal["word", "quoted", "person", "group", "stray"] = "word"
    label: str = ""
    written: str = ""

    @property
    def key(self) -> str:
        """What it can be as a word of the command; a quoted or labelled word is a name and never that."""
        return self.text.casefold() if self.kind == "word" and not self.label else ""


def words_of(text: str) -> list[Word]:
    """All words of a command, in their order."""
    found = _TOKEN.finditer(text.translate(_QUOTES))
    return [_word(match)._replace(written=_name(match[0])) for match in found]


def _word(match: re.Match[str]) -> Word:
    if match["user"]:
        return Word(match["user"].upper(), "person")
    if match["other"]:
        return Word(match["other"], "group")
    if match["stray"]:
        return Word(match["stray"], "stray")
    label = (match["label"] or "").casefold()
    if quoted := match["double"] or match["tick"]:
        name = _name(quoted)
        return Word(name, "quoted", label) if name else Word('"', "stray")
    plain = _name(match["plain"])
    if not label and plain.casefold() in _ME:
        return Word(SELF, "person")
    person = None if label else _PERSON.fullmatch(plain)
    return Word(person[1] or person[2], "person") if person else Word(plain, "word", label)


def _name(raw: str) -> str:
    """Slack sends & < > as entities."""
    return " ".join(html.unescape(raw).split())


def shown(word: str) -> str:
    """A word that was not read, short enough to be shown."""
    return word if len(word) <= _LONGEST_SHOWN else f"{word[: _LONGEST_SHOWN - 1]}…"
