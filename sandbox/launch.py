"""Launches everything: the local Slack, its page, the local Azure, the bot; and ends everything."""

import argparse
import asyncio
import atexit
import contextlib
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from sandbox import azure, slack
from sandbox import options as wanted
from sandbox.azure.estate import large, small
from sandbox.bot_process import READY_SECONDS, BotFailed, BotProcess, serve_command
from sandbox.clock import Clock
from sandbox.options import CannotStart
from sandbox.ports import free_port
from sandbox.serving import PortTaken
from sandbox.told import Sides, greet, say, write_ready

_ROOT = Path(__file__).resolve().parent.parent
_ESTATES = {"small": small, "large": large}
# Emma asks, Daan approves and reads the audit log; U0PRIYA has no rights, so that the refusal can be seen.
_GRANTS = [
    {"name": "on call", "users": ["U0EMMA"], "role": "remediator"},
    {
        "name": "approvers",
        "users": ["U0DAAN"],
        "operations": ["look-up", "handle-incidents", "approve", "manage-routes", "read-audit"],
    },
]
_OPERATIONS = {"poll_seconds": 2.0, "settle_seconds": 20.0}
# Everything that fails is told in #backup-alerts, as soon as the local Azure Monitor sends it or a sweep finds it.
_WATCH = {"default_channel": "C0ALERTS", "operations_channel": "C0AZUREOPS", "sweep_seconds": 5.0}
# Of the environment that we were started in, the bot gets nothing that may lead to a real Slack or Azure.
_OURS = (
    "SUBSCRIPTIONS", "LOOKUP_USERS", "GRANTS", "DATABASE_URL", "AUDIT_KEY", "WATCH", "ROUTES", "MAINTENANCE", "ALERT_",
)  # fmt: skip
_NOT_PASSED_ON = ("SLACK_", "AZURE_", "IDENTITY_", "MSI_", "IMDS_", "ARM_", *(f"BACKUP_BOT_{name}" for name in _OURS))
_NOWHERE = "http://127.0.0.1:1"  # nobody listens there


def main(arguments: Sequence[str]) -> int:
    """Run until told to stop. 0 after a clean end, 1 when something did not come up, 2 for wrong use."""
    try:
        options = wanted.read(arguments, os.environ)
        return asyncio.run(_run(options))
    except CannotStart as error:
        return _refuse(str(error), 2)
    except slack.ManifestError as error:
        return _refuse(str(error), 2)
    except PortTaken as error:
        return _refuse(f"{error} Choose others with --port N and --azure-port N; 0 takes a free one.", 1)
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
    mode = "socket" if options.socket else "http"
    async with _sides(options, mode) as sides:
        if not await _up_or_stopped(sides, mode, stop):
            return 0
        if options.ready_file:
            write_ready(options.ready_file, sides)
        greet(sides)
        await _until(stop, sides.bot)
    return 0


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@contextlib.asynccontextmanager
async def _sides(options: argparse.Namespace, mode: str) -> AsyncIterator[Sides]:
    """What was asked for, by one clock; the bot is made but not started. At the end the bot goes first."""
    clock = Clock()
    async with contextlib.AsyncExitStack() as stack:
        a_slack = await stack.enter_async_context(_slack(options, clock)) if options.only != "azure" else None
        an_azure = None
        if options.only != "slack":
            estate = _ESTATES[options.estate]
            an_azure = await stack.enter_async_context(azure.running(estate, port=options.azure_port, clock=clock))
        bot = _bot(a_slack, an_azure, mode) if a_slack and not options.no_bot else None
        if bot:
            stack.push_async_callback(bot.stop)
        yield Sides(a_slack, an_azure, bot)


def _slack(options: argparse.Namespace, clock: Clock) -> contextlib.AbstractAsyncContextManager[slack.RunningSlack]:
    return slack.running(
        slack.read_manifest(options.manifest or _default_manifest()),
        bot_url=options.bot_url.rstrip("/") if options.bot_url else None,
        port=options.port,
        mode="socket" if options.socket else "http",
        clock=clock,
    )


def _default_manifest() -> Path:
    here = Path("manifest.yml")
    return here if here.is_file() else _ROOT / "manifest.yml"


def _bot(a_slack: slack.RunningSlack, an_azure: azure.RunningAzure | None, mode: str) -> BotProcess:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    a_slack.bot_url = url
    environment = bot_environment(os.environ, a_slack, an_azure, mode) | {"BACKUP_BOT_PORT": str(port)}
    if an_azure is not None:
        an_azure.alert_to(f"{url}/azure/alerts/{environment['BACKUP_BOT_ALERT_SECRET']}")
    return BotProcess(serve_command(), environment, url, say)


def bot_environment(
    given: Mapping[str, str], a_slack: slack.RunningSlack, an_azure: azure.RunningAzure | None, mode: str
) -> dict[str, str]:
    """The bot's environment: what was given without anything that leads to a real Slack or Azure, and this run's."""
    environment = {name: value for name, value in given.items() if not name.startswith(_NOT_PASSED_ON)}
    environment |= {
        "SLACK_BOT_TOKEN": a_slack.bot_token,
        "SLACK_SIGNING_SECRET": a_slack.signing_secret,
        "SLACK_API_BASE_URL": f"{a_slack.url}/api/",
        "BACKUP_BOT_HOST": "127.0.0.1",
        "BACKUP_BOT_MODE": mode,
        "BACKUP_BOT_AZURE_CREDENTIAL": "managed-identity",  # never the Azure CLI's login of whoever sits here
        **({"SLACK_APP_TOKEN": a_slack.app_token} if mode == "socket" else {}),
    }
    if an_azure is None:
        environment["AZURE_ARM_BASE_URL"] = _NOWHERE
    else:
        environment |= an_azure.environment
        environment["BACKUP_BOT_GRANTS"] = json.dumps(_GRANTS)
        environment["BACKUP_BOT_OPERATIONS"] = json.dumps(_OPERATIONS)
        environment["BACKUP_BOT_WATCH"] = json.dumps(_WATCH)
        environment["BACKUP_BOT_ALERT_SECRET"] = secrets.token_hex(32)
    environment["BACKUP_BOT_DATABASE_URL"] = f"sqlite:///{_memory()}/bot.db"
    # The bot is found beside us, wherever we were started.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), given.get("PYTHONPATH", "")]))
    return environment


def _memory() -> str:
    """A folder for what the bot remembers, gone when the sandbox ends: every run begins with an empty one."""
    folder = tempfile.mkdtemp(prefix="backup-bot-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


async def _up_or_stopped(sides: Sides, mode: str, stop: asyncio.Event) -> bool:
    """Whether everything answers; False when we were told to stop first. Raises BotFailed."""
    if sides.bot is None or sides.slack is None:
        return not stop.is_set()
    rising = asyncio.create_task(_rise(sides.slack, sides.bot, mode))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([rising, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not rising.done():
        rising.cancel()
        await asyncio.wait([rising])
        return False
    rising.result()
    return True


async def _rise(a_slack: slack.RunningSlack, bot: BotProcess, mode: str) -> None:
    await bot.start()
    if mode == "socket":
        try:
            await asyncio.wait_for(a_slack.sockets.connected.wait(), READY_SECONDS)
        except TimeoutError:
            raise BotFailed("The bot is healthy but did not connect by Socket Mode.") from None


async def _until(stop: asyncio.Event, bot: BotProcess | None) -> None:
    watching = asyncio.create_task(bot.watch()) if bot else None
    await stop.wait()
    if watching is not None:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
