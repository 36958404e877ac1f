"""Asking Azure once: after a crash or a lost answer the traces are looked for before anything is asked again."""

from collections.abc import Awaitable, Callable, Coroutine
from math import ceil
from typing import TYPE_CHECKING, Any, Final, Literal

from azure_ops.errors import AzureError
from bot.limits import Limits
from bot.store.operations import Operation
from bot.workflows.workshop import Workshop, why_of

if TYPE_CHECKING:
    from bot.engine.flow import Flow

# What came of asking: taken, over already, asked before a crash or not at all, or asked with the answer lost.
Sent = Literal["sent", "over", "look", "unsure"]
End = Callable[..., Awaitable[None]]

_TRIES: Final = 3
_MOST_SILENT: Final = 40


async def sent_once(
    flow: "Flow",
    id: str,
    name: str,
    limits: Limits,
    *,
    send: Callable[[str, int], Coroutine[Any, Any, str]],
    look: Callable[[str], Coroutine[Any, Any, bool]],
    lost: Callable[[str], Coroutine[Any, Any, None]],
) -> bool:
    """Whether Azure has taken what `send` asks for, by its answer or by what `look` finds; False when it ended here.

    `send` gives "look" where it finds that it was begun before: then it is asked again only when nothing is found.
    """
    for attempt in range(1, _TRIES + 1):
        sent = await flow.step(f"{name} {attempt}", send, id, attempt)
        if sent in ("sent", "over"):
            return bool(sent == "sent")
        if await _found(flow, id, limits, look):
            return True
        if sent == "unsure":
            break
    await flow.step("lost", lost, id)
    return False


async def _found(flow: "Flow", id: str, limits: Limits, look: Callable[[str], Coroutine[Any, Any, bool]]) -> bool:
    """Look for as long as Azure may take to show what it has begun."""
    for _ in range(max(1, ceil(limits.settle_seconds / limits.poll_seconds))):
        if await flow.step("look", look, id):
            return True
        await flow.sleep(limits.poll_seconds)
    return False


async def silent(shop: Workshop, row: Operation, error: AzureError, end: End) -> str:
    """Azure does not answer: what it does goes on there, so we go on looking, though not for ever."""
    times = int(row.facts.get("silent") or 0) + 1
    if times >= _MOST_SILENT:
        await end(row, "unknown", why_of(error), correlation=error.correlation_id)
        return "over"
    await shop.move(row.id, "silent", facts={"silent": times})
    return "going"
