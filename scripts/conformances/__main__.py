"""`scripts/conformance NAME [--json]`: a client that we did not write, against the sandbox, as a table or as JSON."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scripts.conformances import azure_cli
from scripts.conformances.installation import NotInstalled
from scripts.conformances.session import Step


def main() -> int:
    """0 if every command did what it should, 1 if one did not, 2 if the client could not be installed."""
    parser = argparse.ArgumentParser(prog="scripts/conformance")
    parser.add_argument("name", choices=("azure-cli",))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    try:
        steps = asyncio.run(azure_cli.run())
    except NotInstalled as problem:
        print(problem, file=sys.stderr)
        return 2
    has_passed = bool(steps) and all(step.holds for step in steps)
    if options.json:
        print(json.dumps({"passed": has_passed, "steps": [asdict(step) for step in steps]}, indent=1))
    else:
        _show(steps)
    return 0 if has_passed else 1


def _show(steps: list[Step]) -> None:
    table = Table(box=None, title="The Azure CLI against the sandbox's Azure")
    table.add_column("command", overflow="fold")
    table.add_column("exit", justify="right")
    table.add_column("s", justify="right")
    table.add_column("holds")
    table.add_column("what was checked", overflow="fold")
    for step in steps:
        table.add_row(step.command, str(step.exit), f"{step.seconds:.1f}", "yes" if step.holds else "NO", step.checked)
        if not step.holds:
            table.add_row("", "", "", "", Text(step.output))
    Console(width=150, markup=False).print(table)


if __name__ == "__main__":
    sys.exit(main())
