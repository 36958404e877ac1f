"""The card that shows what was done, newest first: when, who, what, to what, and how it came out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from responses.cards.fitting import first_that_fits
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Button, Line, Run, Runs, label_runs
from responses.cards.render import render_card
from responses.cards.text import Mrkdwn, Verbatim, code_span, moment, mrkdwn, one_line, user_mention
from responses.cards.trouble_azure import Trouble, sentence
from responses.catalog.model import Language

ROWS_ON_PAGE: Final = 10
_SEPARATOR: Final = " · "
_REFUSED: Final = "-refused"
_ROOMS: Final = (90, 40, 20)

FactKind = Literal["text", "code", "user"]


@dataclass(frozen=True, slots=True)
class DeedRow:
    """A record: `kind` as it was recorded ("retry-running"), `actor` a Slack user id, `vm` and `vault` plain names.

    `code` is an error's, `why` a label key, `reason` the policy's where `kind` says that it was refused and else what
    a person wrote, `approved_by` a Slack user id.
    """

    number: int
    at: datetime
    kind: str
    actor: str
    vm: str = ""
    vault: str = ""
    code: str = ""
    why: str = ""
    reason: str = ""
    grant: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the records; `name` and `person` are what was asked for, `previous` and `next` button values."""

    rows: tuple[DeedRow, ...]
    total: int
    page: int
    pages: int
    name: str = ""
    person: str = ""
    since: datetime | None = None
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class _Audit:
    facts: Mrkdwn
    lines: tuple[Line, ...]
    empty: Runs
    buttons: tuple[Button, ...]
    export: Mrkdwn


def audit_card(page: AuditPage, language: Language) -> Card:
    """Up to ten records, under 12,000 characters. Buttons: `audit_page_previous` (newer), `audit_page_next` (older)."""
    say = labels(language)
    return first_that_fits(_ROOMS, lambda most: _card(page, language, say, most))


def audit_away(language: Language) -> Card:
    """The database cannot be reached."""
    say = labels(language)
    spoken = mrkdwn(f"{say.text('audit_log.away_title')}. {say.text('audit_log.away')}")
    words = label_runs(say.text("audit_log.away"))
    return render_card("trouble", language, spoken, title=say("audit_log.away_title"), words=words)


def reading_audit(language: Language) -> Card:
    """What stands there while the log is read."""
    return _words("audit_log.looking", language)


def looking_who_can(language: Language) -> Card:
    """What stands there while Azure and Slack are asked who may."""
    return _words("who_can.looking", language)


def deed_words(kind: str, say: Labels) -> str:
    """What was done, in words; a kind that has none is told as it was recorded."""
    return _label(f"audit_kind.{kind}", say) or one_line(kind.replace("-", " ")).capitalize() or "-"


def deed_facts(row: DeedRow, say: Labels) -> Iterator[tuple[FactKind, str]]:
    """How it came out, fact by fact: sentences, codes, and user ids of who approved."""
    if row.kind.endswith(_REFUSED) and row.reason:
        yield "text", _label(f"who_can_reason.{row.reason}", say, grant=row.grant or "-") or row.reason
    if row.code:
        yield "code", row.code
    if row.why and (told := _sentence(row.why, say)):
        yield "text", told
    if row.reason and not row.kind.endswith(_REFUSED):
        yield "text", say.text("audit_log.said", text=one_line(row.reason))
    if row.approved_by:
        yield "user", row.approved_by
    if row.grant and not row.kind.endswith(_REFUSED):
        yield "text", say.text("audit_log.grant", grant=one_line(row.grant))


def _card(page: AuditPage, language: Language, say: Labels, most: int) -> Card:
    shown = _Audit(
        facts=_facts(page, say, most),
        lines=tuple(_line(row, say, most) for row in page.rows[:ROWS_ON_PAGE]),
        empty=() if page.rows else label_runs(say.text("audit_log.empty")),
        buttons=tuple(_buttons(page, say)),
        export=say.mrkdwn("audit_log.export"),
    )
    spoken = [say.text("audit_log.title"), _count(page, say)]
    spoken += [f"{deed_words(row.kind, say)} {one_line(row.vm)}".strip() for row in page.rows[:3]]
    return render_card("audit_log", language, mrkdwn(". ".join(spoken), 300), card=shown, title=say("audit_log.title"))


def _facts(page: AuditPage, say: Labels, most: int) -> Mrkdwn:
    about = [mrkdwn(page.name, most), user_mention(page.person)]
    if page.since is not None:
        about.append(say.mrkdwn("audit_log.since", time=moment(page.since)))
    facts = [each for each in about if each] or [say.mrkdwn("audit_log.everything")]
    facts.append(mrkdwn(_count(page, say)))
    if page.pages > 1:
        facts.append(say.mrkdwn("audit_log.page", page=str(page.page), pages=str(page.pages)))
    return Mrkdwn(_SEPARATOR.join(facts))


def _count(page: AuditPage, say: Labels) -> str:
    return say.text("audit_log.count_one") if page.total == 1 else say.text("audit_log.count", count=page.total)


def _line(row: DeedRow, say: Labels, most: int) -> Line:
    """Three short lines: what and to what; who and when; how it came out."""
    what = [Mrkdwn(f"*{mrkdwn(deed_words(row.kind, say), most)}*")]
    what += [mrkdwn(name, most) for name in (row.vm, row.vault) if one_line(name)]
    who = [user_mention(row.actor) or mrkdwn(row.actor, 40) or Mrkdwn("-"), moment(row.at), Mrkdwn(f"#{row.number}")]
    facts = [fact for kind, text in deed_facts(row, say) if (fact := _fact(kind, text, say, most))]
    lines = [_SEPARATOR.join(part) for part in (what, who, facts) if part]
    return Line(Verbatim(f"row_{row.number}"), Mrkdwn("\n".join(lines)), None)


def _fact(kind: FactKind, text: str, say: Labels, most: int) -> Mrkdwn:
    if kind == "code":
        return code_span(text, most)
    if kind == "user":
        return say.mrkdwn("audit_log.by", who=user_mention(text) or mrkdwn(text, most))
    return mrkdwn(text, 2 * most)


def _buttons(page: AuditPage, say: Labels) -> Iterator[Button]:
    if page.previous:
        yield Button("audit_page_previous", say("audit_log.newer"), Verbatim(page.previous))
    if page.next:
        yield Button("audit_page_next", say("audit_log.older"), Verbatim(page.next), is_primary=True)


def _sentence(label: str, say: Labels) -> str:
    """A label's sentence; empty for one that there is none of, rather than words about something else."""
    return sentence(Trouble(label, {}), say) if _label(label, say) else ""


def _label(key: str, say: Labels, **values: str) -> str:
    try:
        return say.text(key, **values)
    except KeyError:
        return ""


def _words(key: str, language: Language) -> Card:
    words = labels(language).literal(key)
    return render_card("words", language, mrkdwn(words), words=(Run(words),))
