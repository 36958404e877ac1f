"""Tokens: from Microsoft's own credentials, decodable by the published keys, and refused when they are not right."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.identity.aio import (
    ClientSecretCredential,
    DefaultAzureCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from sandbox.azure import RunningAzure, running
from tests.certificates import server_files
from tests.sandbox.azure.conftest import Client

ARM_SCOPE = "https://management.azure.com/.default"
LIST = "/subscriptions"


@pytest.fixture(autouse=True)
def _no_other_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AZURE_", "IDENTITY_", "MSI_", "IMDS_", "ARM_")):
            monkeypatch.delenv(name)


async def decoded(client: Client, tenant: str, token: str, audience: str) -> dict[str, Any]:
    """The claims, checked as a relying party checks them: by the published keys."""
    keys = {key["kid"]: key for key in (await client.get(f"/{tenant}/discovery/v2.0/keys")).json["keys"]}
    key = jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]])
    claims: dict[str, Any] = jwt.decode(token, key, ["RS256"], audience=audience)
    return claims


async def given(credential: AsyncTokenCredential, scope: str = ARM_SCOPE) -> str:
    async with asyncio.timeout(10), credential:
        return (await credential.get_token(scope)).token


# Managed identity


@pytest.mark.parametrize("kind", [ManagedIdentityCredential, DefaultAzureCredential])
async def test_managed_identity_by_environment(
    azure: RunningAzure, client: Client, monkeypatch: pytest.MonkeyPatch, kind: type[Any]
) -> None:
    for name, value in azure.environment.items():
        monkeypatch.setenv(name, value)
    token = await given(kind())
    claims = await decoded(client, azure.estate.tenant_id, token, "https://management.azure.com")
    assert claims["iss"] == f"https://sts.windows.net/{azure.estate.tenant_id}/"
    assert (claims["tid"], claims["ver"]) == (azure.estate.tenant_id, "1.0")
    assert (claims["appid"], claims["oid"]) == (azure.identity.managed.app_id, azure.identity.managed.object_id)
    assert claims["exp"] > time.time() + 3600
    assert (await client.get(LIST, headers={"Authorization": f"Bearer {token}"})).status == 200


async def test_managed_identity_by_metadata_service(
    azure: RunningAzure, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.url)
    token = await given(ManagedIdentityCredential())
    assert (await client.get(LIST, headers={"Authorization": f"Bearer {token}"})).status == 200
    assert azure.counts["token"] == 1


async def test_a_user_assigned_identity_is_the_one_there_is(
    azure: RunningAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in azure.environment.items():
        monkeypatch.setenv(name, value)
    assert await given(ManagedIdentityCredential(client_id=azure.identity.managed.app_id))
    with pytest.raises(ClientAuthenticationError):
        await given(ManagedIdentityCredential(client_id="00000000-0000-4000-8000-000000000000"))


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/msi/token?api-version=2019-08-01&resource=x", {}, 401),
        ("/msi/token?api-version=2019-08-01&resource=x", {"X-IDENTITY-HEADER": "guess"}, 401),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x", {}, 400),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01", {"Metadata": "true"}, 400),
        ("/metadata/identity/oauth2/token?resource=x", {"Metadata": "true"}, 400),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x", {"Metadata": "true"}, 200),
    ],
)
async def test_managed_identity_endpoints_want_their_header(
    client: Client, path: str, headers: dict[str, str], status: int
) -> None:
    assert (await client.get(path, headers=headers)).status == status


# Applications, over TLS as Microsoft's library wants it


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    (cert, key), root = server_files(tmp_path_factory.mktemp("tls"), "127.0.0.1", "localhost")
    return {"ca": root, "cert": cert, "key": key}


@pytest.fixture
async def tls(certificates: dict[str, str]) -> AsyncIterator[RunningAzure]:
    async with running(tls=(certificates["cert"], certificates["key"])) as azure:
        yield azure


async def test_client_credentials(tls: RunningAzure, certificates: dict[str, str]) -> None:
    application = tls.application
    credential = ClientSecretCredential(
        tls.estate.tenant_id,
        application.app_id,
        application.secret,
        authority=tls.url,
        disable_instance_discovery=True,
        connection_verify=certificates["ca"],
    )
    claims = jwt.decode(await given(credential), options={"verify_signature": False})
    assert (claims["aud"], claims["appid"]) == ("https://management.azure.com", application.app_id)
    assert 0 < claims["exp"] - time.time() <= 3600


async def test_a_wrong_secret_is_entra_s_own_refusal(tls: RunningAzure, certificates: dict[str, str]) -> None:
    credential = ClientSecretCredential(
        tls.estate.tenant_id,
        tls.application.app_id,
        "guess",
        authority=tls.url,
        disable_instance_discovery=True,
        connection_verify=certificates["ca"],
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        await given(credential)


async def test_workload_identity(tls: RunningAzure, certificates: dict[str, str], tmp_path: Path) -> None:
    assertion = tmp_path / "assertion"
    assertion.write_text(tls.mint({"aud": "api://AzureADTokenExchange", "sub": "system:serviceaccount:ns:bot"}))
    credential = WorkloadIdentityCredential(
        tenant_id=tls.estate.tenant_id,
        client_id=tls.application.app_id,
        token_file_path=str(assertion),
        authority=tls.url,
        disable_instance_discovery=True,
        connection_verify=certificates["ca"],
    )
    claims = jwt.decode(await given(credential), options={"verify_signature": False})
    assert claims["oid"] == tls.application.object_id


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_secret": "guess"}, 7000215),
        ({"client_secret": ""}, 7000216),
        ({"client_id": "other"}, 700016),
        ({"grant_type": "password"}, 70003),
        ({"scope": "openid"}, 70011),
        ({"client_assertion": "not.a.token"}, 900144),
    ],
    ids=str,
)
async def test_the_authority_says_what_is_wrong(
    azure: RunningAzure, client: Client, change: dict[str, str], code: int
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": azure.application.app_id,
        "client_secret": azure.application.secret,
        "scope": ARM_SCOPE,
    } | change
    reply = await client.send("POST", f"/{azure.estate.tenant_id}/oauth2/v2.0/token", data=form)
    assert reply.status in (400, 401)
    assert reply.json["error_codes"] == [code]
    assert azure.application.secret not in reply.raw.decode()


async def test_an_old_assertion_is_refused(azure: RunningAzure, client: Client) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": azure.application.app_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": azure.mint({"exp": time.time() - 60}),
        "scope": ARM_SCOPE,
    }
    reply = await client.send("POST", f"/{azure.estate.tenant_id}/oauth2/v2.0/token", data=form)
    assert (reply.status, reply.json["error_codes"]) == (401, [700024])


async def test_discovery_leads_to_the_token_endpoint(azure: RunningAzure, client: Client) -> None:
    instance = (await client.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=x")).json
    told = (await client.get(instance["tenant_discovery_endpoint"])).json
    assert told["token_endpoint"] == f"{azure.url}/{azure.estate.tenant_id}/oauth2/v2.0/token"
    assert told["issuer"] == f"https://login.microsoftonline.com/{azure.estate.tenant_id}/v2.0"
    assert len((await client.get(told["jwks_uri"])).json["keys"]) == 1
    assert (await client.get("/other.example/v2.0/.well-known/openid-configuration")).status == 400


async def test_cloud_metadata_names_this_server(azure: RunningAzure, client: Client) -> None:
    old = (await client.get("/metadata/endpoints?api-version=2015-01-01")).json
    assert old["authentication"]["loginEndpoint"] == f"{azure.url}/"
    (listed,) = (await client.get("/metadata/endpoints?api-version=2019-05-01")).json
    cloud = (await client.get("/metadata/endpoints?api-version=2022-09-01")).json
    assert listed == cloud
    assert (cloud["resourceManager"], cloud["authentication"]["loginEndpoint"]) == (azure.url, azure.url)
    assert (await client.get("/metadata/endpoints?x=1")).status == 400


# Bearers


def refused(azure: RunningAzure) -> Iterator[tuple[str, str]]:
    """Authorization headers that are not let in, with ARM's code for each."""
    arm = "https://management.azure.com/"
    yield "", "AuthenticationFailed"
    yield "Basic x", "AuthenticationFailed"
    yield "Bearer ", "AuthenticationFailed"
    yield "Bearer x", "InvalidAuthenticationToken"
    yield "Bearer a.b.c", "InvalidAuthenticationToken"
    yield f"Bearer {azure.token[:-8]}AAAAAAAA", "InvalidAuthenticationToken"
    yield f"Bearer {jwt.encode({'aud': arm}, 'k' * 32, 'HS256')}", "InvalidAuthenticationToken"
    yield f"Bearer {azure.mint({'aud': arm, 'exp': time.time() - 1})}", "ExpiredAuthenticationToken"
    yield f"Bearer {azure.mint({'aud': arm, 'exp': None})}", "ExpiredAuthenticationToken"
    yield f"Bearer {azure.mint({'aud': 'https://graph.microsoft.com/'})}", "InvalidAuthenticationTokenAudience"
    yield f"Bearer {azure.mint({'aud': None})}", "InvalidAuthenticationTokenAudience"
    yield f"Bearer {azure.mint({'aud': 'é' + chr(10) + 'Set-Cookie: x'})}", "InvalidAuthenticationTokenAudience"
    yield f"Bearer {azure.mint({'aud': arm, 'tid': 'other'})}", "InvalidAuthenticationTokenTenant"


async def test_arm_wants_a_good_bearer(azure: RunningAzure, client: Client) -> None:
    for authorization, code in refused(azure):
        reply = await client.get(LIST, headers={"Authorization": authorization})
        assert (reply.status, reply.code) == (401, code), authorization
        assert reply.headers["www-authenticate"].startswith("Bearer authorization_uri=")
    for audience in ("https://management.azure.com", "https://management.core.windows.net/", azure.url):
        token = azure.mint({"aud": audience})
        assert (await client.get(LIST, headers={"Authorization": f"Bearer {token}"})).status == 200


async def test_another_run_s_token_is_foreign(azure: RunningAzure, client: Client) -> None:
    async with running() as other:
        reply = await client.get(LIST, headers={"Authorization": f"Bearer {other.token}"})
    assert (reply.status, reply.code) == (401, "InvalidAuthenticationToken")


async def test_tokens_can_be_made_to_expire(azure: RunningAzure, client: Client) -> None:
    assert (await client.control("tokens/expire", {})).status == 200
    reply = await client.get(LIST)
    assert (reply.status, reply.code) == (401, "ExpiredAuthenticationToken")
    assert (await client.get(LIST, headers={"Authorization": f"Bearer {azure.token}"})).status == 200


async def test_pushing_the_clock_leaves_tokens_alone(azure: RunningAzure, client: Client) -> None:
    azure.clock.advance(30 * 86_400)
    assert (await client.get(LIST)).status == 200


async def test_keys_rotate(azure: RunningAzure, client: Client) -> None:
    old = azure.token
    keys = (await client.control("keys/rotate", {})).json["keys"]
    assert len({key["kid"] for key in keys}) == len({key["n"] for key in keys}) == 2
    for token in (old, azure.token):
        assert (await client.get(LIST, headers={"Authorization": f"Bearer {token}"})).status == 200
    assert jwt.get_unverified_header(azure.token)["kid"] == keys[0]["kid"]
    (only,) = (await client.control("keys/rotate", {"forget": True})).json["keys"]
    assert only["kid"] not in {key["kid"] for key in keys}
    assert (await client.get(LIST, headers={"Authorization": f"Bearer {old}"})).code == "InvalidAuthenticationToken"


@pytest.mark.parametrize(
    ("version", "application", "issuer"),
    [
        ("1.0", "appid", "https://sts.windows.net/{}/"),
        ("2.0", "azp", "https://login.microsoftonline.com/{}/v2.0"),
    ],
)
async def test_a_webhook_s_token_can_be_minted(
    azure: RunningAzure, client: Client, version: str, application: str, issuer: str
) -> None:
    asked = {"ver": version, "aud": "api://bot", "roles": ["ActionGroupsSecureWebhook"], application: "461e8683"}
    reply = (await client.control("tokens", {"claims": asked})).json
    claims = await decoded(client, azure.estate.tenant_id, reply["access_token"], "api://bot")
    assert claims == reply["claims"]
    assert claims["iss"] == issuer.format(azure.estate.tenant_id)
    assert {name: claims[name] for name in asked} == asked
    assert ("azp" in claims) != ("appid" in claims)


@pytest.mark.parametrize("claims", [[], "x", {"exp": "soon"}, {"iss": 7}, {"exp": 1e300}], ids=str)
async def test_what_cannot_be_a_token_is_refused(client: Client, claims: object) -> None:
    reply = await client.control("tokens", {"claims": claims})
    assert (reply.status, reply.json["error"]) == (400, "invalid_claims")
