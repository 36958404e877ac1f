"""The click's end: allowed or refused, and if allowed then the operation's row, which only one can own."""

from collections.abc import Mapping
from typing import Any

from bot.store import operations
from bot.store.operations import Operation
from bot.workflows.asking import Asking, language_of
from bot.workflows.workshop import Workshop
from intents.policy import OperationName


class Claiming:
    """Makes the row of an operation for the first who asks; everyone else is shown the state of that one."""

    def __init__(self, shop: Workshop, asking: Asking) -> None:
        self._shop = shop
        self._asking = asking

    async def ask(self, given: dict[str, Any], kind: str, operation: OperationName) -> bool:
        """A step: whether this story is to carry the operation out."""
        found = await self._shop.find(given["id"])
        if found is not None and found.owner != given["request"]:
            await self._show(found, given)
            return False
        if found is not None and found.phase not in ("queued", "checking"):
            return not found.is_over
        asked = await self._asking.authorise(given, operation)
        if not asked["allowed"]:
            if found is not None:  # a member of a group has its row already
                await self._shop.move(found.id, "end", phase="refused", facts=asked, deed=f"{kind}-refused")
            return False
        claimed = await self._claim(given, kind, asked)
        if claimed.owner != given["request"]:
            await self._show(claimed, given)
            return False
        return True

    async def _claim(self, given: dict[str, Any], kind: str, asked: dict[str, Any]) -> Operation:
        shop = self._shop
        wanted = operation_from(given, kind, "checking", asked, shop.now())
        async with shop.store.transaction() as kept:
            row = await operations.claim(kept, wanted)
            if row.owner == given["request"]:
                vault = given["job"].casefold().rpartition("/backupjobs/")[0]
                await operations.settle_on(kept, row.id, item_key=asked["item"], vault_key=vault)
                details = {"grant": asked["grant"], "code": asked["code"]}
                row = await shop.move_within(
                    kept, row.id, "asked", phase="checking", facts=asked, deed=f"{kind}-asked", details=details
                )
        shop.wake()
        return row

    async def _show(self, row: Operation, given: dict[str, Any]) -> None:
        """A second click starts nothing: it sees the state of the first."""
        shown = self._shop.showing.operation(row)
        await self._shop.tell(given, self._shop.showing.card(shown, language_of(given)))


async def again_value(shop: Workshop, kind: str, job: str) -> str:
    """The same as `next_value` of the store, in a transaction of its own."""
    async with shop.store.transaction() as kept:
        return await operations.next_value(kept, kind, job)


def operation_from(given: Mapping[str, Any], kind: str, phase: str, facts: Mapping[str, Any], at: float) -> Operation:
    """The row of a new operation, from what its click told; a group is about no single job."""
    job = str(given.get("job") or "")
    return Operation(
        id=given["id"],
        kind=kind,
        phase=phase,
        owner=given["request"],
        job=job,
        job_key=job.casefold(),
        number=int(given.get("number") or 1),
        requested_by=given["user"],
        asked_at=at,
        workspace=given.get("workspace", ""),
        channel=given["channel"],
        language=given.get("language", "en"),
        group_id=given.get("group", ""),
        facts=facts,
    )
