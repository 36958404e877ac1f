"""The window that shows one job: what it was, what Azure says of it, its steps, and where it is in the portal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from responses.cards.jobs import JobRow, explain_button, status_word
from responses.cards.labels import Labels, labels
from responses.cards.model import View
from responses.cards.operation_buttons import removal_button, retry_button
from responses.cards.parts import Button, Line, Run, Runs, title
from responses.cards.portal_links import Links, portal_links
from responses.cards.render import render_view
from responses.cards.text import Mrkdwn, Verbatim, clean, code_span, cut, excerpt, moment, mrkdwn
from responses.cards.trouble_azure import Trouble, sentence
from responses.catalog.model import Entry, Language

_NAME: Final = 150
_MESSAGE: Final = 2_000
_ADVICE: Final = 500
_MOST_ADVICE: Final = 8
_MOST_TASKS: Final = 20
_MOST_ODDITIES: Final = 5


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One step of a job; `status` is Azure's word, `seconds` how long it took."""

    name: str
    status: str
    started: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class DetailsOf:
    """A job as Azure tells it, with the entry that explains its error, if there is one."""

    row: JobRow
    entry: Entry | None
    code: str
    title: str
    message: str
    recommendations: tuple[str, ...]
    tasks: tuple[TaskRow, ...]
    links: Links
    oddities: tuple[str, ...]
    job_id: str
    retry: str = ""
    after_fix: bool = False
    remove: str = ""


@dataclass(frozen=True, slots=True)
class _Details:
    name: Mrkdwn
    fields: tuple[Mrkdwn, ...]
    error: Line | None
    said: tuple[Verbatim, Verbatim]
    advice: tuple[Runs, ...]
    tasks: tuple[Runs, ...]
    links: Mrkdwn
    odd: Mrkdwn
    job: Mrkdwn
    buttons: tuple[Button, ...]


def job_details(details: DetailsOf, language: Language, private_metadata: str = "") -> View:
    """The whole job in a modal; what Azure wrote is shown and never read as markup.

    With an entry there is a button `explain_job_group` with `CODE|LANGUAGE`; `retry` and `remove` are the values of
    the buttons `retry_backup` and `remove_extension`. `private_metadata` is what the window keeps for its clicks.
    """
    say, row = labels(language), details.row
    said = "\n".join(dict.fromkeys(part for part in (details.title, details.message) if part))
    window = _Details(
        name=Mrkdwn(f"*{mrkdwn(row.item, _NAME) or '-'}*"),
        fields=tuple(_fields(row, say)),
        error=_error(details, language, say),
        said=(say.literal("job_details.said"), Verbatim(cut(clean(said).strip(), _MESSAGE))),
        advice=tuple(
            (Run(shown),) for each in details.recommendations[:_MOST_ADVICE] if (shown := excerpt(each, _ADVICE))
        ),
        tasks=tuple(_tasks(details, say)),
        links=_links(details, say),
        odd=_odd(details, say),
        job=say.mrkdwn("job_details.job", job=code_span(details.job_id)),
        buttons=tuple(_buttons(details, say)),
    )
    return render_view("job_details", language, window=window, private_metadata=Verbatim(private_metadata))


def _buttons(details: DetailsOf, say: Labels) -> Iterator[Button]:
    row = details.row
    if details.retry:
        yield retry_button(details.retry, row.item, row.vault, say, after_fix=details.after_fix)
    if details.remove:
        yield removal_button(details.remove, row.item, row.vault, say)


def details_loading(language: Language) -> View:
    """What the window shows until Azure has answered."""
    words = (Run(labels(language).literal("jobs.looking")),)
    return render_view("job_words", language, words=words)


def details_trouble(trouble: Trouble, language: Language, reference: str) -> View:
    """What the window shows when the job could not be read."""
    say = labels(language)
    told = f"{sentence(trouble, say)} {say.text('azure.unchanged')} {say.text('azure.reference')} "
    words = (Run(Verbatim(told)), Run(excerpt(reference, 100) or Verbatim("-"), "code"))
    return render_view("job_words", language, words=words)


def _fields(row: JobRow, say: Labels) -> Iterator[Mrkdwn]:
    facts: list[tuple[str, Mrkdwn]] = [
        ("status", mrkdwn(status_word(row.status, say), _NAME)),
        ("vault", mrkdwn(row.vault, _NAME)),
        ("subscription", mrkdwn(row.subscription, _NAME)),
        ("started", moment(row.started) if row.started else Mrkdwn("")),
        ("ended", moment(row.ended) if row.ended else Mrkdwn("")),
    ]
    facts.append(("took", mrkdwn(took(row, say))))
    if row.attempts > 1:
        facts.append(("attempt", say.mrkdwn("jobs.attempt", attempt=str(row.attempt), attempts=str(row.attempts))))
    for key, value in facts:
        if value:
            yield Mrkdwn(f"*{say.mrkdwn(f'job_details.{key}')}*\n{value}")


def _error(details: DetailsOf, language: Language, say: Labels) -> Line | None:
    entry, code = details.entry, code_span(details.code, 100)
    if entry is not None:
        text = f"*{mrkdwn(title(entry, language), _NAME)}*" + (f"\n{code}" if code else "")
        return Line(Verbatim("error"), Mrkdwn(text), explain_button(entry, language, say))
    if not (code or details.title or details.message):
        return None
    return Line(Verbatim("error"), Mrkdwn(f"{f'{code} · ' if code else ''}{say.mrkdwn('jobs.unknown')}"), None)


def _tasks(details: DetailsOf, say: Labels) -> Iterator[Runs]:
    yield from (_task(task, say) for task in details.tasks[:_MOST_TASKS])
    left_out = len(details.tasks) - _MOST_TASKS
    if left_out > 0:
        yield (Run(say.literal("job_details.more", count=left_out)),)


def _task(task: TaskRow, say: Labels) -> Runs:
    told = status_word(task.status, say) or "-"
    if task.seconds:
        told = f"{told}, {duration(task.seconds, say)}"
    return Run(excerpt(task.name, _NAME) or Verbatim("-"), "bold"), Run(excerpt(f": {told}", _NAME))


def took(row: JobRow, say: Labels) -> str:
    """How long a job that has ended took; empty where Azure's times do not tell."""
    if not row.started or not row.ended or row.ended < row.started:
        return ""
    return duration((row.ended - row.started).total_seconds(), say)


def duration(seconds: float, say: Labels) -> str:
    """ "45 s", "4 min", "1 h 20 min", to the two largest units."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return say.text("duration.seconds", seconds=whole)
    minutes = (whole + 30) // 60
    hours, minutes = divmod(minutes, 60)
    return (
        say.text("duration.hours", hours=hours, minutes=minutes)
        if hours
        else say.text("duration.minutes", minutes=minutes)
    )


def _links(details: DetailsOf, say: Labels) -> Mrkdwn:
    shown = tuple(portal_links(details.links, say))
    return Mrkdwn(f"{say.mrkdwn('job_details.portal')} {' · '.join(shown)}") if shown else Mrkdwn("")


def _odd(details: DetailsOf, say: Labels) -> Mrkdwn:
    shown = "; ".join(excerpt(odd, 100) for odd in details.oddities[:_MOST_ODDITIES])
    return say.mrkdwn("job_details.odd", odd=mrkdwn(shown, 600)) if shown else Mrkdwn("")
