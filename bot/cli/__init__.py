"""The command line: what can be asked, and the exit codes 0 answered, 1 unknown or failed, 2 used wrongly."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli import azure_role


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    if arguments[:1] == ["sandbox"]:  # the sandbox reads its own options; it is a program of its own
        os.execv(sys.executable, [sys.executable, "-m", "sandbox", *arguments[1:]])  # noqa: S606
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    """Each command's module loads only when it is asked for."""
    if options.command == "serve":
        from bot.cli import serve

        return serve.run()
    if options.command == "explain":
        from bot.cli import explain

        return explain.run(options)
    if options.command == "evaluate":
        from bot.cli import evaluate

        return evaluate.run(options)
    if options.command == "azure-role":
        return azure_role.run(options)
    if options.command == "jobs":
        from bot.cli import jobs

        return jobs.run(options)
    from bot.cli import catalog

    return catalog.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bot", description="Explains Azure VM backup errors.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="run the bot (settings: docs/operate.md)")
    commands.add_parser("sandbox", help="a local Slack to try it in: scripts/bot sandbox --help", add_help=False)
    _add_explain(commands.add_parser("explain", help="explain an error code, a message or a log"))
    evaluate = commands.add_parser("evaluate", help="measure the resolver on a labelled file")
    evaluate.add_argument("file", type=Path, help='lines {"id", "kind", "text", "codes"}')
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.add_argument("--wrong", action="store_true", help="list what was not right")
    _add_catalog(commands.add_parser("catalog", help="list, check and show the catalog"))
    _add_jobs(commands.add_parser("jobs", help="failed or running backup jobs, live from Azure"))
    azure_role.add(commands.add_parser("azure-role", help="print the role that the bot's identity needs in Azure"))
    return parser


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    words = "as after /backup-jobs: [vault] [failed|running|all] [24h|7d|since yesterday 22:00]"
    parser.add_argument("words", nargs="*", help=words)
    parser.add_argument("--subscription", metavar="NAME", help="a subscription, by name or id; or that of the vault")
    parser.add_argument("--lang", choices=("en", "nl"), help="language of the titles (default: from LANG, else en)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N rows (default: 100; with --json all)")


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", help="what to explain; - reads standard input")
    parser.add_argument("--lang", choices=("en", "nl"), help="language of the answer (default: from LANG, else en)")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print the match and the entry as JSON")
    shape.add_argument("--blocks", action="store_true", help="print the Slack message as JSON")
    shape.add_argument(
        "--jsonl", action="store_true", help='answer lines {"id", "text"} with {"id", "codes", "confident"}'
    )


def _add_catalog(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="every entry")
    listing.add_argument("--json", action="store_true", help="print a JSON list")
    actions.add_parser("lint", help="check every file, yours in BACKUP_BOT_CATALOG included")
    actions.add_parser("index", help="print docs/catalog.md")
    show = actions.add_parser("show", help="one entry")
    show.add_argument("code")
    show.add_argument("--lang", choices=("en", "nl"))
    show.add_argument("--json", action="store_true", help="print the entry as JSON")
