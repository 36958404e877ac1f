"""Opens what durable work needs, in its order, and closes it again: the store, the outbox, the engine."""

import asyncio
import importlib
import logging
import os
import socket
import uuid
from typing import TYPE_CHECKING, Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.incidents.watching import Watching
from bot.outbox.sender import Outbox
from bot.settings import Settings
from bot.store.store import Store, StoreAway
from bot.workflows.front import Operations
from bot.workflows.workshop import SlackSilent

if TYPE_CHECKING:
    from bot.engine.engine import Engine

_log = logging.getLogger(__name__)
_LONGEST_PAUSE: Final = 30.0
_DRAIN_SECONDS: Final = 2.0
# Names that platforms give each instance, which stay over a restart of it.
_INSTANCES: Final = ("WEBSITE_INSTANCE_ID", "CONTAINER_APP_REPLICA_NAME")
_ENDS_TAKEN_OVER: Final = 70
_ENDS_REFUSED: Final = 71


class Working:
    """One for the process. Questions are answered while it opens, and also while the database is away."""

    def __init__(self, settings: Settings, store: Store, client: AsyncWebClient, operations: Operations) -> None:
        self._settings = settings
        self._store = store
        self._operations = operations
        self.replica = replica_of(settings)
        self.outbox = Outbox(store, client, replica=self.replica)
        self.watching: Watching | None = None
        self._engine: Engine | None = None
        self._opening: asyncio.Task[None] | None = None
        self._speaking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to open; returns at once."""
        self._opening = asyncio.create_task(self._open(), name="open the engine")

    async def close(self) -> None:
        """Stop; what is under way goes on at the next start."""
        await _ended(self._opening)
        if self.watching is not None:
            await self.watching.close()
        if self._engine is not None:  # perhaps half open; its lock must be let go all the same
            await self._engine.close()
            await self._operations.close()
        if self._speaking is not None:
            await self.outbox.drained(_DRAIN_SECONDS)
        await _ended(self._speaking)
        await self._store.close()

    async def _open(self) -> None:
        try:
            await self._open_store()
            await self._open_engine()
        except Exception:  # noqa: BLE001 - the outer edge of this task: without durable work the bot is half a bot
            _log.exception("durable work could not be opened; buttons that act answer with an error")

    async def _open_store(self) -> None:
        pause = 1.0
        while True:
            try:
                await self._store.open()
                return
            except StoreAway as error:
                _log.error("the database cannot be reached (%s); trying again in %.0f s", error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _open_engine(self) -> None:
        # The engine's packages take half a second to load; in a thread, nobody else waits for them.
        module = await asyncio.to_thread(importlib.import_module, "bot.engine.engine")
        limits = self._settings.operations
        settings = module.EngineSettings(
            self._settings.engine_url,
            replica=self.replica,
            at_once=limits.retries_at_once,
            poll_seconds=min(0.2, limits.poll_seconds),
        )
        engine: Engine = module.Engine(settings, lost=_end_at_once, passing=(StoreAway, SlackSilent))
        self._engine = engine
        self._operations.register(engine, module.QUEUE)
        try:
            await engine.open()
        except module.AlreadyRunning as error:
            _log.critical("%s", error)
            os._exit(_ENDS_REFUSED)
        self._speaking = asyncio.create_task(self.outbox.run(), name="outbox")
        self._operations.opened()
        if self.watching is not None:
            self.watching.start()
        _log.info("durable work is open as replica %s", self.replica)


def replica_of(settings: Settings) -> str:
    """This process's name among its replicas: as set, as the platform calls it, or one that nobody else has.

    On SQLite there is only one; by always the same name it takes up at once what it was saying when it died.
    """
    if settings.database_url.get_secret_value().startswith("sqlite"):
        return "local"
    given = settings.replica or next((os.environ[name] for name in _INSTANCES if os.environ.get(name)), "")
    return given or f"{socket.gethostname()}-{uuid.uuid4()}"


async def _ended(task: "asyncio.Task[None] | None") -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _end_at_once() -> None:
    """Another replica does our work by now; every moment longer could do it twice."""
    logging.shutdown()
    os._exit(_ENDS_TAKEN_OVER)
