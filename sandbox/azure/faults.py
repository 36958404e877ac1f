"""Faults: switches for what goes wrong in real life, each for some requests and counting down as it is used."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.azure.estate import Json
from sandbox.azure.odd_answers import KINDS as ODD_KINDS
from sandbox.azure.wire import Request
from sandbox.control_paths import Refused

_MATCH: Final[Json] = {"method": "", "path": "", "operation": "", "times": 1}
_WHEN: Final[Mapping[str, tuple[str, ...]]] = {
    "server_error": ("before", "after"),
    "html": ("before", "after"),
    "hang": ("before", "after"),
    "cut": ("before", "after", "middle"),
}
# What replaces the answer, in this order: the first that fits is used up, the others wait.
INSTEAD: Final[Mapping[str, Json]] = {
    "expired_token": {},
    "forbidden": {"action": ""},
    "throttle": {"retry_after": 2},
    "conflict": {"code": "Conflict", "message": "", "retry_after": None},
    "precondition": {"code": "PreconditionFailed", "message": ""},
    "redirect": {"to": "https://foreign.example/", "status": 307},
    "server_error": {"status": 500, "when": "before", "retry_after": None},
    "html": {"status": 502, "when": "before"},
    "cut": {"when": "before"},
}
# What changes the answer, or delays it; these go together.
BESIDES: Final[Mapping[str, Json]] = {
    "hang": {"seconds": 5.0, "when": "before"},
    "wrong_types": {"kinds": "duration"},
    "foreign_next_link": {"to": "https://foreign.example"},
    "foreign_operation_url": {"to": "https://foreign.example"},
    "truncated": {},
}
_KINDS: Final[Mapping[str, Json]] = {**INSTEAD, **BESIDES}
_NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "times": (0, 1_000_000),
    "retry_after": (0, 86_400),
    "seconds": (0, 600),
}
_STATUSES: Final[Mapping[str, tuple[int, ...]]] = {
    "server_error": (500, 502, 503, 504),
    "html": (200, 403, 404, 500, 502, 503, 504),
    "redirect": (301, 302, 303, 307, 308),
}


@dataclass(slots=True)
class Plan:
    """What goes wrong with one request: `instead` is a kind or "" with its values in `how`; `besides` by kind."""

    instead: str = ""
    how: Json = field(default_factory=dict)
    besides: dict[str, Json] = field(default_factory=dict)

    def happens(self, when: str) -> bool:
        """Whether something takes the answer's place at that moment; what has no moment comes before."""
        return bool(self.instead) and self.how.get("when", "before") == when

    def seconds(self, when: str) -> float:
        """How long the request hangs at that moment."""
        hang = self.besides.get("hang")
        return float(hang["seconds"]) if hang and hang["when"] == when else 0.0


class Faults:
    """The switches; several of a kind may be on at once, for different requests."""

    def __init__(self) -> None:
        self._switches: dict[str, list[Json]] = {}
        self.reset()

    def reset(self) -> None:
        """Everything off."""
        self._switches = {kind: [] for kind in _KINDS}

    def as_json(self) -> Json:
        """The switches that are on, a list for each kind."""
        return {kind: [deepcopy(one) for one in switches if one["times"]] for kind, switches in self._switches.items()}

    def set(self, wanted: Mapping[str, Any]) -> Json:
        """Change the kinds that are named, all or none: a switch, or a list of them; without `times` it works once.

        Raises Refused for an unknown kind or a wrong value.
        """
        self._switches |= {kind: [_switch(kind, one) for one in _listed(value)] for kind, value in wanted.items()}
        return self.as_json()

    def plan(self, request: Request, operation: str) -> Plan:
        """What goes wrong with this request; uses the switches up by one."""
        plan = Plan()
        for kind in INSTEAD:
            how = self._take(kind, request, operation)
            if how is not None:
                plan.instead, plan.how = kind, how
                break
        for kind in BESIDES:
            how = self._take(kind, request, operation)
            if how is not None:
                plan.besides[kind] = how
        return plan

    def _take(self, kind: str, request: Request, operation: str) -> Json | None:
        for switch in self._switches[kind]:
            if switch["times"] and _fits(switch, request, operation):
                switch["times"] -= 1
                return dict(switch)
        return None


def _fits(switch: Json, request: Request, operation: str) -> bool:
    asked = switch["operation"]
    operations = [asked] if isinstance(asked, str) else asked
    return (
        switch["method"].upper() in ("", request.method)
        and switch["path"].casefold() in request.path.casefold()
        and (asked in ("", "*") or operation in operations)
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _switch(kind: str, value: Any) -> Json:
    if kind not in _KINDS:
        raise Refused("unknown_fault", f"There is no fault {kind!r}. There are: {', '.join(_KINDS)}.")
    if not isinstance(value, Mapping):
        raise Refused("invalid_fault", f'{kind} takes an object such as {{"operation": "list_jobs"}}, or a list.')
    known = {**_MATCH, **_KINDS[kind]}
    for key, given in value.items():
        if key not in known:
            raise Refused("invalid_fault", f"{kind} has no {key}. It has: {', '.join(known)}.")
        _check(kind, key, given)
    return {**deepcopy(known), **value}


def _check(kind: str, key: str, given: Any) -> None:
    if key in _NUMBERS:
        _check_number(kind, key, given)
    elif key == "status":
        _check_one_of(kind, key, given, _STATUSES[kind])
    elif key == "when":
        _check_one_of(kind, key, given, _WHEN[kind])
    elif key == "operation":
        if not isinstance(given, str) and not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
            raise Refused("invalid_fault", f"{kind}.operation takes a name such as list_jobs, or a list of names.")
    elif not isinstance(given, str) or any(sign in given for sign in "\r\n\0"):
        raise Refused("invalid_fault", f"{kind}.{key} takes a text of one line.")
    elif key == "kinds" and (not given.split() or not set(given.split()) <= set(ODD_KINDS)):
        raise Refused("invalid_fault", f"{kind}.kinds takes some of: {' '.join(ODD_KINDS)}.")


def _check_number(kind: str, key: str, given: Any) -> None:
    if given is None and key == "retry_after":
        return
    least, most = _NUMBERS[key]
    right = isinstance(given, int if key == "times" else (int, float)) and not isinstance(given, bool)
    if not right or not least <= given <= most:
        raise Refused("invalid_fault", f"{kind}.{key} takes a number from {least:g} to {most:g}.")


def _check_one_of(kind: str, key: str, given: Any, known: tuple[Any, ...]) -> None:
    if isinstance(given, bool) or given not in known:
        raise Refused("invalid_fault", f"{kind}.{key} takes one of: {', '.join(map(str, known))}.")
