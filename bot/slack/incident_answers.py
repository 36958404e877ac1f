"""The buttons of failure cards and of lists: shown, taken note of, handed to somebody, put off."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, get_args

from slack_bolt import BoltResponse

from bot.incidents.handling import HANDLE, Handled, Snooze
from bot.incidents.rows import row_of
from bot.incidents.telling import card_key
from bot.slack.clicks import click_of, kept_in
from bot.slack.desk import Desk, Payload, acknowledged, channel_of, in_language, is_ephemeral
from bot.slack.refusals import NOTHING, reach_of, refused
from bot.store import incidents, operations, outbox, storms
from bot.store.incidents import Incident
from bot.store.store import StoreAway
from bot.store.storms import CARD
from bot.workflows.front import Click
from bot.workflows.showing import body_of
from intents.policy import OperationName, Reach
from intents.watch_intents import Which
from responses.cards.explainer import answer_view
from responses.cards.failure import assign_view, failure_card
from responses.cards.incident_list import IncidentPage, incident_list_card, incidents_away
from responses.cards.model import Card
from responses.cards.watch_notices import incident_gone
from responses.catalog.model import Language

_log = logging.getLogger(__name__)
_SECONDS: Final = 20.0
_ROWS: Final = 10
_MOST_PAGES: Final = 10_000
_SNOOZES: Final[Mapping[str, Snooze]] = {name: name for name in get_args(Snooze)}
Work = Callable[[Click], Awaitable[Card | None]]


async def answer_acknowledge(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Somebody has seen it."""
    return _handle(desk, body, value, lambda click: _done(desk.handling.acknowledge(value, click), click))


async def answer_menu(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """What was chosen in the menu: `WHAT|INCIDENT`."""
    what, _, id = value.partition("|")
    if how := _SNOOZES.get(what):
        return _handle(desk, body, value, lambda click: _done(desk.handling.snooze(id, how, click), click))
    if what == "wake":
        return _handle(desk, body, value, lambda click: _done(desk.handling.wake(id, click), click))
    if what == "assign":
        return _handle(desk, body, value, lambda click: _ask_whom(desk, body, id, click))
    return _handle(desk, body, value, _gone)


async def submit_assignee(desk: Desk, body: Payload) -> BoltResponse:
    """The window came back with whom it is given to."""
    view: Mapping[str, Any] = body.get("view") or {}
    kept = kept_in(view)
    click = click_of(desk, body, channel=str(kept.get("channel") or ""))
    values = (view.get("state") or {}).get("values") or {}
    chosen = ((values.get("assignee") or {}).get("assignee_user") or {}).get("selected_user") or ""
    try:
        handled = await desk.handling.assign(str(kept.get("incident") or ""), str(chosen), click)
    except StoreAway:
        return _update(incidents_away(click.language), click.language)
    card = _why_not(handled, HANDLE, click)
    return acknowledged() if card is None else _update(card, click.language)


async def answer_all_steps(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """The whole remedy: in the thread for everyone, once; otherwise for the one who asks."""

    async def work(click: Click) -> Card | None:
        async with desk.room.store.transaction() as kept:
            one = await incidents.read(kept, value)
            if one is None:
                return incident_gone(click.language)
            places = await incidents.channels_of(kept, [one.id])
            channel = channel_of(body)
            key = card_key(one.id, channel)
            has_card = places[one.id].get(channel, ("", ""))[0] == CARD and not is_ephemeral(body)
            language = desk.room.language_of_channel(channel)
            card = desk.answers.entry_card(one.entry, language, "channel") if one.entry else None
            if card is not None and has_card and await operations.first_time(kept, f"{key}/steps", desk.room.now()):
                await outbox.put_line(kept, key=key, line=f"{key}/all-steps", body=body_of(card))
                desk.room.wake_outbox()
                return None
        return desk.answers.entry_card(one.entry, click.language, "ephemeral") or incident_gone(click.language)

    return _handle(desk, body, value, work)


async def answer_show_incident(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """One incident of a list, for whoever may look up its VM."""

    async def work(click: Click) -> Card | None:
        handled = await desk.handling.find(value, click)
        if (card := _why_not(handled, "look-up", click)) is not None:
            return card
        assert handled.one is not None  # else there is a card that says so
        return failure_card(await desk.handling.shown(handled.one), click.language)

    return _handle(desk, body, value, work)


async def answer_show_storm(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """A page of a storm's incidents, `STORM|PAGE`."""
    id, _, number = value.partition("|")
    page = int(number) if number.isdecimal() and 1 <= int(number) <= _MOST_PAGES else 1
    work = lambda click: _storm_page(desk, id, page, click)  # noqa: E731
    return _handle(desk, body, value, work, replaces=is_ephemeral(body))


async def _storm_page(desk: Desk, id: str, page: int, click: Click) -> Card:
    reach = await reach_of(desk, click)
    if not reach.decision.is_allowed:
        return refused(reach.decision, NOTHING, click.language)
    async with desk.room.store.transaction() as kept:
        storm = await storms.read(kept, id)
        found = await storms.members(kept, id)
    if storm is None:
        return incident_gone(click.language)
    return await incident_page(
        desk, found, page, click, which="all", values=lambda number: f"{id}|{number}", reach=reach
    )


async def incident_page(
    desk: Desk, found: list[Incident], page: int, click: Click, *, which: Which, values: Callable[[int], str],
    reach: Reach,
    scope: str = "",
) -> Card:  # fmt: skip
    """A page of incidents, as far as somebody's rights reach."""
    scene = await desk.room.scenery.scene(found, with_tags=reach.needs_tags)
    if not reach.is_everything:
        found = [one for one in found if reach.covers(scene.resource(one))]
    pages = max(1, -(-len(found) // _ROWS))
    page = min(page, pages)
    rows = found[(page - 1) * _ROWS : page * _ROWS]
    shown = IncidentPage(
        rows=tuple(row_of(one, scene, click.language, now=desk.room.now()) for one in rows),
        which=which,
        scope=scope,
        total=len(found),
        page=page,
        pages=pages,
        previous=values(page - 1) if page > 1 else "",
        next=values(page + 1) if page < pages else "",
    )
    return incident_list_card(shown, click.language)


async def _ask_whom(desk: Desk, body: Payload, id: str, click: Click) -> Card | None:
    """A window asks for the person, once it is known that this one may say so."""
    handled = await desk.handling.find(id, click, HANDLE)
    if (card := _why_not(handled, HANDLE, click)) is not None:
        return card
    assert handled.one is not None  # else there is a card that says so
    metadata = json.dumps({"incident": id, "language": click.language, "channel": click.channel})
    view = assign_view(await desk.handling.shown(handled.one), click.language, metadata)
    await desk.client.views_open(trigger_id=str(body.get("trigger_id", "")), view=view.body)
    return None


def _handle(desk: Desk, body: Payload, value: str, work: Work, *, replaces: bool = False) -> BoltResponse:
    """Do it after the acknowledgement; what is to be said is said to the one who clicked."""
    click = click_of(desk, body)
    if not desk.is_first(body, value):
        return acknowledged()

    async def run() -> None:
        try:
            card = await work(click)
        except StoreAway:
            card = incidents_away(click.language)
        if card is not None:
            await desk.replies.tell(click.url, card, replace=replaces)

    desk.start(body, run, name="handle an incident", seconds=_SECONDS)
    return acknowledged()


async def _done(work: Awaitable[Handled], click: Click) -> Card | None:
    return _why_not(await work, HANDLE, click)


def _why_not(handled: Handled, operation: OperationName, click: Click) -> Card | None:
    """What the one who clicked is told; nothing where the card itself shows it."""
    if handled.outcome == "gone":
        return incident_gone(click.language)
    if handled.outcome == "refused":
        assert handled.decision is not None
        return refused(handled.decision, handled.resource or NOTHING, click.language, operation)
    return None


async def _gone(click: Click) -> Card | None:
    return incident_gone(click.language)


def _update(card: Card, language: Language) -> BoltResponse:
    view = answer_view(card, language, private_metadata=in_language(language))
    return acknowledged(json.dumps({"response_action": "update", "view": view.body}))
