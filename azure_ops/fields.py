"""Reads the fields of JSON objects leniently: a wrong type gives the neutral value and an `Oddity`, never an error."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Final, TypeVar

import orjson

from azure_ops.models import Oddity

T = TypeVar("T")

_ISO_DURATION: Final = re.compile(
    r"(-)?P(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{1,12})?)S)?)?", re.ASCII
)
_COMMON_DURATION: Final = re.compile(r"PT(\d{1,9})M(\d{1,9}\.\d{1,9})S", re.ASCII)
# .NET's own form, in older answers: "00:20:23.0896697", "1.02:03:04".
_CLOCK_DURATION: Final = re.compile(r"(-)?(?:(\d{1,6})\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,9})?)", re.ASCII)
_NUMBER: Final = re.compile(r"\s*(-?\d{1,15}(?:\.\d{1,15})?)\s*%?\s*", re.ASCII)
# What .NET writes for "no time".
_NO_TIME_YEARS: Final = (1, 9999)


def kind_of(value: object) -> str:
    """What a JSON value is, in words for an Oddity: "text", "list", "nothing"."""
    if isinstance(value, str):
        return "text" if value.strip() else "empty text"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else "an object" if isinstance(value, Mapping) else "something else"


class Fields:
    """The fields of one JSON object. What is absent or null is no oddity unless it is `required`.

    `oddities` is shared by all objects below the first, in the order of reading; `path` is the dotted place.
    """

    __slots__ = ("_data", "_path", "oddities")

    def __init__(self, data: object, path: str = "", oddities: list[Oddity] | None = None) -> None:
        self.oddities: list[Oddity] = [] if oddities is None else oddities
        self._path = path
        self._data: Mapping[str, Any] = {}
        if type(data) is dict:
            self._data = data
        else:
            self._read_other(data)

    def __bool__(self) -> bool:
        return bool(self._data)

    def _read_other(self, data: object) -> None:
        """Resource Graph may give an object as JSON text; anything else that is no object is odd."""
        if isinstance(data, str):
            try:
                parsed: object = orjson.loads(data)
            except ValueError:
                parsed = data
            data = parsed if isinstance(parsed, dict) else data
        if isinstance(data, dict):
            self._data = data
        elif data is not None:
            self.oddities.append(Oddity(self._path, "an object", kind_of(data)))

    def odd(self, name: str, expected: str, found: object) -> None:
        """Report that the field `name` did not hold what was expected."""
        self.oddities.append(Oddity(self._at(name), expected, kind_of(found)))

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def raw(self, name: str) -> object:
        """The value as it came; None if absent."""
        return self._data.get(name)

    def items(self) -> Iterable[tuple[str, object]]:
        """Every field's name and value as it came."""
        return self._data.items()

    def text(self, name: str, *, required: bool = False) -> str:
        """A text, empty if there is none. A number stands for its digits, and is odd."""
        value = self._data.get(name)
        if type(value) is str:
            if required and not value:
                self.odd(name, "text", value)
            return value
        if value is None and not required:
            return ""
        self.odd(name, "text", value)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30 else ""

    def first_text(self, *names: str) -> str:
        """The first of these fields that holds text."""
        return next((value for name in names if (value := self.text(name))), "")

    def time(self, name: str) -> datetime | None:
        """An instant in UTC; None where Azure wrote none, or year 1 or 9999, as .NET does for "no time"."""
        value = self._data.get(name)
        return None if value is None else self._made(name, value, "a time", time_of)

    def duration(self, name: str) -> timedelta | None:
        """A length of time, from ISO 8601 or from .NET's form; None if absent or empty."""
        value = self._data.get(name)
        return None if value is None or value == "" else self._made(name, value, "a duration", duration_of)

    def number(self, name: str) -> float | None:
        """A finite number; text of digits, with or without a percent sign, is one too."""
        value = self._data.get(name)
        return None if value is None or value == "" else self._made(name, value, "a number", _number_of)

    def truth(self, name: str) -> bool | None:
        """True, false, or None where it is not said; the texts "true" and "false" count."""
        value = self._data.get(name)
        return None if value is None or value == "" else self._made(name, value, "true or false", _truth_of)

    def _made(self, name: str, value: object, expected: str, make: Callable[[object], T]) -> T | None:
        try:
            return make(value)
        except (ValueError, OverflowError, TypeError):
            self.odd(name, expected, value)
            return None

    def inside(self, name: str, *, required: bool = False) -> "Fields":
        """The object in this field; an empty one if absent or no object."""
        if required and self._data.get(name) is None:
            self.odd(name, "an object", None)
        return Fields(self._data.get(name), self._at(name), self.oddities)

    def values(self, name: str, *, required: bool = False) -> Iterable[object]:
        """The list in this field; a single object or text where a list should be counts as a list of one."""
        value = self._data.get(name)
        if type(value) is list:
            return value
        if (value is None or value == "") and not required:
            return ()
        self.odd(name, "a list", value)
        return (value,) if isinstance(value, dict | str) else ()

    def each(self, name: str) -> list["Fields"]:
        """The objects of the list in this field, in order; what is no object in it is odd, and left out."""
        below = [Fields(value, self._at(name), self.oddities) for value in self.values(name)]
        return [fields for fields in below if fields]

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of the list in this field, without empty ones and repeats."""
        values = list(self.values(name))
        for value in values:
            if not isinstance(value, str) and value is not None:
                self.odd(name, "texts", value)
        return tuple(dict.fromkeys(value.strip() for value in values if isinstance(value, str) and value.strip()))

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Names and values of the object in this field, numbers and truth values as text, others left out as odd."""
        inside = self.inside(name)
        found: list[tuple[str, str]] = []
        for key, value in inside.items():
            if isinstance(value, str | int | float):
                found.append((key, value if isinstance(value, str) else _json_text(value)))
            elif value is not None:
                inside.odd(key, "text", value)
        return tuple(found)


def _json_text(value: float | bool) -> str:
    """A number or truth value as JSON writes it; empty for what JSON cannot write."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return ""


def time_of(value: object) -> datetime | None:
    """An instant in UTC, None for "no time"; TypeError, ValueError or OverflowError for what is none."""
    if not isinstance(value, str):
        raise TypeError(value)
    if not value:
        return None
    time = datetime.fromisoformat(value)
    if time.year in _NO_TIME_YEARS:
        return None
    if time.tzinfo is UTC:
        return time
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def duration_of(value: object) -> timedelta:
    """A length of time; TypeError or ValueError for what is none."""
    if not isinstance(value, str):
        raise TypeError(value)
    if (common := _minutes_and_seconds(value)) is not None:
        return common
    found = _ISO_DURATION.fullmatch(value) or _CLOCK_DURATION.fullmatch(value)
    if not found or (found.lastindex or 0) < 2:
        raise ValueError(value)
    sign, days, hours, minutes, seconds = found.groups("0")
    length = timedelta(int(days), int(hours) * 3_600 + int(minutes) * 60 + float(seconds))
    return -length if sign == "-" else length


def _minutes_and_seconds(text: str) -> timedelta | None:
    """`PT20M23.0896697S`, as nearly all lengths are written, in half the time; None for any other form."""
    found = _COMMON_DURATION.fullmatch(text)
    if found is None:
        return None
    minutes, seconds = found.groups()
    return timedelta(0, int(minutes) * 60 + float(seconds))


def _number_of(value: object) -> float:
    if isinstance(value, str):
        found = _NUMBER.fullmatch(value)
        if not found:
            raise ValueError(value)
        return float(found[1])
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError(value)
    return float(value)


def _truth_of(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    raise ValueError(value)
