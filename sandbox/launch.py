"""Launches everything: the local Slack, its page, the bot; and ends everything."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox import options as wanted
from sandbox.bot_process import READY_SECONDS, BotFailed, BotProcess, free_port, serve_command
from sandbox.options import CannotStart
from sandbox.slack import ManifestError, PortTaken, RunningSlack, read_manifest, running

_ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Run until told to stop. 0 after a clean end, 1 when something did not come up, 2 for wrong use."""
    try:
        options = wanted.read(arguments, os.environ)
        return asyncio.run(_run(options))
    except CannotStart as error:
        return _refuse(str(error), 2)
    except ManifestError as error:
        return _refuse(str(error), 2)
    except PortTaken as error:
        return _refuse(f"{error} Choose another with --port N, or --port 0 for a free one.", 1)
    except BotFailed as error:
        return _refuse(str(error), 1)
    except KeyboardInterrupt:
        return 0


def _refuse(why: str, code: int) -> int:
    sys.stderr.write(f"{why}\n")
    return code


async def _run(options: argparse.Namespace) -> int:
    stop = _stop_on_signals()
    if options.ready_file:
        options.ready_file.unlink(missing_ok=True)  # of an earlier run: nobody should read it
    manifest = read_manifest(options.manifest or _default_manifest())
    bot_url = options.bot_url.rstrip("/") if options.bot_url else None
    mode = "socket" if options.socket else "http"
    async with running(
        manifest, bot_url=bot_url, port=options.port, mode="socket" if options.socket else "http"
    ) as slack:
        bot = None if options.no_bot else _bot(slack, mode)
        try:
            if not await _up_or_stopped(slack, bot, mode, stop):
                return 0
            if options.ready_file:
                _write_ready(options.ready_file, slack, bot)
            _greet(slack, bot)
            await _until(stop, bot)
        finally:
            if bot is not None:
                await bot.stop()
    return 0


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _default_manifest() -> Path:
    here = Path("manifest.yml")
    return here if here.is_file() else _ROOT / "manifest.yml"


def _bot(slack: RunningSlack, mode: str) -> BotProcess:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    slack.bot_url = url
    return BotProcess(serve_command(), _environment(os.environ, slack, mode, port), url, _say)


def _environment(given: Mapping[str, str], slack: RunningSlack, mode: str, port: int) -> dict[str, str]:
    environment = {name: value for name, value in given.items() if not name.startswith("SLACK_")}
    environment |= {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_BASE_URL": f"{slack.url}/api/",
        "BACKUP_BOT_HOST": "127.0.0.1",
        "BACKUP_BOT_PORT": str(port),
        "BACKUP_BOT_MODE": mode,
    }
    # The bot is found beside us, wherever we were started.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), given.get("PYTHONPATH", "")]))
    return environment | ({"SLACK_APP_TOKEN": slack.app_token} if mode == "socket" else {})


async def _up_or_stopped(slack: RunningSlack, bot: BotProcess | None, mode: str, stop: asyncio.Event) -> bool:
    """Whether everything answers; False when we were told to stop first. Raises BotFailed."""
    if bot is None:
        return not stop.is_set()
    rising = asyncio.create_task(_rise(slack, bot, mode))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([rising, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not rising.done():
        rising.cancel()
        await asyncio.wait([rising])
        return False
    rising.result()
    return True


async def _rise(slack: RunningSlack, bot: BotProcess, mode: str) -> None:
    await bot.start()
    if mode == "socket":
        try:
            await asyncio.wait_for(slack.sockets.connected.wait(), READY_SECONDS)
        except TimeoutError:
            raise BotFailed("The bot is healthy but did not connect by Socket Mode.") from None


async def _until(stop: asyncio.Event, bot: BotProcess | None) -> None:
    watching = asyncio.create_task(bot.watch()) if bot else None
    await stop.wait()
    if watching is not None:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def _write_ready(path: Path, slack: RunningSlack, bot: BotProcess | None) -> None:
    """Whole or not at all, and for this user's eyes only: it holds the run's tokens."""
    content = {
        "page": slack.url,
        "bot": bot.url if bot else None,
        "slack_api": slack.url,
        "azure": None,
        "signing_secret": slack.signing_secret,
        "bot_token": slack.bot_token,
        "app_token": slack.app_token,
        "azure_token": None,
    }
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    Path(name).replace(path)


def _greet(slack: RunningSlack, bot: BotProcess | None) -> None:
    _say("")
    _say(f"  Sandbox: {slack.url}")
    _say(f"  try:     {_first_command(slack)}")
    _say("  This is not the real Slack; nothing leaves this machine. Ctrl-C ends it." if bot else _alone(slack))
    _say("")


def _first_command(slack: RunningSlack) -> str:
    commands = slack.world.app.commands
    return f"{commands[0]['command']} ExtensionStuckInDeletionState" if commands else "(the manifest has no command)"


def _alone(slack: RunningSlack) -> str:
    return f"  No bot was started; it should listen at {slack.bot_url or '(give --bot-url)'}. Ctrl-C ends it."


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
