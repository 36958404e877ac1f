"""Cancel a retry that runs: its job in Azure, or the retry itself while there is no job yet."""

from typing import TYPE_CHECKING, Any

from azure_ops import backups, jobs
from azure_ops.errors import AzureError, Conflict, Locked
from bot.workflows import watching
from bot.workflows.asking import Asking, resource_from
from bot.workflows.workshop import Workshop

if TYPE_CHECKING:
    from bot.engine.flow import Flow


class CancelJob:
    """A story of one step: asking twice to cancel a job does no harm, and the retry's own story tells the end."""

    def __init__(self, shop: Workshop, asking: Asking) -> None:
        self._shop = shop
        self._asking = asking

    async def run(self, flow: "Flow", given: dict[str, Any]) -> None:
        """Decide, then ask Azure."""
        if await flow.step("decide", self.decide, given):
            await flow.step("cancel", self.cancel, given)

    async def decide(self, given: dict[str, Any]) -> bool:
        """Whether this person may cancel, and whether there is something to cancel."""
        row = await self._shop.read(given["id"])
        if row.is_over:
            return False
        kept = row.facts.get("resource")
        if kept is None:
            return False
        resource = resource_from(kept)
        decision = await self._asking.decide(given, "cancel-job", resource)
        if not decision.is_allowed:
            await self._asking.refuse({**given, "job": row.job}, "cancel-job", resource, decision, resource.vm)
        return decision.is_allowed

    async def cancel(self, given: dict[str, Any]) -> None:
        """Ask Azure to cancel the job, once; without a job, ask the retry not to begin."""
        shop, id = self._shop, given["id"]
        row = await shop.read(id)
        ref = watching.job_of(row.facts)
        if ref is None:
            facts = {"cancel_wanted": given["user"]}
            await shop.move(id, "cancel wanted", facts=facts, deed="cancel-wanted", actor=given["user"])
            return
        try:
            job = await jobs.read_job(shop.arm, ref)
            if job.status == "InProgress":  # asked before a crash, it is cancelling by now; asked twice does no harm
                await backups.cancel_job(shop.arm, ref)
        except AzureError as error:
            # Any conflict but a lock: over in this very moment, and the retry's own story tells how.
            if isinstance(error, Locked) or not isinstance(error, Conflict):
                await self._asking.unread(given, error)
            return
        await shop.move(
            id, "cancel sent", phase="cancelling", facts={"cancel_sent": True}, deed="cancel-sent", actor=given["user"]
        )
