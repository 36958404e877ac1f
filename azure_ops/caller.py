"""Who calls the alert webhook: checks the Entra token of Azure Monitor's secure webhook, both token versions.

The rules are Entra's general ones: RS256 by the tenant's published keys, issuer, audience, calling app, role, times.
For this caller they are described by Microsoft's page on secure webhooks, not by a delivery that we saw.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import SplitResult, urlsplit

import jwt

from azure_ops.addresses import is_loopback
from azure_ops.signing_keys import Fetch, KeysUnreachable, KeyUnknown, SigningKeys

# The first-party app "AzNS AAD Webhook", and the role that its setup script gives it on our app registration.
AZURE_MONITOR_APP: Final = "461e8683-5575-4561-ac7f-899cc907d62a"
WEBHOOK_ROLE: Final = "ActionGroupsSecureWebhook"
PUBLIC_AUTHORITY: Final = "https://login.microsoftonline.com"

Refusal = Literal[
    "missing", "malformed", "algorithm", "unknown-key", "signature", "expired", "not-yet-valid", "issuer", "audience",
    "tenant", "app", "role", "keys-unreachable",
]  # fmt: skip

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Under what names the authorities of Azure's clouds issue tokens of version 2 and of version 1.
_CHINA: Final = ("https://login.partner.microsoftonline.cn", "https://sts.chinacloudapi.cn")
_FIRST_VERSION: Final = "https://sts.windows.net"
_ISSUERS: Final[Mapping[str, tuple[str, str]]] = {
    "login.partner.microsoftonline.cn": _CHINA,
    "login.chinacloudapi.cn": _CHINA,
    "login.windows.net": (PUBLIC_AUTHORITY, _FIRST_VERSION),
}
_LARGEST: Final = 16 * 1024
_LONGEST_KEY_ID: Final = 200
_LEEWAY: Final = 60
_OF_JWT: Final[tuple[tuple[type[jwt.PyJWTError], Refusal], ...]] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not-yet-valid"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidAlgorithmError, "algorithm"),
)


class TokenRefused(Exception):
    """The caller is not let in; `reason` is for the log and the answer, and nothing of the token is.

    "keys-unreachable" is our own trouble: answered with 503, Azure Monitor delivers again. Any other is a 401.
    """

    def __init__(self, reason: Refusal) -> None:
        self.reason: Refusal = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom we believe. `audiences` are our app's id (version 2 tokens) and its App ID URI (version 1).

    `authority` is Entra's address in the cloud that the tenant belongs to.
    """

    tenant_id: str
    audiences: tuple[str, ...]
    app_id: str = AZURE_MONITOR_APP
    role: str = WEBHOOK_ROLE
    authority: str = PUBLIC_AUTHORITY

    def __post_init__(self) -> None:
        """ValueError, naming what is wrong: whoever could leave a rule empty would let everybody in."""
        if not _GUID.fullmatch(self.tenant_id):
            raise ValueError("the tenant is named by its id")
        if not self.audiences or not all(audience.strip() for audience in self.audiences):
            raise ValueError("at least one audience is needed, and none may be empty")
        if not self.app_id or not self.role:
            raise ValueError("the calling app and its role are needed")
        if not _is_authority(_split(self.authority)):
            raise ValueError("the authority is https:// and a host, nothing more; http:// to loopback only")

    @property
    def keys_url(self) -> str:
        """Where the tenant publishes its keys; never taken from a token."""
        return f"{self.authority.rstrip('/')}/{self.tenant_id.lower()}/discovery/v2.0/keys"

    @property
    def issuers(self) -> tuple[str, str]:
        """Of version 2 and of version 1. Loopback plays the public cloud."""
        host = urlsplit(self.authority).hostname or ""
        own = PUBLIC_AUTHORITY if is_loopback(host) else f"https://{host}"
        second, first = _ISSUERS.get(host, (own, _FIRST_VERSION))
        return f"{second}/{self.tenant_id.lower()}/v2.0", f"{first}/{self.tenant_id.lower()}/"


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # a port that is none raises only when it is read
    except ValueError:
        return None
    return parts


def _is_authority(parts: SplitResult | None) -> bool:
    if parts is None or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    return is_safe and parts.username is None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called, as the token says: the app's id and the object id of its identity in the tenant."""

    app_id: str
    object_id: str


class CallerCheck:
    """Verifies bearer tokens. `fetch` reads a URL (raising KeysUnreachable), `now` is a monotonic clock in seconds."""

    def __init__(self, trust: Trust, *, fetch: Fetch | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._trust = trust
        self._keys = SigningKeys(trust.keys_url, fetch, now)

    async def verify(self, authorization: str) -> Caller:
        """The caller that an Authorization header proves. Raises TokenRefused with the first thing that is wrong."""
        token = _bearer(authorization)
        key_id = _key_id(token)
        try:
            key = await self._keys.get(key_id)
        except KeyUnknown:
            raise TokenRefused("unknown-key") from None
        except KeysUnreachable:
            raise TokenRefused("keys-unreachable") from None
        return self._judge(_claims(token, key, self._trust))

    def _judge(self, claims: Mapping[str, Any]) -> Caller:
        trust = self._trust
        if _lower(claims.get("tid")) != trust.tenant_id.casefold():
            raise TokenRefused("tenant")
        is_second = claims["iss"] == trust.issuers[0]
        app = _lower(claims.get("azp" if is_second else "appid"))
        if app != trust.app_id.casefold():
            raise TokenRefused("app")
        roles = claims.get("roles")
        if not isinstance(roles, list) or trust.role not in roles:
            raise TokenRefused("role")
        return Caller(app, _lower(claims.get("oid")))

    async def close(self) -> None:
        """End what is under way."""
        await self._keys.close()


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
    if not isinstance(key_id, str) or not 0 < len(key_id) <= _LONGEST_KEY_ID:
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
    except (ValueError, TypeError, OverflowError, RecursionError):  # not every version of the library names them all
        raise TokenRefused("malformed") from None
    return claims


def _lower(value: object) -> str:
    return value.casefold() if isinstance(value, str) else ""
