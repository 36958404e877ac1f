"""Which failures go to which channels, how loud, and what is silent for a while: from routes and silences alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from intents.patterns import holds, matches_any

Mode = Literal["each", "digest"]
Severity = Literal["critical", "high", "normal"]
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "normal")
_MANY: Final = 3


@dataclass(frozen=True, slots=True)
class Failing:
    """What a route or a silence is judged by; empty fields are unknown. `code` is the catalog's key or Azure's code.

    `also` holds the other names of that error: aliases, numbers, and Azure's own code.
    """

    subscription_id: str = ""
    subscription: str = ""
    resource_group: str = ""
    vault: str = ""
    vm: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    code: str = ""
    area: str = ""
    severity: Severity = "normal"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Part of the estate: patterns with `*` and `?`, without case. Empty lists mean any; all that is named must fit."""

    subscriptions: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    vaults: tuple[str, ...] = ()
    vms: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def is_everything(self) -> bool:
        return not any((self.subscriptions, self.resource_groups, self.vaults, self.vms, self.tags))


EVERYWHERE: Final = Place()


@dataclass(frozen=True, slots=True)
class Route:
    """Failures of a place go to a channel, one by one or in digests only.

    `codes` are patterns; `mention` is a user group or a person who is named for the severities in `mention_for`. `by`
    is who made it, empty for the config file.
    """

    id: str
    channel: str
    place: Place = EVERYWHERE
    codes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    mode: Mode = "each"
    mention: str = ""
    mention_for: tuple[Severity, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A channel that a failure is told in, how, and who is named there."""

    channel: str
    mode: Mode
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """Failures of a place ring nobody from `starts` to `ends`, in seconds since 1970; they are counted all the same."""

    id: str
    kind: Literal["mute", "maintenance"]
    place: Place
    starts: float
    ends: float
    by: str = ""
    reason: str = ""


def covers(route: Route, failing: Failing) -> bool:
    """Whether a route is about this failure."""
    return (
        holds(route.place, failing)
        and (not route.codes or matches_any(route.codes, failing.code, *failing.also))
        and (not route.areas or failing.area.casefold() in (area.casefold() for area in route.areas))
        and (not route.severities or failing.severity in route.severities)
    )


def deliveries(failing: Failing, routes: Iterable[Route], default_channel: str = "") -> tuple[Delivery, ...]:
    """Where a failure is told, once for each channel in the order of the routes; "each" beats "digest".

    What no route covers goes to the default channel, where there is one.
    """
    found: dict[str, Delivery] = {}
    for route in routes:
        if not covers(route, failing):
            continue
        before = found.get(route.channel)
        mode: Mode = "each" if "each" in (route.mode, before.mode if before else "") else "digest"
        who = before.mentions if before else ()
        if route.mention and failing.severity in route.mention_for and route.mention not in who:
            who = (*who, route.mention)
        found[route.channel] = Delivery(route.channel, mode, who)
    if not found and default_channel:
        return (Delivery(default_channel, "each"),)
    return tuple(found.values())


def silence_of(failing: Failing, silences: Iterable[Silence], at: float) -> Silence | None:
    """The silence in force that ends last, None where there is none."""
    holding = [each for each in silences if each.starts <= at < each.ends and holds(each.place, failing)]
    return max(holding, key=lambda each: each.ends, default=None)


def severity_of(*, count: int, is_overdue: bool) -> Severity:
    """Critical where the policy's promise is broken, high from the third failure in a row on."""
    if is_overdue:
        return "critical"
    return "high" if count >= _MANY else "normal"


def needs_tags(routes: Sequence[Route], silences: Sequence[Silence]) -> bool:
    """Whether anything rests on tags."""
    return any(route.place.tags for route in routes) or any(silence.place.tags for silence in silences)
