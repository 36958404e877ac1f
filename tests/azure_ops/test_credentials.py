"""Every way to sign in, against a token endpoint that works, and against one that is in every kind of trouble.

What must not happen: a minute of trouble at whoever gives out the tokens is told as an identity that is not set up.
What follows a running operation would give up, and somebody at night would look in the wrong place.
"""

import json
import ssl
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp.connector
import pytest
import trustme
from azure.core.exceptions import ClientAuthenticationError
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from azure_ops import credentials
from azure_ops.addresses import audience_of, authority_of
from azure_ops.arm import Arm, ArmSettings
from azure_ops.backups import start_backup
from azure_ops.credentials import Choice, credential_for
from azure_ops.errors import AzureError, NotSignedIn, Throttled, Unreachable
from azure_ops.operations import follow
from azure_ops.reasons import Why
from azure_ops.token_talk import TokenTalk
from azure_ops.vaults import list_subscriptions
from sandbox.azure import RunningAzure, running
from tests.azure_ops.conftest import item_of

_NAMES: Final = (
    "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST", "AZURE_TOKEN_CREDENTIALS", "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER", "MSI_ENDPOINT",
)  # fmt: skip
# How the credential is chosen, and what the environment then holds.
WAYS: Final[dict[str, Choice]] = {
    "managed identity": "managed-identity",
    "secret": "environment",
    "certificate": "environment",
    "workload identity": "workload-identity",
    "default by secret": "default",
    "default by workload identity": "default",
    "default by managed identity": "default",
}


@dataclass(frozen=True)
class Paper:
    """What stands on disk: an authority's certificate, a server's, and one that signs an application in."""

    folder: Path

    def __getitem__(self, name: str) -> str:
        return str(self.folder / f"{name}.pem")


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    folder = tmp_path_factory.mktemp("paper")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    leaf = authority.issue_cert("127.0.0.1", "localhost", key_type=trustme.KeyType.RSA)
    leaf.private_key_pem.write_to_path(folder / "key.pem")
    leaf.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "application.pem").write_bytes(plain + leaf.cert_chain_pems[0].bytes())
    return Paper(folder)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which no credential is set up."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    return monkeypatch


@pytest.fixture
async def entra(paper: Paper, nobody: pytest.MonkeyPatch) -> AsyncIterator[RunningAzure]:
    """Azure over TLS, by a certificate that this process trusts as if it had been started with SSL_CERT_FILE."""
    nobody.setenv("SSL_CERT_FILE", paper["ca"])
    nobody.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=paper["ca"]))
    async with running(tls=(paper["cert"], paper["key"])) as azure:
        yield azure


def sign_up(way: str, azure: RunningAzure, paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an administrator sets for this way."""
    given = {"AZURE_AUTHORITY_HOST": azure.url}
    if "managed identity" in way:
        given = {name: azure.environment[name] for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER")}
    else:
        given |= {"AZURE_TENANT_ID": azure.estate.tenant_id, "AZURE_CLIENT_ID": azure.application.app_id}
    if "secret" in way:
        given["AZURE_CLIENT_SECRET"] = azure.application.secret
    if way == "certificate":
        given["AZURE_CLIENT_CERTIFICATE_PATH"] = paper["application"]
    if "workload identity" in way:
        assertion = paper.folder / "assertion"
        assertion.write_text(azure.mint({"aud": "api://AzureADTokenExchange", "sub": "system:serviceaccount:ns:bot"}))
        given["AZURE_FEDERATED_TOKEN_FILE"] = str(assertion)
    for name, value in given.items():
        monkeypatch.setenv(name, value)


# Those whose trouble differs: what the client packages make of it depends on where it is met.
TELLING: Final = tuple(way for way in WAYS if way not in ("certificate", "default by workload identity"))


@pytest.fixture(params=WAYS)
async def arm(
    request: pytest.FixtureRequest, entra: RunningAzure, paper: Paper, nobody: pytest.MonkeyPatch
) -> AsyncIterator[Arm]:
    """The real door, signing in each way."""
    sign_up(request.param, entra, paper, nobody)
    nobody.setattr(credentials, "_LIMIT", 2.5)
    async with Arm(ArmSettings(entra.url, credential=WAYS[request.param])) as arm:
        yield arm


async def read(arm: Arm) -> AzureError | None:
    """What comes of a question; None where it is answered."""
    try:
        assert await list_subscriptions(arm)
    except AzureError as error:
        return error
    return None


async def test_each_way_signs_in(arm: Arm, entra: RunningAzure) -> None:
    assert await read(arm) is None
    assert entra.counts["token"] >= 1


async def test_a_short_wait_is_waited_for(arm: Arm, entra: RunningAzure) -> None:
    entra.faults.set({"throttle": {"operation": "token", "retry_after": 1}})
    assert await read(arm) is None


async def test_a_long_wait_is_told(arm: Arm, entra: RunningAzure) -> None:
    entra.faults.set({"throttle": {"operation": "token", "retry_after": 3_600, "times": 100}})
    error = await read(arm)
    assert isinstance(error, Throttled), error
    assert error.seconds == 3_600
    entra.faults.reset()
    assert await read(arm) is None


@pytest.mark.parametrize("arm", TELLING, indirect=True)
@pytest.mark.parametrize(
    "fault",
    [
        {"server_error": {"status": 500}},
        {"server_error": {"status": 503}},
        {"html": {"status": 200}},
        {"html": {"status": 502}},
        {"cut": {}},
        {"cut": {"when": "middle"}},
        {"truncated": {}},
        {"hang": {"seconds": 10}},
    ],
    ids=str,
)
async def test_trouble_of_whoever_gives_out_the_tokens_is_not_ours(
    arm: Arm, entra: RunningAzure, fault: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "hang" in fault:
        monkeypatch.setattr(credentials, "_LIMIT", 0.5)
    entra.faults.set({kind: how | {"operation": "token", "times": 100} for kind, how in fault.items()})
    error = await read(arm)
    assert isinstance(error, Unreachable), error
    entra.faults.reset()
    assert await read(arm) is None


async def test_what_follows_an_operation_goes_on_after_it(arm: Arm, entra: RunningAzure) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        entra.clock.advance(seconds)

    started = await start_backup(arm, (await item_of(arm, "vm-web-01")).ref)
    entra.expire_tokens()
    entra.faults.set({"server_error": {"operation": "token", "status": 503, "times": 4}})
    assert (await follow(arm, started, sleep=sleep)).state == "Succeeded"
    assert entra.faults.as_json()["server_error"] == []
    assert waits


@pytest.mark.parametrize(
    ("way", "broken"),
    [
        ("secret", {"AZURE_CLIENT_SECRET": "guess"}),
        ("default by secret", {"AZURE_CLIENT_SECRET": "guess"}),
        ("secret", {"AZURE_CLIENT_ID": "99999999-9999-4999-8999-999999999999"}),
        ("managed identity", {"IDENTITY_HEADER": "guess"}),
        ("workload identity", {"AZURE_FEDERATED_TOKEN_FILE": "/nowhere"}),
        ("certificate", {"AZURE_CLIENT_CERTIFICATE_PATH": "/nowhere"}),
        ("certificate", {"AZURE_CLIENT_CERTIFICATE_PATH": __file__}),
    ],
)
async def test_what_is_set_up_wrong_is_told_as_that(
    way: str, broken: dict[str, str], entra: RunningAzure, paper: Paper, nobody: pytest.MonkeyPatch
) -> None:
    sign_up(way, entra, paper, nobody)
    for name, value in broken.items():
        nobody.setenv(name, value)
    async with Arm(ArmSettings(entra.url, credential=WAYS[way])) as arm:
        error = await read(arm)
    assert isinstance(error, NotSignedIn), error
    assert "guess" not in str(error)
    if __file__ in broken.values():
        assert error.values["why"] == Why.BAD_CERTIFICATE


@pytest.mark.parametrize("choice", ["cli", "default"])
@pytest.mark.parametrize("is_signed_in", [True, False])
async def test_the_azure_cli(
    choice: Choice, is_signed_in: bool, entra: RunningAzure, nobody: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program of that name, which answers as the real one does."""
    until = int(entra.clock.now()) + 3_600
    told = {"accessToken": entra.token, "expires_on": until, "subscription": "", "tenant": "", "tokenType": "Bearer"}
    says = f"cat <<'END'\n{json.dumps(told)}\nEND" if is_signed_in else "echo 'Please run az login' >&2; exit 1"
    program = tmp_path / "az"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(stat.S_IRWXU)
    nobody.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    nobody.setenv("AZURE_TOKEN_CREDENTIALS", "dev")
    async with Arm(ArmSettings(entra.url, credential=choice)) as arm:
        error = await read(arm)
    if is_signed_in:
        assert error is None
    else:
        assert isinstance(error, NotSignedIn), error
        assert "az login" in error.values.get("tried", "") or error.values["why"] == Why.NO_CLI


@pytest.mark.parametrize(
    ("base_url", "audience", "authority"),
    [
        ("https://management.azure.com", "https://management.azure.com", "login.microsoftonline.com"),
        ("https://management.usgovcloudapi.net", "https://management.usgovcloudapi.net", "login.microsoftonline.us"),
        ("https://management.chinacloudapi.cn", "https://management.chinacloudapi.cn", "login.chinacloudapi.cn"),
    ],
)
@pytest.mark.parametrize("way", ["secret", "certificate", "workload identity", "default by secret"])
async def test_each_cloud_asks_its_own_entra_for_a_token_of_its_own(
    base_url: str, audience: str, authority: str, way: str, entra: RunningAzure, paper: Paper,
    nobody: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sign_up(way, entra, paper, nobody)
    nobody.delenv("AZURE_AUTHORITY_HOST")
    asked: list[tuple[str, str]] = []

    class Stopped(Exception):
        pass

    def note(request: Any) -> None:
        asked.append((request.http_request.url, str(request.http_request.data)))
        raise Stopped

    talk = TokenTalk()
    nobody.setattr(talk, "_asked", note)
    credential = credential_for(WAYS[way], authority_of(base_url), talk)
    with pytest.raises((Stopped, ClientAuthenticationError)):
        await credentials._token_of(credential, f"{audience_of(base_url)}/.default", "")
    await credential.close()
    [(url, form)] = asked
    assert url.startswith(f"https://{authority}/")
    assert audience in form
