"""`/backup`: who may do what, and what was done; acknowledged at once, answered through the response address."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

from slack_bolt import BoltResponse

from bot.answers import ephemeral_body
from bot.lookups.resources import Candidates, Wanted, find_resources
from bot.lookups.who_can import Asking, tell_who_can
from bot.slack.clicks import click_of
from bot.slack.desk import Desk, Payload, acknowledged, is_ephemeral, user_of
from bot.slack.watch_answers import watch_card
from bot.store.audit_reading import AuditFilter, read_page
from bot.store.deeds import deed_row
from bot.store.store import StoreAway
from bot.workflows.front import Click
from intents.backup_command import (
    AskAudit,
    AskWhoCan,
    ShowBackupHelp,
    audit_text,
    read_backup_command,
)
from intents.command_words import SELF
from intents.policy import Resource
from intents.watch_intents import NotRead, ShowIncidents
from intents.who_can import holds_any
from responses.cards.audit_log import ROWS_ON_PAGE, AuditPage, audit_away, audit_card, looking_who_can, reading_audit
from responses.cards.incident_list import reading_incidents
from responses.cards.model import Card
from responses.cards.trouble import expired
from responses.cards.who_can import backup_help, not_told, who_can_card
from responses.catalog.model import Language

_log = logging.getLogger(__name__)
_SECONDS: Final = 45.0
_MOST_VALUE: Final = 2_000
_MOST_PAGES: Final = 100_000
_Paged = TypeVar("_Paged", AskAudit, ShowIncidents)


def answer_backup(desk: Desk, body: Payload) -> BoltResponse:
    """What `/backup TEXT` is acknowledged with, at once; the answer itself follows."""
    zone = desk.locales.zone_of(user_of(body))
    asked = read_backup_command(str(body.get("text") or ""), datetime.now(UTC), zone, desk.answers.catalog)
    language = asked.language or desk.language_for(body)
    if isinstance(asked, ShowBackupHelp):
        card = backup_help(language)
    elif isinstance(asked, NotRead):
        card = backup_help(language, asked.what, asked.word)
    elif isinstance(asked, AskWhoCan):
        card = looking_who_can(language)
        _start(desk, body, lambda: _who_can_card(desk, click_of(desk, body), asked, language))
    elif not isinstance(asked, AskAudit):
        card = reading_incidents(language)
        watched = asked
        _start(desk, body, lambda: watch_card(desk, watched, click_of(desk, body), language))
    else:
        card = reading_audit(language)
        pinned = _pinned(asked, click_of(desk, body))
        _start(desk, body, lambda: _audit_card(desk, pinned, click_of(desk, body), language))
    return acknowledged(ephemeral_body(card))


def answer_audit_page(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Another page of the audit log."""
    return _turned(desk, body, value, AskAudit, partial(_audit_card, desk))


def answer_incidents_page(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Another page of what `/backup incidents` asked."""
    return _turned(desk, body, value, ShowIncidents, partial(watch_card, desk))


def _turned(
    desk: Desk,
    body: Payload,
    value: str,
    kind: type[_Paged],
    card: Callable[[_Paged, Click, Language, int], Awaitable[Card]],
) -> BoltResponse:
    """Another page of a question of this kind, `QUESTION|PAGE`, in place of the card that was clicked."""
    text, _, number = value.rpartition("|")
    known = desk.answers.catalog
    asked = read_backup_command(text, datetime.now(UTC), UTC, known) if len(value) <= _MOST_VALUE else None
    if not isinstance(asked, kind) or not (number.isdecimal() and 1 <= int(number) <= _MOST_PAGES):
        desk.show(body, expired(desk.language_for(body)), name="expired button")
        return acknowledged()
    language = asked.language or desk.language_for(body)
    if desk.is_first(body, value):
        click = click_of(desk, body)
        _start(desk, body, lambda: card(asked, click, language, int(number)), replaces=is_ephemeral(body))
    return acknowledged()


async def _who_can_card(desk: Desk, click: Click, asked: AskWhoCan, language: Language) -> Card:
    """Who may, for whoever holds a grant of their own."""
    actor, grants = await desk.rights.actor(click.user, click.workspace), desk.rights.grants
    if not holds_any(actor, grants):
        refused = await desk.rights.decide(click.user, "look-up", Resource(), click.channel, team=click.workspace)
        return not_told("who-can", refused.reason, refused.grant, refused.who_can, language)
    person = asked.person if asked.person not in ("", SELF) else click.user
    found = Candidates(())
    if asked.name:
        vault = "" if asked.vault == asked.name else asked.vault
        wanted = Wanted(asked.name, vault, asked.subscription)
        with_tags = any(grant.tags for grant in grants)
        found = await find_resources(desk.lookups, wanted, asked.operation, with_tags=with_tags)
    asking = Asking(grants, click.channel, lambda user: desk.rights.actor(user))
    return who_can_card(await tell_who_can(replace(asked, person=person), found, asking), language)


async def _audit_card(desk: Desk, asked: AskAudit, click: Click, language: Language, page: int = 1) -> Card:
    """What was done, for whoever may read the whole log; a refusal stands in it."""
    decision = await desk.rights.decide(click.user, "read-audit", Resource(), click.channel, team=click.workspace)
    try:
        if decision.is_allowed:
            return await _audit_page(desk, asked, page, language)
        details = {"reason": decision.reason, "grant": decision.grant}
        at = desk.operations.shop.now()
        deed = click.deed(at, "read-audit-refused", "", details)
        store = desk.operations.shop.store
        async with store.transaction() as kept:
            await store.audit.append(kept, deed)
    except StoreAway:
        _log.error("the audit log cannot be reached")
        return audit_away(language)
    return not_told("read-audit", decision.reason, decision.grant, decision.who_can, language)


async def _audit_page(desk: Desk, asked: AskAudit, page: int, language: Language) -> Card:
    since = asked.begins(datetime.now(UTC))
    wanted = AuditFilter(asked.name, asked.person, since.timestamp() if since else 0.0)
    async with desk.operations.shop.store.transaction() as kept:
        records, total = await read_page(kept, wanted, page=page, rows=ROWS_ON_PAGE)
    pages = max(1, -(-total // ROWS_ON_PAGE))
    shown = AuditPage(
        rows=tuple(map(deed_row, records)),
        total=total,
        page=page,
        pages=max(pages, page),
        name=asked.name,
        person=asked.person,
        since=since,
        previous=_value(asked, min(page - 1, pages), language),
        next=_value(asked, page + 1, language) if page < pages else "",
    )
    return audit_card(shown, language)


def _value(asked: AskAudit, page: int, language: Language) -> str:
    """What a button carries, in the language that the card is in; nothing where there is no such page."""
    return f"{audit_text(replace(asked, language=language))}|{page}" if page >= 1 else ""


def _pinned(asked: AskAudit, click: Click) -> AskAudit:
    """The question as it means the same on every page: "me" is a person, and the last 24 hours begin at one moment."""
    person = click.user if asked.person == SELF else asked.person
    return replace(asked, person=person, window=asked.begins(datetime.now(UTC)))


def _start(desk: Desk, body: Payload, work: Callable[[], Awaitable[Card]], *, replaces: bool | None = None) -> None:
    """Do the work and tell what came of it; `replaces` says that a card was clicked, and whether it may be replaced."""
    put = desk.putter(body, is_command=replaces is None, replace=bool(replaces))

    async def run() -> None:
        await put(await work())

    desk.start(body, run, name="answer /backup", seconds=_SECONDS)
