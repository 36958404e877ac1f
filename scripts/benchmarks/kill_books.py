"""What the bot's own database says of an operation; and at the end whether the audit log is whole and all was said."""

from collections.abc import Iterable

from azure_ops.ids import parse_job
from bot.store import operations, outbox
from bot.store.operations import operation_id
from bot.store.store import Store, StoreAway


class Books:
    """A reader beside the bots; close it."""

    def __init__(self, url: str) -> None:
        self._store = Store(url)

    async def close(self) -> None:
        """Let go of the database."""
        await self._store.close()

    async def are_over(self, kind: str, job_paths: Iterable[str]) -> bool:
        """Whether the first operation of a kind about each of these failed jobs is written down as ended."""
        return all([await self._is_over(kind, path) for path in job_paths])

    async def _is_over(self, kind: str, job_path: str) -> bool:
        ref = parse_job(job_path)
        assert ref is not None  # the fleet made it
        try:
            async with self._store.transaction() as kept:
                found = await operations.read(kept, operation_id(kind, ref.key, 1))
        except StoreAway:
            return False
        return found is not None and found.is_over

    async def troubles(self) -> list[str]:
        """A sentence for each thing that is wrong; none where the books are in order."""
        async with self._store.transaction() as kept:
            broken = await self._store.audit.verify(kept)
            waiting = await outbox.waiting(kept)
            undeliverable = await outbox.undeliverable(kept)
        found = [f"the audit log's row {broken.number} is {broken.kind}"] if broken else []
        found += [f"{waiting} things wait to be said"] if waiting else []
        return found + [f"undeliverable ({each.error}): {each.name}" for each in undeliverable]
