"""Who we are for Azure: the credential that was chosen, and its token, fetched once for all calls that need it."""

import asyncio
import base64
import os
import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from azure.core.credentials import AccessTokenInfo
from azure.core.exceptions import AzureError as ClientLibraryError

from azure_ops.errors import NotSignedIn, Throttled
from azure_ops.reasons import Why
from azure_ops.refusals import one_line
from azure_ops.retry import Limits, TryFailed, seconds_of
from azure_ops.token_answers import Asked, hooks, listening, passing_failure

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

Choice = Literal["default", "managed-identity", "workload-identity", "environment", "cli"]

# A token with less left than this is renewed before it is used: a write is never sent with one that may run out.
_FRESH: Final = 300.0
# If that fails, one with this much left still serves, and renewing is tried again a little later.
_STILL_GOOD: Final = 30.0
# However long we are told to wait, an hour later we ask again.
_LONGEST_REST: Final = 3_600.0
_SECRETS: Final = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_PASSWORD", "IDENTITY_HEADER")
_CLAIMS: Final = re.compile(r'claims="([A-Za-z0-9+/=_-]{1,4000})"')
_ENTRA: Final = re.compile(r"AADSTS\d+: [^\r\n]*?(?= Trace ID:|[\r\n]|$)")
# One line for each credential that the default one tried: its name, and the first sentence of why it does not work.
_TRIED: Final = re.compile(
    r"^\t(\w+)Credential: (?:\w+ authentication unavailable\. )?(.+?)(?:\.\s|\.?$)", re.MULTILINE
)
_NOT_SET_UP: Final[Mapping[Choice, Why]] = {
    "default": Why.NO_CREDENTIAL,
    "managed-identity": Why.NO_MANAGED_IDENTITY,
    "workload-identity": Why.NO_WORKLOAD_IDENTITY,
    "environment": Why.NO_SERVICE_PRINCIPAL,
    "cli": Why.NO_CLI,
}


def credential_for(
    choice: Choice, authority: str | None = None, limit: float = Limits().token
) -> "AsyncTokenCredential":
    """The credential by name, from the environment; none of them ever asks a person. Reads files: not for the loop.

    `authority` is the host of Entra, unless AZURE_AUTHORITY_HOST names one; `limit` how long a request for a token may
    last, in seconds. ValueError where it is not set up.
    """
    from azure.identity import aio

    # The Azure CLI is ended before that: given up from outside it would run on, once more for each try.
    cli_seconds = max(1, int(limit * 2 / 3))
    options: dict[str, Any] = hooks()
    if authority and not os.environ.get("AZURE_AUTHORITY_HOST"):
        options["authority"] = authority
    if choice == "managed-identity":
        return aio.ManagedIdentityCredential(client_id=os.environ.get("AZURE_CLIENT_ID") or None, **hooks())
    if choice == "workload-identity":
        return aio.WorkloadIdentityCredential(**options)
    if choice == "environment":
        return aio.EnvironmentCredential(**options)
    if choice == "cli":
        return aio.AzureCliCredential(process_timeout=cli_seconds)
    default = aio.DefaultAzureCredential(
        exclude_shared_token_cache_credential=True,
        exclude_visual_studio_code_credential=True,
        exclude_developer_cli_credential=True,
        exclude_powershell_credential=True,
        process_timeout=cli_seconds,
        **options,
    )
    if "authority" in options:
        # It keeps the authority from workload identity, which then asks the public cloud's.
        default.credentials = tuple(
            aio.WorkloadIdentityCredential(**options) if isinstance(one, aio.WorkloadIdentityCredential) else one
            for one in default.credentials
        )
    return default


class Tokens:
    """The token for one audience. `make` builds the credential, in a thread, when the first token is needed.

    `limit` is how long one request for a token may last; whoever asks to wait (429) is not asked before.
    """

    def __init__(
        self,
        audience: str,
        make: Callable[[], "AsyncTokenCredential"],
        *,
        choice: Choice = "default",
        is_ours: bool = True,
        limit: float = Limits().token,
        wall: Callable[[], float] = time.time,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scope = f"{audience.rstrip('/')}/.default"
        self._make = make
        self._choice = choice
        self._is_ours = is_ours
        self._limit = limit
        self._wall = wall
        self._now = now
        self._rest_until = 0.0
        self._is_vm_known = False
        self._credential: AsyncTokenCredential | None = None
        self._token: AccessTokenInfo | None = None
        self._renew_at = 0.0
        self._claims = ""
        self._one_at_a_time = asyncio.Lock()

    async def bearer(self) -> str:
        """A token with some minutes left.

        Raises TryFailed: with NotSignedIn where the identity is refused or none is set up; passing, with Throttled or
        Unreachable, where whoever gives out the tokens has troubles of its own.
        """
        if self._token is None or self._wall() >= self._renew_at:
            async with self._one_at_a_time:
                if self._token is None or self._wall() >= self._renew_at:
                    self._token = await self._renewed(self._token)
        return self._token.token

    async def _renewed(self, old: AccessTokenInfo | None) -> AccessTokenInfo:
        """A new token; the old one, for a little longer, where there is no new one."""
        now = self._wall()
        try:
            token = await self._fetch()
        except TryFailed:
            if old is None or old.expires_on - now < 2 * _STILL_GOOD:
                self._token = None
                raise
            self._renew_at = now + _STILL_GOOD
            return old
        left = token.expires_on - now
        self._renew_at = now + (left - _FRESH if left > 2 * _FRESH else left / 2)
        return token

    async def _fetch(self) -> AccessTokenInfo:
        if (rest := self._rest_until - self._now()) > 0:
            raise TryFailed(Throttled(seconds=seconds_of(rest)), is_passing=True, wait=rest, is_unsent=True)
        claims, self._claims = self._claims, ""
        with listening() as asked:
            try:
                async with asyncio.timeout(self._limit):
                    if self._credential is None:
                        self._credential = await asyncio.to_thread(self._make)
                    token = await _token_of(self._credential, self._scope, claims)
            except (ClientLibraryError, ValueError, TypeError, LookupError, OSError) as error:
                raise self._failure(error, asked) from None
        self._is_vm_known = self._is_vm_known or asked.is_vm
        return token

    def _failure(self, error: Exception, asked: Asked) -> TryFailed:
        named = os.environ.get("AZURE_TOKEN_CREDENTIALS", "").strip().casefold()
        is_vm = self._choice == "managed-identity" or named == "managedidentitycredential" or self._is_vm_known
        failed = passing_failure(error, asked, is_vm_expected=is_vm)
        if failed is None:
            return TryFailed(NotSignedIn(**self._why(error)), is_unsent=True)
        if isinstance(failed.error, Throttled):
            self._rest_until = self._now() + min(failed.wait or 0.0, _LONGEST_REST)
        return failed

    def _why(self, error: Exception) -> dict[str, Any]:
        """The values of an error for those who run the bot; never a secret."""
        text = str(getattr(error, "message", None) or error)
        if entra := _ENTRA.search(text):
            # The client library puts quotes around what Entra says.
            said = entra[0].removesuffix("'") if entra[0].count("'") % 2 else entra[0]
            return {"why": _without_secrets(said)}
        if tried := _TRIED.findall(text):
            words = "; ".join(f"{name}: {reason}" for name, reason in tried)
            return {"why": Why.NONE_WORKS, "tried": _without_secrets(words)}
        if isinstance(error, OSError) and error.filename:
            return {"why": Why.FILE_UNREADABLE, "file": one_line(str(error.filename))}
        if isinstance(error, ValueError) and os.environ.get("AZURE_CLIENT_CERTIFICATE_PATH"):
            return {"why": Why.BAD_CERTIFICATE}
        if type(error).__name__ == "CredentialUnavailableError" or isinstance(error, ValueError):
            return {"why": _NOT_SET_UP[self._choice]}
        return {"why": _without_secrets(text)}

    async def refused(self, token: str, headers: Mapping[str, str]) -> None:
        """Azure did not accept this token: forget it, and where it is kept, unless a newer one is already here."""
        async with self._one_at_a_time:
            if self._token is None or self._token.token != token:
                return
            self._token = None
            self._claims = _claims_of(headers)
            if not self._claims and self._is_ours:
                # The credential keeps the token too, and would give it again.
                await self._let_go()

    async def close(self) -> None:
        """Close the credential, if it was made here."""
        if self._is_ours:
            await self._let_go()

    async def _let_go(self) -> None:
        credential, self._credential = self._credential, None
        if credential is not None:
            await credential.close()


def _without_secrets(text: str) -> str:
    """On one line."""
    for name in _SECRETS:
        if secret := os.environ.get(name):
            text = text.replace(secret, "[secret]")
    return one_line(text)


async def _token_of(credential: "AsyncTokenCredential", scope: str, claims: str) -> AccessTokenInfo:
    """By the newer method where the credential has it."""
    if (newer := getattr(credential, "get_token_info", None)) is not None:
        info: AccessTokenInfo = await newer(scope, options={"claims": claims} if claims else {})
        return info
    older = await credential.get_token(scope, claims=claims or None)
    return AccessTokenInfo(older.token, older.expires_on)


def _claims_of(headers: Mapping[str, str]) -> str:
    """What the next token must say, as JSON: Azure asks for it when somebody's access was changed meanwhile."""
    found = _CLAIMS.search(headers.get("www-authenticate", ""))
    if found is None:
        return ""
    text = found[1].replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return ""
