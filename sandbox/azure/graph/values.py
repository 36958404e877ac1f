"""Conversions between KQL's types, and how values look as text and in an answer."""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from sandbox.azure.graph.lexer import moment

_DEEPEST = 100
_WHOLE = re.compile(r"\s*[+-]?\d{1,19}\s*\Z", re.ASCII)
_NUMBER = re.compile(r"\s*[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,4})?\s*\Z", re.ASCII)
_LONG = range(-(2**63), 2**63)


def text_of(value: Any) -> str:
    """tostring(): null is ""; objects and lists are compact JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "0Z"
    if isinstance(value, timedelta):
        return span_text(value)
    if isinstance(value, int | float):
        return str(value)
    return orjson.dumps(value).decode()


def span_text(value: timedelta) -> str:
    """A timespan as .NET writes it: "1.02:03:04.5000000"."""
    whole = abs(value)
    minutes, seconds = divmod(whole.seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    if whole.days:
        text = f"{whole.days}.{text}"
    if whole.microseconds:
        text += f".{whole.microseconds:06}0"
    return f"-{text}" if value < timedelta(0) else text


def json_of(text: str) -> Any:
    """parse_json(): text that is no JSON stays what it is; nothing at all is null.

    OverflowError for JSON that is nested too deeply to be handed on.
    """
    if not text:
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    if text.count("[") + text.count("{") > _DEEPEST and _depth(found) > _DEEPEST:
        raise OverflowError(f"JSON nested deeper than {_DEEPEST} levels")
    return found


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def moment_of(value: Any) -> datetime | None:
    """todatetime(): null for what names no time."""
    if isinstance(value, str):
        return moment(value)
    return value if isinstance(value, datetime) else None


def whole_of(value: Any) -> int | None:
    """tolong(): null for what names no number; fractions are cut off."""
    if isinstance(value, str):
        if _WHOLE.match(value):
            value = int(value)
        elif _NUMBER.match(value):
            value = float(value)
        else:
            return None
    if isinstance(value, float):
        value = math.trunc(value) if math.isfinite(value) else None
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, int) and value in _LONG else None


def real_of(value: Any) -> float | None:
    """todouble(): null for what names no number."""
    if isinstance(value, str):
        return float(value) if _NUMBER.match(value) else None
    return float(value) if isinstance(value, int | float) else None


def bool_of(value: Any) -> bool | None:
    """tobool(): null for what is neither true nor false nor a number."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return bool(value) if isinstance(value, int | float) else None


def number_of(value: Any) -> int | float | None:
    """A number inside something dynamic; null for everything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def truth_of(value: Any) -> bool | None:
    """A truth value inside something dynamic; null for everything else."""
    return value if isinstance(value, bool) else None


def shown(value: Any) -> Any:
    """A value as it stands in the answer's JSON: times as text, no infinite numbers."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, timedelta):
        return span_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
