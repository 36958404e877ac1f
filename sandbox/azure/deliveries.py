"""Deliveries of alerts to webhooks over real HTTP, by Azure's own rules: tried again, then left alone for a while."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

import aiohttp

from sandbox.azure.estate import Json
from sandbox.azure.tokens import Tokens

State = Literal["waiting", "delivered", "refused", "given up", "dropped"]

# The first-party app that calls secure webhooks, and the role that it is given.
_APP: Final = "461e8683-5575-4561-ac7f-899cc907d62a"
_ROLE: Final = "ActionGroupsSecureWebhook"
_AGAIN: Final = (408, 429, 503, 504)
_GAPS: Final = (5.0, 20.0, 5.0, 40.0, 5.0)
_SILENCE: Final = 900.0
_KEPT: Final = 50_000
_AT_ONCE: Final = 20
_CALL_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Group:
    """An action group's webhook: with `audience` it gets Entra's token, in the version that is asked for."""

    url: str
    audience: str = ""
    version: str = "2.0"


@dataclass(slots=True)
class Delivery:
    """One alert on its way to one webhook; `due` and `tries` are of the next attempt and of those so far.

    `statuses` are what came back, 0 for no answer. Several deliveries may share one body.
    """

    group: Group
    body: Json
    due: float
    tries: int = 0
    statuses: list[int] = field(default_factory=list)
    state: State = "waiting"

    def as_json(self) -> Json:
        """What the control path shows; never the address, which may hold a secret."""
        essentials, context = self.body["data"]["essentials"], self.body["data"]["alertContext"]
        return {
            "alert": essentials["alertId"],
            "condition": essentials["monitorCondition"],
            "job": context["extendedInfo"]["jobId"],
            "occurrences": context["extendedInfo"]["occurrenceCount"],
            "vm": context["linkedResourceName"],
            "due": self.due,
            "state": self.state,
            "statuses": list(self.statuses),
        }


class Postman:
    """Brings what is due, at most twenty at once; `now` is the estate's clock, which may be pushed."""

    def __init__(self, now: Callable[[], float], tokens: Tokens) -> None:
        self._now = now
        self._tokens = tokens
        self._waiting: deque[Delivery] = deque()
        self._due: asyncio.Queue[Delivery] = asyncio.Queue()
        self._silent_until: dict[str, float] = {}
        self._log: deque[Delivery] = deque(maxlen=_KEPT)

    @property
    def log(self) -> list[Delivery]:
        """What was sent or is on its way, oldest first."""
        return list(self._log)

    def put(self, new: Iterable[Delivery]) -> None:
        """Take these along, each when it is due."""
        for one in new:
            self._waiting.append(one)
            self._log.append(one)

    def reset(self) -> None:
        """Nothing is on its way, and no address is left alone."""
        self._waiting.clear()
        while not self._due.empty():
            self._due.get_nowait()
        self._log.clear()
        self._silent_until.clear()

    def look(self) -> None:
        """Hand what is due by now to those who carry."""
        now = self._now()
        for _ in range(len(self._waiting)):
            one = self._waiting.popleft()
            if one.due <= now:
                self._due.put_nowait(one)
            else:
                self._waiting.append(one)

    async def carry(self) -> None:
        """Deliver until cancelled."""
        async with aiohttp.ClientSession(trust_env=False) as session, asyncio.TaskGroup() as carriers:
            for _ in range(_AT_ONCE):
                carriers.create_task(self._always(session))

    async def _always(self, session: aiohttp.ClientSession) -> None:
        while True:
            await self._try(session, await self._due.get())

    async def _try(self, session: aiohttp.ClientSession, one: Delivery) -> None:
        """Once; what fails in passing is tried again, and then the address is left alone for a quarter of an hour."""
        if self._silent_until.get(one.group.url, 0.0) > self._now():
            one.state = "dropped"
            return
        status = await self._post(session, one)
        now = self._now()
        one.statuses.append(status)
        one.tries += 1
        if 200 <= status < 300:
            one.state = "delivered"
        elif status and status not in _AGAIN:
            one.state = "refused"
        elif one.tries > len(_GAPS):
            one.state = "given up"
            self._silent_until[one.group.url] = now + _SILENCE
        else:
            one.due = now + _GAPS[one.tries - 1]
            self._waiting.append(one)

    async def _post(self, session: aiohttp.ClientSession, one: Delivery) -> int:
        """The status, 0 where there was no answer. A redirect is an answer: it might lead away from this machine."""
        headers = {"Authorization": f"Bearer {self._token(one.group)}"} if one.group.audience else {}
        limit = aiohttp.ClientTimeout(total=_CALL_SECONDS)
        try:
            async with session.post(
                one.group.url, json=one.body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    def _token(self, group: Group) -> str:
        app = {"azp": _APP} if group.version == "2.0" else {"appid": _APP}
        return self._tokens.mint({"ver": group.version, "aud": group.audience, "roles": [_ROLE], **app})
