"""Azure's refusals as our errors: the status, its code and its own sentence, read leniently from any error body."""

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from azure_ops.actions import action_of
from azure_ops.calls import Call
from azure_ops.errors import (
    AlreadyRunning,
    AzureError,
    Conflict,
    Locked,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Outdated,
    UnexpectedAnswer,
    Unreachable,
)
from azure_ops.reasons import Why

_LONGEST: Final = 500
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# A token that somebody's answer repeats is still a token.
_TOKEN: Final = re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*){1,4}|(?i:bearer\s+)[\w.~+/=-]{16,}")
_ACTION: Final = re.compile(r"""perform actions? ['"]([\w.]+/[\w./*-]+)['"]""")
_SCOPE: Final = re.compile(r"""over scope ['"](/[^'"]*)['"]""")
# Codes that tell nothing; what matters then stands in the details.
_VAGUE: Final = frozenset({"", "badrequest", "conflict", "internalservererror", "multipleerrorsoccurred"})
# What Azure Backup and Compute answer, with any status, when something is already going on.
_RUNNING: Final = re.compile(r"(?i)InProgress|AlreadyRunning|AnotherOperation|ConcurrentRequest|ObjectLocked")
# Codes that are used for that and for much else: the sentence decides.
_UNCLEAR: Final = re.compile(r"(?i)^(?:Conflict\w*|OperationNotAllowed|Busy)$")
_RUNNING_WORDS: Final = re.compile(r"(?i)in progress|already running|another operation|concurrent (request|operation)")
_LOCKED: Final = "scopelocked"


def one_line(text: object) -> str:
    """A sentence of somebody else's: one line, at most 500 characters, without tokens; empty for anything but text."""
    if not isinstance(text, str):
        return ""
    line = _SPACE.sub(" ", _TOKEN.sub("[token]", text[:20_000])).strip()
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def words_of(content: bytes) -> tuple[str, str]:
    """Azure's code and sentence in an error's body; both empty where there is none to find."""
    try:
        body: Any = orjson.loads(content)
    except ValueError:
        return "", ""
    error = _inner(body)
    code, sentence = _code(error), _sentence(error)
    details = error.get("details")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    if code.casefold() in _VAGUE:
        code, sentence = _code(first) or code, _sentence(first) or sentence
    return code, sentence or _sentence(first)


def _inner(body: object) -> Mapping[str, Any]:
    """The object that holds the code: `{"error": {...}}`, its older names, or the body itself; names in lower case."""
    for _ in range(3):
        if not isinstance(body, dict):
            return {}
        lower = {str(name).casefold(): value for name, value in list(body.items())[:100]}
        inner = lower.get("error", lower.get("odata.error"))
        if not isinstance(inner, dict):
            return lower | ({"code": inner} if isinstance(inner, str) else {})
        body = inner
    return {}


def _code(error: Mapping[str, Any]) -> str:
    code = next((value for name, value in error.items() if name.casefold() == "code"), "")
    return one_line(str(code))[:100] if isinstance(code, str | int) else ""


def _sentence(error: Mapping[str, Any]) -> str:
    for name, value in error.items():
        if name.casefold() in ("message", "error_description"):
            return one_line(value.get("value") if isinstance(value, dict) else value)
    return ""


def refusal(call: Call, status: int, content: bytes) -> AzureError:
    """The error that an answer outside 200..299 means; 429 is not among them."""
    code, sentence = words_of(content)
    is_open = call.may_have_happened and (status < 400 or status == 408 or status >= 500)
    told: dict[str, Any] = {"code": code, "correlation_id": call.correlation_id, "may_have_happened": is_open}
    why: dict[str, Any] = {"why": sentence} if sentence else {"why": Why.STATUS, "status": str(status)}
    if status == 401:
        return NotSignedIn(why=sentence or Why.TOKEN_REFUSED, **told)
    if status == 403:
        return _not_allowed(call, sentence, told)
    if status >= 500 or status == 408:
        return Unreachable(**why, **told)
    if status < 400:
        return UnexpectedAnswer(where=call.place, why=Why.LEADS_ELSEWHERE, status=str(status), **told)
    if status in (404, 410) or code.casefold().endswith("notfound"):
        return NotFound(what=call.place, **told)
    if kind := _conflict(status, code, sentence):
        return kind(**why, **told)
    return UnexpectedAnswer(where=call.place, **why, **told)


def _conflict(status: int, code: str, sentence: str) -> type[Conflict] | None:
    """Which kind of conflict it is, None for no conflict; a lock or a change is never told as something that runs."""
    if code.casefold() == _LOCKED:
        return Locked
    if _RUNNING.search(code) or (_UNCLEAR.match(code) and _RUNNING_WORDS.search(sentence)):
        return AlreadyRunning
    if status == 412:
        return Outdated
    return Conflict if status == 409 or _UNCLEAR.match(code) else None


def _not_allowed(call: Call, sentence: str, told: dict[str, Any]) -> NotAllowed:

    action, scope = _ACTION.search(sentence), _SCOPE.search(sentence)
    return NotAllowed(
        action=action[1] if action else action_of(call.method, call.place),
        scope=scope[1] if scope else call.place,
        why=sentence,
        **told,
    )
