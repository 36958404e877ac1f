"""A page of backup jobs on a terminal: the jobs of each error in columns that line up, and what is missing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from responses.cards.job_details import took
from responses.cards.jobs import (
    JobGroup,
    JobRow,
    JobsPage,
    empty_words,
    group_name,
    is_status,
    page_title,
    problems_title,
    status_word,
)
from responses.cards.labels import Labels, labels
from responses.cards.text import one_line
from responses.cards.trouble_azure import sentence
from responses.catalog.model import Language

_GAP: Final = 2
# What no terminal is: where nobody looks at columns, nothing is folded and each job stays on its line.
_PIPED: Final = 1_000

Cells = tuple[str, str, str, str, str]


def print_jobs(out: Console, page: JobsPage, language: Language) -> None:
    """Title, then the jobs of each group; times in the machine's zone. Long names fold from 80 columns down."""
    say = labels(language)
    out.print(Text(page_title(page, say), style="bold"))
    times = say.text("jobs.since", time=_time(page.since)), say.text("jobs.read_at", time=_time(page.read_at))
    out.print(Text(" · ".join(times), style="dim"))
    if empty := empty_words(page, say):
        out.print(Text(empty))
    _print_groups(out, page, language, say)
    shown = sum(len(group.rows) for group in page.groups)
    if shown < page.total:
        out.print()
        out.print(Text(say.text("jobs.shown", shown=shown, total=page.total), style="dim"))
    if page.problems:
        out.print()
        out.print(Text(problems_title(page, say), style="bold red"))
        for problem in page.problems:
            out.print(Text(f"  {sentence(problem, say)}"))


def _print_groups(out: Console, page: JobsPage, language: Language, say: Labels) -> None:
    room = out.width if out.is_terminal else _PIPED
    tables = [(group, [_cells(row, group, page, say) for row in group.rows]) for group in page.groups]
    heads = ("jobs.item", "job_details.vault", "job_details.started", "job_details.took")
    head: Cells = (say.text(heads[0]), say.text(heads[1]), say.text(heads[2]), say.text(heads[3]), "")
    if not any(cells[1] for _, rows in tables for cells in rows):
        head = (head[0], "", *head[2:])
    widths = _widths([head, *(cells for _, rows in tables for cells in rows)], room)
    if any(rows for _, rows in tables):
        out.print()
        _print_rows(out, [head], widths, "dim")
    for number, (group, rows) in enumerate(tables):
        if number:
            out.print()
        out.print(_heading(group, language, say))
        _print_rows(out, rows, widths, "")


def _heading(group: JobGroup, language: Language, say: Labels) -> Text:
    name, code = group_name(group, language, say), one_line(group.code)
    is_unknown = group.entry is None and not is_status(group)
    count = say.text("jobs.count_one") if group.count == 1 else say.text("jobs.count", count=group.count)
    facts = f" · {count}" + (f" · {say.text('jobs.unknown')}" if is_unknown else "")
    return Text.assemble((name, "bold"), " " if name and code else "", (code, "cyan"), (facts, "dim"))


def _widths(rows: Sequence[Cells], room: int) -> list[int]:
    """The widest cell of each column; where they do not fit, the names, which fold, share what is left."""
    widths = [max(cell_len(row[column]) for row in rows) for column in range(5)]
    left = max(room - sum(widths[2:]) - 4 * _GAP, 16)
    if widths[0] + widths[1] > left:
        widths[1] = min(widths[1], max(left - widths[0], left * 2 // 5))
        widths[0] = left - widths[1]
    return widths


def _print_rows(out: Console, rows: Sequence[Cells], widths: Sequence[int], style: str) -> None:
    shown = [column for column, width in enumerate(widths) if width]
    if not out.is_terminal:
        for row in rows:
            line = "".join(row[column].ljust(widths[column] + _GAP) for column in shown)
            out.print(Text(line.rstrip()), soft_wrap=True)
        return
    table = Table.grid(padding=(0, _GAP, 0, 0))
    for column in shown:
        table.add_column(width=widths[column], overflow="fold", style=style)
    for row in rows:
        table.add_row(*(Text(row[column]) for column in shown))
    out.print(table)


def _cells(row: JobRow, group: JobGroup, page: JobsPage, say: Labels) -> Cells:
    places = []
    if row.vault != page.scope:
        places = [one_line(row.vault), *([one_line(row.subscription)] if row.subscription != page.scope else [])]
    facts = [] if page.which == "failed" or is_status(group) else [status_word(row.status, say)]
    if row.attempts > 1:
        facts.append(say.text("jobs.attempt", attempt=row.attempt, attempts=row.attempts))
    when = row.started or row.ended
    time = _short(when, say) if when else ""
    return one_line(row.item) or "-", " · ".join(filter(None, places)), time, took(row, say), ", ".join(facts)


def _short(when: datetime, say: Labels) -> str:
    local = when.astimezone()
    return f"{local.day:2} {say.text('date.months').split()[local.month - 1]} {local:%H:%M}"


def _time(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"
