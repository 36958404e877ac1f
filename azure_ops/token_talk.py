"""What whoever gives out the tokens last answered: the credentials themselves tell only that there is no token.

The default credential folds every failure into one sentence, in which a second of trouble at Entra looks like an
identity that nobody set up. The client packages call these hooks at each try to get a token.
"""

import os
from typing import Any, Final
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError as ClientLibraryError

from azure_ops.errors import AzureError, Throttled, Unreachable
from azure_ops.reasons import Why
from azure_ops.retry import PASSING, asked_wait, seconds_of

# Where a machine of Azure has its own endpoint: where nobody answers there, there is no managed identity.
_OWN: Final = "169.254.169.254"
# A credential would sleep through a longer wait that it is told, and nobody could be told of it.
_LONGEST_WAIT: Final = 5.0


class _ToldToWait(ClientLibraryError):
    """Ends the credential's own tries."""


class TokenTalk:
    """The last request for a token, and its answer. One for a credential; one request at a time."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A token is wanted: forget what was heard before."""
        self._is_open = False
        self._status = 0
        self._wait: float | None = None

    @property
    def options(self) -> dict[str, Any]:
        """For the credential: the hooks, and as many tries as fit into the time of a call."""
        return {
            "raw_request_hook": self._asked,
            "raw_response_hook": self._answered,
            "retry_total": 2,
            "retry_backoff_factor": 0.5,
        }

    def trouble(self) -> AzureError | None:
        """Why there is no token, where that may pass by itself; None where it is about who we are."""
        if self._status in (429, 503) and self._wait is not None:
            return Throttled(seconds=seconds_of(self._wait))
        if self._is_open:
            return Unreachable(why=Why.TOKENS_SILENT)
        if self._status == 429 or self._status in PASSING:
            return Unreachable(why=Why.TOKENS_TROUBLE)
        if 200 <= self._status < 400:
            return Unreachable(why=Why.NO_TOKEN)
        return None

    def _asked(self, request: Any) -> None:
        host = urlsplit(str(request.http_request.url)).hostname or ""
        self._is_open = host != _own_endpoint()
        self._status, self._wait = 0, None

    def _answered(self, response: Any) -> None:
        answer = response.http_response
        self._is_open = False
        self._status = int(answer.status_code)
        self._wait = asked_wait({name.lower(): value for name, value in answer.headers.items()})
        if self._status in (429, 503) and (self._wait or 0.0) > _LONGEST_WAIT:
            raise _ToldToWait("whoever gives out the tokens asks to wait")


def _own_endpoint() -> str:
    return urlsplit(os.environ.get("AZURE_POD_IDENTITY_AUTHORITY_HOST", "")).hostname or _OWN
