"""The program: what it prints and writes, what it refuses, how it ends. Run as people run it."""

import asyncio
import json
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import azure, slack
from sandbox.bot_process import BotFailed, BotProcess
from sandbox.launch import bot_environment
from sandbox.ports import free_port
from sandbox.told import Sides, greet
from tests.sandbox.conftest import MANIFEST

ROOT = Path(__file__).resolve().parents[2]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "BACKUP_BOT_"))}
HEALTHY = """
import http.server, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
print("the bot speaks", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "app.yml"
    path.write_text(yaml.safe_dump(MANIFEST), "utf-8")
    return path


async def start(*options: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *options,
        cwd=ROOT,
        env={**CLEAN, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def run(*options: str, **environment: str) -> tuple[int, str]:
    """Exit code and output of a start that ends by itself."""
    process = await start(*options, **environment)
    async with asyncio.timeout(20):
        output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


@asynccontextmanager
async def up(*options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A sandbox that has greeted, and its greeting."""
    process = await start(*options)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            greeting = b""
            while b"Ctrl-C ends it." not in greeting:
                line = await process.stdout.readline()
                assert line, greeting.decode()
                greeting += line
        yield process, greeting.decode()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def subscriptions(session: aiohttp.ClientSession, told: dict[str, str]) -> list[object]:
    """What Azure lists for the token of the ready file."""
    headers = {"Authorization": f"Bearer {told['azure_token']}"}
    async with session.get(f"{told['azure']}/subscriptions?api-version=2022-12-01", headers=headers) as answer:
        assert answer.status == 200
        rows: list[object] = (await answer.json())["value"]
        return rows


async def both_live_by_one_clock(session: aiohttp.ClientSession, told: dict[str, str]) -> None:
    now = []
    for side in ("page", "azure"):
        body = {"advance": 86_400}
        async with session.post(f"{told[side]}/_sandbox/clock", json=body, headers={"X-Sandbox": "1"}) as answer:
            now.append((await answer.json())["now"])
    assert now[1] - time.time() > 2 * 86_400 - 60


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_the_ready_file_leads_to_everything(manifest: Path, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text("of an earlier run", "utf-8")
    options = ("--port", "0", "--no-bot", "--manifest", str(manifest), "--ready-file", str(ready))
    async with up(*options) as (_, greeting):
        told = json.loads(ready.read_text("utf-8"))
        assert stat.S_IMODE(ready.stat().st_mode) == 0o600
        assert set(told) == {
            "page", "bot", "slack_api", "azure", "signing_secret", "bot_token", "app_token", "azure_token",
        }  # fmt: skip
        assert told["bot"] is None
        assert told["page"] == told["slack_api"]
        assert told["page"] in greeting
        assert told["azure"] in greeting
        assert "/backup-error ExtensionStuckInDeletionState" in greeting
        assert told["bot_token"] not in greeting
        assert told["azure_token"] not in greeting
        client = AsyncWebClient(token=told["bot_token"], base_url=f"{told['slack_api']}/api/")
        assert (await client.auth_test())["ok"]
        async with aiohttp.ClientSession() as session:
            async with session.get(told["page"]) as page:
                assert page.status == 200
            assert len(await subscriptions(session, told)) == 3
            await both_live_by_one_clock(session, told)
    assert names_in(tmp_path) == ["app.yml", "ready.json"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_although_a_page_is_open(manifest: Path, tmp_path: Path, number: signal.Signals) -> None:
    ready = tmp_path / "ready.json"
    options = ("--port", "0", "--no-bot", "--manifest", str(manifest), "--ready-file", str(ready))
    async with up(*options) as (process, _):
        page = json.loads(ready.read_text("utf-8"))["page"]
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{page}/_sandbox/events?user=U0EMMA") as events,
        ):
            await events.content.readline()  # an open page must not hold it up
            process.send_signal(number)
            async with asyncio.timeout(30):  # without an end of its own the page would stay open for good
                await process.wait()
        assert process.returncode == 0


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1-real"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-1-real"}, "SLACK_APP_TOKEN"),
        ({"SLACK_API_BASE_URL": "https://slack.com/api/"}, "SLACK_API_BASE_URL"),
    ],
    ids=str,
)
async def test_it_does_not_run_beside_the_real_slack(environment: dict[str, str], name: str) -> None:
    code, output = await run("--port", "0", "--no-bot", **environment)
    assert code == 2
    assert name in output
    assert "-1-real" not in output


async def test_it_says_what_is_wrong_with_its_use(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("{", "utf-8")
    for options, part in (
        (("--only", "azure", "--socket"), "--socket is about Slack"),
        (("--only", "azure", "--manifest", str(broken)), "--manifest is about Slack"),
        (("--estate", "huge"), "--estate"),
        (("--bot-url", "http://127.0.0.1:1"), "--no-bot"),
        (("--no-bot", "--bot-url", "http://example.com"), "this machine"),
        (("--no-bot", "--port", "0", "--manifest", str(tmp_path / "none.yml")), "--manifest"),
        (("--no-bot", "--port", "0", "--manifest", str(broken)), "is not valid YAML"),
        (("--port", "x"), "is not a port"),
    ):
        code, output = await run(*options)
        assert (code, part in output) == (2, True), output
        assert "Traceback" not in output


async def test_azure_alone(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    options = ("--only", "azure", "--port", "0", "--estate", "large", "--ready-file", str(ready))
    process = await start(*options, SLACK_BOT_TOKEN="xoxb-1-real")  # no business of Azure's
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            while b"Ctrl-C ends it." not in await process.stdout.readline():
                pass
        told = json.loads(ready.read_text("utf-8"))
        assert [name for name, value in told.items() if value] == ["azure", "azure_token"]
        async with aiohttp.ClientSession() as session:
            assert len(await subscriptions(session, told)) > 3
    finally:
        process.terminate()
        async with asyncio.timeout(5):
            await process.communicate()
    assert process.returncode == 0


async def test_the_greeting_says_what_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    features = MANIFEST["features"]
    jobs = {"command": "/backup-jobs", "description": "Jobs"}
    manifest = {**MANIFEST, "features": {**features, "slash_commands": [*features["slash_commands"], jobs]}}
    async with azure.running() as an_azure, slack.running(manifest) as a_slack:
        greet(Sides(a_slack, an_azure, None))
        greeting = capsys.readouterr().out
        greet(Sides(a_slack, None, None))
    assert an_azure.url in greeting
    assert "/backup-jobs\n" in greeting
    assert "/backup-jobs" not in capsys.readouterr().out


async def test_slack_alone(manifest: Path, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    options = ("--only", "slack", "--no-bot", "--port", "0", "--manifest", str(manifest), "--ready-file", str(ready))
    async with up(*options) as (_, greeting):
        told = json.loads(ready.read_text("utf-8"))
        assert (told["azure"], told["azure_token"]) == (None, None)
        assert "Azure:" not in greeting


REAL = {
    "AZURE_CLIENT_ID": "real",
    "AZURE_CLIENT_SECRET": "real",
    "AZURE_AUTHORITY_HOST": "real",
    "AZURE_CONFIG_DIR": "real",
    "ARM_CLIENT_SECRET": "real",
    "IDENTITY_ENDPOINT": "real",
    "IDENTITY_SERVER_THUMBPRINT": "real",
    "IMDS_ENDPOINT": "real",
    "MSI_ENDPOINT": "real",
    "SLACK_CLIENT_SECRET": "real",
    "BACKUP_BOT_AZURE_CREDENTIAL": "cli",
    "BACKUP_BOT_SUBSCRIPTIONS": "real",
    "BACKUP_BOT_LOOKUP_USERS": "U0REAL",
}


async def test_the_bot_gets_nothing_that_leads_to_the_real_azure() -> None:
    async with azure.running() as an_azure, slack.running(MANIFEST, clock=an_azure.clock) as a_slack:
        given = bot_environment({"PATH": "/bin", **REAL}, a_slack, an_azure, "http")
        assert given["PATH"] == "/bin"
        assert "real" not in given.values()
        assert {name for name in given if name.startswith(("AZURE_", "IDENTITY_"))} == set(an_azure.environment)
        assert given["BACKUP_BOT_AZURE_CREDENTIAL"] == "managed-identity"
        assert "BACKUP_BOT_LOOKUP_USERS" not in given
        assert {user for grant in json.loads(given["BACKUP_BOT_GRANTS"]) for user in grant["users"]} == {
            "U0EMMA",
            "U0DAAN",
        }
        assert given["BACKUP_BOT_DATABASE_URL"].startswith("sqlite:////")
        without = bot_environment(REAL, a_slack, None, "http")
        assert "real" not in without.values()
        assert without["AZURE_ARM_BASE_URL"].startswith("http://127.0.0.1:")


async def test_a_taken_port_names_the_option(manifest: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, output = await run("--no-bot", "--port", port, "--manifest", str(manifest))
    assert (code, "--port" in output, "Traceback" in output) == (1, True, False)


def bot_of(script: str, say: Callable[[str], None] = lambda _: None) -> BotProcess:
    port = free_port()
    return BotProcess([sys.executable, "-c", script, str(port)], CLEAN, f"http://127.0.0.1:{port}", say)


async def test_a_bot_that_does_not_come_up_shows_what_it_said() -> None:
    bot = bot_of("print('SLACK_BOT_TOKEN is missing'); raise SystemExit(2)")
    with pytest.raises(BotFailed, match=r"(?s)exit code 2.*SLACK_BOT_TOKEN is missing"):
        await bot.start()


KILLED = """
import asyncio, os, sys
from sandbox.bot_process import BotProcess
from sandbox.ports import free_port
async def main():
    port = free_port()
    bot = BotProcess([sys.executable, "-c", sys.argv[1], str(port)], os.environ, f"http://127.0.0.1:{port}", print)
    await bot.start()
    print(bot.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""

if sys.platform == "linux":  # nothing else ends a child with its parent

    async def test_a_killed_sandbox_takes_its_bot_along() -> None:
        parent = await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLED, HEALTHY, cwd=ROOT, env=CLEAN, stdout=asyncio.subprocess.PIPE
        )
        assert parent.stdout is not None
        async with asyncio.timeout(20):
            handle = os.pidfd_open(int(await parent.stdout.readline()))
            parent.kill()
            ended = asyncio.Event()
            asyncio.get_running_loop().add_reader(handle, ended.set)
            await ended.wait()
            asyncio.get_running_loop().remove_reader(handle)
            os.close(handle)
            await parent.communicate()


async def test_a_bot_that_dies_is_started_again() -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    bot = bot_of(HEALTHY, said.put_nowait)
    await bot.start()
    first = bot.pid
    watching = asyncio.create_task(bot.watch())
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(20):
        assert await said.get() == "The bot ended (exit code -9). Starting it again in 0.5 s."
        assert await said.get() == "The bot is up again."
    assert bot.pid != first
    watching.cancel()
    await bot.stop()


async def test_a_bot_that_does_not_listen_to_signals_is_ended_all_the_same() -> None:
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + HEALTHY
    bot = bot_of(deaf)
    await bot.start()
    async with asyncio.timeout(30):
        await bot.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(bot.pid, 0)
