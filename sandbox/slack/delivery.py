"""A request to the bot and what came of it, whichever way it goes; redelivered and doubled when the faults say so."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from sandbox.slack.faults import Faults
from sandbox.slack.wire import Json

Kind = Literal["slash_commands", "interactive", "events_api"]
PATIENCE_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `label` is what the traffic calls it."""

    kind: Kind
    label: str
    payload: Json
    retry_number: int = 0
    retry_reason: str = ""
    age_seconds: int = 0  # how much older than now its signature says it is


@dataclass(frozen=True, slots=True)
class Delivery:
    """The bot's acknowledgement. `failure` is Slack's word for what went wrong, empty when it was taken.

    `answer` is the acknowledgement's body: JSON where it is JSON, else text, None when it is empty.
    """

    status: int
    answer: Any
    elapsed_ms: float
    failure: Literal["", "operation_timeout", "dispatch_failed"] = ""

    @property
    def is_taken(self) -> bool:
        return not self.failure


class Transport(Protocol):
    """HTTP or Socket Mode."""

    async def send(self, request: Request) -> Delivery: ...


class Courier:
    """Delivers requests one by one, or as the faults `duplicate` and `redeliver` want it."""

    def __init__(self, faults: Faults, transport: Callable[[], Transport]) -> None:
        self._faults = faults
        self._transport = transport

    async def deliver(self, kind: Kind, label: str, payload: Json) -> Delivery:
        """Send and wait for the acknowledgement, 3 seconds at most for each try.

        Of a duplicate the first answer counts; of a redelivery the last, for the first one got lost.
        """
        duplicate, redeliver = self._faults.take("duplicate"), self._faults.take("redeliver")
        # Signatures of copies differ by their time stamps: an equal one would be a replay of the same request.
        age = int(bool(duplicate)) + int(bool(redeliver))
        sends: list[Awaitable[Delivery]] = [self._send(Request(kind, label, payload, age_seconds=age))]
        if duplicate:
            age -= 1
            sends.append(self._send(Request(kind, label, payload, age_seconds=age)))
        delivery, *_ = await asyncio.gather(*sends)
        if redeliver:
            again = Request(kind, label, payload, retry_number=1, retry_reason=redeliver["reason"])
            delivery = await self._send(again)
        return delivery

    async def _send(self, request: Request) -> Delivery:
        return await self._transport().send(request)
