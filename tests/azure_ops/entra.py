"""A tenant whose keys are ours: what it publishes, and tokens of either version as it would sign them."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from azure_ops.caller import AZURE_MONITOR_APP, WEBHOOK_ROLE, CallerCheck, TokenRefused, Trust
from azure_ops.signing_keys import KeysUnreachable

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
    """As Entra would sign it, whatever the claims are: the library's own `encode` would refuse some."""
    key = KEYS["one" if kid != "two" else "two"]
    return "Bearer " + jwt.PyJWS().encode(json.dumps(body).encode(), key, "RS256", {"kid": kid, **header})


def check(entra: Entra | None = None, now: Callable[[], float] = time.monotonic) -> CallerCheck:
    return CallerCheck(TRUST, fetch=(entra or Entra("one")).fetch, now=now)


async def refusal(checker: CallerCheck, header: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        await checker.verify(header)
    return caught.value.reason
