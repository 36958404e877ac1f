"""The pipeline that every request to Azure goes through, and the client package's clients on top of it.

Loading this loads the Azure packages, which takes a second: `azure_ops.arm` does it in a thread when first asked.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import aiohttp
import orjson
from azure.core.exceptions import AzureError as ClientLibraryError
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline import AsyncPipeline, PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.recoveryservicesbackup.aio import RecoveryServicesBackupClient

from azure_ops.addresses import audience_of, authority_of
from azure_ops.budget import Budgets
from azure_ops.calls import CURRENT, Call
from azure_ops.credentials import Choice, Tokens, credential_for
from azure_ops.errors import NotSignedIn, Throttled, UnexpectedAnswer, Unreachable
from azure_ops.reasons import Why
from azure_ops.refusals import refusal, words_of
from azure_ops.retry import PASSING, Limits, TryFailed, asked_wait, seconds_of
from azure_ops.sessions import Sessions, open_sessions
from azure_ops.slices import breath

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

T = TypeVar("T")

USER_AGENT: Final = "backup-bot"
_MOST_CLIENTS: Final = 64
# How long a subscription rests after a 429 that does not say.
_REST: Final = 2.0
_LONG: Final = 200_000
# They tell what we tell, with more words and less care.
_TALKATIVE: Final = ("azure", "msal")


class OneTry(AsyncHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Sends one request of the running call, in its turn and signed, and takes the answer apart.

    There is nothing else in the pipeline: no retry, no redirect, no log of headers. Raises TryFailed.
    """

    def __init__(self, base_url: str, tokens: Tokens, budgets: Budgets) -> None:
        super().__init__()
        self._base_url = base_url
        self._tokens = tokens
        self._budgets = budgets

    async def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, AsyncHttpResponse]:
        call, asked = CURRENT.get(), request.http_request
        call.method, call.status = asked.method, 0
        if call.may_have_happened or not asked.url.startswith(f"{self._base_url}/"):
            raise UnexpectedAnswer(where=call.place, why=Why.NOT_A_REQUEST)
        await self._budgets.take(call)
        try:
            token = await self._tokens.bearer()
        except TryFailed as failed:
            failed.error.correlation_id = call.correlation_id
            raise
        asked.headers["Authorization"] = f"Bearer {token}"
        asked.headers["User-Agent"] = USER_AGENT
        asked.headers["x-ms-client-request-id"] = asked.headers["x-ms-correlation-request-id"] = call.correlation_id
        try:
            response = await self.next.send(request)
        except ClientLibraryError as error:
            raise TryFailed(_unreachable(call, error), is_passing=True) from None
        except RuntimeError:
            # A session says so when it was closed meanwhile.
            raise Unreachable(why=Why.STOPPING, correlation_id=call.correlation_id) from None
        await self._take(call, response.http_response, token)
        return response

    async def _take(self, call: Call, answer: AsyncHttpResponse, token: str) -> None:
        headers = call.headers = {name.lower(): value for name, value in answer.headers.items()}
        call.status = answer.status_code
        self._budgets.saw(call, headers)
        if call.status == 401:
            await self._tokens.refused(token, headers)
        if not 200 <= call.status < 300:
            raise self._failed(call, answer.content)
        content = answer.content
        # Reading a long page takes milliseconds, and so does parsing it.
        is_long = len(content) > _LONG
        if is_long:
            await breath()
        try:
            call.body = orjson.loads(content) if content else None
        except ValueError:
            raise TryFailed(_no_json(call), is_passing=True) from None
        if is_long:
            await breath()

    def _failed(self, call: Call, content: bytes) -> TryFailed:
        wait = asked_wait(call.headers)
        if call.status == 429:
            self._budgets.hold(call, _REST if wait is None else wait)
            code, sentence = words_of(content)
            throttled = Throttled(
                seconds=seconds_of(_REST if wait is None else wait),
                why=sentence,
                code=code,
                correlation_id=call.correlation_id,
            )
            return TryFailed(throttled, is_passing=True, wait=wait)
        return TryFailed(
            refusal(call, call.status, content),
            is_passing=call.status in PASSING,
            wait=wait,
            is_token_refused=call.status == 401,
        )


def _unreachable(call: Call, error: ClientLibraryError) -> Unreachable:
    return Unreachable(why=_why(error), correlation_id=call.correlation_id, may_have_happened=call.may_have_happened)


# What the connection did, in a line; never more of the error itself, which may hold a request's headers.
_TROUBLES: Final[tuple[tuple[type[Exception], Why], ...]] = (
    (TimeoutError, Why.NO_ANSWER),
    (aiohttp.ClientConnectorDNSError, Why.NO_SUCH_HOST),
    (aiohttp.ClientConnectorCertificateError, Why.NOT_TRUSTED),
    (aiohttp.ClientConnectorSSLError, Why.NOT_SECURE),
    (aiohttp.ClientProxyConnectionError, Why.NO_PROXY),
    (aiohttp.ClientConnectorError, Why.NO_CONNECTION),
    (aiohttp.ClientHttpProxyError, Why.PROXY_REFUSES),
    (aiohttp.InvalidURL, Why.PROXY_ADDRESS),
)


def _why(error: ClientLibraryError) -> Why:
    kinds = (why for kind, why in _TROUBLES if isinstance(error.inner_exception, kind))
    return next(kinds, Why.CUT)


def _no_json(call: Call) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        where=call.place,
        why=Why.NO_JSON,
        correlation_id=call.correlation_id,
        may_have_happened=call.may_have_happened,
    )


class Wire:
    """The pipeline and what it is made of; one for the process."""

    def __init__(self, base_url: str, sessions: Sessions, tokens: Tokens, budgets: Budgets) -> None:
        self.base_url = base_url
        self._sessions = sessions
        self._tokens = tokens
        self._pipeline = AsyncPipeline[HttpRequest, AsyncHttpResponse](sessions, [OneTry(base_url, tokens, budgets)])
        self._clients: OrderedDict[str, RecoveryServicesBackupClient] = OrderedDict()

    async def send(self, url: str, body: object = None) -> None:
        """One request of the running call, which takes the answer. Raises TryFailed, AzureError."""
        call = CURRENT.get()
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = HttpRequest(call.method, url, headers=headers, content=None if body is None else orjson.dumps(body))
        await self._pipeline.run(request, stream=False)

    async def typed(self, subscription_id: str, operation: Callable[[RecoveryServicesBackupClient], Awaitable[T]]) -> T:
        """One operation of the client package, through the same pipeline. Raises TryFailed, AzureError."""
        call = CURRENT.get()
        try:
            return await operation(self._client(subscription_id))
        except HttpResponseError:
            why: dict[str, str] = {"why": Why.UNKNOWN_STATUS, "status": str(call.status)}
        except (ClientLibraryError, ValueError, TypeError, KeyError, AttributeError) as error:
            why = {"why": Why.UNUSABLE, "kind": type(error).__name__}
        raise UnexpectedAnswer(
            where=call.place, **why, correlation_id=call.correlation_id, may_have_happened=call.may_have_happened
        )

    def _client(self, subscription_id: str) -> RecoveryServicesBackupClient:
        """A client holds nothing but the subscription: the least used is let go, and needs no closing."""
        key = subscription_id.casefold()
        client = self._clients.get(key)
        if client is None:
            client = self._clients[key] = RecoveryServicesBackupClient(
                _Nobody(), subscription_id, self.base_url, policies=[], pipeline=self._pipeline
            )
            if len(self._clients) > _MOST_CLIENTS:
                self._clients.popitem(last=False)
        self._clients.move_to_end(key)
        return client

    async def close(self) -> None:
        """Close the connections, and the credential if it is ours."""
        await self._sessions.close()
        await self._tokens.close()


class _Nobody:
    """The credential that clients are given: the pipeline signs."""

    async def get_token(self, *_: str, **__: Any) -> Any:
        raise NotSignedIn(why=Why.NO_CREDENTIAL)

    async def close(self) -> None: ...
    async def __aenter__(self) -> "_Nobody":
        return self

    async def __aexit__(self, *_: object) -> None: ...


async def open_wire(
    base_url: str,
    audience: str,
    choice: Choice,
    credential: "AsyncTokenCredential | None",
    budgets: Budgets,
    limits: Limits,
    now: Callable[[], float],
) -> Wire:
    """Everything below the door. `credential` is used as it is and stays the caller's to close; `now` is the door's."""
    for name in _TALKATIVE:
        if (logger := logging.getLogger(name)).level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL)

    def make() -> "AsyncTokenCredential":
        return credential if credential is not None else credential_for(choice, authority_of(base_url), limits.token)

    tokens = Tokens(
        audience or audience_of(base_url),
        make,
        choice=choice,
        is_ours=credential is None,
        limit=limits.token,
        now=now,
    )
    return Wire(base_url, await open_sessions(base_url, limits), tokens, budgets)
