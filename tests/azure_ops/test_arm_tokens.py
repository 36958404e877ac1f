"""Tokens: fetched once for all, renewed in time, never sent elsewhere, never told to anybody."""

import asyncio
import base64
import json
import logging
import subprocess
import sys
import time

import pytest
from azure.core.credentials import AccessTokenInfo
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.identity import CredentialUnavailableError

from azure_ops.arm import Arm, ArmSettings
from azure_ops.credentials import Choice, Tokens
from azure_ops.errors import AzureError, NotSignedIn, Unreachable
from azure_ops.reasons import Why
from azure_ops.retry import TryFailed
from tests.azure_ops import identities
from tests.azure_ops.arm_stand_in import PATH, SUBSCRIPTION, VERSION, Badge, Say, StandIn, running, scene


async def test_one_token_serves_everybody_and_is_for_resource_manager() -> None:
    async with scene() as here:
        await asyncio.gather(*(here.arm.get(PATH, api_version=VERSION) for _ in range(10)))
    assert here.badge.asked == [(("https://management.azure.com/.default",), {})]
    assert {asked.token for asked in here.azure.asked} == {"token-1"}


async def test_a_refused_token_is_replaced_once_and_the_read_succeeds() -> None:
    async with scene(Say(401, b""), Say()) as here:
        await here.arm.get(PATH, api_version=VERSION)
    assert [asked.token for asked in here.azure.asked] == ["token-1", "token-2"]
    assert here.time.slept == []


async def test_a_challenge_is_answered_with_its_claims() -> None:
    claims = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}'
    encoded = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
    challenge = f'Bearer realm="", error="insufficient_claims", claims="{encoded}"'
    async with scene(Say(401, b"", {"WWW-Authenticate": challenge}), Say()) as here:
        await here.arm.get(PATH, api_version=VERSION)
    assert [options for _, options in here.badge.asked] == [{}, {"claims": claims}]


async def test_many_that_are_refused_together_get_one_new_token() -> None:
    async with scene() as here:
        here.azure.refused = {"token-1"}
        await asyncio.gather(*(here.arm.get(PATH, api_version=VERSION) for _ in range(8)))
    assert len(here.badge.asked) == 2


class Wall:
    """The wall clock, pushed by hand."""

    def __init__(self) -> None:
        self.at = time.time()

    def __call__(self) -> float:
        return self.at


class Fickle(Badge):
    """Gives tokens for an hour from its own clock, until it is told not to."""

    def __init__(self, wall: Wall) -> None:
        super().__init__()
        self.wall = wall
        self.error: Exception | None = None

    async def get_token_info(self, *scopes: str, options: object = None) -> AccessTokenInfo:
        if self.error:
            raise self.error
        self.asked.append((scopes, None))
        return AccessTokenInfo(f"token-{len(self.asked)}", int(self.wall() + self.lasts))


async def test_a_token_is_renewed_five_minutes_before_its_end() -> None:
    wall = Wall()
    tokens = Tokens("https://management.azure.com", lambda: badge, wall=wall)
    badge = Fickle(wall)
    assert await tokens.bearer() == "token-1"
    wall.at += 3_600 - 310
    assert await tokens.bearer() == "token-1"
    wall.at += 15
    assert await tokens.bearer() == "token-2"


async def test_while_nobody_gives_tokens_the_old_one_serves_to_its_end() -> None:
    wall = Wall()
    badge = Fickle(wall)
    tokens = Tokens("https://management.azure.com", lambda: badge, wall=wall)
    await tokens.bearer()
    badge.error = ServiceRequestError("down")
    wall.at += 3_400
    assert await tokens.bearer() == "token-1"
    wall.at += 190
    with pytest.raises(TryFailed) as told:
        await tokens.bearer()
    assert isinstance(told.value.error, Unreachable)
    badge.error = None
    assert await tokens.bearer() == "token-2"


async def test_a_token_that_lasts_a_minute_is_used_for_half_of_it() -> None:
    wall = Wall()
    badge = Fickle(wall)
    badge.lasts = 60
    tokens = Tokens("https://management.azure.com", lambda: badge, wall=wall)
    await tokens.bearer()
    wall.at += 25
    await tokens.bearer()
    wall.at += 10
    assert await tokens.bearer() == "token-2"


SECRET = "s3cr3t~value"
ENTRA = (
    "Authentication failed: AADSTS7000215: Invalid client secret provided. Trace ID: 1 Correlation ID: 2\r\n"
    "Timestamp: 2026-11-23"
)


@pytest.mark.parametrize(
    ("error", "choice", "why"),
    [
        (
            CredentialUnavailableError("long\nstory"),
            "cli",
            Why.NO_CLI,
        ),
        (ClientAuthenticationError(ENTRA), "environment", "AADSTS7000215: Invalid client secret provided."),
        (ClientAuthenticationError(f"bad {SECRET}\n eyJhbGciOi.eyJhdWQiOi.x-y"), "default", "bad [secret] [token]"),
    ],
)
async def test_why_there_is_no_token_is_one_plain_line(
    error: Exception, choice: Choice, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    badge = Fickle(Wall())
    badge.error = error
    with pytest.raises(TryFailed) as told:
        await Tokens("https://management.azure.com", lambda: badge, choice=choice).bearer()
    assert isinstance(told.value.error, NotSignedIn)
    assert told.value.error.values == {"why": why}


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which no credential is set up, and no program to ask."""
    identities.bare(monkeypatch)
    return monkeypatch


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        ("cli", Why.NO_CLI),
        ("workload-identity", Why.NO_WORKLOAD_IDENTITY),
        (
            "environment",
            Why.NO_SERVICE_PRINCIPAL,
        ),
    ],
)
async def test_a_credential_that_is_not_set_up_says_so(bare: pytest.MonkeyPatch, choice: Choice, why: str) -> None:
    async with running() as azure, Arm(ArmSettings(azure.url, credential=choice)) as arm:
        with pytest.raises(NotSignedIn) as told:
            await arm.get(PATH, api_version=VERSION)
    assert told.value.values == {"why": why}
    assert azure.asked == []


async def test_when_none_works_each_says_why_in_a_few_words(bare: pytest.MonkeyPatch) -> None:
    async with running() as azure:
        azure.says = [Say(403, b"no")]
        bare.setenv("IDENTITY_ENDPOINT", f"{azure.url}/msi/token")
        bare.setenv("IDENTITY_HEADER", "header-value")
        async with Arm(ArmSettings(azure.url)) as arm:
            with pytest.raises(NotSignedIn) as told:
                await arm.get(PATH, api_version=VERSION)
    assert told.value.values["why"] == Why.NONE_WORKS
    why = told.value.values["tried"]
    assert why.startswith("Environment: Environment variables are not fully configured; Workload")
    assert "; ManagedIdentity: " in why
    assert "http" not in why
    assert "header-value" not in why


def _jwt() -> str:
    parts = ({"alg": "none"}, {"aud": "https://management.azure.com", "exp": 4_000_000_000, "oid": "someone"})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts) + ".signature-1"


async def _identity_of(azure: StandIn, monkeypatch: pytest.MonkeyPatch, lasts: int = 3_600) -> str:
    """The stand-in plays the managed identity's endpoint too; whatever it is asked, it gives this token."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{azure.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "identity-header-value")
    monkeypatch.delenv("AZURE_CLIENT_ID", raising=False)
    token = _jwt()
    fresh = {
        "access_token": token,
        "expires_on": str(int(time.time()) + lasts),
        "resource": "x",
        "token_type": "Bearer",
    }
    azure.says = [Say(body=fresh | {"value": [], "name": "n"})]
    return token


@pytest.mark.parametrize("choice", ["managed-identity", "default"])
async def test_the_real_managed_identity_works_and_no_log_has_its_token(
    choice: Choice, monkeypatch: pytest.MonkeyPatch, bare: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("azure", "msal", "aiohttp", "asyncio", "azure_ops"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    async with running() as azure:
        token = await _identity_of(azure, monkeypatch)
        async with Arm(ArmSettings(azure.url, credential=choice)) as arm:
            await arm.get(PATH, api_version=VERSION)
            await arm.read(SUBSCRIPTION, lambda client: client.job_details.get("v", "g", "j"), path=PATH)
            azure.says = [Say(503, {"error": {"code": "x", "message": f"Bearer {token}"}}, {"Retry-After": "0"})]
            with pytest.raises(AzureError) as told:
                await arm.get(PATH, api_version=VERSION)
            logging.getLogger("test").exception("told", exc_info=told.value)
    assert [asked.token for asked in azure.asked if asked.path != "/msi/token"] == [token] * 5
    logged = caplog.text + repr(told.value) + str(told.value.values)
    [again, *_] = [record.getMessage() for record in caplog.records if "again in" in record.getMessage()]
    assert again.endswith(f"correlation id {told.value.correlation_id}")
    for secret in (token, token.split(".")[1], "signature-1", "identity-header-value"):
        assert secret not in logged


async def test_a_refused_token_is_not_taken_from_the_credentials_own_store(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as azure:
        await _identity_of(azure, monkeypatch)
        async with Arm(ArmSettings(azure.url, credential="managed-identity")) as arm:
            await arm.get(PATH, api_version=VERSION)
            fresh = azure.says[0]
            azure.says = [Say(401, b""), fresh]
            await arm.get(PATH, api_version=VERSION)
    assert [asked.path == "/msi/token" for asked in azure.asked] == [True, False, False, True, False]


async def test_azures_own_loggers_stay_quiet(caplog: pytest.LogCaptureFixture) -> None:
    async with scene(Say(404, b"")) as here:
        with pytest.raises(AzureError):
            await here.arm.get(PATH, api_version=VERSION)
    assert not logging.getLogger("azure.core.pipeline.policies.http_logging_policy").isEnabledFor(logging.WARNING)
    assert [record for record in caplog.records if record.name.startswith(("azure.", "msal"))] == []


def test_loading_the_door_loads_no_azure_package() -> None:
    code = (
        "import azure_ops.arm, sys; print({name.split('.')[0] for name in sys.modules} & {'azure', 'msal', 'aiohttp'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "set()"
