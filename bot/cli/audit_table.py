"""The audit log on a terminal: when, who, what and to what, and below it how it came out."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.store.audit import Record
from bot.store.deeds import deed_row
from responses.cards.audit_log import DeedRow, deed_facts, deed_words
from responses.cards.labels import Labels, labels
from responses.cards.text import one_line
from responses.catalog.model import Language

_NARROW = 60


def print_records(out: Console, records: Sequence[Record], total: int, *, language: Language) -> None:
    """A record for each row, times in the machine's zone; on a narrow terminal each over several short lines."""
    say = labels(language)
    rows = [deed_row(record) for record in records]
    if not rows:
        out.print(Text(say.text("audit_log.empty")))
    elif not out.is_terminal:
        for row in rows:
            out.print(Text("  ".join((*_head(row, say), _what(row, say), *_facts(row, say)))), soft_wrap=True)
    elif out.width < _NARROW:
        _print_narrow(out, rows, say)
    else:
        _print_wide(out, rows, say)
    if total > len(rows):
        out.print(Text(say.text("audit_log.shown", shown=len(rows), total=total), style="dim"))


def _print_wide(out: Console, rows: Sequence[DeedRow], say: Labels) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for row in rows:
        told = Text(_what(row, say), style="bold")
        for fact in _facts(row, say):
            told.append(f"\n{fact}", style="not bold")
        table.add_row(*(Text(word, style="dim") for word in _head(row, say)), told)
    out.print(table)


def _print_narrow(out: Console, rows: Sequence[DeedRow], say: Labels) -> None:
    for row in rows:
        out.print(Text(" ".join(_head(row, say)), style="dim"))
        out.print(Text(_what(row, say), style="bold"), overflow="fold")
        for fact in _facts(row, say):
            out.print(Text(fact), overflow="fold")


def _head(row: DeedRow, say: Labels) -> tuple[str, str, str]:
    local = row.at.astimezone()
    return f"#{row.number}", f"{local:%Y-%m-%d %H:%M}", one_line(row.actor) or "-"


def _what(row: DeedRow, say: Labels) -> str:
    return " · ".join(part for part in (deed_words(row.kind, say), one_line(row.vm), one_line(row.vault)) if part)


def _facts(row: DeedRow, say: Labels) -> Iterator[str]:
    for kind, text in deed_facts(row, say):
        yield say.text("audit_log.by", who=one_line(text)) if kind == "user" else one_line(text)
