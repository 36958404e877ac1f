"""Routes and maintenance windows as people write them, read strictly: every mistake is told with its remedy."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.config_tables import LONGEST, Table, read_tables, shown
from intents.routing import SEVERITIES, Mode, Place, Route, Severity, Silence
from intents.watch_intents import AREAS

_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,20}")
_MENTION: Final = re.compile(r"[SUW][A-Z0-9]{2,20}")
_PLACE: Final = ("subscriptions", "resource_groups", "vaults", "vms", "tags")
_ROUTE: Final = ("channel", "mode", *_PLACE, "codes", "areas", "severities", "mention", "mention_for")
_WINDOW: Final = ("from", "until", "reason", *_PLACE)
_LONGEST_DAYS: Final = 31


def read_routes(value: object) -> tuple[Route, ...]:
    """`[[routes]]` of the config file, or the same as JSON text. Raises ListedProblems with every problem at once."""
    return read_tables(value, "route", "routes", _route)


def read_maintenance(value: object) -> tuple[Silence, ...]:
    """`[[maintenance]]` of the config file, or the same as JSON text. Raises ListedProblems with every problem."""
    return read_tables(value, "window", "maintenance", _window)


def _route(table: Table) -> Route:
    table.know(_ROUTE)
    channel = table.one("channel", _CHANNEL, "a channel id such as C0123456789 (channel details, at the end)")
    if "channel" not in table.given:
        table.wrong('goes nowhere. Write channel = "C0123456789"')
    mention = table.one("mention", _MENTION, "a user group id such as S0123456789, or a member id")
    mention_for = table.words("mention_for", SEVERITIES)
    if mention_for and not mention:
        table.wrong('has mention_for and nobody to mention. Write mention = "S0123456789"')
    return Route(
        id=f"config-{table.number}",
        channel=channel,
        place=_place(table),
        codes=table.texts("codes"),
        areas=table.words("areas", AREAS),
        severities=_severities(table.words("severities", SEVERITIES)),
        mode=_mode(table),
        mention=mention,
        mention_for=_severities(mention_for) or (SEVERITIES if mention else ()),
    )


def _window(table: Table) -> Silence:
    table.know(_WINDOW)
    starts, ends = _moment(table, "from"), _moment(table, "until")
    if starts is not None and ends is not None and not 0 < ends - starts <= _LONGEST_DAYS * 86_400:
        table.wrong(f"does not end after it begins, within {_LONGEST_DAYS} days. Write from and until so that it does")
    place = _place(table)
    if not any(key in table.given for key in _PLACE):
        table.wrong("is about everything. Name vaults, vms, tags, subscriptions or resource_groups")
    reason = table.given.get("reason", "")
    if not isinstance(reason, str) or len(reason) > LONGEST:
        table.wrong(f"has a reason that is no text. Write at most {LONGEST} characters")
        reason = ""
    return Silence(f"config-{table.number}", "maintenance", place, starts or 0.0, ends or 0.0, reason=reason.strip())


def _place(table: Table) -> Place:
    """The part of the estate."""
    return Place(
        subscriptions=table.texts("subscriptions"),
        resource_groups=table.texts("resource_groups"),
        vaults=table.texts("vaults"),
        vms=table.texts("vms"),
        tags=table.tags(),
    )


def _moment(table: Table, key: str) -> float | None:
    """A time with its zone, as TOML or ISO 8601 writes it; None where it cannot be told."""
    value = table.given.get(key)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, datetime) or value.tzinfo is None:
        table.wrong(f"has no {key} with its zone. Write {key} = 2026-12-24T18:00:00+01:00")
        return None
    return value.timestamp()


def _severities(words: Sequence[str]) -> tuple[Severity, ...]:
    return tuple(each for each in SEVERITIES if each in words)


def _mode(table: Table) -> Mode:
    mode = table.given.get("mode", "each")
    if mode not in ("each", "digest"):
        table.wrong(f"has mode = {shown(mode)}. Write each or digest")
    return "digest" if mode == "digest" else "each"
