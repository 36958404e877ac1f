"""Incidents as a list, ten on a page, each with a button that shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from responses.cards.bulletin import Bulletin
from responses.cards.fitting import first_that_fits
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Button, Run, label_runs
from responses.cards.render import render_card
from responses.cards.text import Mrkdwn, Verbatim, code_span, moment, mrkdwn, plain, user_mention
from responses.catalog.model import Language

Which = Literal["open", "mine", "snoozed", "resolved", "all"]
Mark = Literal["acknowledged", "assigned", "snoozed", "silenced", "critical", "high"]
_SEPARATOR: Final = " · "
_ROOMS: Final = (90, 50, 25)
_SPOKEN: Final = 75


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in a list: `title` names the error in the reader's language, `assigned_to` is a Slack user id."""

    id: str
    vm: str
    vault: str
    title: str
    code: str
    count: int
    last_at: datetime
    is_open: bool
    marks: tuple[Mark, ...] = ()
    assigned_to: str = ""


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Up to ten rows; `scope` is a name that was asked for, `previous` and `next` are values of the page's buttons."""

    rows: tuple[IncidentRow, ...]
    which: Which
    scope: str
    total: int
    page: int
    pages: int
    previous: str
    next: str


def incident_list_card(page: IncidentPage, language: Language) -> Card:
    """The page. Buttons: `show_incident`, `incidents_page_previous`, `incidents_page_next`."""
    return first_that_fits(_ROOMS, lambda most: _card(page, language, most))


def reading_incidents(language: Language) -> Card:
    """What stands there while the list is read."""
    words = labels(language).literal("incidents.reading")
    return render_card("words", language, mrkdwn(words), words=(Run(words),))


def incidents_away(language: Language) -> Card:
    """The database cannot be reached."""
    say = labels(language)
    spoken = mrkdwn(f"{say.text('incidents.away_title')}. {say.text('incidents.away')}")
    words = label_runs(say.text("incidents.away"))
    return render_card("trouble", language, spoken, title=say("incidents.away_title"), words=words)


def row_line(row: IncidentRow, say: Labels, most: int = 90) -> Mrkdwn:
    """A row in two lines: what and where, then the error and how it stands."""
    sign = say.text(f"incident_sign.{_sign(row)}")
    what = [Mrkdwn(f"{sign} *{mrkdwn(row.vm, most) or mrkdwn('?')}*"), mrkdwn(row.vault, most)]
    error = [mrkdwn(row.title, most) or code_span(row.code, most)]
    facts = [moment(row.last_at)]
    if row.count > 1:
        facts.append(say.mrkdwn("incidents.times", count=str(row.count)))
    facts += [say.mrkdwn(f"incident_mark.{mark}") for mark in row.marks if mark not in ("assigned", "critical", "high")]
    if who := user_mention(row.assigned_to):
        facts.append(who)
    lines = (_SEPARATOR.join(part for part in each if part) for each in (what, error, facts))
    return Mrkdwn("\n".join(line for line in lines if line))


def show_button(row: IncidentRow, say: Labels, most: int = 90) -> Button:
    """`show_incident`."""
    spoken = plain(say.text("incidents.show_spoken", vm=row.vm), _SPOKEN) if most >= _SPOKEN else plain("")
    return Button("show_incident", say("incidents.show"), Verbatim(row.id), spoken=spoken)


def _sign(row: IncidentRow) -> str:
    if not row.is_open:
        return "resolved"
    return next((mark for mark in ("critical", "high") if mark in row.marks), "open")


def _card(page: IncidentPage, language: Language, most: int) -> Card:
    say = labels(language)
    bulletin = Bulletin()
    head = _title(page, say, most)
    bulletin.header(plain(head, 150))
    bulletin.facts(_facts(page, say))
    if not page.rows:
        bulletin.text(say.mrkdwn(f"incidents.none_{page.which}"), "none")
    for number, row in enumerate(page.rows, start=1):
        bulletin.line(row_line(row, say, most), show_button(row, say, most), f"row_{number}")
    bulletin.buttons(_buttons(page, say))
    names = ", ".join(row.vm for row in page.rows[:3])
    return bulletin.card(language, mrkdwn(". ".join(part for part in (head, names) if part), 300))


def _title(page: IncidentPage, say: Labels, most: int) -> str:
    what = say.text(f"incidents.title_{page.which}", count=page.total)
    return say.text("incidents.of", what=what, scope=page.scope[:most]) if page.scope else what


def _facts(page: IncidentPage, say: Labels) -> Mrkdwn:
    if page.pages < 2:
        return Mrkdwn("")
    return say.mrkdwn("incidents.page", page=str(page.page), pages=str(page.pages), total=str(page.total))


def _buttons(page: IncidentPage, say: Labels) -> Iterator[Button]:
    if page.previous:
        yield Button("incidents_page_previous", say("jobs.previous"), Verbatim(page.previous))
    if page.next:
        yield Button("incidents_page_next", say("jobs.next"), Verbatim(page.next), is_primary=True)
