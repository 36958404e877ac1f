"""The sandbox's options, and what it refuses to start with."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.hosts import is_loopback_name

DEFAULT_PORT = 4390
_TOKENS = {"SLACK_BOT_TOKEN": "xoxb-sandbox-", "SLACK_APP_TOKEN": "xapp-sandbox-"}


class CannotStart(Exception):
    """The message says why and what to do."""


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """The options, judged. Raises CannotStart; argparse itself exits with 2 on what it does not know."""
    options = _parser().parse_args(arguments)
    if options.azure_port is None:
        options.azure_port = options.port + 1 if 0 < options.port < 65535 else 0
    if options.only == "azure":
        _refuse_slack_options(options)
    else:
        _refuse_real_slack(environment)
    if options.bot_url and not options.no_bot:
        raise CannotStart("--bot-url goes with --no-bot: it says where a bot that you start yourself listens.")
    if options.bot_url and not _is_loopback_url(options.bot_url):
        raise CannotStart("--bot-url takes an address of this machine, such as http://127.0.0.1:3000.")
    return options


def _refuse_slack_options(options: argparse.Namespace) -> None:
    given = {"--bot-url": options.bot_url, "--socket": options.socket, "--manifest": options.manifest}
    for name, value in given.items():
        if value:
            raise CannotStart(f"{name} is about Slack and the bot: it does not go with --only azure.")


def _refuse_real_slack(environment: Mapping[str, str]) -> None:
    for name, prefix in _TOKENS.items():
        value = environment.get(name, "")
        if value and not value.startswith(prefix):
            raise CannotStart(
                f"{name} is set and is not the sandbox's own: the sandbox does not run beside a real token. "
                f"Start it with: env -u {name} ..."
            )
    host = urlsplit(environment.get("SLACK_API_BASE_URL", "")).hostname or ""
    if host == "slack.com" or host.endswith(".slack.com"):
        raise CannotStart("SLACK_API_BASE_URL points at the real Slack. Unset it; the sandbox gives the bot its own.")


def _is_loopback_url(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and is_loopback_name(parts.hostname or "") and parts.path in ("", "/")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/bot sandbox",
        description="A local Slack with its page, a local Azure, and the bot between them. All of it stays on this "
        "machine (docs/sandbox.md).",
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="of the page; 0 takes a free one (%(default)s)"
    )
    parser.add_argument(
        "--azure-port", type=_port, metavar="PORT", help="of Azure; 0 takes a free one (one more than --port)"
    )
    parser.add_argument("--estate", choices=("small", "large"), default="small", help="what is in Azure (%(default)s)")
    parser.add_argument(
        "--ready-file", type=Path, metavar="PATH", help="JSON with addresses and tokens, once all is up"
    )
    parser.add_argument("--only", choices=("slack", "azure"), help="slack: without Azure; azure: without Slack and bot")
    parser.add_argument("--no-bot", action="store_true", help="do not start the bot")
    parser.add_argument("--bot-url", metavar="URL", help="with --no-bot: where your own bot listens")
    parser.add_argument("--socket", action="store_true", help="the bot connects by Socket Mode instead of HTTP")
    parser.add_argument("--manifest", type=Path, metavar="PATH", help="the app manifest (manifest.yml)")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: take 0 to 65535")
    return int(text)
