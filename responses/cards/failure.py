"""The living card of an incident, and the lines that are written into its thread."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from responses.cards.bulletin import Bulletin, Menu, Option
from responses.cards.fitting import first_that_fits
from responses.cards.jobs import explain_button
from responses.cards.labels import Labels, labels
from responses.cards.model import Card, View
from responses.cards.operation_buttons import removal_button, retry_button
from responses.cards.operation_refusals import mention
from responses.cards.parts import Button, Run, Runs, title
from responses.cards.portal_links import Links, portal_links
from responses.cards.render import render_view
from responses.cards.text import (
    Mrkdwn,
    Verbatim,
    clean,
    code_span,
    cut,
    excerpt,
    is_https,
    length,
    link,
    moment,
    mrkdwn,
    plain,
    user_mention,
)
from responses.catalog.model import Entry, Language
from responses.catalog.model import plain as without_styles

Severity = Literal["critical", "high", "normal"]
LineKind = Literal[
    "again", "resolved", "acknowledged", "assigned", "unassigned", "snoozed", "snooze-ended", "silence-ended",
    "overdue",
]  # fmt: skip

_NAME: Final = 90
_HEADER: Final = 150
_MEANING: Final = 230  # many entries say in their first sentence how it works, and what is wrong in the second
_LONGEST_MEANING: Final = 260
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_STEP: Final = 120
_STEPS: Final = 3
_SAID: Final = 500
_FACTS: Final = 3_000
_SEPARATOR: Final = " · "
_HOUR: Final = 3_600.0
_DAYS_FROM: Final = 48.0


@dataclass(frozen=True, slots=True)
class IncidentOf:
    """An incident as it is now. Values of buttons that are empty mean no button; people are Slack ids.

    `is_point_known` is false where nobody has told the last recovery point; true with none means that there is none.
    `promised_hours` is how often the vault's policy promises a good backup. `mentions` are users and user groups.
    """

    id: str
    is_open: bool
    vm: str
    vault: str
    subscription: str
    entry: Entry | None
    code: str
    title: str
    said: str
    first_at: datetime
    last_at: datetime
    count: int
    severity: Severity
    recovery_point: datetime | None = None
    is_point_known: bool = False
    policy: str = ""
    promised_hours: float | None = None
    is_overdue: bool = False
    acknowledged_by: str = ""
    assigned_to: str = ""
    snoozed_until: datetime | None = None
    is_snoozed_to_good: bool = False
    snoozed_by: str = ""
    silenced_until: datetime | None = None
    silence_reason: str = ""
    resolved_at: datetime | None = None
    earlier: datetime | None = None
    retry: str = ""
    after_fix: bool = False
    remove: str = ""
    job: str = ""
    links: Links = ()
    mentions: tuple[str, ...] = ()


def failure_card(incident: IncidentOf, language: Language) -> Card:
    """What failed, since when, what it means, what to do first, who has it; under 12,000 characters.

    Buttons: `retry_backup`, `remove_extension`, `all_steps`, `acknowledge_incident`, `job_details`, the menu
    `incident_menu`; `explain_job_group` once it is over.
    """
    return first_that_fits((_STEPS, 0), lambda steps: _card(incident, language, steps=steps))


def failure_line(kind: LineKind, incident: IncidentOf, language: Language, by: str = "") -> Card:
    """What has just become so, for the thread; `by` is who did it."""
    say = labels(language)
    who = user_mention(by) or mrkdwn("-")
    is_short = kind == "resolved" and incident.count == 1
    words = say.mrkdwn(
        "incident_line.resolved_once" if is_short else f"incident_line.{kind}",
        who=who,
        to=user_mention(incident.assigned_to) or mrkdwn("-"),
        time=moment(incident.resolved_at or incident.last_at),
        until=_snoozed(incident, say),
        count=str(incident.count),
        lasted=lasting((incident.last_at - incident.first_at).total_seconds(), say),
    )
    if kind in ("again", "overdue") and (named := _mentions(incident)):
        words = Mrkdwn(f"{words} {named}")
    bulletin = Bulletin()
    bulletin.text(words, "text")
    return bulletin.card(language, mrkdwn(f"{incident.vm}: {say.text(f'incident_spoken.{kind}')}", 300))


def assign_view(incident: IncidentOf, language: Language, private_metadata: str) -> View:
    """Asks who sees to it. Callback id `assign_incident`, block `assignee` with `assignee_user`; empty for nobody."""
    say = labels(language)
    return render_view(
        "assign",
        language,
        title=say("incident.assign_title"),
        submit=say("incident.assign_submit"),
        cancel=say("confirm.no"),
        private_metadata=Verbatim(private_metadata),
        label=say("incident.assign_label"),
        hint=say("incident.assign_hint"),
        user=Verbatim(incident.assigned_to if user_mention(incident.assigned_to) else ""),
        what=say.mrkdwn(
            "incident.assign_what", vm=mrkdwn(incident.vm, _NAME), name=mrkdwn(_name(incident, language), _HEADER)
        ),
    )


def incident_title(incident: IncidentOf, say: Labels) -> str:
    """What is so with which VM."""
    state = "resolved" if not incident.is_open else "critical" if incident.severity == "critical" else "failing"
    return say.text(f"incident.title_{state}", vm=excerpt(incident.vm, _NAME) or "?")


def in_short(text: str, most: int = _MEANING) -> str:
    """As many whole sentences as fit a line or two on a phone; a first one that is far longer is cut."""
    found = ""
    for sentence in _SENTENCE.split(text):
        if found and len(found) + len(sentence) >= most:
            break
        found = f"{found} {sentence}".strip()
    return cut(found, _LONGEST_MEANING)


def lasting(seconds: float, say: Labels) -> str:
    """ "40 minutes", "5 hours", "3 days": one unit, for people."""
    hours = seconds / _HOUR
    if hours < 1:
        return say.text("lasting.minutes", count=max(1, int(seconds // 60)))
    if hours < _DAYS_FROM:
        return say.text("lasting.hour" if int(hours) == 1 else "lasting.hours", count=int(hours))
    return say.text("lasting.days", count=int(hours // 24))


def _card(incident: IncidentOf, language: Language, *, steps: int) -> Card:
    say, entry = labels(language), incident.entry
    bulletin = Bulletin()
    bulletin.header(plain(incident_title(incident, say), _HEADER))
    bulletin.text(_error(incident, language, say), "error")
    bulletin.text(Mrkdwn("\n".join(line for line in _story(incident, say) if line)), "story")
    if incident.is_open:
        bulletin.text(Mrkdwn("\n".join(line for line in _state(incident, say) if line)), "state")
        if entry is not None:
            bulletin.steps((Run(say.literal("incident.steps"), "bold"),), _steps(entry, language, steps))
        else:
            bulletin.quote((Run(say.literal("incident.said")),), Verbatim(cut(clean(incident.said).strip(), _SAID)))
    bulletin.buttons(_buttons(incident, language, say), _menu(incident, say))
    bulletin.facts(_within(_facts(incident, say), _FACTS))
    spoken = f"{incident_title(incident, say)}: {_name(incident, language)}"
    return bulletin.card(language, _spoken(incident, spoken))


def _spoken(incident: IncidentOf, words: str) -> Mrkdwn:
    """A notification names whom the card names."""
    told = mrkdwn(words, 400)
    return Mrkdwn(f"{told} {named}") if incident.is_open and (named := _mentions(incident)) else told


def _name(incident: IncidentOf, language: Language) -> str:
    if incident.entry is not None:
        return title(incident.entry, language)
    return incident.title or incident.code or "?"


def _error(incident: IncidentOf, language: Language, say: Labels) -> Mrkdwn:
    """The error by its name and code, and what it means in one line; honest where nobody knows it."""
    entry = incident.entry
    is_code = incident.code and (entry is None or entry.has_code or incident.code != entry.code)
    code = code_span(incident.code, 100) if is_code else Mrkdwn("")
    name = mrkdwn(_name(incident, language), _HEADER)
    first = f"*{name}* {code}".strip() if name != mrkdwn(incident.code) else f"*{name}*"
    if not incident.is_open:
        return Mrkdwn(first)
    if entry is None:
        return Mrkdwn(f"{first}\n{say.mrkdwn('incident.unknown')}")
    return Mrkdwn(f"{first}\n{mrkdwn(in_short(without_styles(entry.words[language].meaning)))}")


def _story(incident: IncidentOf, say: Labels) -> Iterator[Mrkdwn]:
    """Since when and how often; then what can be restored."""
    if not incident.is_open and incident.resolved_at is not None:
        yield say.mrkdwn("incident.resolved", time=moment(incident.resolved_at))
    if incident.count == 1:
        yield say.mrkdwn("incident.once", time=moment(incident.last_at))
    else:
        yield say.mrkdwn(
            "incident.often",
            count=str(incident.count),
            first=moment(incident.first_at),
            last=moment(incident.last_at),
        )
    if incident.is_open:
        yield _point(incident, say)
    if incident.is_open and incident.earlier is not None:
        yield say.mrkdwn("incident.earlier", time=moment(incident.earlier))


def _point(incident: IncidentOf, say: Labels) -> Mrkdwn:
    """The last good recovery point, how old it was at the last failure, and what the policy promises."""
    if not incident.is_point_known:
        return say.mrkdwn("incident.point_unknown")
    if incident.recovery_point is None:
        return say.mrkdwn("incident.no_point")
    age = lasting((incident.last_at - incident.recovery_point).total_seconds(), say)
    told = say.mrkdwn("incident.point", time=moment(incident.recovery_point), age=age)
    if incident.promised_hours is None:
        return told
    promise = say.mrkdwn(
        "incident.overdue" if incident.is_overdue else "incident.promised",
        every=lasting(incident.promised_hours * _HOUR, say),
    )
    return Mrkdwn(f"{told}\n{promise}")


def _state(incident: IncidentOf, say: Labels) -> Iterator[Mrkdwn]:
    """Who has it, and what keeps it quiet."""
    yield _mentions(incident)
    if who := user_mention(incident.assigned_to):
        yield say.mrkdwn("incident.assigned", who=who)
    if who := user_mention(incident.acknowledged_by):
        yield say.mrkdwn("incident.acknowledged", who=who)
    if incident.snoozed_until is not None or incident.is_snoozed_to_good:
        yield say.mrkdwn(
            "incident.snoozed", until=_snoozed(incident, say), who=user_mention(incident.snoozed_by) or mrkdwn("-")
        )
    if incident.silenced_until is not None:
        reason = mrkdwn(incident.silence_reason, 150)
        told = say.mrkdwn("incident.silenced", until=moment(incident.silenced_until))
        yield Mrkdwn(f"{told} ({reason})") if reason else told


def _snoozed(incident: IncidentOf, say: Labels) -> Mrkdwn:
    if incident.snoozed_until is not None:
        return moment(incident.snoozed_until)
    return say.mrkdwn("incident.next_good")


def _mentions(incident: IncidentOf) -> Mrkdwn:
    return Mrkdwn(" ".join(shown for each in incident.mentions if (shown := mention(each))))


def _steps(entry: Entry, language: Language, most: int) -> Iterator[Runs]:
    for step in entry.words[language].steps[:most]:
        yield (Run(excerpt(in_short(without_styles(step.prose), _STEP), _LONGEST_MEANING)),)


def _buttons(incident: IncidentOf, language: Language, say: Labels) -> Iterator[Button]:
    id, entry = Verbatim(incident.id), incident.entry
    if not incident.is_open:
        if entry is not None:
            yield explain_button(entry, language, say)
        return
    if incident.retry:
        yield retry_button(incident.retry, incident.vm, incident.vault, say, after_fix=incident.after_fix)
    if incident.remove:
        yield removal_button(incident.remove, incident.vm, incident.vault, say)
    if entry is not None:
        yield Button("all_steps", say("incident.all_steps"), id)
    if not incident.acknowledged_by:
        yield Button("acknowledge_incident", say("incident.acknowledge"), id)
    if incident.job:
        yield Button("job_details", say("jobs.details"), Verbatim(incident.job))


def _menu(incident: IncidentOf, say: Labels) -> Menu | None:
    if not incident.is_open:
        return None
    is_snoozed = incident.snoozed_until is not None or incident.is_snoozed_to_good
    names = ("wake",) if is_snoozed else ("snooze-1h", "snooze-4h", "snooze-1d", "snooze-good")
    options = (Option(say(f"incident_menu.{name}"), Verbatim(f"{name}|{incident.id}")) for name in (*names, "assign"))
    return Menu("incident_menu", tuple(options))


def _facts(incident: IncidentOf, say: Labels) -> Iterator[Mrkdwn]:
    yield mrkdwn(incident.vault, _NAME)
    yield mrkdwn(incident.subscription, _NAME)
    yield mrkdwn(incident.policy, _NAME)
    yield from portal_links(incident.links, say)
    entry = incident.entry
    if entry is not None:
        yield link(entry.source, say.text("incident.documentation"))
        if entry.team is not None and is_https(entry.team.runbook):
            yield link(entry.team.runbook, say.text("incident.runbook"))


def _within(facts: Iterable[Mrkdwn], most: int) -> Mrkdwn:
    """The facts in one line; one that does not fit is left out, since half a link is none."""
    line = Mrkdwn("")
    for fact in facts:
        longer = Mrkdwn(f"{line}{_SEPARATOR}{fact}" if line and fact else line or fact)
        line = longer if length(longer) <= most else line
    return line
