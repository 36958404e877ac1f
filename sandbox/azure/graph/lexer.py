"""Cuts the text of a query into tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal as OneOf

from sandbox.azure.graph.refusals import InvalidQuery

Kind = OneOf["name", "op", "string", "long", "real", "datetime", "timespan", "end"]
MOST_CHARACTERS = 32_768
MOST_TOKENS = 8_000
_FURTHEST_LONG = 2**63

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<literal>(?:datetime|timespan|time)\s*\(\s*(?P<inside>[^)]*)\))
  | (?P<string>@"(?:[^"\n]|"")*"|@'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<timespan>\d+(?:\.\d+)?(?:microseconds?|milliseconds?|seconds?|minutes?|hours?|days?|ticks?|ms|[dhms])\b)
  | (?P<real>\d+\.\d+(?:[eE][+-]?\d+)?(?!\w)|\d+[eE][+-]?\d+(?!\w))
  | (?P<long>0[xX][0-9a-fA-F]+(?!\w)|\d+(?!\w))
  | (?P<name>(?:project|mv|make|partition)-[a-z]+|[A-Za-z_]\w*)
  | (?P<op>!(?:in~|(?:in|between|(?:has|contains|startswith|endswith)(?:_cs)?)\b)
        |=~|!~|==|!=|<=|>=|\.\.|[-+*/%=<>.,()\[\]|;~])
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "\\": "\\", "'": "'", '"': '"', "/": "/"}
_UNITS = {
    "d": 86_400.0,
    "h": 3_600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "day": 86_400.0,
    "hour": 3_600.0,
    "minute": 60.0,
}
_UNITS |= {"second": 1.0, "millisecond": 1e-3, "microsecond": 1e-6, "tick": 1e-7}
_SPAN = re.compile(r"(-?)(?:(\d{1,8})\.)?(\d{1,4}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,7})?))?\Z", re.ASCII)
_SHORT_SPAN = re.compile(r"(-?\d{1,15}(?:\.\d{1,9})?)\s*([a-z]+)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    value: object
    at: int


def tokens(text: str) -> list[Token]:
    """All tokens of a query, ended by one of kind "end". InvalidQuery for anything that is none."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidQuery(text[:20], 0, f"The query is longer than {MOST_CHARACTERS} characters.")
    found = list(_cut(text))
    if len(found) > MOST_TOKENS:
        raise InvalidQuery(found[MOST_TOKENS].text, found[MOST_TOKENS].at, f"The query has over {MOST_TOKENS} tokens.")
    return [*found, Token("end", "end of query", None, len(text))]


def _cut(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidQuery(text[at : at + 20], at, "This is not a token that the sandbox's Resource Graph knows.")
        kind = match.lastgroup
        if kind != "space":
            yield _token(match, at)
        at = match.end()


def _token(match: re.Match[str], at: int) -> Token:
    text = match.group()
    for kind in ("name", "op"):
        if match.group(kind):
            return Token(kind, text, None, at)
    if match.group("string"):
        return Token("string", text, _string(text, at), at)
    if match.group("long"):
        return Token("long", text, _long(text, at), at)
    if match.group("real"):
        return Token("real", text, float(text), at)
    if match.group("timespan"):
        return Token("timespan", text, _span(text, text, at), at)
    return _written_out(match, text, at)


def _written_out(match: re.Match[str], text: str, at: int) -> Token:
    """datetime(...), timespan(...) or time(...), whose inside is no expression."""
    inside = match.group("inside").strip().strip("'\"")
    if text.startswith("datetime"):
        when = moment(inside)
        if when is None:
            raise InvalidQuery(text, at, "This is not a datetime literal; write datetime(2026-11-22T03:00:00Z).")
        return Token("datetime", text, when, at)
    return Token("timespan", text, _span(inside, text, at), at)


def _span(inside: str, text: str, at: int) -> timedelta:
    span = timespan(inside)
    if span is None:
        raise InvalidQuery(text, at, "This is not a timespan literal; write 90m or timespan(01:30:00).")
    return span


def _long(text: str, at: int) -> int:
    value = int(text, 16) if text[:2] in {"0x", "0X"} else int(text[:40])
    if value >= _FURTHEST_LONG or len(text) > 40:
        raise InvalidQuery(text[:40], at, "This number does not fit into a long.")
    return value


def _string(text: str, at: int) -> str:
    if text[0] == "@":
        quote = text[1]
        return text[2:-1].replace(quote * 2, quote)

    def unescape(match: re.Match[str]) -> str:
        what = match.group(1)
        if len(what) > 1:
            return chr(int(what[1:], 16))
        if what not in _ESCAPED:
            raise InvalidQuery(match.group(), at, "This escape is unknown in a string literal; write @'...' for paths.")
        return _ESCAPED[what]

    value = _ESCAPE.sub(unescape, text[1:-1])
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise InvalidQuery(text[:40], at, "Half a surrogate pair is no character.")
    return value


def moment(text: str) -> datetime | None:
    """The time that ISO 8601 text names, in UTC; None if it names none. A time without a zone is UTC."""
    text = text.strip()
    if not text[:4].isdigit():
        return None
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def timespan(text: str) -> timedelta | None:
    """The length of time that "90m", "1.5h" or "1.02:03:04" names; None if it names none."""
    text = text.strip()
    try:
        if short := _SHORT_SPAN.match(text):
            unit = _unit(short.group(2))
            return None if unit is None else timedelta(seconds=float(short.group(1)) * unit)
        if long := _SPAN.match(text):
            sign, days, hours, minutes, seconds = long.groups()
            span = timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=float(seconds or 0))
            return -span if sign else span
    except OverflowError:
        return None
    return None


def _unit(name: str) -> float | None:
    """The seconds of a unit: "m", "minute", "minutes"."""
    return _UNITS.get(name) or _UNITS.get(name.removesuffix("s"))
