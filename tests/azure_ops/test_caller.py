"""Who may call the alert webhook: both versions, each claim wrong in turn, keys that change and are gone."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from azure_ops.caller import AZURE_MONITOR_APP, WEBHOOK_ROLE, CallerCheck, KeysUnreachable, TokenRefused, Trust

TENANT = "11111111-2222-4333-8444-555555555555"
OURS = "99999999-8888-4777-8666-555555555555"
TRUST = Trust(TENANT, (OURS, f"api://{OURS}"))
KEYS = {name: rsa.generate_private_key(65537, 2048) for name in ("one", "two")}


def key_set(*names: str) -> bytes:
    keys = [
        json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[name].public_key())) | {"kid": name, "use": "sig"}
        for name in names
    ]
    return json.dumps({"keys": keys}).encode()


class Entra:
    """The tenant's key endpoint; counts how often it is asked."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.asked = 0
        self.is_down = False

    async def fetch(self, url: str) -> bytes:
        assert url == f"https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys"
        self.asked += 1
        if self.is_down:
            raise KeysUnreachable("down")
        return key_set(*self.names)


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def claims(version: int = 2, **changes: object) -> dict[str, Any]:
    now = int(time.time())
    told: dict[str, Any] = {
        "iss": TRUST.issuers[0 if version == 2 else 1],
        "aud": OURS if version == 2 else f"api://{OURS}",
        "tid": TENANT,
        "oid": "0B1EC700-0000-4000-8000-000000000000",
        "roles": [WEBHOOK_ROLE],
        "azp" if version == 2 else "appid": AZURE_MONITOR_APP,
        "nbf": now - 10,
        "exp": now + 600,
    }
    told |= changes
    return {name: value for name, value in told.items() if value is not KeyError}


def signed(body: dict[str, Any], kid: str = "one", **header: object) -> str:
    return "Bearer " + jwt.encode(body, KEYS["one" if kid != "two" else "two"], "RS256", {"kid": kid, **header})


def check(entra: Entra | None = None, now: Callable[[], float] = time.monotonic) -> CallerCheck:
    return CallerCheck(TRUST, fetch=(entra or Entra("one")).fetch, now=now)


async def refusal(checker: CallerCheck, header: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        await checker.verify(header)
    return caught.value.reason


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
        ({"exp": "soon"}, "malformed"),
    ],
)
async def test_each_claim_that_is_wrong_is_refused(version: int, changes: dict[str, object], reason: str) -> None:
    assert await refusal(check(), signed(claims(version, **changes))) == reason


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
    import base64
    import hashlib
    import hmac

    def part(data: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=")

    head = part({"alg": "HS256", "typ": "JWT", "kid": "one"}) + b"." + part(claims())
    seal = base64.urlsafe_b64encode(hmac.new(pem, head, hashlib.sha256).digest()).rstrip(b"=")
    assert await refusal(check(), f"Bearer {(head + b'.' + seal).decode()}") == "algorithm"
    unsigned = part({"alg": "none", "kid": "one"}) + b"." + part(claims()) + b"."
    assert await refusal(check(), f"Bearer {unsigned.decode()}") == "algorithm"


async def test_a_token_cannot_say_where_its_keys_are() -> None:
    header = signed(claims(), jku="https://evil.example/keys", x5u="https://evil.example/cert")
    await check().verify(header)  # the fetch above asserts the one address that is ever asked


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "bearer a.b.c", "Bearer " + "x" * 20_000])
async def test_what_is_no_token_is_refused_without_asking_entra(header: str) -> None:
    entra = Entra("one")
    assert await refusal(check(entra), header) in ("missing", "malformed")
    assert entra.asked == 0


async def test_a_new_key_is_found_when_it_is_first_used() -> None:
    entra, clock = Entra("one"), Clock()
    checker = check(entra, clock)
    await checker.verify(signed(claims()))
    entra.names = ("one", "two")
    clock.seconds += 61
    await checker.verify(signed(claims(), "two"))
    assert entra.asked == 2


async def test_a_key_taken_back_is_no_longer_believed_after_an_hour() -> None:
    entra, clock = Entra("one", "two"), Clock()
    checker = check(entra, clock)
    await checker.verify(signed(claims(), "two"))
    entra.names = ("one",)
    clock.seconds += 3_601
    assert await refusal(checker, signed(claims(), "two")) == "unknown-key"


async def test_made_up_key_names_do_not_make_us_ask_entra_again_and_again() -> None:
    entra, clock = Entra("one"), Clock()
    checker = check(entra, clock)
    for n in range(200):
        assert await refusal(checker, signed(claims(), f"made-up-{n}")) == "unknown-key"
        clock.seconds += 1
    assert entra.asked <= 4


async def test_while_entra_cannot_be_reached_the_keys_serve_for_a_day_and_no_longer() -> None:
    entra, clock = Entra("one"), Clock()
    checker = check(entra, clock)
    await checker.verify(signed(claims()))
    entra.is_down = True
    clock.seconds += 80_000
    await checker.verify(signed(claims()))
    clock.seconds += 7_000
    assert await refusal(checker, signed(claims())) == "keys-unreachable"


async def test_without_keys_from_the_start_nobody_is_let_in() -> None:
    entra = Entra("one")
    entra.is_down = True
    assert await refusal(check(entra), signed(claims())) == "keys-unreachable"


@pytest.mark.parametrize(
    "answer", [web.Response(status=500), web.Response(text="<html>"), web.Response(body=b"x" * 2_000_000)]
)
async def test_a_key_endpoint_that_answers_nonsense_is_no_source_of_keys(answer: web.Response) -> None:
    async def keys(_: web.Request) -> web.Response:
        return answer

    app = web.Application()
    app.router.add_get("/{tenant}/discovery/v2.0/keys", keys)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    trust = Trust(TENANT, (OURS,), authority=f"http://{host}:{port}")
    assert await refusal(CallerCheck(trust), signed(claims())) == "keys-unreachable"
    await runner.cleanup()


def test_the_authority_is_https_or_this_machine() -> None:
    with pytest.raises(ValueError, match="https"):
        Trust(TENANT, (OURS,), authority="http://login.example.com")


@given(st.text(max_size=200) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
async def test_no_header_brings_anything_but_a_refusal(text: str) -> None:
    checker = check()
    for header in (text, f"Bearer {text}", f"Bearer a.{text}.c", signed(claims())[:-5] + text + "!"):
        with pytest.raises(TokenRefused):
            await checker.verify(header)
