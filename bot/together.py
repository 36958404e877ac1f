"""Several things at once of which none outlives the whole, as those of `asyncio.gather` do when one of them fails."""

import asyncio
from collections.abc import Coroutine, Iterable


async def together(works: Iterable[Coroutine[object, object, None]]) -> None:
    """Until all are done. When one fails or the caller is cancelled, the others are cancelled and waited for.

    Raises what the first that failed raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
