"""What a payload of any shape says went wrong: codes, texts and advice, wherever in it they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# Where a job, an alert or an ARM error says what went wrong. Keys are compared in lower case, since the portal, the
# REST API, PowerShell (ErrorCode) and the CLI spell them differently; "error code" is a key of the property bag.
_CODE_KEYS = frozenset({"errorcode", "error code", "error_code", "code", "failurecode", "originalertid"})
_TEXT_KEYS = frozenset(
    {"errorstring", "error_string", "errortitle", "error_title", "errormessage", "error message", "message"}
    | {"dynamicerrormessage", "dynamic_error_message", "description", "displaystatus", "statusmessage"}
)
_ADVICE_KEYS = frozenset({"recommendations", "recommendation", "possiblecauses", "recommendedactions"})
_MOST_NODES = 5_000


@dataclass(frozen=True, slots=True)
class FailureReport:
    """What a payload says about a failure: codes (symbolic or numeric, as text), service texts and its advice.

    Each in document order, without repeats. All empty when the payload says nothing of a failure.
    """

    codes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def read_failure_report(payload: object) -> FailureReport:
    """Collect the failure that a decoded JSON payload describes, wherever in it that stands.

    Knows backup jobs (REST, CLI, PowerShell, Resource Graph), Azure Monitor alerts and ARM errors; unknown fields and
    wrong types are passed over. Reads at most 5,000 values, and 200 of any one list or object, without recursion.
    """
    found: dict[str, list[str]] = {"codes": [], "texts": [], "advice": []}
    for key, value in _leaves(payload):
        kind = _kind_of(key)
        if kind and value and value not in found[kind]:
            found[kind].append(value)
    return FailureReport(tuple(found["codes"]), tuple(found["texts"]), tuple(found["advice"]))


def _kind_of(key: str) -> str:
    if key in _CODE_KEYS:
        return "codes"
    if key in _TEXT_KEYS:
        return "texts"
    return "advice" if key in _ADVICE_KEYS else ""


def _leaves(payload: object) -> Iterator[tuple[str, str]]:
    """Every text and number with the lower-case key above it; a list's items carry the list's key."""
    todo: list[tuple[str, object]] = [("", payload)]
    for _ in range(_MOST_NODES):
        if not todo:
            return
        key, value = todo.pop()
        if isinstance(value, Mapping):
            todo.extend((str(name).casefold(), below) for name, below in reversed(list(value.items())[:200]))
        elif isinstance(value, list):
            todo.extend((key, below) for below in reversed(value[:200]))
        elif isinstance(value, str):
            yield key, value.strip()
        elif isinstance(value, int) and not isinstance(value, bool):
            yield key, str(value)
