"""The card that lists backup jobs, failed ones by their error, and the small cards around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from responses.cards.fitting import first_that_fits
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.operation_buttons import retry_all_button
from responses.cards.parts import UNSPOKEN, Button, Line, Run, Runs, label_runs, title, value
from responses.cards.render import render_card
from responses.cards.text import (
    Mrkdwn,
    Plain,
    Verbatim,
    code_span,
    excerpt,
    is_https,
    link,
    moment,
    mrkdwn,
    one_line,
    plain,
)
from responses.cards.trouble_azure import HIDING, NOTES, Trouble, azure_trouble, sentence
from responses.catalog.model import Entry, Language

__all__ = [
    "JobGroup", "JobRow", "JobsPage", "Trouble", "azure_trouble", "empty_words", "explain_button", "group_name",
    "is_status", "jobs_card", "jobs_help", "looking", "page_title", "problems_title", "status_word",
]  # fmt: skip

Which = Literal["failed", "running", "all"]

_SEPARATOR: Final = " · "
_FAILED: Final = "Failed"
_SPOKEN_BUTTON: Final = 75
_HEADER: Final = 150
_MOST_VALUE: Final = 2_000
_LONGEST_PORTAL: Final = 500
_MOST_PROBLEMS: Final = 6
_FEW_PROBLEMS: Final = 3
_WAYS: Final = ("everywhere", "vault", "subscription", "which", "since")


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job: `attempt` of `attempts` failed ones of the same item and error in the window, `value` for its button.

    `status` is Azure's word. Without a value there is nothing to open, and no button.
    """

    item: str
    vault: str
    subscription: str
    status: str
    started: datetime | None
    ended: datetime | None
    attempt: int
    attempts: int
    value: str
    portal: str
    group: int = 0


@dataclass(frozen=True, slots=True)
class JobGroup:
    """Jobs with one error, or, for those that did not fail, one status, which then is the `title`.

    `count` is how many there are in all, `rows` those on this page. Without an entry, `title` is Azure's own.
    """

    entry: Entry | None
    code: str
    title: str
    count: int
    rows: tuple[JobRow, ...]
    retry_all: str = ""


@dataclass(frozen=True, slots=True)
class JobsPage:
    """One page of what was found. `scope` is empty for everything; `previous`, `next` and `again` are button values."""

    groups: tuple[JobGroup, ...]
    which: Which
    scope: str
    since: datetime
    total: int
    page: int
    pages: int
    problems: tuple[Trouble, ...]
    previous: str
    next: str
    again: str
    read_at: datetime
    portal: str = ""


@dataclass(frozen=True, slots=True)
class _Jobs:
    title: Plain
    facts: Mrkdwn
    warning: Verbatim
    problems: tuple[Runs, ...]
    lines: tuple[Line, ...]
    empty: Runs
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class _Room:
    """The longest name of a thing, the longest title, and how much Explain and Details say to a screen reader."""

    name: int
    title: int
    explain: int
    details: int


# What Azure allows fits the first where there are few errors; the last fits whatever is written in a name. What Explain
# is about stands just before it; equal buttons named Details would be the greater loss.
_ROOMS: Final = (
    _Room(90, 150, _SPOKEN_BUTTON, _SPOKEN_BUTTON),
    _Room(90, 150, 0, 50),
    _Room(64, 80, 0, 40),
    _Room(64, 80, 0, 0),
    _Room(40, 50, 0, 0),
    _Room(20, 25, 0, 0),
)


def jobs_card(page: JobsPage, language: Language) -> Card:
    """A page of jobs, under 12,000 characters and 50 blocks for up to ten rows; longer names lose their end first.

    Buttons: `explain_job_group`, `job_details`, `jobs_page_previous`, `jobs_page_next`, `jobs_refresh`.
    """
    say = labels(language)
    return first_that_fits(_ROOMS, lambda room: _card(page, language, say, room))


def _card(page: JobsPage, language: Language, say: Labels, room: _Room) -> Card:
    told = tuple(
        sentence(problem, say) for problem in page.problems[: _MOST_PROBLEMS if room.details else _FEW_PROBLEMS]
    )
    problems = tuple((Run(excerpt(each, 4 * room.name)),) for each in told)
    card = _Jobs(
        title=plain(page_title(page, say, room.name), _HEADER),
        facts=_facts(page, say),
        warning=Verbatim(problems_title(page, say)),
        problems=problems,
        lines=tuple(_lines(page, language, say, room)),
        empty=label_runs(empty_words(page, say)),
        buttons=tuple(_buttons(page, say)),
    )
    return render_card("jobs", language, _spoken(page, card, language, say, room), card=card)


def page_title(page: JobsPage, say: Labels, most: int = 90) -> str:
    """What was found and where; never "none" where something could not be read. `most` cuts the scope's name."""
    count = "none" if not page.total else "one" if page.total == 1 else "many"
    what = say.text(f"jobs.{page.which}_{count}", count=page.total)
    if _is_blind(page):
        what = say.text(f"jobs.blind_{page.which}")
    scope = excerpt(page.scope, most)
    if scope:
        return say.text("jobs.in", what=what, scope=scope)
    return what if _is_blind(page) else say.text("jobs.everywhere", what=what)


def empty_words(page: JobsPage, say: Labels) -> str:
    """What stands in place of the jobs where there are none, and what that is worth; empty where there are some."""
    if page.total:
        return ""
    return say.text("jobs.blind_more") if _is_blind(page) else say.text(f"jobs.empty_{page.which}")


def problems_title(page: JobsPage, say: Labels) -> str:
    """What stands above the problems: that something is missing, or only something to know."""
    return say.text("jobs.problems" if _has_gaps(page) else "jobs.notes")


def _has_gaps(page: JobsPage) -> bool:
    return any(problem.label not in NOTES for problem in page.problems)


def _is_blind(page: JobsPage) -> bool:
    return not page.total and (_has_gaps(page) or any(problem.label in HIDING for problem in page.problems))


def _facts(page: JobsPage, say: Labels) -> Mrkdwn:
    facts = [
        say.mrkdwn("jobs.since", time=moment(page.since)),
        say.mrkdwn("jobs.read_at", time=moment(page.read_at)),
    ]
    if page.pages > 1:
        facts.append(say.mrkdwn("jobs.page", page=str(page.page), pages=str(page.pages)))
    return Mrkdwn(_SEPARATOR.join((*facts, *_place(page, say))))


def _place(page: JobsPage, say: Labels) -> Iterator[Mrkdwn]:
    """Which of several vaults of that name it is, and where to find it, when all rows are of the one asked for."""
    rows = [row for group in page.groups for row in group.rows]
    places = {(row.vault, row.subscription) for row in rows}
    if len(places) != 1 or rows[0].vault != page.scope:
        return
    if subscription := mrkdwn(rows[0].subscription, 64):
        yield subscription
    if is_https(page.portal) and len(page.portal) <= _LONGEST_PORTAL:
        yield link(page.portal, say.text("jobs.portal"))


def _spoken(page: JobsPage, card: _Jobs, language: Language, say: Labels, room: _Room) -> Mrkdwn:
    """The title, then the groups with their counts, for a notification and for who cannot see the card."""
    groups = "; ".join(
        f"{group_name(group, language, say) or one_line(group.code)} ({group.count})" for group in page.groups
    )
    problems = " ".join(run.text for runs in card.problems for run in runs)
    return mrkdwn(". ".join(part for part in (card.title, groups, problems) if part), 600 if room.details else 200)


def _lines(page: JobsPage, language: Language, say: Labels, room: _Room) -> Iterator[Line]:
    number = 0
    for index, group in enumerate(page.groups, start=1):
        yield _group(index, group, language, say, room)
        for row in group.rows:
            number += 1
            has_status = page.which != "failed" and not is_status(group)
            yield _row(number, row, page, say, room, has_status=has_status)
        if group.retry_all and group.count > 1 and len(group.retry_all) <= _MOST_VALUE:
            name = group_name(group, language, say) or group.code
            button = retry_all_button(group.retry_all, group.count, name, say)
            yield Line(Verbatim(f"all_{index}"), say.mrkdwn("jobs.all_of_these"), button)


def _group(index: int, group: JobGroup, language: Language, say: Labels, room: _Room) -> Line:
    name = mrkdwn(group_name(group, language, say), room.title)
    facts = [code_span(group.code, room.title)]
    if group.count > 1:
        facts.append(say.mrkdwn("jobs.count", count=str(group.count)))
    if group.entry is None and not is_status(group):
        facts.append(say.mrkdwn("jobs.unknown"))
    lines = (f"*{name}*" if name else "", _SEPARATOR.join(fact for fact in facts if fact))
    text = Mrkdwn("\n".join(line for line in lines if line))
    button = explain_button(group.entry, language, say, room.explain) if group.entry is not None else None
    return Line(Verbatim(f"group_{index}"), text, button, is_first=True)


def explain_button(entry: Entry, language: Language, say: Labels, most: int = _SPOKEN_BUTTON) -> Button:
    """The button `explain_job_group`, with at most so many characters for a screen reader."""
    spoken = say.text("jobs.explain_spoken", title=title(entry, language))
    return _button("explain_job_group", say("jobs.explain"), value(entry, language), spoken, most)


def group_name(group: JobGroup, language: Language, say: Labels) -> str:
    """The catalog's title, Azure's own, or the word for a status; empty where only the code is known."""
    if group.entry is not None:
        return title(group.entry, language)
    if is_status(group):
        word = status_word(group.title, say)
        return word[:1].upper() + word[1:]
    told = "" if group.title == _FAILED else one_line(group.title)
    return told or ("" if one_line(group.code) else say.text("jobs.no_code"))


def is_status(group: JobGroup) -> bool:
    """Whether a status holds the jobs together and no error."""
    return group.entry is None and not group.code and group.title in STATUSES and group.title != _FAILED


STATUSES: Final = frozenset(
    {"InProgress", "Completed", "CompletedWithWarnings", "Failed", "Cancelled", "Cancelling", "Invalid", "Unknown"}
    | {"NotStarted", "Skipped", "Warning"}
)


def status_word(status: str, say: Labels) -> str:
    """Azure's word for a status in the reader's language; as it is where it is none that we know."""
    return say.text(f"job_status.{status}") if status in STATUSES else one_line(status)


def _row(number: int, row: JobRow, page: JobsPage, say: Labels, room: _Room, *, has_status: bool) -> Line:
    facts = [mrkdwn(row.item, room.name) or Mrkdwn("-")]
    if row.vault != page.scope:
        facts.append(mrkdwn(row.vault, room.name))
        if row.subscription != page.scope:
            facts.append(mrkdwn(row.subscription, min(room.name, 40)))
    when = row.ended or row.started
    facts.append(moment(when) if when else Mrkdwn(""))
    if has_status:
        facts.append(mrkdwn(status_word(row.status, say), room.name))
    if row.attempts > 1:
        facts.append(say.mrkdwn("jobs.attempt", attempt=str(row.attempt), attempts=str(row.attempts)))
    text = Mrkdwn(_SEPARATOR.join(fact for fact in facts if fact))
    spoken = say.text("jobs.details_spoken", item=one_line(row.item))
    is_open = row.value and len(row.value) <= _MOST_VALUE
    button = _button("job_details", say("jobs.details"), row.value, spoken, room.details) if is_open else None
    return Line(Verbatim(f"row_{number}"), text, button)


def _button(action_id: str, label: Plain, carried: str, spoken: str, most: int) -> Button:
    return Button(action_id, label, Verbatim(carried), spoken=plain(spoken, most) if most else UNSPOKEN)


def _buttons(page: JobsPage, say: Labels) -> Iterator[Button]:
    if page.previous:
        yield Button("jobs_page_previous", say("jobs.previous"), Verbatim(page.previous))
    if page.next:
        yield Button("jobs_page_next", say("jobs.next"), Verbatim(page.next), is_primary=True)
    if page.again:
        yield Button("jobs_refresh", say("jobs.refresh"), Verbatim(page.again))


def looking(language: Language, scope: str) -> Card:
    """What stands there while Azure is asked."""
    say = labels(language)
    name = excerpt(scope, 90)
    words = say.literal("jobs.looking_in", scope=name) if name else say.literal("jobs.looking")
    return render_card("words", language, mrkdwn(words), words=(Run(words),))


def jobs_help(language: Language, problem: str = "") -> Card:
    """How to write `/backup-jobs`; `problem` is the word that was not understood."""
    say = labels(language)
    word = excerpt(problem, 100)
    lead = say.literal("jobs_help.misread", word=word) if word else say.literal("jobs_help.intro")
    ways = tuple(label_runs(say.text(f"jobs_help.{way}")) for way in _WAYS)
    spoken = mrkdwn(f"{say.text('jobs_help.title')}. {lead}")
    return render_card("jobs_help", language, spoken, title=say("jobs_help.title"), lead=(Run(lead),), ways=ways)
