"""The feed: what happens, told to every open page of the person it concerns."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from sandbox.slack.wire import Json

_MOST_WAITING = 2_000


class Feed:
    """Queues by user. A page that does not read loses its oldest events; it loads anew when it comes back."""

    def __init__(self) -> None:
        self._readers: dict[asyncio.Queue[Json | None], str] = {}

    def publish(self, users: Iterable[str], event: Json) -> None:
        """Tell these users."""
        wanted = set(users)
        for queue, user in self._readers.items():
            if user in wanted:
                _put(queue, event)

    def publish_all(self, event: Json) -> None:
        """Tell everyone."""
        for queue in self._readers:
            _put(queue, event)

    def close(self) -> None:
        """End every reader, so that the server can stop."""
        for queue in self._readers:
            _put(queue, None)

    async def read(self, user: str, idle_seconds: float = 15.0) -> AsyncIterator[Json | None]:
        """One user's events as they come; None after each idle spell, so that the connection shows life."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._readers[queue] = user
        try:
            yield None
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), idle_seconds)
                except TimeoutError:
                    yield None
                    continue
                if event is None:
                    return
                yield event
        finally:
            del self._readers[queue]


def _put(queue: asyncio.Queue[Json | None], event: Json | None) -> None:
    if queue.qsize() >= _MOST_WAITING:
        queue.get_nowait()
    queue.put_nowait(event)
