"""Who may call the alert webhook: both versions, each claim wrong in turn, and tokens that are none."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from contextlib import suppress
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st

from azure_ops.caller import AZURE_MONITOR_APP, WEBHOOK_ROLE, CallerCheck, TokenRefused, Trust
from sandbox.azure import running
from tests.azure_ops.entra import KEYS, OURS, TENANT, TRUST, Clock, Entra, check, claims, refusal, signed


@pytest.mark.parametrize("version", [1, 2])
async def test_azure_monitor_is_let_in_with_either_version_of_token(version: int) -> None:
    caller = await check().verify(signed(claims(version)))
    assert caller.app_id == AZURE_MONITOR_APP
    assert caller.object_id == "0b1ec700-0000-4000-8000-000000000000"


NOW = int(time.time())


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://login.microsoftonline.com/another/v2.0"}, "issuer"),
        ({"iss": "https://evil.example/"}, "issuer"),
        ({"aud": "api://another"}, "audience"),
        ({"aud": ["x", "y"]}, "audience"),
        ({"tid": "another"}, "tenant"),
        ({"tid": KeyError}, "tenant"),
        ({"azp": "another", "appid": "another"}, "app"),
        ({"azp": KeyError, "appid": KeyError}, "app"),
        ({"roles": []}, "role"),
        ({"roles": f"{WEBHOOK_ROLE} x"}, "role"),
        ({"roles": KeyError}, "role"),
        ({"exp": NOW - 120}, "expired"),
        ({"nbf": NOW + 600}, "not-yet-valid"),
        ({"exp": KeyError}, "malformed"),
        ({"nbf": KeyError}, "malformed"),
        ({"iss": KeyError}, "malformed"),
        ({"aud": KeyError}, "malformed"),
        ({"exp": "soon"}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"nbf": float("nan")}, "malformed"),
        ({"iss": [1]}, "issuer"),
        ({"aud": {"a": 1}}, "audience"),
        ({"tid": [TENANT]}, "tenant"),
        ({"roles": {WEBHOOK_ROLE: 1}}, "role"),
    ],
)
async def test_each_claim_that_is_wrong_is_refused(version: int, changes: dict[str, object], reason: str) -> None:
    assert await refusal(check(), signed(claims(version, **changes))) == reason


async def test_each_version_names_the_app_in_its_own_claim() -> None:
    assert await refusal(check(), signed(claims(1, appid=KeyError, azp=AZURE_MONITOR_APP))) == "app"
    assert await refusal(check(), signed(claims(2, azp=KeyError, appid=AZURE_MONITOR_APP))) == "app"


async def test_a_tenant_is_the_same_in_capitals() -> None:
    trust = Trust(TENANT.upper(), (OURS,))
    assert trust.issuers == TRUST.issuers
    await CallerCheck(trust, fetch=Entra("one").fetch).verify(signed(claims(tid=TENANT.upper())))


@pytest.mark.parametrize(
    ("authority", "second", "first"),
    [
        ("https://login.microsoftonline.us/", "https://login.microsoftonline.us", "https://sts.windows.net"),
        (
            "https://login.partner.microsoftonline.cn",
            "https://login.partner.microsoftonline.cn",
            "https://sts.chinacloudapi.cn",
        ),
        ("https://login.chinacloudapi.cn", "https://login.partner.microsoftonline.cn", "https://sts.chinacloudapi.cn"),
        ("http://127.0.0.1:4391", "https://login.microsoftonline.com", "https://sts.windows.net"),
    ],
)
def test_other_clouds_issue_under_their_own_names(authority: str, second: str, first: str) -> None:
    trust = Trust(TENANT, (OURS,), authority=authority)
    assert trust.issuers == (f"{second}/{TENANT}/v2.0", f"{first}/{TENANT}/")
    assert trust.keys_url == f"{authority.rstrip('/')}/{TENANT}/discovery/v2.0/keys"


async def test_a_minute_of_difference_between_clocks_is_forgiven() -> None:
    await check().verify(signed(claims(exp=int(time.time()) - 30, nbf=int(time.time()) - 900)))


async def test_another_key_under_a_known_name_does_not_pass() -> None:
    token = jwt.encode(claims(), KEYS["two"], "RS256", {"kid": "one"})
    assert await refusal(check(), f"Bearer {token}") == "signature"


async def test_the_public_key_is_no_shared_secret() -> None:
    pem = (
        KEYS["one"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )

    def part(data: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=")

    head = part({"alg": "HS256", "typ": "JWT", "kid": "one"}) + b"." + part(claims())
    seal = base64.urlsafe_b64encode(hmac.new(pem, head, hashlib.sha256).digest()).rstrip(b"=")
    assert await refusal(check(), f"Bearer {(head + b'.' + seal).decode()}") == "algorithm"
    unsigned = part({"alg": "none", "kid": "one"}) + b"." + part(claims()) + b"."
    assert await refusal(check(), f"Bearer {unsigned.decode()}") == "algorithm"


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
async def test_another_algorithm_is_refused_without_asking_entra(algorithm: str) -> None:
    entra = Entra("one")
    token = jwt.encode(claims(), KEYS["one"], algorithm, {"kid": "one"})
    assert await refusal(check(entra), f"Bearer {token}") == "algorithm"
    assert entra.asked == 0


async def test_a_token_that_is_too_long_is_refused_however_good_it_is() -> None:
    entra = Entra("one")
    assert await refusal(check(entra), signed(claims(more="x" * 20_000))) == "malformed"
    assert entra.asked == 0


async def test_a_token_cannot_say_where_its_keys_are() -> None:
    header = signed(claims(), jku="https://evil.example/keys", x5u="https://evil.example/cert")
    await check().verify(header)  # the fetch above asserts the one address that is ever asked


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "bearer a.b.c", "Bearer " + "x" * 20_000])
async def test_what_is_no_token_is_refused_without_asking_entra(header: str) -> None:
    entra = Entra("one")
    assert await refusal(check(entra), header) in ("missing", "malformed")
    assert entra.asked == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"authority": "http://login.example.com"},
        {"authority": "http://127.0.0.1.example.com"},
        {"authority": "https://"},
        {"authority": "https://user:word@login.microsoftonline.com"},
        {"authority": "https://login.microsoftonline.com/common"},
        {"authority": "https://login.microsoftonline.com?x=1"},
        {"authority": "https://login.microsoftonline.com:port"},
        {"authority": "login.microsoftonline.com"},
        {"tenant_id": ""},
        {"tenant_id": "common"},
        {"tenant_id": f"{TENANT}/../common"},
        {"audiences": ()},
        {"audiences": (OURS, " ")},
        {"app_id": ""},
        {"role": ""},
    ],
    ids=str,
)
def test_nothing_that_would_let_others_in_can_be_set(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Trust(**{"tenant_id": TENANT, "audiences": (OURS,)} | wrong)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
async def test_the_keys_of_a_whole_entra_rotation_included(version: str) -> None:
    async with running() as azure, asyncio.timeout(20):
        trust = Trust(azure.estate.tenant_id, (OURS,), authority=azure.url)
        clock = Clock()
        checker = CallerCheck(trust, now=clock)
        told = {"aud": OURS, "ver": version, "roles": [WEBHOOK_ROLE]}
        told["azp" if version == "2.0" else "appid"] = AZURE_MONITOR_APP
        old = f"Bearer {azure.mint(told)}"
        assert (await checker.verify(old)).app_id == AZURE_MONITOR_APP
        assert await refusal(checker, f"Bearer {azure.mint(told | {'roles': None})}") == "role"
        # What opens Resource Manager does not open our door.
        assert await refusal(checker, f"Bearer {azure.token}") == "audience"
        azure.rotate_keys()
        clock.seconds += 61
        await checker.verify(f"Bearer {azure.mint(told)}")
        await checker.verify(old)
        azure.rotate_keys(forget=True)
        clock.seconds += 3_601
        assert await refusal(checker, old) == "unknown-key"


@given(st.text(max_size=200) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
async def test_no_header_brings_anything_but_a_refusal(text: str) -> None:
    checker = check()
    for header in (text, f"Bearer {text}", f"Bearer a.{text}.c", signed(claims())[:-5] + text + "!"):
        with pytest.raises(TokenRefused):
            await checker.verify(header)


_ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.text(max_size=5))


@given(
    st.dictionaries(st.sampled_from(sorted(claims() | {"iat": 0, "sub": 0, "jti": 0, "appid": 0})), _ANY, min_size=1),
    st.dictionaries(st.sampled_from(["typ", "cty", "crit", "b64", "jku", "jwk", "x5c"]), _ANY, max_size=2),
)
async def test_whatever_entra_would_sign_is_a_caller_or_refused(told: dict[str, Any], header: dict[str, Any]) -> None:
    head, body = ({"alg": "RS256", "kid": "one"} | header, claims() | told)
    signing = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, body))
    seal = KEYS["one"].sign(signing, padding.PKCS1v15(), hashes.SHA256())
    token = signing + b"." + base64.urlsafe_b64encode(seal).rstrip(b"=")
    with suppress(TokenRefused):
        assert (await check().verify(f"Bearer {token.decode()}")).app_id == AZURE_MONITOR_APP
