"""`catalog`: every entry in a list, the check of the files, one entry, and the generated index."""

import argparse
import difflib
import json
import shutil
import sys

from bot.cli.explain import entry_json
from bot.cli.reading import read_catalog
from responses.catalog import Catalog
from responses.catalog.model import Entry


def run(options: argparse.Namespace) -> int:
    """0 when done, 1 when the catalog has problems or does not hold what was asked."""
    catalog = read_catalog()
    if catalog is None:
        return 1
    if options.action == "lint":
        print(f"{len(catalog)} entries, both languages, no problem found.")
        return 0
    if options.action == "index":
        print(index(catalog), end="")
        return 0
    return _list(catalog, options) if options.action == "list" else _show(catalog, options)


def _list(catalog: Catalog, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps([_row(entry) for entry in catalog], ensure_ascii=False, indent=1))
        return 0
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 1_000
    for entry in catalog:
        line = f"{entry.code if entry.has_code else '-':<43} {entry.area:<8} {entry.words['en'].title}"
        print(line if len(line) < width else f"{line[: width - 2]}…")
    return 0


def _row(entry: Entry) -> dict[str, object]:
    return {
        "code": entry.code,
        "also": list(entry.also),
        "numbers": list(entry.numbers),
        "area": entry.area,
        "workload": entry.workload,
        "title": entry.words["en"].title,
        "title_nl": entry.words["nl"].title,
        "has_code": entry.has_code,
    }


def _show(catalog: Catalog, options: argparse.Namespace) -> int:
    from bot.cli import terminal

    entry = catalog.get(options.code)
    language = options.lang or terminal.default_language()
    if entry is None:
        codes = {code.casefold(): code for one in catalog for code in one.codes}
        near = [codes[name] for name in difflib.get_close_matches(options.code.casefold(), codes, n=3)]
        print(f"There is no entry {options.code!r}.", file=sys.stderr)
        print(f"Near: {', '.join(near)}" if near else "See: scripts/bot catalog list", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(entry_json(entry, language), ensure_ascii=False, indent=2))
    else:
        terminal.print_entry(terminal.console(), entry, language)
    return 0


def index(catalog: Catalog) -> str:
    """docs/catalog.md: what the catalog holds, by area, with sources; generated, never edited."""
    lines = [
        "# The catalog",
        f"{len(catalog)} entries, each in English and Dutch. This page is generated: `scripts/bot catalog index`.",
    ]
    for area in sorted({entry.area for entry in catalog}):
        lines += [
            "",
            f"## {area.capitalize()}",
            "| code | title | titel | system | retry | source |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_index_row(entry) for entry in catalog if entry.area == area]
    return "\n".join(lines) + "\n"


def _index_row(entry: Entry) -> str:
    names = [f"`{name}`" for name in (*entry.codes, *entry.numbers)] or ["(no code)"]
    cells = (
        ", ".join(names),
        entry.words["en"].title,
        entry.words["nl"].title,
        entry.os,
        entry.retry,
        f"[{entry.reviewed.isoformat()}]({entry.source})",
    )
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
