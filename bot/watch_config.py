"""Routes and maintenance windows as people write them, read strictly: every mistake is told with its remedy."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.listed_problems import ListedProblems
from intents.routing import SEVERITIES, Mode, Place, Route, Severity, Silence
from intents.watch_intents import AREAS

_LONGEST: Final = 200
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,20}")
_MENTION: Final = re.compile(r"[SUW][A-Z0-9]{2,20}")
_PLACE: Final = ("subscriptions", "resource_groups", "vaults", "vms", "tags")
_ROUTE: Final = ("channel", "mode", *_PLACE, "codes", "areas", "severities", "mention", "mention_for")
_WINDOW: Final = ("from", "until", "reason", *_PLACE)
_LONGEST_DAYS: Final = 31


class WatchConfigError(ListedProblems):
    """The routes or windows cannot be used."""


def read_routes(value: object) -> tuple[Route, ...]:
    """`[[routes]]` of the config file, or the same as JSON text. Raises WatchConfigError with every problem at once."""
    return _read(value, "route", "routes", _route)


def read_maintenance(value: object) -> tuple[Silence, ...]:
    """`[[maintenance]]` of the config file, or the same as JSON text. Raises WatchConfigError with every problem."""
    return _read(value, "window", "maintenance", _window)


def _read(value: object, what: str, name: str, read: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise WatchConfigError([f"is not JSON. Write a list of objects, one for each {what}"]) from None
    if not isinstance(value, list | tuple):
        raise WatchConfigError([f"is not a list. Write each {what} under [[{name}]], with two brackets"])
    if value and all(isinstance(each, Route | Silence) for each in value):
        return tuple(value)
    drafts = [_Draft(f"{what} {number}", name, number, each) for number, each in enumerate(value, start=1)]
    found = [read(draft) for draft in drafts]
    problems = [problem for draft in drafts for problem in draft.problems]
    if problems:
        raise WatchConfigError(problems)
    return tuple(found)


@dataclass(slots=True)
class _Draft:
    """One table being read; what is wrong with it gathers in `problems`."""

    called: str
    name: str
    number: int
    given: Any
    problems: list[str] = field(default_factory=list)

    def wrong(self, what: str) -> None:
        self.problems.append(f"{self.called} {what}")

    def table(self, known: Sequence[str]) -> Mapping[str, Any]:
        """The table with its known keys; an unknown one is told."""
        if not isinstance(self.given, Mapping):
            self.wrong(f"is not a table. Write it under [[{self.name}]], with two brackets")
            return {}
        for key in self.given:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, 1)
                hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}"
                self.wrong(f"has an unknown key {_shown(key)}. {hint}")
        return self.given

    def texts(self, key: str, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Patterns; an empty list is refused, since it would mean everything."""
        if key not in given:
            return ()
        values = given[key]
        is_list = isinstance(values, list) and values
        if not is_list or not all(isinstance(each, str) and 0 < len(each.strip()) <= _LONGEST for each in values):
            self.wrong(f'has {key} that is not a list of texts. Write {key} = ["one", "two"], or leave it out')
            return ()
        return tuple(str(each).strip() for each in values)

    def words(self, key: str, given: Mapping[str, Any], known: Sequence[str]) -> tuple[str, ...]:
        """Words of a closed list."""
        found = self.texts(key, given)
        for each in found:
            if each.casefold() not in known:
                self.wrong(f"names {_shown(each)} in {key}. Known are {', '.join(known)}")
        return tuple(each.casefold() for each in found)

    def one(self, key: str, given: Mapping[str, Any], shape: re.Pattern[str], what: str) -> str:
        """One text of a shape."""
        if key not in given:
            return ""
        value = given[key]
        if not isinstance(value, str) or not shape.fullmatch(value):
            self.wrong(f"has {key} = {_shown(value)}. Write {what}")
            return ""
        return value

    def place(self, given: Mapping[str, Any]) -> Place:
        """The part of the estate."""
        patterns = {name: self.texts(name, given) for name in _PLACE if name != "tags"}
        return Place(**patterns, tags=self.tags(given))

    def tags(self, given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Patterns by the names of tags; an empty table is refused, since it would mean everything."""
        if "tags" not in given:
            return ()
        tags = given["tags"]
        if not isinstance(tags, Mapping) or not tags or not all(map(_is_tag, tags.items())):
            self.wrong('has tags that are no table of patterns. Write tags = { environment = "prod*" }')
            return ()
        return tuple((str(key).strip(), str(pattern).strip()) for key, pattern in tags.items())


def _route(draft: _Draft) -> Route:
    given = draft.table(_ROUTE)
    channel = draft.one("channel", given, _CHANNEL, "a channel id such as C0123456789 (channel details, at the end)")
    if isinstance(draft.given, Mapping) and "channel" not in given:
        draft.wrong('goes nowhere. Write channel = "C0123456789"')
    mention = draft.one("mention", given, _MENTION, "a user group id such as S0123456789, or a member id")
    mention_for = draft.words("mention_for", given, SEVERITIES)
    if mention_for and not mention:
        draft.wrong('has mention_for and nobody to mention. Write mention = "S0123456789"')
    mode = given.get("mode", "each")
    if mode not in ("each", "digest"):
        draft.wrong(f"has mode = {_shown(mode)}. Write each or digest")
    return Route(
        id=f"config-{draft.number}",
        channel=channel,
        place=draft.place(given),
        codes=draft.texts("codes", given),
        areas=draft.words("areas", given, AREAS),
        severities=_severities(draft.words("severities", given, SEVERITIES)),
        mode=_mode(mode),
        mention=mention,
        mention_for=_severities(mention_for) or (SEVERITIES if mention else ()),
    )


def _window(draft: _Draft) -> Silence:
    given = draft.table(_WINDOW)
    starts, ends = _moment(draft, "from", given), _moment(draft, "until", given)
    if starts is not None and ends is not None and not 0 < ends - starts <= _LONGEST_DAYS * 86_400:
        draft.wrong(f"does not end after it begins, within {_LONGEST_DAYS} days. Write from and until so that it does")
    place = draft.place(given)
    if isinstance(draft.given, Mapping) and not any(key in given for key in _PLACE):
        draft.wrong("is about everything. Name vaults, vms, tags, subscriptions or resource_groups")
    reason = given.get("reason", "")
    if not isinstance(reason, str) or len(reason) > _LONGEST:
        draft.wrong(f"has a reason that is no text. Write at most {_LONGEST} characters")
        reason = ""
    return Silence(f"config-{draft.number}", "maintenance", place, starts or 0.0, ends or 0.0, reason=reason.strip())


def _moment(draft: _Draft, key: str, given: Mapping[str, Any]) -> float | None:
    """A time with its zone, as TOML or ISO 8601 writes it; None where it cannot be told."""
    if not isinstance(draft.given, Mapping):
        return None
    value = given.get(key)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, datetime) or value.tzinfo is None:
        draft.wrong(f"has no {key} with its zone. Write {key} = 2026-12-24T18:00:00+01:00")
        return None
    return value.timestamp()


def _severities(words: Sequence[str]) -> tuple[Severity, ...]:
    return tuple(each for each in SEVERITIES if each in words)


def _mode(value: object) -> Mode:
    return "digest" if value == "digest" else "each"


def _is_tag(tag: tuple[object, object]) -> bool:
    return all(isinstance(part, str) and part.strip() and len(part) <= _LONGEST for part in tag)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
