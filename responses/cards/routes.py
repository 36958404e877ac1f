"""Routes: which failures go where, as a list and as the answer to who made or ended one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from responses.cards.bulletin import Bulletin
from responses.cards.fitting import as_many_as_fit
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.operation_refusals import mention
from responses.cards.parts import Run, Runs
from responses.cards.text import Mrkdwn, code_span, excerpt, mrkdwn, plain, user_mention
from responses.catalog.model import Language

Joined = Literal["in", "joined", "invite", "archived", "unknown"]
_MOST: Final = 20
_LISTED: Final = 4
_NAME: Final = 60
_FIELDS: Final = ("subscriptions", "resource_groups", "vaults", "vms", "codes", "areas", "severities")


@dataclass(frozen=True, slots=True)
class RouteOf:
    """A route; `is_here` where it goes to the channel that asks. People, groups and channels are Slack ids."""

    id: str
    channel: str
    subscriptions: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    vaults: tuple[str, ...] = ()
    vms: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    codes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    mode: Literal["each", "digest"] = "each"
    mention: str = ""
    mention_for: tuple[str, ...] = ()
    by: str = ""
    is_here: bool = True


def routes_card(routes: Sequence[RouteOf], default_channel: str, language: Language, *, is_all: bool) -> Card:
    """The routes of this channel, or all."""
    say = labels(language)
    return as_many_as_fit(_MOST, lambda most: _routes(routes, default_channel, say, language, most, is_all=is_all))


def subscribed_card(route: RouteOf, *, is_new: bool, joined: Joined, language: Language) -> Card:
    """What is told here from now on, and what is still to be done for it."""
    say = labels(language)
    bulletin = Bulletin()
    head = say.text("routes.made" if is_new else "routes.there")
    bulletin.header(plain(head, 150))
    bulletin.text(Mrkdwn("\n".join(_route(route, say))), "route")
    if joined != "in":
        bulletin.text(say.mrkdwn(f"routes.{joined}"), "joined")
    bulletin.facts(say.mrkdwn("routes.undo", id=code_span(route.id)))
    return bulletin.card(language, mrkdwn(head))


def unsubscribed_card(routes: Sequence[RouteOf], language: Language) -> Card:
    """What is told here no more."""
    return as_many_as_fit(_MOST, lambda most: _unsubscribed(routes, language, most))


def no_such_route_card(name: str, language: Language) -> Card:
    """Nothing of that name goes here by a route that a command could end."""
    say = labels(language)
    bulletin = Bulletin()
    bulletin.text(say.mrkdwn("routes.no_such", name=code_span(name, 80) or mrkdwn("-")), "none")
    return bulletin.card(language, say.mrkdwn("routes.no_such", name=mrkdwn(name, 80) or mrkdwn("-")))


def only_in_channels_card(language: Language) -> Card:
    """Failures are told in channels, and here is none."""
    words = labels(language).mrkdwn("routes.only_channels")
    bulletin = Bulletin()
    bulletin.text(words, "none")
    return bulletin.card(language, words)


def which_place_card(name: str, nearest: Sequence[str], language: Language) -> Card:
    """There is no vault or subscription of that name; these are near."""
    say = labels(language)
    bulletin = Bulletin()
    words = say.mrkdwn("routes.no_place", name=code_span(name, 80) or mrkdwn("-"))
    bulletin.text(words, "none")
    names = (excerpt(each, _NAME) for each in nearest[:5])
    steps: Iterator[Runs] = ((Run(name, "code"),) for name in names if name)
    bulletin.bullets((Run(say.literal("routes.nearest")),), steps, name="nearest")
    return bulletin.card(language, say.mrkdwn("routes.no_place", name=mrkdwn(name, 80) or mrkdwn("-")))


def scope_of(place: RouteOf, say: Labels) -> Iterator[Mrkdwn]:
    """What a route is narrowed to, one thing a line; nothing for everything."""
    for name in _FIELDS:
        found = getattr(place, name)
        if found:
            yield say.mrkdwn(f"route_scope.{name}", names=_some(found, say))
    if place.tags:
        yield say.mrkdwn("route_scope.tags", names=_some([f"{key}={value}" for key, value in place.tags], say))


def _unsubscribed(routes: Sequence[RouteOf], language: Language, most: int) -> Card:
    say = labels(language)
    bulletin = Bulletin()
    bulletin.header(plain(say.text("routes.ended"), 150))
    _list(bulletin, routes, say, most)
    bulletin.facts(say.mrkdwn("routes.cards_stay"))
    return bulletin.card(language, say.mrkdwn("routes.ended"))


def _routes(
    routes: Sequence[RouteOf], default_channel: str, say: Labels, language: Language, most: int, *, is_all: bool
) -> Card:
    bulletin = Bulletin()
    head = say.text("routes.title_all" if is_all else "routes.title")
    bulletin.header(plain(head, 150))
    if not routes:
        bulletin.text(say.mrkdwn("routes.none_all" if is_all else "routes.none"), "none")
    _list(bulletin, routes, say, most)
    if default_channel.isalnum():
        bulletin.facts(say.mrkdwn("routes.default", channel=Mrkdwn(f"<#{default_channel}>")))
    else:
        bulletin.facts(say.mrkdwn("routes.no_default"))
    return bulletin.card(language, mrkdwn(head))


def _list(bulletin: Bulletin, routes: Sequence[RouteOf], say: Labels, most: int) -> None:
    for number, route in enumerate(routes[:most], start=1):
        bulletin.text(Mrkdwn("\n".join(_route(route, say))), f"route_{number}")
    if len(routes) > most:
        bulletin.text(say.mrkdwn("routes.more", count=str(len(routes) - most)), "more")


def _route(route: RouteOf, say: Labels) -> Iterator[Mrkdwn]:
    first = say.mrkdwn(f"routes.mode_{route.mode}", id=code_span(route.id, 40))
    yield first if route.is_here or not route.channel.isalnum() else Mrkdwn(f"{first} → <#{route.channel}>")
    scope = list(scope_of(route, say))
    yield from scope or [say.mrkdwn("route_scope.everything")]
    if who := mention(route.mention):
        words = ", ".join(say.text(f"severity.{each}") for each in route.mention_for)
        yield say.mrkdwn("routes.mention", who=who, severities=words or "-")
    by = user_mention(route.by)
    yield say.mrkdwn("routes.by", who=by) if by else say.mrkdwn("routes.by_config")


def _some(names: Sequence[str], say: Labels) -> Mrkdwn:
    shown = [code_span(each, _NAME) for each in names[:_LISTED]]
    if len(names) > _LISTED:
        shown.append(say.mrkdwn("who_can.more_people", count=str(len(names) - _LISTED)))
    return Mrkdwn(", ".join(each for each in shown if each))
