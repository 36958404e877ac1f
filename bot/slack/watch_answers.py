"""`/backup` about routes, incidents, silences and digests: acknowledged at once, answered after it."""

from datetime import UTC, datetime
from typing import Final

from bot.incidents.arranging import Arranged
from bot.incidents.digest_making import Due
from bot.slack.desk import Desk
from bot.slack.incident_answers import incident_page
from bot.slack.refusals import NOTHING, reach_of, refused, refused_there
from bot.store import incidents
from bot.store.store import StoreAway
from bot.workflows.front import Click
from intents.routing import Route, Silence
from intents.watch_command import incidents_text
from intents.watch_intents import (
    EndSilence,
    Maintain,
    Mute,
    ShowDigest,
    ShowIncidents,
    ShowRoutes,
    ShowSilences,
    Subscribe,
    Unmute,
    Unsubscribe,
    Watched,
)  # fmt: skip
from responses.cards.digest import digest_card
from responses.cards.incident_list import incidents_away
from responses.cards.model import Card
from responses.cards.routes import (
    RouteOf,
    no_such_route_card,
    only_in_channels_card,
    routes_card,
    subscribed_card,
    unsubscribed_card,
    which_place_card,
)  # fmt: skip
from responses.cards.silences import (
    SilenceOf,
    no_such_silence_card,
    silenced_card,
    silences_card,
    unsilenced_card,
)  # fmt: skip
from responses.catalog.model import Language

_DAYS: Final = {"daily": 1, "weekly": 7}


async def watch_card(desk: Desk, asked: Watched, click: Click, language: Language, page: int = 1) -> Card:
    """The answer to one of them."""
    try:
        return await _answer(desk, asked, click, language, page)
    except StoreAway:
        return incidents_away(language)


async def _answer(desk: Desk, asked: Watched, click: Click, language: Language, page: int) -> Card:
    if isinstance(asked, ShowIncidents):
        return await _incidents(desk, asked, click, page)
    if isinstance(asked, ShowRoutes):
        return await _routes(desk, asked, click, language)
    if isinstance(asked, ShowSilences):
        rules = await desk.room.in_force()
        return silences_card([silence_of(each, desk.room.now()) for each in rules.silences], language)
    if isinstance(asked, ShowDigest):
        return await _digest(desk, asked, click, language)
    return await _arranged(desk, asked, click, language)


async def _arranged(desk: Desk, asked: Watched, click: Click, language: Language) -> Card:
    arranging = desk.arranging
    if isinstance(asked, Subscribe):
        made = await arranging.subscribe(asked, click)
        if made.outcome in ("done", "there"):
            shown, is_new = route_of(made.routes[0], click.channel), made.outcome == "done"
            return subscribed_card(shown, is_new=is_new, joined=made.joined, language=language)
        return _why_not(made, language)
    if isinstance(asked, Unsubscribe):
        made = await arranging.unsubscribe(asked, click)
        if made.outcome == "none":
            return no_such_route_card(made.name, language)
        done = [route_of(route, click.channel) for route in made.routes]
        return unsubscribed_card(done, language) if made.outcome == "done" else _why_not(made, language)
    if isinstance(asked, Mute | Maintain):
        made = await arranging.silence(asked, click)
        if made.outcome == "done":
            return silenced_card(silence_of(made.silences[0], desk.room.now()), language)
        return _why_not(made, language)
    assert isinstance(asked, Unmute | EndSilence)  # the rest was answered before
    made = await arranging.unsilence(asked, click)
    if made.outcome == "none":
        return no_such_silence_card(made.name, language)
    if made.outcome == "done":
        return unsilenced_card(silence_of(made.silences[0], desk.room.now()), language)
    return _why_not(made, language)


async def _incidents(desk: Desk, asked: ShowIncidents, click: Click, page: int) -> Card:
    """As far as this person may look up."""
    room = desk.room
    reach = await reach_of(desk, click)
    if not reach.decision.is_allowed:
        return refused(reach.decision, NOTHING, click.language)
    async with room.store.transaction() as kept:
        found = await incidents.search(kept, asked.which, user=click.user, name=asked.name)
    return await incident_page(
        desk,
        found,
        page,
        click,
        which=asked.which,
        values=lambda number: f"{incidents_text(asked)}|{number}",
        reach=reach,
        scope=asked.name,
    )


async def _routes(desk: Desk, asked: ShowRoutes, click: Click, language: Language) -> Card:
    rules = await desk.room.in_force()
    shown = [route for route in rules.routes if asked.is_all or route.channel == click.channel]
    told = [route_of(route, click.channel) for route in shown]
    return routes_card(told, rules.default_channel, language, is_all=asked.is_all)


async def _digest(desk: Desk, asked: ShowDigest, click: Click, language: Language) -> Card:
    """This channel's digest up to now, for the one who asks; for whoever may look up."""
    if not (await reach_of(desk, click)).is_everything:
        return await refused_there(desk, click, NOTHING, language)
    now = desk.room.now()
    due = Due(asked.kind, now - _DAYS[asked.kind] * 86_400.0, now, "asked")
    rules = await desk.room.in_force()
    digest, _ = await desk.digests.made(due, click.channel, rules, language)
    return digest_card(digest, language)


def route_of(route: Route, here: str) -> RouteOf:
    """A route as its card takes it."""
    place = route.place
    return RouteOf(
        id=route.id,
        channel=route.channel,
        subscriptions=place.subscriptions,
        resource_groups=place.resource_groups,
        vaults=place.vaults,
        vms=place.vms,
        tags=place.tags,
        codes=route.codes,
        areas=route.areas,
        severities=route.severities,
        mode=route.mode,
        mention=route.mention,
        mention_for=route.mention_for,
        by=route.by,
        is_here=route.channel == here,
    )


def silence_of(silence: Silence, now: float) -> SilenceOf:
    """A silence as its card takes it."""
    place = silence.place
    return SilenceOf(
        id=silence.id,
        kind=silence.kind,
        starts=datetime.fromtimestamp(silence.starts, UTC),
        ends=datetime.fromtimestamp(silence.ends, UTC),
        subscriptions=place.subscriptions,
        resource_groups=place.resource_groups,
        vaults=place.vaults,
        vms=place.vms,
        tags=place.tags,
        by=silence.by,
        reason=silence.reason,
        is_begun=silence.starts <= now,
    )


def _why_not(made: Arranged, language: Language) -> Card:
    if made.outcome == "no-channel":
        return only_in_channels_card(language)
    if made.outcome == "unknown-place":
        return which_place_card(made.name, made.nearest, language)
    assert made.decision is not None  # everything else was told
    return refused(made.decision, made.resource, language, made.operation)
