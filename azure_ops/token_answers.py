"""What whoever gives out the tokens really said: DefaultAzureCredential keeps only words of it, no exception's cause.

Hooks of the credentials' own pipelines note each request for a token and its answer, in the task that asks. By the
last one it is judged whether the identity was refused, or nobody could be asked just now.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError

from azure_ops.errors import Throttled, Unreachable
from azure_ops.reasons import Why
from azure_ops.retry import PASSING, TryFailed, asked_wait, seconds_of

# Where a VM asks for its identity's token. On a machine outside Azure nobody is there.
_VM_ADDRESS: Final = "169.254.169.254"
# What that service answers while it is being renewed, besides the usual.
_VM_PATH: Final = "/metadata/identity/oauth2/token"
_VM_PASSING: Final = frozenset({404, 410})
# OAuth's own words for "not now".
_NOT_NOW: Final = frozenset({"temporarily_unavailable", "server_error"})
# The Azure CLI asks by itself; all that is known is what it prints.
_CLI_TROUBLE: Final = re.compile(
    r"Timed out waiting for Azure CLI|Max retries exceeded with url|Connection aborted|Read timed out"
)
# How long to wait after a 429 that does not say.
_REST: Final = 2.0


@dataclass(slots=True)
class Asked:
    """The last request for a token of one attempt, and its answer; status 0 where there is none, host empty before.

    `refusal` is OAuth's word for it. Of the answer nothing else is kept: it may hold a token.
    """

    host: str = ""
    path: str = ""
    status: int = 0
    is_page: bool = False
    refusal: str = ""
    wait: float | None = None

    @property
    def is_vm(self) -> bool:
        """Whether the address of a VM's identity was asked, and answered."""
        return self.host == _VM_ADDRESS and self.status > 0


_ASKED: Final[ContextVar[Asked]] = ContextVar("token_asked")


@contextmanager
def listening() -> Iterator[Asked]:
    """While this lasts, the requests for tokens of this task are noted."""
    asked = Asked()
    before = _ASKED.set(asked)
    try:
        yield asked
    finally:
        _ASKED.reset(before)


def hooks() -> dict[str, Any]:
    """What a credential is built with: it tells of its requests, and sends each once, as trying again is for us."""
    return {"raw_request_hook": _on_request, "raw_response_hook": _on_response, "retry_total": 0}


def _on_request(request: Any) -> None:
    if (asked := _ASKED.get(None)) is None:
        return
    parts = urlsplit(request.http_request.url)
    asked.host, asked.path = parts.hostname or "", parts.path
    asked.status, asked.is_page, asked.refusal, asked.wait = 0, False, "", None


def _on_response(response: Any) -> None:
    if (asked := _ASKED.get(None)) is None:
        return
    answer = response.http_response
    headers = {name.lower(): value for name, value in answer.headers.items()}
    asked.status, asked.wait = answer.status_code, asked_wait(headers)
    asked.is_page = headers.get("content-type", "").casefold().startswith("text/html")
    try:
        body = orjson.loads(answer.content)
    except ValueError:
        return
    if isinstance(body, dict):
        error = body.get("error")
        asked.refusal = error if isinstance(error, str) else ""


def passing_failure(error: Exception, asked: Asked, *, is_vm_expected: bool) -> TryFailed | None:
    """The failure of a try where the identity was not judged; None where it was, or where none is set up.

    `is_vm_expected` says that the address of a VM's identity should answer here.
    """
    if not asked.host:
        return _by_its_cause(error)
    if asked.status == 429:
        return _throttled(asked.wait)
    is_renewing = asked.path == _VM_PATH and asked.status in _VM_PASSING
    if asked.status in PASSING or asked.refusal in _NOT_NOW or is_renewing:
        return _unreachable(Why.TOKENS_TROUBLE_AT, asked.wait, host=asked.host, status=str(asked.status))
    is_refusal = asked.status >= 400 and not asked.is_page
    if is_refusal or (asked.host == _VM_ADDRESS and not is_vm_expected):
        return _by_its_cause(error)
    if not asked.status:
        return _unreachable(Why.TOKENS_SILENT_AT, host=asked.host)
    return _unreachable(Why.NO_TOKEN, host=asked.host, status=str(asked.status))


def _by_its_cause(error: BaseException) -> TryFailed | None:
    """From the exception alone, and those that it came from: a credential that is not ours has no hooks."""
    one: BaseException | None = error
    for _ in range(5):
        if one is None:
            break
        if isinstance(one, (ServiceRequestError, ServiceResponseError, TimeoutError)):
            return _unreachable(Why.TOKENS_SILENT)
        if isinstance(one, HttpResponseError) and one.status_code in PASSING:
            headers: Mapping[str, str] = getattr(one.response, "headers", None) or {}
            wait = asked_wait({name.lower(): value for name, value in headers.items()})
            if one.status_code == 429:
                return _throttled(wait)
            return _unreachable(Why.TOKENS_TROUBLE, wait, status=str(one.status_code))
        one = one.__cause__ or one.__context__
    return _by_its_words(error)


def _by_its_words(error: BaseException) -> TryFailed | None:
    if _CLI_TROUBLE.search(str(getattr(error, "message", None) or error)):
        return _unreachable(Why.CLI_SILENT)
    return None


def _unreachable(why: Why, wait: float | None = None, **values: Any) -> TryFailed:
    return TryFailed(Unreachable(why=why, **values), is_passing=True, wait=wait, is_unsent=True)


def _throttled(wait: float | None) -> TryFailed:
    wait = _REST if wait is None else wait
    return TryFailed(Throttled(seconds=seconds_of(wait)), is_passing=True, wait=wait, is_unsent=True)
