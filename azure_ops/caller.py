"""Who calls the alert webhook: checks the Entra token of Azure Monitor's secure webhook, both token versions.

The rules are Entra's general ones: RS256 by the tenant's published keys, issuer, audience, calling app, role, times.
For this caller they are described by Microsoft's page on secure webhooks, not by a delivery that we saw.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import aiohttp
import jwt
import orjson

from azure_ops.addresses import is_loopback

# The first-party app "AzNS AAD Webhook", and the role that its setup script gives it on our app registration.
AZURE_MONITOR_APP: Final = "461e8683-5575-4561-ac7f-899cc907d62a"
WEBHOOK_ROLE: Final = "ActionGroupsSecureWebhook"
PUBLIC_AUTHORITY: Final = "https://login.microsoftonline.com"

Refusal = Literal[
    "missing", "malformed", "algorithm", "unknown-key", "signature", "expired", "not-yet-valid", "issuer", "audience",
    "tenant", "app", "role", "keys-unreachable",
]  # fmt: skip

_LARGEST: Final = 16 * 1024
_LARGEST_KEYS: Final = 1024 * 1024
_LEEWAY: Final = 60
_KEYS_FRESH: Final = 3_600.0
_KEYS_LAST: Final = 86_400.0
_FETCH_PAUSE: Final = 60.0
_FETCH_SECONDS: Final = 5.0
_OF_JWT: Final[tuple[tuple[type[jwt.PyJWTError], Refusal], ...]] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not-yet-valid"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidAlgorithmError, "algorithm"),
)

Fetch = Callable[[str], Awaitable[bytes]]


class TokenRefused(Exception):
    """The caller is not let in; `reason` is for the log and the answer, and nothing of the token is."""

    def __init__(self, reason: Refusal) -> None:
        self.reason: Refusal = reason
        super().__init__(reason)


class KeysUnreachable(Exception):
    """The tenant's keys could not be fetched."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom we believe. `audiences` are our app's id (version 2 tokens) and its App ID URI (version 1)."""

    tenant_id: str
    audiences: tuple[str, ...]
    app_id: str = AZURE_MONITOR_APP
    role: str = WEBHOOK_ROLE
    authority: str = PUBLIC_AUTHORITY

    def __post_init__(self) -> None:
        """ValueError for an authority that is neither https nor loopback, or for no audience."""
        parts = urlsplit(self.authority)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise ValueError("the authority takes https://, or http:// to loopback")
        if not self.audiences or not self.tenant_id:
            raise ValueError("a tenant and at least one audience are needed")

    @property
    def keys_url(self) -> str:
        """Where the tenant publishes its keys; never taken from a token."""
        return f"{self.authority.rstrip('/')}/{self.tenant_id}/discovery/v2.0/keys"

    @property
    def issuers(self) -> tuple[str, str]:
        """Of version 2 and of version 1."""
        return f"{self.authority.rstrip('/')}/{self.tenant_id}/v2.0", f"https://sts.windows.net/{self.tenant_id}/"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called, as the token says: the app's id and the object id of its identity in the tenant."""

    app_id: str
    object_id: str


class CallerCheck:
    """Verifies bearer tokens. `fetch` reads a URL (raising KeysUnreachable), `now` is a monotonic clock in seconds."""

    def __init__(self, trust: Trust, *, fetch: Fetch | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._trust = trust
        self._keys = _Keys(trust.keys_url, fetch or fetch_keys, now)

    async def verify(self, authorization: str) -> Caller:
        """The caller that an Authorization header proves. Raises TokenRefused with the first thing that is wrong."""
        token = _bearer(authorization)
        key = await self._keys.get(_key_id(token))
        return self._judge(_claims(token, key, self._trust))

    def _judge(self, claims: Mapping[str, Any]) -> Caller:
        trust = self._trust
        if _lower(claims.get("tid")) != trust.tenant_id.casefold():
            raise TokenRefused("tenant")
        # Version 1 names the calling app in `appid`, version 2 in `azp`.
        app = _lower(claims.get("azp") or claims.get("appid"))
        if app != trust.app_id.casefold():
            raise TokenRefused("app")
        roles = claims.get("roles")
        if not isinstance(roles, list) or trust.role not in roles:
            raise TokenRefused("role")
        return Caller(app, _lower(claims.get("oid")))


class _Keys:
    """The tenant's keys by their id. Unknown ids are looked for anew, but not as often as somebody sends them."""

    def __init__(self, url: str, fetch: Fetch, now: Callable[[], float]) -> None:
        self._url = url
        self._fetch = fetch
        self._now = now
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = -_KEYS_LAST
        self._tried_at = -_FETCH_PAUSE
        self._lock = asyncio.Lock()

    async def get(self, key_id: str) -> jwt.PyJWK:
        """Raises TokenRefused: unknown-key, or keys-unreachable where there are none that can still be believed."""
        if key_id not in self._keys or self._age() >= _KEYS_FRESH:
            async with self._lock:
                if key_id not in self._keys or self._age() >= _KEYS_FRESH:
                    await self._renew()
        if self._age() >= _KEYS_LAST:
            raise TokenRefused("keys-unreachable")
        if key_id not in self._keys:
            raise TokenRefused("unknown-key")
        return self._keys[key_id]

    def _age(self) -> float:
        return self._now() - self._read_at

    async def _renew(self) -> None:
        """Fetch once a minute at most; where that fails, the old keys serve for a day."""
        if self._now() - self._tried_at < _FETCH_PAUSE:
            return
        self._tried_at = self._now()
        try:
            found = _read_keys(await self._fetch(self._url))
        except KeysUnreachable:
            return
        if found:
            self._keys, self._read_at = found, self._now()


async def fetch_keys(url: str) -> bytes:
    """The key set's bytes, at most 1 MiB, within 5 seconds, without redirects. Raises KeysUnreachable."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_FETCH_SECONDS), trust_env=True) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            content = await answer.content.read(_LARGEST_KEYS)
            if answer.status != 200 or not answer.content.at_eof():
                raise KeysUnreachable(f"the key set answered {answer.status}")
            return content
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise KeysUnreachable(type(error).__name__) from None


def _read_keys(content: bytes) -> dict[str, jwt.PyJWK]:
    """RSA signing keys by id; whatever else the set holds is passed over."""
    try:
        body = orjson.loads(content)
    except ValueError:
        raise KeysUnreachable("the key set is no JSON") from None
    keys = body.get("keys") if isinstance(body, dict) else None
    found: dict[str, jwt.PyJWK] = {}
    for key in keys if isinstance(keys, list) else []:
        if isinstance(key, dict) and key.get("kty") == "RSA" and key.get("use", "sig") == "sig":
            try:
                found[str(key["kid"])] = jwt.PyJWK(key, algorithm="RS256")
            except (jwt.PyJWTError, KeyError, ValueError, TypeError):
                continue
    return found


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.casefold() != "bearer" or not token.strip():
        raise TokenRefused("missing")
    if len(token) > _LARGEST:
        raise TokenRefused("malformed")
    return token.strip()


def _key_id(token: str) -> str:
    """The header's key id. Of the header nothing else is believed: not its algorithm, not an address of keys."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise TokenRefused("malformed") from None
    if header.get("alg") != "RS256":
        raise TokenRefused("algorithm")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= 200:
        raise TokenRefused("malformed")
    return key_id


def _claims(token: str, key: jwt.PyJWK, trust: Trust) -> Mapping[str, Any]:
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=list(trust.audiences),
            issuer=list(trust.issuers),
            leeway=_LEEWAY,
            options={"require": ["exp", "nbf", "iss", "aud"]},
        )
    except jwt.PyJWTError as error:
        raise TokenRefused(next((reason for kind, reason in _OF_JWT if isinstance(error, kind)), "malformed")) from None
    except (ValueError, TypeError, RecursionError):
        raise TokenRefused("malformed") from None
    return claims


def _lower(value: object) -> str:
    return value.casefold() if isinstance(value, str) else ""
