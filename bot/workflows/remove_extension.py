"""Remove the stuck snapshot extension: planned, approved by a second person, deleted once, and seen to be gone."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from azure_ops import extensions
from azure_ops.errors import AzureError, NotAllowed, NotFound
from azure_ops.extensions import read_vm, snapshot_extension
from azure_ops.locks import list_locks
from azure_ops.models import OperationRef, VmRef
from azure_ops.operations import status_of
from bot.store import approvals, operations
from bot.store.operations import REMOVE, RETRY, Operation
from bot.workflows import watching
from bot.workflows.asking import Asking, vm_of
from bot.workflows.claiming import Claiming, again_value
from bot.workflows.once import sent_once, silent
from bot.workflows.workshop import Workshop, ours, why_of
from intents.plan import Obstacle, RemovalPlan, removal_obstacle, removal_plan, removal_plan_from

if TYPE_CHECKING:
    from bot.engine.flow import Flow

DECISION: Final = "decision"
_SLICE: Final = 30.0
_MOST_SECONDS: Final = 3_600.0


class RemoveExtension:
    """Every method whose name is a step's does that step: it reads what is written down and looks before it acts."""

    def __init__(self, shop: Workshop, asking: Asking) -> None:
        self._shop = shop
        self._asking = asking
        self._claiming = Claiming(shop, asking)

    async def run(self, flow: "Flow", given: dict[str, Any]) -> None:
        """The story, from the click to the extension's absence."""
        if not await flow.step("ask", self._claiming.ask, given, REMOVE, "remove-extension"):
            return
        id = given["id"]
        if not await flow.step("plan", self.plan, id):
            return
        while await flow.step("wait", self.wait, id):
            await flow.wait_for(DECISION, min(_SLICE, self._shop.limits.approval_minutes * 60))
        if not await flow.step("check", self.check, id):
            return
        begun = await sent_once(flow, id, "delete", self._shop.limits, send=self.delete, look=self.look, lost=self.lost)
        if begun:
            await self._follow(flow, id)

    async def _follow(self, flow: "Flow", id: str) -> None:
        waited, poll = 0.0, self._shop.limits.poll_seconds
        while waited < _MOST_SECONDS:
            if await flow.step("follow", self.follow, id) == "over":
                return
            await flow.sleep(poll)
            waited += poll
        await flow.step("too long", self.too_long, id)

    async def plan(self, id: str) -> bool:
        """Judge by what Azure says now, write the plan down, and ask for a second person's yes."""
        shop = self._shop
        row = await shop.read(id)
        if row.phase == "waiting-approval":
            return True
        try:
            made = await self._planned(row)
        except AzureError as error:
            await self._end(row, "refused", why_of(error))
            return False
        if isinstance(made, Obstacle):
            await self._end(row, "refused", _why(made))
            return False
        expires = shop.now() + shop.limits.approval_minutes * 60
        plan = asdict(made) | {"hash": made.hash}
        approval = {"id": id, "expires": expires, "state": "open"}
        async with shop.store.transaction() as kept:
            other = await operations.hold(kept, id)
            if other is None:
                await approvals.ask(
                    kept,
                    id=id,
                    operation=id,
                    plan_hash=made.hash,
                    requested_by=row.requested_by,
                    at=shop.now(),
                    expires=expires,
                )
                facts = {"plan": plan, "approval": approval}
                await shop.move_within(
                    kept, id, "planned", phase="waiting-approval", facts=facts, deed="removal-planned", details=plan
                )
        if other is not None:
            await self._end(row, "refused", ours("in-flight", by=other.requested_by))
            return False
        shop.wake()
        return True

    async def _planned(self, row: Operation) -> RemovalPlan | Obstacle:
        """The plan from what Azure says now, or why there is none. Raises AzureError."""
        shop = self._shop
        vm, item = vm_of(row), watching.item_of(row.facts)
        entry = shop.showing.entry(row.facts.get("entry"))
        if entry is None or "remove-extension" not in entry.offers:
            return Obstacle("not-offered")
        if vm is None or item is None:
            return Obstacle("item-gone")
        try:
            state = await read_vm(shop.arm, vm)
        except NotFound:
            return Obstacle("vm-gone")
        extension = snapshot_extension(state)
        locks = await self._locks(vm, extension.name if extension else "")
        found = await watching.jobs_of(shop.arm, item, row.facts.get("failed_at"))
        obstacle = removal_obstacle(state, extension, found, locks, str(row.facts.get("code") or ""))
        if obstacle is not None or extension is None:
            return obstacle or Obstacle("no-extension")
        return removal_plan(state, extension, locks)

    async def _locks(self, vm: VmRef, extension: str) -> tuple[str, ...]:
        try:
            return tuple(lock.name for lock in await list_locks(self._shop.arm, vm, extension))
        except NotAllowed:
            return ()  # Azure itself refuses a locked deletion; the lack of this right must not stop the rest

    async def wait(self, id: str) -> bool:
        """Whether there is still nothing decided and time left."""
        shop = self._shop
        async with shop.store.transaction() as kept:
            found = await approvals.read(kept, id)
            if found is not None and found.state == "open" and shop.now() >= found.expires:
                await approvals.expire(kept, id=id, at=shop.now())
                found = await approvals.read(kept, id)
        return found is not None and found.state == "open"

    async def check(self, id: str) -> bool:
        """What was decided; and, after a yes, whether it still holds: the same plan, the same rights."""
        shop = self._shop
        row = await shop.read(id)
        async with shop.store.transaction() as kept:
            found = await approvals.read(kept, id)
        if row.is_over or found is None:
            return False
        if found.state in ("rejected", "expired"):
            await self._end(row, found.state, None, approval=_shown(found))
            return False
        if row.phase == "removing":
            return True
        if why := await self._changed(row, found.decided_by):
            async with shop.store.transaction() as kept:
                await approvals.void(kept, id=id, at=shop.now())
            await self._end(row, "void" if why["label"].endswith("plan-changed") else "refused", why)
            return False
        return True

    async def _changed(self, row: Operation, approver: str) -> dict[str, Any] | None:
        """Why the approval does not hold any more, None where it does."""
        if not await self._asking.still_allowed(row, "remove-extension"):
            return ours("rights-withdrawn")
        if not await self._asking.still_allowed(row, "approve", by=approver):
            return ours("approver-rights-withdrawn")
        try:
            made = await self._planned(row)
        except AzureError as error:
            return why_of(error)
        if isinstance(made, Obstacle):
            return _why(made)
        kept = _plan_of(row)
        if made.hash != kept.hash:
            return ours("plan-changed", what=", ".join(made.differs(kept)))
        return None

    async def delete(self, id: str, attempt: int) -> str:
        """Ask Azure to delete, once: "sent", "over", "look" (asked before a crash, or not), "unsure"."""
        row = await self._shop.read(id)
        if row.is_over:
            return "over"
        plan = _plan_of(row)
        intended = await self._intend(row, plan, attempt)
        if intended == "look" and plan.state == "Deleting":
            return "unsure"  # it was stuck in that state before: nothing in Azure tells whether we asked
        if intended != "first":
            return intended
        vm = vm_of(row)
        assert vm is not None  # the plan has read it
        try:
            ref = await extensions.remove_extension(self._shop.arm, vm, plan.extension)
        except NotFound:
            return await self._gone(row)
        except AzureError as error:
            if error.may_have_happened:
                await self._shop.move(id, "unsure", facts={"correlation": error.correlation_id})
                return "unsure"
            await self._end(row, "failed", why_of(error), correlation=error.correlation_id)
            return "over"
        facts = {"operation": asdict(ref), "correlation": ref.correlation_id}
        await self._shop.move(id, "accepted", phase="removing", facts=facts)
        return "sent"

    async def _intend(self, row: Operation, plan: RemovalPlan, attempt: int) -> str:
        """Use the approval up and write down that Azure is about to be asked: "first", or "look" after a crash."""
        shop, at = self._shop, self._shop.now()
        async with shop.store.transaction() as kept:
            if not await operations.first_time(kept, f"{row.id}/delete {attempt}", at):
                return "look"
            is_used = await approvals.use(kept, id=row.id, plan_hash=plan.hash, at=at, run=row.id)
            if is_used:
                found = await approvals.read(kept, row.id)
                facts = {"approval": _shown(found)} if found else {}
                details = {"plan": plan.hash, "approved_by": found.decided_by if found else "", "attempt": attempt}
                await shop.move_within(
                    kept,
                    row.id,
                    f"removing {attempt}",
                    phase="removing",
                    facts=facts,
                    deed="removal-started",
                    details=details,
                    with_line=attempt == 1,
                )
        shop.wake()
        if not is_used:
            await self._end(row, "expired", None)
            return "over"
        return "first"

    async def look(self, id: str) -> bool:
        """Whether the extension is gone or going: then the request had arrived."""
        row = await self._shop.read(id)
        vm, plan = vm_of(row), _plan_of(row)
        assert vm is not None
        try:
            state = await read_vm(self._shop.arm, vm)
        except AzureError:
            return False
        there = next((each for each in state.extensions if each.name.casefold() == plan.extension.casefold()), None)
        # One that was stuck in its deletion before tells nothing by being in it.
        is_going = there is not None and there.state == "Deleting" and plan.state != "Deleting"
        return there is None or is_going

    async def follow(self, id: str) -> str:
        """One look at the deletion: "going" or "over"."""
        row = await self._shop.read(id)
        if row.is_over:
            return "over"
        try:
            kept = row.facts.get("operation")
            if kept:
                status = await status_of(self._shop.arm, OperationRef(**kept))
                if not status.is_over:
                    return "going"
                if status.state != "Succeeded":
                    said = {"outcome_code": status.error_code, "outcome_said": status.error_message}
                    await self._end(row, "failed", None, **said)
                    return "over"
            return await self._verify(row, is_told_done=bool(kept))
        except AzureError as error:
            return await silent(self._shop, row, error, self._end)

    async def _verify(self, row: Operation, *, is_told_done: bool) -> str:
        """Believe the VM, not the operation: the extension must not be there any more."""
        vm, plan = vm_of(row), _plan_of(row)
        assert vm is not None
        state = await read_vm(self._shop.arm, vm)
        there = next((each for each in state.extensions if each.name.casefold() == plan.extension.casefold()), None)
        if there is None:
            return await self._gone(row)
        if is_told_done:
            await self._end(row, "failed", ours("still-there"))
            return "over"
        return "going"

    async def _gone(self, row: Operation) -> str:
        await self._end(row, "removed", None)
        return "over"

    async def lost(self, id: str) -> None:
        """No answer, and no sign of a deletion: nobody can say, so nobody is told that it went well."""
        await self._end(await self._shop.read(id), "unknown", ours("lost"))

    async def too_long(self, id: str) -> None:
        """Azure still deletes; we no longer look."""
        why = ours("too-long", hours=f"{_MOST_SECONDS / 3_600:g}")
        await self._end(await self._shop.read(id), "unknown", why)

    async def _end(self, row: Operation, phase: str, why: Mapping[str, Any] | None, **facts: Any) -> None:
        offer: dict[str, Any] = {}
        if phase == "removed":
            offer = {"again": await again_value(self._shop, RETRY, row.job)}
        elif phase in ("expired", "void", "rejected", "failed", "unknown"):
            offer = {"remove": await again_value(self._shop, REMOVE, row.job)}
        details = {"outcome": phase, "why": (why or {}).get("label", ""), **facts}
        await self._shop.move(
            row.id,
            "end",
            phase=phase,
            facts={"why": why, **facts, **offer},
            deed=f"removal-{phase}",
            details=details,
            with_line=True,
        )


def _plan_of(row: Operation) -> RemovalPlan:
    return removal_plan_from({name: value for name, value in row.facts["plan"].items() if name != "hash"})


def _shown(found: approvals.Approval) -> dict[str, Any]:
    """An approval as the card shows it."""
    return {
        "id": found.id,
        "expires": found.expires,
        "state": found.state,
        "decided_by": found.decided_by,
        "reason": found.reason,
    }


def _why(obstacle: Obstacle) -> dict[str, Any]:
    return ours(obstacle.why, **dict(obstacle.values))
