"""The one door to Azure Resource Manager: reads are tried up to three times, what changes something is sent once."""

import asyncio
import importlib
import logging
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeVar

from azure_ops.addresses import PUBLIC, arm_address, pinned, url_of
from azure_ops.budget import Budgets
from azure_ops.calls import CURRENT, Call
from azure_ops.errors import AzureError, Throttled, UnexpectedAnswer, Unreachable
from azure_ops.reasons import Why
from azure_ops.retry import Limits, TryFailed, pause, seconds_of

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.mgmt.recoveryservicesbackup.aio import RecoveryServicesBackupClient

    from azure_ops.wire import Wire

T = TypeVar("T")

_log = logging.getLogger(__name__)
# More than any list has; a list that never ends has more.
_MOST_PAGES: Final = 10_000
# Rows of a page that are read in a millisecond or two.
_SHORT: Final = 300


@dataclass(frozen=True, slots=True)
class ArmSettings:
    """Where Resource Manager is, and who we are. An empty audience is that of the host's cloud."""

    base_url: str = PUBLIC
    audience: str = ""
    credential: Literal["default", "managed-identity", "workload-identity", "environment", "cli"] = "default"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, decoded JSON (None if empty), headers with lower-case names, and the id that Microsoft asks for."""

    status: int
    body: Any
    headers: Mapping[str, str]
    correlation_id: str


class Arm:
    """The door; one for the process, for all subscriptions. Every method raises AzureError and nothing else.

    A whole call takes 25 s at most, waiting for its turn and for Azure included, and for the Azure packages: they are
    loaded in a thread when the door is entered, or first used.
    """

    def __init__(
        self,
        settings: ArmSettings,
        *,
        credential: "AsyncTokenCredential | None" = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        limits: Limits | None = None,
    ) -> None:
        """ValueError for an address that is neither https nor loopback. `credential` stays the caller's to close."""
        self._settings = settings
        self._base_url = arm_address(settings.base_url)
        self._credential = credential
        self._sleep = sleep
        self._now = now
        self._chance = chance
        self._limits = limits or Limits()
        self._budgets = Budgets(now, sleep)
        self._wire: Wire | None = None
        self._is_closed = False
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._opened()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def get(self, path: str, *, api_version: str, params: Mapping[str, str] | None = None) -> Answer:
        """Read what an ARM path holds."""
        url = url_of(self._base_url, path, api_version, params)
        return await self._send(self._call("GET", path), url)

    async def ask(self, path: str, body: object, *, api_version: str) -> Answer:
        """A POST that only asks, such as a query of Resource Graph; tried again like a read."""
        return await self._send(self._call("POST", path), url_of(self._base_url, path, api_version), body)

    async def pages(
        self, path: str, *, api_version: str, params: Mapping[str, str] | None = None
    ) -> AsyncGenerator[list[Any], None]:
        """The `value` of each page of a list, however many there are; each page is a call with its own time.

        Whoever has asked for a second page is likely to want them all: from then on the next page is on its way while
        the last one is looked at. At most one, given up when nobody wants it, and none beside a long page: reading
        both in the same turn would keep others waiting.
        """
        following = url_of(self._base_url, path, api_version, params)
        seen: set[str] = set()
        ahead: asyncio.Task[tuple[list[Any], str]] | None = None
        try:
            while following:
                if following in seen or len(seen) >= _MOST_PAGES:
                    raise UnexpectedAnswer(where=path, why=Why.NO_END)
                seen.add(following)
                rows, following = await (ahead or self._page(following, path))
                ahead = None
                if following and following not in seen and len(seen) > 1 and len(rows) <= _SHORT:
                    ahead = asyncio.create_task(self._page(following, path), name="next page")
                    # Its question is sent before the rows are looked at.
                    await asyncio.sleep(0)
                yield rows
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    async def _page(self, url: str, path: str) -> tuple[list[Any], str]:
        """The rows of a page, and the next one's address as Azure gave it; empty where there is none."""
        return _page(await self._send(self._call("GET", path), pinned(self._base_url, url, path)), path)

    async def post(self, path: str, body: object, *, api_version: str) -> Answer:
        """Begin something. Sent once."""
        url = url_of(self._base_url, path, api_version)
        return await self._send(self._call("POST", path, is_write=True), url, body)

    async def delete(self, path: str, *, api_version: str) -> Answer:
        """Remove something. Sent once."""
        return await self._send(self._call("DELETE", path, is_write=True), url_of(self._base_url, path, api_version))

    async def read(
        self,
        subscription_id: str,
        call: "Callable[[RecoveryServicesBackupClient], Awaitable[T]]",
        *,
        path: str,
    ) -> T:
        """An operation of the client package that only reads; `path` is what it asks for, for errors and budgets."""
        return await self._run(self._call("GET", path), lambda wire: wire.typed(subscription_id, call))

    async def write(
        self,
        subscription_id: str,
        call: "Callable[[RecoveryServicesBackupClient], Awaitable[T]]",
        *,
        path: str,
    ) -> T:
        """An operation of the client package that changes something. Sent once."""
        return await self._run(self._call("POST", path, is_write=True), lambda wire: wire.typed(subscription_id, call))

    async def close(self) -> None:
        """Close every connection; the door cannot be used again."""
        self._is_closed = True
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    def _call(self, method: str, path: str, *, is_write: bool = False) -> Call:
        return Call(method, path, is_write, self._now() + self._limits.call)

    async def _opened(self) -> "Wire":
        if self._wire is None:
            async with self._opening:
                if self._is_closed:
                    raise Unreachable(why=Why.STOPPING)
                if self._wire is None:
                    self._wire = await self._open()
        return self._wire

    async def _open(self) -> "Wire":
        # Loading the Azure packages takes a second; in a thread, nobody else waits for it.
        module = await asyncio.to_thread(importlib.import_module, "azure_ops.wire")
        settings = self._settings
        wire: Wire = await module.open_wire(
            self._base_url,
            settings.audience,
            settings.credential,
            self._credential,
            self._budgets,
            self._limits,
            self._now,
        )
        return wire

    async def _send(self, call: Call, url: str, body: object = None) -> Answer:
        await self._run(call, lambda wire: wire.send(url, body))
        return Answer(call.status, call.body, call.headers, call.correlation_id)

    async def _run(self, call: Call, once: "Callable[[Wire], Awaitable[T]]") -> T:
        """All tries of a call, inside its time; loading Azure's packages for the very first one counts as well."""
        current = CURRENT.set(call)
        try:
            async with asyncio.timeout(self._limits.call):
                wire = await self._opened()
                return await self._tries(call, lambda: once(wire))
        except TimeoutError:
            raise Unreachable(
                why=Why.NO_ANSWER, correlation_id=call.correlation_id, may_have_happened=call.may_have_happened
            ) from None
        finally:
            CURRENT.reset(current)

    async def _tries(self, call: Call, once: Callable[[], Awaitable[T]]) -> T:
        tries, is_renewed = 0, False
        while True:
            tries += 1
            try:
                return await once()
            except TryFailed as failed:
                if call.is_write and not failed.is_unsent:
                    raise failed.error from None
                if failed.is_token_refused and not is_renewed:
                    is_renewed = True
                    continue
                wait = self._wait_before_next(call, failed, tries)
                _log.info(
                    "%s %s: %s; again in %.1f s, correlation id %s",
                    call.method, call.place, failed.error, wait, call.correlation_id,
                )  # fmt: skip
            await self._sleep(wait)

    def _wait_before_next(self, call: Call, failed: TryFailed, tries: int) -> float:
        """Seconds until the next try; raises what the call ends with if there is none."""
        if not failed.is_passing:
            raise failed.error from None
        if failed.wait is not None and failed.wait > self._limits.longest_wait:
            raise _told_to_wait(call, failed, failed.wait) from None
        wait = pause(tries, failed.wait, self._chance)
        if tries >= self._limits.tries or self._now() + wait >= call.deadline:
            raise failed.error from None
        return wait


def _told_to_wait(call: Call, failed: TryFailed, wait: float) -> AzureError:
    return Throttled(seconds=seconds_of(wait), code=failed.error.code, correlation_id=call.correlation_id)


def _page(answer: Answer, path: str) -> tuple[list[Any], str]:
    body = answer.body if isinstance(answer.body, dict) else {}
    rows, following = body.get("value"), body.get("nextLink")
    # A link that cannot be read is no end of the list: the rows behind it would be missed in silence.
    if not isinstance(rows, list) or not isinstance(following, str | None):
        raise UnexpectedAnswer(where=path, why=Why.NO_PAGE, correlation_id=answer.correlation_id)
    return rows, following or ""
