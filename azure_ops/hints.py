"""What in a failed job, or in an item whose backup failed, may name its error, most believable first."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from azure_ops.fields import Fields
from azure_ops.models import CodeHint, CodeSource, JobFailure

# A word of several words: "UserErrorVmNotInDesirableState", "BCMV2VMNotFound", not "Azure" and not "backup".
_CODE_WORD: Final = re.compile(r"\b(?=\w*[a-z][A-Z])[A-Z][A-Za-z0-9_]{7,79}\b", re.ASCII)
_LABELLED: Final = re.compile(r"code ?[:=(] ?'?([A-Za-z][A-Za-z0-9_]{5,79}|\d{4,10})\b", re.ASCII | re.IGNORECASE)
# Microsoft's short links to a code's own section, such as the one that ends in AB-UserErrorFsFreezeFailed.
_LINK: Final = re.compile(r"aka\.ms/AB-([A-Za-z][A-Za-z0-9_]{3,79})", re.ASCII | re.IGNORECASE)
_DIGITS: Final = re.compile(r"-?\d{1,19}", re.ASCII)
_LABELS: Final = frozenset({"ErrorCode", "ErrorMessage", "ErrorString"})
_MOST_CODE_WORDS: Final = 8
_MOST_SEARCHED: Final = 16_000

# Failed jobs always have a failure to tell; those that ended otherwise only where they say something.
_ALWAYS: Final = frozenset({"Failed"})
WENT_WELL: Final = frozenset({"Completed", "InProgress"})


def job_failure(properties: Fields, extended: Fields, status: str) -> JobFailure | None:
    """The failure that a job's `properties` and their `extendedInfo` describe; None for a job that went well."""
    if status in WENT_WELL:
        return None
    details = properties.each("errorDetails")
    bags = [extended.inside("propertyBag"), extended.inside("internalPropertyBag")] if extended else []
    dynamic = extended.text("dynamicErrorMessage") if extended else ""
    failure = _failure(details, [code for bag in bags for code in _declared(bag)], dynamic)
    return failure if status in _ALWAYS or failure.hints or failure.recommendations else None


def item_failure(properties: Fields) -> JobFailure | None:
    """The failure that a protected item's last backup left: its error detail and what its health says."""
    details = [properties.inside("lastBackupErrorDetail"), *properties.each("healthDetails")]
    failure = _failure(details, [], "")
    return failure if failure.hints or failure.recommendations else None


def _failure(details: list[Fields], declared: list[str], dynamic: str) -> JobFailure:
    titles = _distinct(text for each in details if (text := each.first_text("errorTitle", "title").strip()))
    strings = _distinct(text for each in details if (text := each.first_text("errorString", "message").strip()))
    advice = _distinct(text for each in details for text in each.texts("recommendations"))
    codes = [code for each in details if (code := _code(each))]
    dynamic = dynamic.strip()
    hints = [
        *(_named("property-bag", code) for code in declared),
        *(_named("error-code", code) for code in codes if not _DIGITS.fullmatch(code)),
        *(_named("dynamic-message", code) for code in code_words(dynamic)),
        *(_named("link", code) for text in (*advice, *strings, dynamic) for code in _LINK.findall(text)),
        *(CodeHint("number", code) for code in codes if _DIGITS.fullmatch(code) and code != "0"),
        *(CodeHint("text", text) for text in (dynamic, *strings, *titles) if text),
    ]
    message = "\n".join(_distinct(text for text in (*strings, dynamic) if text))
    return JobFailure(tuple(dict.fromkeys(hints)), titles[0] if titles else "", message, advice)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _named(source: CodeSource, code: str) -> CodeHint:
    """A number is a number wherever it stands, so that it is looked up as one."""
    return CodeHint("number" if _DIGITS.fullmatch(code) else source, code)


def _declared(bag: Fields) -> Iterator[str]:
    """What a property bag calls the error's code, as "Error Code" or without the space."""
    for key, value in bag.items():
        is_code = key.replace(" ", "").replace("_", "").casefold() == "errorcode"
        if is_code and isinstance(value, str | int) and not isinstance(value, bool) and (text := str(value).strip()):
            yield text[:200]


def _code(detail: Fields) -> str:
    """The code of one error record as text: a number in most, a name in some."""
    value = detail.raw("errorCode")
    name = "errorCode" if value is not None else "code"
    value = detail.raw(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    if isinstance(value, str):
        return value.strip()[:200]
    if value is not None:
        detail.odd(name, "a number", value)
    return ""


def code_words(text: str) -> tuple[str, ...]:
    """Words in a text that may be error codes, those first that the text itself calls a code; at most eight."""
    head = text[:_MOST_SEARCHED]
    found = [*_LABELLED.findall(head), *_CODE_WORD.findall(head)]
    return _distinct(word for word in found if word not in _LABELS)[:_MOST_CODE_WORDS]
