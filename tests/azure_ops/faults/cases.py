"""The faults that the matrices go through: what comes of each for who reads, who changes and who follows."""

from dataclasses import dataclass
from typing import Any, Final

from azure_ops.errors import (
    AlreadyRunning,
    AzureError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Outdated,
    Throttled,
    UnexpectedAnswer,
    Unreachable,
)

Fault = dict[str, dict[str, Any]]

HOUR: Final = 3_600
FOREVER: Final = 100_000
# A place that nobody listens at: whoever goes there is found out by what the error says.
NOWHERE: Final = "http://127.0.0.1:9"
# They change a body; where Azure answers with none, nothing changes.
OF_BODIES: Final = ("truncated", "wrong_types", "foreign_next_link")


def name_of(fault: Fault) -> str:
    """A test's name for it."""
    return " ".join(f"{kind} {' '.join(map(str, how.values()))}".strip() for kind, how in fault.items()) or "nothing"


def is_of_body(fault: Fault) -> bool:
    """Whether it can be noticed only where there is a body; half of nothing arrives whole."""
    return any(kind in OF_BODIES or how.get("when") == "middle" for kind, how in fault.items())


# What a read gets over, and after how many requests.
PASSING: Final[list[tuple[Fault, int]]] = [
    ({}, 1),
    ({"throttle": {"retry_after": 2}}, 2),
    ({"throttle": {"retry_after": None}}, 2),
    ({"throttle": {"retry_after": 1, "times": 2}}, 3),
    ({"server_error": {"status": 500, "retry_after": 1}}, 2),
    ({"server_error": {"status": 500, "when": "after"}}, 2),
    ({"server_error": {"status": 502}}, 2),
    ({"server_error": {"status": 503, "times": 2}}, 3),
    ({"server_error": {"status": 504}}, 2),
    ({"html": {"status": 200}}, 2),
    ({"html": {"status": 502}}, 2),
    ({"html": {"status": 503, "when": "after", "times": 2}}, 3),
    ({"cut": {"when": "before"}}, 2),
    ({"cut": {"when": "middle"}}, 2),
    ({"cut": {"when": "after", "times": 2}}, 3),
    ({"truncated": {}}, 2),
    ({"expired_token": {}}, 2),
    ({"foreign_operation_url": {"to": NOWHERE}}, 1),
    # There is a next page only where the pages are made short for it.
    ({"foreign_next_link": {"to": NOWHERE}}, 1),
]
# What a read ends with, and after how many requests.
LASTING: Final[list[tuple[Fault, type[AzureError], int]]] = [
    ({"throttle": {"retry_after": HOUR, "times": 9}}, Throttled, 1),
    ({"throttle": {"retry_after": 1, "times": 9}}, Throttled, 3),
    ({"throttle": {"retry_after": None, "times": 9}}, Throttled, 3),
    ({"server_error": {"status": 500, "times": 9}}, Unreachable, 3),
    ({"server_error": {"status": 502, "times": 9}}, Unreachable, 3),
    ({"server_error": {"status": 503, "times": 9}}, Unreachable, 3),
    ({"server_error": {"status": 504, "times": 9, "when": "after"}}, Unreachable, 3),
    ({"server_error": {"status": 503, "retry_after": HOUR, "times": 9}}, Throttled, 1),
    ({"html": {"status": 504, "times": 9}}, Unreachable, 3),
    ({"html": {"status": 200, "times": 9}}, UnexpectedAnswer, 3),
    ({"html": {"status": 403, "times": 9}}, NotAllowed, 1),
    ({"html": {"status": 404, "times": 9}}, NotFound, 1),
    ({"cut": {"when": "before", "times": 9}}, Unreachable, 3),
    ({"cut": {"when": "middle", "times": 9}}, Unreachable, 3),
    ({"cut": {"when": "after", "times": 9}}, Unreachable, 3),
    ({"truncated": {"times": 9}}, UnexpectedAnswer, 3),
    ({"expired_token": {"times": 9}}, NotSignedIn, 2),
    ({"conflict": {"times": 9}}, AlreadyRunning, 1),
    ({"conflict": {"code": "OperationNotAllowed", "retry_after": 1, "times": 9}}, AlreadyRunning, 1),
    ({"precondition": {"times": 9}}, Outdated, 1),
    *[({"redirect": {"status": status, "to": NOWHERE, "times": 9}}, UnexpectedAnswer, 1)
      for status in (301, 302, 303, 307, 308)],
    ({"forbidden": {"times": 9}}, NotAllowed, 1),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What comes of a change: no error, or which, what the caller is told of it, and what Azure did."""

    fault: Fault
    error: type[AzureError] | None
    may_have_happened: bool
    happened: bool


# Longer than what the hasty door puts up with.
SILENT: Final = {"seconds": 2}
CHANGES: Final = [
    Change({}, None, False, True),
    Change({"throttle": {"retry_after": 2}}, Throttled, False, False),
    Change({"throttle": {"retry_after": None}}, Throttled, False, False),
    Change({"throttle": {"retry_after": HOUR}}, Throttled, False, False),
    *[Change({"server_error": {"status": status}}, Unreachable, True, False) for status in (500, 502, 503, 504)],
    *[Change({"server_error": {"status": status, "when": "after"}}, Unreachable, True, True)
      for status in (500, 502, 503, 504)],
    Change({"server_error": {"status": 503, "retry_after": 1}}, Unreachable, True, False),
    Change({"html": {"status": 502}}, Unreachable, True, False),
    Change({"html": {"status": 502, "when": "after"}}, Unreachable, True, True),
    Change({"html": {"status": 200}}, UnexpectedAnswer, True, False),
    Change({"html": {"status": 200, "when": "after"}}, UnexpectedAnswer, True, True),
    Change({"html": {"status": 403}}, NotAllowed, False, False),
    Change({"html": {"status": 404}}, NotFound, False, False),
    Change({"hang": SILENT}, Unreachable, True, False),
    Change({"hang": SILENT | {"when": "after"}}, Unreachable, True, True),
    Change({"cut": {"when": "before"}}, Unreachable, True, False),
    Change({"cut": {"when": "after"}}, Unreachable, True, True),
    # Azure accepts changes without a body: half of it arrives whole.
    Change({"cut": {"when": "middle"}}, None, False, True),
    Change({"truncated": {}}, None, False, True),
    Change({"wrong_types": {"kinds": "body-list"}}, None, False, True),
    Change({"foreign_next_link": {"to": NOWHERE}}, None, False, True),
    Change({"foreign_operation_url": {"to": NOWHERE}}, None, False, True),
    Change({"conflict": {}}, AlreadyRunning, False, False),
    Change({"conflict": {"code": "OperationNotAllowed", "retry_after": 1}}, AlreadyRunning, False, False),
    Change({"precondition": {}}, Outdated, False, False),
    Change({"expired_token": {}}, NotSignedIn, False, False),
    Change({"forbidden": {}}, NotAllowed, False, False),
    *[Change({"redirect": {"status": status, "to": NOWHERE}}, UnexpectedAnswer, True, False)
      for status in (301, 302, 303, 307, 308)],
]  # fmt: skip

# What following an operation gets over: it is followed to its end all the same.
OUTLASTED: Final[list[Fault]] = [
    {},
    {"throttle": {"retry_after": 2}},
    {"throttle": {"retry_after": None, "times": 4}},
    {"throttle": {"retry_after": 90}},
    *[{"server_error": {"status": status, "times": 12}} for status in (500, 502, 503, 504)],
    {"server_error": {"status": 500, "when": "after", "times": 4}},
    {"html": {"status": 502, "times": 4}},
    {"html": {"status": 200}},
    {"cut": {"when": "before", "times": 4}},
    {"cut": {"when": "middle", "times": 4}},
    {"cut": {"when": "after", "times": 4}},
    {"truncated": {}},
    {"expired_token": {}},
    {"wrong_types": {"kinds": "operation-status-number operation-error-text", "times": 2}},
    {"wrong_types": {"kinds": "operation-status-unknown properties-list"}},
    {"wrong_types": {"kinds": "body-list"}},
    {"foreign_next_link": {"to": NOWHERE}},
    {"foreign_operation_url": {"to": NOWHERE, "times": 99}},
]
# What ends the following, since patience mends nothing; the operation goes on.
ENDING: Final[list[tuple[Fault, type[AzureError]]]] = [
    ({"html": {"status": 200, "times": 9}}, UnexpectedAnswer),
    ({"html": {"status": 403}}, NotAllowed),
    ({"html": {"status": 404}}, NotFound),
    ({"truncated": {"times": 9}}, UnexpectedAnswer),
    ({"expired_token": {"times": 9}}, NotSignedIn),
    ({"conflict": {}}, AlreadyRunning),
    ({"conflict": {"retry_after": 1}}, AlreadyRunning),
    ({"precondition": {}}, Outdated),
    *[({"redirect": {"status": status, "to": NOWHERE}}, UnexpectedAnswer) for status in (301, 302, 303, 307, 308)],
    ({"forbidden": {}}, NotAllowed),
]
# What lasts longer than anyone follows.
ENDLESS: Final[list[Fault]] = [
    {"server_error": {"status": 503, "times": FOREVER}},
    {"server_error": {"status": 500, "retry_after": HOUR, "times": FOREVER}},
    {"throttle": {"retry_after": 1, "times": FOREVER}},
    {"throttle": {"retry_after": HOUR, "times": FOREVER}},
    {"html": {"status": 502, "times": FOREVER}},
    {"cut": {"when": "middle", "times": FOREVER}},
    {"wrong_types": {"kinds": "operation-status-unknown", "times": FOREVER}},
    {"wrong_types": {"kinds": "body-null", "times": FOREVER}},
]
