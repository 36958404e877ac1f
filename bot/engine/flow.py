"""What a durable story may do: take a step, sleep, wait for word, begin another; each is remembered across a crash."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, TypeAlias

from dbos import DBOS, SetWorkflowID, StepOptions
from dbos import error as engine_errors

Given: TypeAlias = Mapping[str, Any]
Story: TypeAlias = Callable[["Flow", dict[str, Any]], Awaitable[None]]
Step: TypeAlias = Callable[..., Coroutine[Any, Any, Any]]

# How long the database may be away before a story gives up: ten tries, from half a second to half a minute apart.
_TRIES: Final = 10
_FIRST_SECONDS: Final = 0.5
_GROWTH: Final = 1.7


class Flow:
    """Handed to a story. A story calls nothing that waits, stores or tells the time except through it."""

    def __init__(
        self, start: Callable[[str, str, Given, str], Awaitable[None]], passing: tuple[type[Exception], ...]
    ) -> None:
        self._start = start
        self._passing = passing

    async def step(self, name: str, work: Step, *arguments: Any) -> Any:
        """Do `work` and remember what it gave; after a crash a remembered step is not done again.

        A step that was under way when the process died is done again, so its work must look before it acts. Arguments
        and result are plain JSON values.
        """
        options: StepOptions = {
            "name": name,
            "retries_allowed": True,
            "max_attempts": _TRIES,
            "interval_seconds": _FIRST_SECONDS,
            "backoff_rate": _GROWTH,
            "should_retry": lambda error: isinstance(error, self._passing),
        }
        return await DBOS.run_step_async(options, work, *arguments)

    async def guarded(self, story: Story, given: dict[str, Any], broken: Step) -> None:
        """Run a story to its end; where it breaks by a mistake of ours, `broken` is the step that says so."""
        try:
            await story(self, given)
        except Exception as error:
            if is_engines_own(error):
                raise
            await self.step("broken", broken, given, f"{type(error).__name__}: {error}"[:500])

    async def sleep(self, seconds: float) -> None:
        """Wait; a crash does not begin the wait anew."""
        await DBOS.sleep_async(seconds)

    async def wait_for(self, topic: str, seconds: float) -> Any:
        """The next word that was sent about `topic`, None when `seconds` have passed."""
        return await DBOS.recv_async(topic, timeout_seconds=seconds)

    async def begin(self, story: str, id: str, given: Given, queue: str = "") -> None:
        """Begin another story, once for each `id`; on a `queue` it waits for its turn."""
        await self._start(story, id, given, queue)


def is_engines_own(error: Exception) -> bool:
    """Whether an error is the engine's way to stop a story here, because it is cancelled or goes on elsewhere."""
    return isinstance(error, engine_errors.DBOSException) and not isinstance(
        error, engine_errors.DBOSMaxStepRetriesExceeded
    )


def begun(id: str) -> SetWorkflowID:
    """The context in which a story gets this id; a second one with the same id is the same story."""
    return SetWorkflowID(id)
