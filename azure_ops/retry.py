"""Which failed tries are tried again, and how long to wait before that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

from azure_ops.errors import AzureError

# What Azure answers when the same question may get an answer a little later.
PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
_FIRST_PAUSE: Final = 0.5
_IN_MILLISECONDS: Final = ("x-ms-retry-after-ms", "retry-after-ms")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and how many. `call` bounds a whole call with all its tries; `read` one silence of the connection.

    `token` bounds one request for a token.
    """

    connect: float = 5.0
    read: float = 20.0
    call: float = 25.0
    longest_wait: float = 10.0
    token: float = 15.0
    tries: int = 3
    connections: int = 50


class TryFailed(Exception):
    """One try got no good answer: the error that the call ends with, unless a read is tried again.

    `wait` is how long Azure asks to wait, in seconds; None if it does not say. `is_token_refused` asks for one more try
    with a new token. `is_unsent` says that nothing of the call has left us: a change may be tried again as well.
    """

    def __init__(
        self,
        error: AzureError,
        *,
        is_passing: bool = False,
        wait: float | None = None,
        is_token_refused: bool = False,
        is_unsent: bool = False,
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_passing = is_passing
        self.wait = wait
        self.is_token_refused = is_token_refused
        self.is_unsent = is_unsent


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks to wait: milliseconds of Azure's own headers, or `Retry-After` in any form.

    None if it does not say or says nonsense; never negative. A date is read against the answer's own.
    """
    for name in _IN_MILLISECONDS:
        if (milliseconds := _number(headers.get(name))) is not None:
            return milliseconds / 1000
    text = headers.get("retry-after")
    if (seconds := _number(text)) is not None:
        return seconds
    then, now = _date(text), _date(headers.get("date")) or datetime.now(UTC)
    return max(0.0, (then - now).total_seconds()) if then else None


def seconds_of(wait: float) -> str:
    """Whole seconds, rounded up, as text."""
    return str(-int(-wait // 1))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def pause(tries: int, asked: float | None, chance: Callable[[], float]) -> float:
    """Seconds to wait after this many tries: at least what was asked, else half a second, doubled each time.

    Spread by chance, so that those who failed together do not come back together.
    """
    if asked is not None:
        return asked + 0.5 * chance()
    return float(_FIRST_PAUSE * 2 ** (tries - 1) * (0.5 + chance()))
