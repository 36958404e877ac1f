"""Text that may enter a card: what is escaped, what is literal, and how much of it fits.

Slack reads text in three ways, and each has its type here. mrkdwn (`Mrkdwn`) is a language: `&`, `<` and `>` become
entities, and from outside text every other sign that starts something is replaced by a look-alike, because a sign
that is not there cannot be read as markup, whatever stands beside it; an invisible character between two signs would
only help as long as no client drops it. plain_text (`Plain`) decodes the three entities and reads nothing else. Text
in rich_text (`Verbatim`) is never read at all, so outside text is shown there wherever it is shown in full.
"""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

# Control characters, halves of surrogate pairs, non-characters, and the controls that turn the writing direction of
# the rest of the line: none has a meaning on a card, some break JSON, UTF-8 or the reading order.
_UNSHOWABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Characters without width or ink; U+200D stays, it joins emoji.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOK_ALIKES: Final = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ", "@": "＠", "#": "＃"})
_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # one inside a word marks nothing
_QUOTE: Final = re.compile(r"^>+")
_EMOJI: Final = re.compile(r":([\w'+-]+):")
_SPACES: Final = re.compile(r"\s+")
_NOT_IN_ADDRESS: Final = re.compile(rf"[\s<>\"\\]|{_UNSHOWABLE.pattern}")
_LONGEST_LINK: Final = 2500
_USER: Final = re.compile(r"[UW][A-Z0-9]{2,20}", re.ASCII)
_JOINING: Final = re.compile("[\u0300-\u036f\u200d\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


class Plain(str):
    """Text for a plain_text object, entities in place."""

    __slots__ = ()


class Mrkdwn(str):
    """Text for a mrkdwn object, made by the functions of this module only."""

    __slots__ = ()


class Verbatim(str):
    """Text that Slack shows as it is: in rich_text, or a value, an address or an id that nobody reads."""

    __slots__ = ()


def clean(text: str) -> str:
    """The text without what cannot be shown: unshowable characters become U+FFFD, line ends become newlines."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSHOWABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text cleaned, on one line, with single spaces and nothing invisible; may be empty."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", clean(text))).strip()


def excerpt(text: str, most: int) -> Verbatim:
    """What a person wrote, on one line and cut to `most` characters, for a place that shows it literally."""
    return Verbatim(cut(one_line(text), most))


def plain(text: str, most: int = 3000) -> Plain:
    """Escaped text for a plain_text object of at most `most` characters, as Slack counts them."""
    return Plain(_escaped(cut(one_line(text), most, escaped=True)))


def mrkdwn(text: str, most: int = 3000) -> Mrkdwn:
    """Outside text for a mrkdwn place: on one line, escaped, and with nothing left that Slack could read."""
    return Mrkdwn(_escaped(cut(_inert(one_line(text)), most, escaped=True)))


def own_mrkdwn(template: str, **values: str) -> Mrkdwn:
    """A label of ours, whose markup is meant, filled with values; a value that is no Mrkdwn is made inert."""
    safe = {key: value if isinstance(value, Mrkdwn) else mrkdwn(value) for key, value in values.items()}
    return Mrkdwn(template.format(**safe))


def code_span(text: str, most: int = 150) -> Mrkdwn:
    """Text in `code`; underscores stay, because nothing inside code is markup except the code's own end."""
    shown = _escaped(cut(one_line(text).replace("`", "ˋ"), most, escaped=True))
    return Mrkdwn(f"`{shown}`") if shown else Mrkdwn("")


def link(url: str, label: str) -> Mrkdwn:
    """A link to an https address; only the label where the address is none."""
    address = _escaped(url).replace("|", "%7C")
    if not is_https(url) or length(address) > _LONGEST_LINK:
        return mrkdwn(label)
    return Mrkdwn(f"<{address}|{mrkdwn(label)}>")


def zone_name(when: datetime) -> str:
    """What clocks go by there and then: `UTC`, `CET`, or `UTC+05:45` where the zone has no letters of its own."""
    name, offset = when.tzname() or "", f"{when:%z}"
    return name if name.isalpha() else f"UTC{offset[:3]}:{offset[3:5]}"


def user_mention(user_id: str) -> Mrkdwn:
    """A live mention of one user; empty for anything that is not a user id."""
    return Mrkdwn(f"<@{user_id}>") if _USER.fullmatch(user_id) else Mrkdwn("")


def moment(when: datetime) -> Mrkdwn:
    """A time in the reader's own zone and words, with UTC for whoever's client cannot do that."""
    fallback = f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return Mrkdwn(f"<!date^{int(when.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>")


def is_https(url: str) -> bool:
    """Whether an address may become a link: https, a host, and no sign that could end it early."""
    if not url.startswith("https://") or len(url) > _LONGEST_LINK or _NOT_IN_ADDRESS.search(url):
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def length(text: str, *, escaped: bool = False) -> int:
    """The length as Slack counts at its strictest: UTF-16 units, after escaping where the text will be escaped."""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units if not escaped else units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def cut(text: str, most: int, *, escaped: bool = False) -> str:
    """The text, or as much of its start as fits with an ellipsis: at most `most` characters, as `length` counts.

    Takes text before escaping, so that a cut never falls inside an entity; nor does it fall inside an emoji or between
    a letter and its accent.
    """
    if length(text, escaped=escaped) <= most:
        return text
    room = most - 1
    end = 0
    for end, character in enumerate(text):  # noqa: B007 - the index at which the room ended is the result
        room -= length(character, escaped=escaped)
        if room < 0:
            break
    while end and (_JOINING.match(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "…"


def _escaped(text: str) -> str:
    return text.translate(_ENTITIES)


def _inert(text: str) -> str:
    text = _QUOTE.sub("›", _UNDERSCORE.sub("ˍ", text.translate(_LOOK_ALIKES)))
    text = _EMOJI.sub(r"∶\1∶", text) if ":" in text else text
    return text.replace("://", "∶//").replace("www.", "www․")
