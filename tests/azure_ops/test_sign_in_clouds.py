"""Signing in where it differs: Azure's other clouds, an authority of the house, and the Azure CLI."""

import asyncio
import contextlib
import json
import os
import ssl
import subprocess
import sys
import threading
import time as real
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web

from azure_ops.arm import Arm, ArmSettings
from azure_ops.errors import AzureError, NotSignedIn, Unreachable
from azure_ops.jobs import list_jobs
from azure_ops.retry import Limits
from responses.cards.labels import labels
from responses.cards.trouble_azure import Trouble, sentence
from sandbox.azure import RunningAzure, running
from tests.azure_ops.conftest import EVERY, VAULT, all_of
from tests.azure_ops.identities import KINDS, bare, trust
from tests.certificates import server_files

CLOUDS: Final = (
    ("management.azure.com", "login.microsoftonline.com"),
    ("management.usgovcloudapi.net", "login.microsoftonline.us"),
    ("management.chinacloudapi.cn", "login.chinacloudapi.cn"),
)


class Cloud:
    """Plays a cloud's Entra and its Resource Manager, whoever is asked for, and keeps who was asked and for what."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            self.asked.append((request.host, request.headers["Authorization"]))
            return web.json_response({"value": []})
        form = await request.post()
        self.asked.append((request.host, str(form["scope"])))
        return web.json_response({"token_type": "Bearer", "expires_in": 3_600, "access_token": "of-this-cloud"})

    async def lead_here(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A proxy that leads every host to that port."""
        await reader.readuntil(b"\r\n\r\n")
        there, out = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(_pass_on(reader, out), _pass_on(there, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
    writer.close()


@asynccontextmanager
async def playing(certificate: str) -> AsyncIterator[tuple[Cloud, str]]:
    """A cloud on loopback, and the proxy that leads to it."""
    cloud, known = Cloud(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    known.load_cert_chain(certificate)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", cloud.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=known).start()
    proxy = await asyncio.start_server(partial(cloud.lead_here, runner.addresses[0][1]), "127.0.0.1", 0)
    try:
        async with proxy:
            yield cloud, f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("arm_host", "authority"), CLOUDS)
async def test_each_cloud_has_its_own_authority_and_audience(
    azure: RunningAzure, arm_host: str, authority: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (certificate, _), _ = server_files(tmp_path, authority, arm_host)
    wrong = {}
    for name in ("secret", "certificate", "workload identity", "default: secret", "default: workload identity"):
        bare(monkeypatch)
        trust(tmp_path, monkeypatch)
        async with playing(certificate) as (cloud, proxy):
            for variable, value in KINDS[name].environment(azure, tmp_path).items():
                monkeypatch.setenv(variable, value)
            monkeypatch.delenv("AZURE_AUTHORITY_HOST")
            monkeypatch.setenv("HTTPS_PROXY", proxy)
            async with Arm(ArmSettings(f"https://{arm_host}", credential=KINDS[name].choice)) as arm:
                await all_of(list_jobs(arm, VAULT, EVERY))
        if cloud.asked != [(authority, f"https://{arm_host}/.default"), (arm_host, "Bearer of-this-cloud")]:
            wrong[name] = cloud.asked
    assert wrong == {}


_READS_ONE: Final = """
import asyncio, sys
from azure_ops.arm import Arm, ArmSettings
from azure_ops.vaults import list_subscriptions
async def main():
    async with Arm(ArmSettings(sys.argv[1], credential="environment")) as arm:
        print(len(await list_subscriptions(arm)))
asyncio.run(main())
"""


async def test_a_program_that_is_started_with_the_authority_of_the_house_signs_in_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own: the library that signs in reads SSL_CERT_FILE when it is loaded."""
    bare(monkeypatch)
    async with running(tls=server_files(tmp_path, "127.0.0.1")[0]) as azure:
        own = dict(os.environ) | dict(KINDS["secret"].environment(azure, tmp_path))

        def run(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
            line = [sys.executable, "-c", _READS_ONE, azure.url]
            return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)

        done = await asyncio.to_thread(run, own | {"SSL_CERT_FILE": str(tmp_path / "authority.pem")})
    assert (done.stdout, done.stderr) == ("3\n", "")


# The Azure CLI


class Cli:
    """A program `az` on the path that says what it is told, and keeps its arguments."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def asked(self) -> str:
        return (self._folder / "asked").read_text()

    @property
    def process(self) -> int:
        """The id of the last one that was started."""
        return int((self._folder / "pid").read_text())

    def says(self, script: str) -> None:
        """What it does, as a shell script."""
        program = self._folder / "az"
        program.write_text(f'#!/bin/sh\necho $$ > {self._folder}/pid\necho "$@" >> {self._folder}/asked\n{script}\n')
        program.chmod(0o755)

    def gives(self, token: str) -> None:
        """A token, in the CLI's own words."""
        said = {"accessToken": token, "expires_on": int(real.time()) + 3_600, "tokenType": "Bearer"}
        (self._folder / "said").write_text(json.dumps(said))
        self.says(f"cat {self._folder}/said")


@pytest.fixture
def cli(azure: RunningAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    bare(monkeypatch, f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
    return Cli(tmp_path)


async def read(azure: RunningAzure, choice: Any, limits: Limits | None = None) -> Any:
    """What came of a look at a vault's jobs."""

    async def no_wait(_: float) -> None: ...

    async with Arm(ArmSettings(azure.url, credential=choice), sleep=no_wait, limits=limits) as arm:
        try:
            return await all_of(list_jobs(arm, VAULT, EVERY))
        except AzureError as error:
            return error


_IMPATIENT: Final = Limits(token=1.5, tries=1)


async def ended(cli: Cli) -> None:
    """Returns when the program is gone, and whoever waited for it knows."""
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(cli.process, 0)
            await asyncio.sleep(0.01)
    for waiting in [one for one in threading.enumerate() if "waitpid" in one.name]:
        await asyncio.to_thread(waiting.join)


_NOT_SIGNED_IN: Final = "ERROR: Please run 'az login' to setup account."
_EXPIRED: Final = "ERROR: AADSTS700082: The refresh token has expired due to inactivity. Trace ID: 1"
_NO_NETWORK: Final = (
    "ERROR: HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded with url: /t/oauth2"
    " (Caused by NewConnectionError: Failed to establish a new connection)"
)
_CUT: Final = "ERROR: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))"


@pytest.mark.parametrize("choice", ["cli", "default"])
async def test_the_clis_token_is_for_resource_manager(azure: RunningAzure, cli: Cli, choice: str) -> None:
    cli.gives(azure.token)
    assert len(await read(azure, choice)) > 10
    assert cli.asked == "account get-access-token --output json --resource https://management.azure.com\n"


@pytest.mark.parametrize("choice", ["cli", "default"])
@pytest.mark.parametrize(
    ("said", "error", "why"),
    [
        (_NOT_SIGNED_IN, NotSignedIn, "az login"),
        (_EXPIRED, NotSignedIn, "AADSTS700082: The refresh token has expired due to inactivity."),
        (_NO_NETWORK, Unreachable, "the Azure CLI gets no answer"),
        (_CUT, Unreachable, "the Azure CLI gets no answer"),
    ],
)
async def test_what_the_cli_prints_is_told_as_what_it_is(
    azure: RunningAzure, cli: Cli, choice: str, said: str, error: type[AzureError], why: str
) -> None:
    cli.says(f'echo "{said}" >&2; exit 1')
    got = await read(azure, choice)
    assert type(got) is error
    assert why in sentence(Trouble(got.label, got.values), labels("en"))
    assert azure.counts == {}


@pytest.mark.parametrize("choice", ["cli", "default"])
async def test_a_cli_that_does_not_end_is_ended(azure: RunningAzure, cli: Cli, choice: str) -> None:
    cli.says("exec sleep 60")
    got = await read(azure, choice, _IMPATIENT)
    assert isinstance(got, Unreachable)
    async with asyncio.timeout(10):
        await ended(cli)


async def test_outside_azure_a_cli_that_does_not_end_is_ended_too(
    azure: RunningAzure, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the CLI nobody answers at the address of a VM's identity: that says nothing."""
    monkeypatch.delenv("AZURE_TOKEN_CREDENTIALS")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    cli.says("exec sleep 60")
    assert isinstance(await read(azure, "default", _IMPATIENT), Unreachable)
    async with asyncio.timeout(10):
        await ended(cli)
    cli.says(f'echo "{_NOT_SIGNED_IN}" >&2; exit 1')
    assert isinstance(await read(azure, "default"), NotSignedIn)
    cli.gives(azure.token)
    assert len(await read(azure, "default")) > 10
