"""What the program tells once everything is up: the ready file for programs, the greeting for people."""

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sandbox.azure import RunningAzure
from sandbox.bot_process import BotProcess
from sandbox.slack import RunningSlack


@dataclass(frozen=True, slots=True)
class Sides:
    """What runs."""

    slack: RunningSlack | None
    azure: RunningAzure | None
    bot: BotProcess | None


def write_ready(path: Path, sides: Sides) -> None:
    """Whole or not at all, and for this user's eyes only: it holds the run's tokens."""
    slack, azure, bot = sides.slack, sides.azure, sides.bot
    content = {
        "page": slack.url if slack else None,
        "bot": bot.url if bot else None,
        "slack_api": slack.url if slack else None,
        "azure": azure.url if azure else None,
        "signing_secret": slack.signing_secret if slack else None,
        "bot_token": slack.bot_token if slack else None,
        "app_token": slack.app_token if slack else None,
        "azure_token": azure.token if azure else None,
    }
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    Path(name).replace(path)


def greet(sides: Sides) -> None:
    """Where everything is, and what to try."""
    say("")
    if sides.slack:
        say(f"  Sandbox: {sides.slack.url}")
    if sides.azure:
        say(f"  Azure:   {sides.azure.url}")
    if sides.slack:
        for number, command in enumerate(_to_try(sides.slack, sides.azure)):
            say(f"  {'try:' if number == 0 else '':8} {command}")
    say(_last_line(sides))
    say("")


def _to_try(slack: RunningSlack, azure: RunningAzure | None) -> list[str]:
    commands = [one["command"] for one in slack.world.app.commands]
    if not commands:
        return ["(the manifest has no command)"]
    jobs = ["/backup-jobs"] if azure and "/backup-jobs" in commands else []
    return [f"{commands[0]} ExtensionStuckInDeletionState", *jobs]


def _last_line(sides: Sides) -> str:
    if sides.bot:
        return "  This is not the real Slack or Azure; nothing leaves this machine. Ctrl-C ends it."
    if not sides.slack:
        return "  Tokens come from /msi/token and from the ready file (docs/sandbox.md). Ctrl-C ends it."
    return f"  No bot was started; it should listen at {sides.slack.bot_url or '(give --bot-url)'}. Ctrl-C ends it."


def say(text: str) -> None:
    """One line to the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
