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
    if options.command == "audit":
        from bot.cli import audit

        return audit.run(options)
    if options.command == "whocan":
        from bot.cli import whocan

        return whocan.run(options)
    from bot.cli import catalog

    return catalog.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bot", description="A Slack bot for people who run Azure VM backups.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="run the bot (settings: docs/operate.md)")
    commands.add_parser("sandbox", help="a local Slack and Azure to try it in: sandbox --help", add_help=False)
    _add_explain(commands.add_parser("explain", help="explain an error code, a message or a log"))
    evaluate = commands.add_parser("evaluate", help="measure the resolver on a labelled file")
    evaluate.add_argument("file", type=Path, help='lines {"id", "kind", "text", "codes"}')
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.add_argument("--wrong", action="store_true", help="list what was not right")
    _add_catalog(commands.add_parser("catalog", help="list, check and show the catalog"))
    _add_jobs(commands.add_parser("jobs", help="failed or running backup jobs, live from Azure"))
    azure_role.add(commands.add_parser("azure-role", help="print the role that the bot's identity needs in Azure"))
    _add_whocan(commands.add_parser("whocan", help="who may do what, by which grant, and why somebody may not"))
    _add_audit(commands.add_parser("audit", help="what was done: list, export, verify"))
    return parser


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    words = "as after /backup-jobs: [vault] [failed|running|all] [24h|7d|since yesterday 22:00]"
    parser.add_argument("words", nargs="*", help=words)
    parser.add_argument("--subscription", metavar="NAME", help="a subscription, by name or id; or that of the vault")
    parser.add_argument("--lang", choices=("en", "nl"), help="language of the titles (default: from LANG, else en)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N rows (default: 100; with --json all)")


def _add_whocan(parser: argparse.ArgumentParser) -> None:
    words = "look-up, retry, cancel, remove, approve, routes or audit; or an operation's whole name"
    parser.add_argument("operation", help=words)
    parser.add_argument("vm", nargs="?", default="", help="a VM's name")
    parser.add_argument("--vault", metavar="NAME", default="", help="the vault; alone: who may there")
    parser.add_argument("--subscription", metavar="NAME", default="", help="the subscription, by name or id")
    parser.add_argument("--channel", metavar="ID", default="", help="the channel where it is done (default: none)")
    parser.add_argument("--user", metavar="ID", default="", help="may this Slack member, and if not, what is missing")
    parser.add_argument("--azure", action="store_true", help="look the VM or vault up in Azure: its group and tags too")
    parser.add_argument("--lang", choices=("en", "nl"), help="language (default: from LANG, else en)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_audit(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="what was done, newest first")
    listing.add_argument("--vm", metavar="NAME", default="", help="a VM's or a vault's whole name, or an ARM id")
    listing.add_argument("--user", metavar="ID", default="", help="a Slack member id")
    listing.add_argument("--limit", type=int, metavar="N", default=50, help="at most N records (default: 50)")
    listing.add_argument("--lang", choices=("en", "nl"), help="language (default: from LANG, else en)")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    export = actions.add_parser("export", help="every record as JSON lines, oldest first")
    export.add_argument("file", nargs="?", default="-", metavar="FILE", help="where to; - or nothing: standard output")
    for each in (listing, export):
        each.add_argument("--since", metavar="WHEN", help="24h, 7d, yesterday 22:00, 2026-11-20T22:00 (default: all)")
    actions.add_parser("verify", help="whether any record was altered, taken away or put in")


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
