"""A page of backup jobs on a terminal: one small table for each error, with what could not be read below."""

from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from responses.cards.job_details import duration
from responses.cards.jobs import JobGroup, JobRow, JobsPage, status_word
from responses.cards.labels import Labels, labels
from responses.cards.text import one_line
from responses.cards.trouble_azure import NOTES, sentence
from responses.catalog.model import Language


def print_jobs(out: Console, page: JobsPage, language: Language) -> None:
    """Title, then a table for each group; times in the machine's zone. Readable from 80 columns on."""
    say = labels(language)
    out.print(Text(_title(page, say), style="bold"))
    out.print(
        Text(
            f"{say.text('jobs.since', time=_time(page.since))} · {say.text('jobs.read_at', time=_time(page.read_at))}",
            style="dim",
        )
    )
    for group in page.groups:
        out.print()
        out.print(_heading(group, language, say))
        out.print(_table(group, page, say))
    shown = sum(len(group.rows) for group in page.groups)
    if shown < page.total:
        out.print(Text(say.text("jobs.shown", shown=shown, total=page.total), style="dim"))
    if page.problems:
        out.print()
        is_partial = any(problem.label not in NOTES for problem in page.problems)
        out.print(Text(say.text("jobs.problems" if is_partial else "jobs.notes"), style="bold red"))
        for problem in page.problems:
            out.print(Text(f"  {sentence(problem, say)}"))


def _title(page: JobsPage, say: Labels) -> str:
    if not page.total and any(problem.label not in NOTES for problem in page.problems):
        return f"{say.text('jobs.blind')}. {say.text('jobs.blind_more')}"
    count = "none" if not page.total else "one" if page.total == 1 else "many"
    what = say.text(f"jobs.{page.which}_{count}", count=page.total)
    return say.text("jobs.in", what=what, scope=page.scope) if page.scope else say.text("jobs.everywhere", what=what)


def _heading(group: JobGroup, language: Language, say: Labels) -> Text:
    if group.entry is not None:
        name = group.entry.words[language].title
    elif group.code or group.title == "Failed":
        name = one_line(group.title if group.title != "Failed" else "") or say.text("jobs.unknown")
    else:
        name = status_word(group.title, say)
    count = say.text("jobs.count_one") if group.count == 1 else say.text("jobs.count", count=group.count)
    code = (f" {one_line(group.code)}", "cyan") if group.code else ("", "")
    return Text.assemble((one_line(name), "bold"), code, (f" · {count}", "dim"))


def _table(group: JobGroup, page: JobsPage, say: Labels) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, overflow="ellipsis", min_width=14, max_width=40)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=30, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for row in group.rows:
        table.add_row(*(Text(cell) for cell in _cells(row, page, say)))
    return table


def _cells(row: JobRow, page: JobsPage, say: Labels) -> tuple[str, str, str, str, str]:
    took = ""
    if row.started and row.ended and row.ended >= row.started:
        took = duration((row.ended - row.started).total_seconds(), say)
    facts = [] if page.which == "failed" else [status_word(row.status, say)]
    if row.attempts > 1:
        facts.append(say.text("jobs.attempt", attempt=row.attempt, attempts=row.attempts))
    when = row.started or row.ended
    return one_line(row.item), one_line(row.vault), _time(when) if when else "", took, ", ".join(facts)


def _time(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"
