"""The run's tokens: signed RS256 like Entra's, decodable by anyone, accepted only when this run issued them."""

import base64
import math
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.types import Options

from sandbox.azure.estate import Json, Refusal
from sandbox.azure.wire import Caller

LIFETIME_SECONDS: Final = 86_400  # a managed identity's token lives a day, an application's about an hour
APP_LIFETIME_SECONDS: Final = 3_599
_KEPT: Final = 10_000
_SIGNATURE_ONLY: Final[Options] = {
    "verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False,
}  # fmt: skip
_KEYS: list[RSAPrivateKey] = []  # making one takes a good part of a second; a process makes each only once


@dataclass(frozen=True, slots=True)
class Principal:
    """An application that asks for tokens; `secret` is what a service principal proves itself with."""

    app_id: str
    object_id: str
    secret: str = ""
    resource: str = ""

    @property
    def caller(self) -> Caller:
        return Caller(self.app_id, self.object_id)


@dataclass(frozen=True, slots=True)
class _Key:
    """`id` differs in every run, so that another run's tokens are foreign."""

    private: RSAPrivateKey
    id: str = field(default_factory=lambda: base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))

    def as_jwk(self) -> Json:
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "x5t": self.id,
            "n": _number(numbers.n), "e": _number(numbers.e),
        }  # fmt: skip


class Tokens:
    """Issues, signs and judges. Times in tokens are real time: whoever holds one judges it by the machine's clock."""

    def __init__(self, tenant: str, now: Callable[[], float] = time.time) -> None:
        self.tenant = tenant
        self._now = now
        self._keys = [_Key(_private(0))]
        self._rotations = 0
        self._issued: deque[str] = deque(maxlen=_KEPT)
        self._judged: dict[str, Json] = {}
        self._expired: set[str] = set()

    def issue(self, principal: Principal, audience: str, lifetime: int = LIFETIME_SECONDS) -> str:
        """A version 1.0 access token for an application, as Resource Manager takes them."""
        more = {"xms_mirid": principal.resource} if principal.resource else {}
        claims = {"aud": audience, "appid": principal.app_id, "oid": principal.object_id, "sub": principal.object_id}
        return self.mint({**claims, **more}, lifetime)

    def mint(self, claims: Json, lifetime: int = APP_LIFETIME_SECONDS) -> str:
        """A token with these claims; `ver` ("1.0" or "2.0") says what the others are. None leaves a claim out."""
        now = int(self._now())
        given = {"ver": "1.0", **claims}
        is_second = given["ver"] == "2.0"
        app, object_id = str(uuid.uuid4()), str(uuid.uuid4())
        who = {"azp": app, "azpacr": "1"} if is_second else {"appid": app, "appidacr": "2", "idp": self.issuer("1.0")}
        filled = {
            "iss": self.issuer("2.0" if is_second else "1.0"), "iat": now, "nbf": now - 300, "exp": now + lifetime,
            "tid": self.tenant, "oid": object_id, "sub": object_id, "idtyp": "app", "uti": uuid.uuid4().hex[:22], **who,
        }  # fmt: skip
        kept = {name: value for name, value in {**filled, **given}.items() if value is not None}
        token = jwt.encode(kept, self._keys[0].private, "RS256", headers={"kid": self._keys[0].id})
        self._issued.append(token)
        return token

    def issuer(self, version: str) -> str:
        """As Entra writes it for that token version."""
        second = f"https://login.microsoftonline.com/{self.tenant}/v2.0"
        return second if version == "2.0" else f"https://sts.windows.net/{self.tenant}/"

    def rotate(self, *, forget: bool = False) -> None:
        """Sign with a new key. The old ones stay published, unless `forget`: then their tokens are foreign."""
        self._rotations += 1
        self._keys = [_Key(_private(self._rotations)), *([] if forget else self._keys)]
        self._judged.clear()

    def expire_all(self) -> None:
        """Everything issued so far is answered as expired from now on."""
        self._expired |= set(self._issued)

    def jwks(self) -> Json:
        """The keys as `discovery/v2.0/keys` shows them, the signing one first."""
        return {"keys": [key.as_jwk() for key in self._keys]}

    def judge(self, bearer: str, audiences: Callable[[str], bool]) -> Caller:
        """Who holds this token. Raises Refusal 401 with ARM's code for what is wrong with it."""
        claims = self._judged.get(bearer) or self._read(bearer)
        if claims.get("tid") != self.tenant:
            raise Refusal(401, "InvalidAuthenticationTokenTenant", f"The access token is from the wrong issuer "
                          f"'{claims.get('iss')}'. It must match the tenant '{self.issuer('1.0')}'.")  # fmt: skip
        if not audiences(str(claims.get("aud"))):
            raise Refusal(401, "InvalidAuthenticationTokenAudience", "The access token has been obtained for wrong "
                          f"audience or resource '{claims.get('aud')}'. It should exactly match with one of the "
                          "allowed audiences 'https://management.core.windows.net/','https://management.azure.com/'."
                          )  # fmt: skip
        now, until = self._now(), _seconds(claims.get("exp"))
        if bearer in self._expired or until <= now:
            raise expired(min(until, now), now)
        return Caller(str(claims.get("appid") or claims.get("azp") or ""), str(claims.get("oid") or ""))

    def _read(self, bearer: str) -> Json:
        try:
            key_id = jwt.get_unverified_header(bearer).get("kid")
            key = next(one for one in self._keys if one.id == key_id)
            claims: dict[str, Any] = jwt.decode(bearer, key.private.public_key(), ["RS256"], options=_SIGNATURE_ONLY)
        except (jwt.PyJWTError, StopIteration, UnicodeError) as error:
            raise Refusal(401, "InvalidAuthenticationToken", "The access token is invalid.") from error
        if len(self._judged) >= _KEPT:
            self._judged.clear()
        self._judged[bearer] = claims
        return claims


def _seconds(value: object) -> float:
    """A claim's time; 0 for what is none."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def expired(until: float, now: float) -> Refusal:
    """The 401 for a token that has run out."""
    ended, current = (time.strftime("%-m/%-d/%Y %-I:%M:%S %p", time.gmtime(one)) for one in (until, now))
    message = f"The access token expiry UTC time '{ended}' is earlier than current UTC time '{current}'."
    return Refusal(401, "ExpiredAuthenticationToken", message)


def _private(place: int) -> RSAPrivateKey:
    while len(_KEYS) <= place:
        _KEYS.append(generate_private_key(65537, 2048))
    return _KEYS[place]


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
