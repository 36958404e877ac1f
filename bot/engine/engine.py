"""The engine: one for the process, over its own database; stories are registered by name and begun by id."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from bot.engine.alone import Alone, AlreadyRunning
from bot.engine.flow import Flow, Given, Story, begun
from bot.engine.replicas import Replicas

# Stories in flight survive deploys only while this stays as it is; a changed story asks `DBOS.patch_async` instead.
VERSION: Final = "1"
QUEUE: Final = "operations"
_LOCAL: Final = "local"
_THREADS: Final = 32
_RECOVERIES: Final = 1_000
_KEPT_SECONDS: Final = 30 * 86_400.0
_PRUNE_SECONDS: Final = 3_600.0
_PRUNED_AT_ONCE: Final = 500
_log = logging.getLogger(__name__)
__all__ = ["QUEUE", "AlreadyRunning", "Engine", "EngineSettings"]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """`url` is sqlite:///path/engine.db or postgresql://...; `replica` must differ for each process on Postgres."""

    url: str
    replica: str = _LOCAL
    at_once: int = 10
    poll_seconds: float = 0.05
    kept_seconds: float = _KEPT_SECONDS

    @property
    def is_postgres(self) -> bool:
        return not self.url.startswith("sqlite")


class Engine:
    """Open it inside the running loop, after every story is registered."""

    def __init__(
        self,
        settings: EngineSettings,
        *,
        lost: Callable[[], None],
        passing: tuple[type[Exception], ...] = (),
    ) -> None:
        """`lost` is called when this process may no longer do its work: another one has taken it over.

        A step that fails by one of `passing` is taken again a little later.
        """
        self._settings = settings
        self._stories: dict[str, Callable[[dict[str, Any]], Any]] = {}
        self._guard: Replicas | Alone = (
            Replicas(settings.url, settings.replica, VERSION, recover=_recover, lost=lost)
            if settings.is_postgres
            else Alone(settings.url)
        )
        self._pruning: asyncio.Task[None] | None = None
        self._flow = Flow(self.begin, passing)

    def register(self, name: str, story: Story) -> None:
        """Make a story known under a name that stays the same over all versions."""

        async def told(given: dict[str, Any]) -> None:
            await story(self._flow, given)

        told.__qualname__ = told.__name__ = name
        self._stories[name] = told

    async def open(self) -> None:
        """Take up what was left undone. Raises AlreadyRunning where another process holds what must be ours alone."""
        await self._guard.take()
        DBOS(config=_config(self._settings))
        for name, told in self._stories.items():
            decorate = DBOS.workflow(name=name, max_recovery_attempts=_RECOVERIES)
            self._stories[name] = decorate(told)
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE, global_concurrency=self._settings.at_once, polling_interval_sec=max(0.2, self._settings.poll_seconds)
        )
        await self._guard.watch()
        self._pruning = asyncio.create_task(self._prune_always(), name="prune the engine")

    async def close(self) -> None:
        """Stop; whatever is under way goes on at the next start."""
        if self._pruning is not None:
            self._pruning.cancel()
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        # The engine gave the loop its own threads and has just ended them; what closes after us needs some.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        await self._guard.release()

    async def begin(self, story: str, id: str, given: Given, queue: str = "") -> None:
        """Begin a story, once for each `id`: the second time nothing happens."""
        told = self._stories[story]
        with begun(id):
            if queue:
                await DBOS.enqueue_workflow_async(queue, told, dict(given))
            else:
                await DBOS.start_workflow_async(told, dict(given))

    async def send(self, id: str, topic: str, word: Any, key: str) -> None:
        """Tell a story something it may wait for, once for each `key`."""
        await DBOS.send_async(id, word, topic, idempotency_key=key)

    async def is_known(self, id: str) -> bool:
        """Whether a story with this id was ever begun here (and is not pruned yet)."""
        return await DBOS.get_workflow_status_async(id) is not None

    async def prune(self) -> int:
        """Forget stories that ended longer ago than they are kept; gives how many."""
        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - self._settings.kept_seconds))
        gone = 0
        while True:
            ended = await DBOS.list_workflows_async(
                status=["SUCCESS", "ERROR", "CANCELLED"],
                completed_before=before,
                limit=_PRUNED_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if not ended:
                return gone
            await DBOS.delete_workflows_async([each.workflow_id for each in ended])
            gone += len(ended)

    async def _prune_always(self) -> None:
        while True:
            try:
                if gone := await self.prune():
                    _log.info("forgot %s finished stories", gone)
            except Exception:  # noqa: BLE001 - the outer edge of this task; the next hour tries again
                _log.exception("finished stories could not be pruned")
            await asyncio.sleep(_PRUNE_SECONDS)


def _config(settings: EngineSettings) -> DBOSConfig:
    config: DBOSConfig = {
        "name": "backup-bot",
        "system_database_url": settings.url,
        "application_version": VERSION,
        "executor_id": settings.replica if settings.is_postgres else _LOCAL,
        "max_executor_threads": _THREADS,
        "log_level": "WARNING",
        # Plain JSON: rows outlive a version of Python and of ours, and reading them can run no code.
        "serializer": DBOSPortableJSONSerializer(),
        "notification_listener_polling_interval_sec": settings.poll_seconds,
    }
    return config


def _recover(replica: str) -> None:
    """Queue what a dead replica left undone; another replica that does the same at once changes nothing."""
    DBOS._recover_pending_workflows([replica])
