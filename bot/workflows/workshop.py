"""What every story works with, and the one way in which an operation moves on: recorded and told together."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict, Unpack

from azure_ops.arm import Arm
from azure_ops.errors import AzureError, Unreachable
from azure_ops.reasons import Why
from bot.limits import Limits
from bot.lookups.lookups import Lookups
from bot.lookups.problems import trouble_of
from bot.rights.rights import Rights
from bot.store import operations, outbox
from bot.store.audit import Deed
from bot.store.operations import Operation
from bot.store.store import Store, Transaction
from bot.workflows.showing import MOST_FAILURES, Showing, body_of
from intents.resolve import Resolver
from responses.cards.model import Card
from responses.cards.trouble_azure import Trouble
from responses.catalog import Catalog
from responses.catalog.model import Language

DAY: Final = 86_400.0
_WORST: Final = ("failed", "refused", "unknown")


def ours(why: str, **values: str) -> dict[str, Any]:
    """A reason of our own, as it is kept in the facts: a label of `operation_why` with its values."""
    return {"label": f"operation_why.{why}", "values": values}


def why_not(error: Exception) -> Trouble:
    """Why Azure did not do it, as a card says it; an error that is not Azure's is that no answer came."""
    return trouble_of(error if isinstance(error, AzureError) else Unreachable(why=Why.NO_ANSWER))


def why_of(error: Exception) -> dict[str, Any]:
    """The same as it is kept in the facts."""
    trouble = why_not(error)
    return {"label": trouble.label, "values": dict(trouble.values)}


class Move(TypedDict, total=False):
    """How an operation moves on: what changes, the `deed` for the audit log with its details, and whose it is."""

    phase: str
    facts: Mapping[str, Any] | None
    deed: str
    details: Mapping[str, Any] | None
    with_line: bool
    actor: str


class SlackSilent(Exception):
    """Slack does not say who somebody is just now; the step that needs to know is taken again a little later."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The parts that stories share; wiring makes one."""

    store: Store
    rights: Rights
    lookups: Lookups
    catalog: Catalog
    resolver: Resolver
    showing: Showing
    limits: Limits
    tell: Callable[[Mapping[str, Any], Card], Awaitable[None]]
    language_of_channel: Callable[[str], Language]
    wake: Callable[[], None]
    now: Callable[[], float] = time.time

    @property
    def arm(self) -> Arm:
        return self.lookups.arm

    async def find(self, id: str) -> Operation | None:
        """The operation as it is now, None where there is none."""
        async with self.store.transaction() as kept:
            return await operations.read(kept, id)

    async def read(self, id: str) -> Operation:
        """The same for one that must exist."""
        found = await self.find(id)
        assert found is not None
        return found

    async def move(self, id: str, step: str, **how: Unpack[Move]) -> Operation:
        """Move an operation on, record the deed and tell it, all in one transaction.

        `step` makes a line in the thread or a deed happen once, however often the step is taken.
        """
        async with self.store.transaction() as kept:
            moved = await self.move_within(kept, id, step, **how)
        self.wake()
        return moved

    async def move_within(self, kept: Transaction, id: str, step: str, **how: Unpack[Move]) -> Operation:
        """The same inside the caller's transaction; the caller wakes the outbox."""
        at = self.now()
        moved = await operations.change(kept, id, at=at, phase=how.get("phase", ""), facts=how.get("facts"))
        deed = how.get("deed", "")
        if deed and await operations.first_time(kept, f"{id}/{step}", at):
            await self.record(kept, moved, deed, how.get("details") or {}, how.get("actor", ""))
        await self.say(kept, moved, line=step if how.get("with_line") else "")
        return moved

    async def record(
        self, kept: Transaction, about: Operation, kind: str, details: Mapping[str, Any], actor: str = ""
    ) -> None:
        """Write into the audit log who did what to which item, and how it came out."""
        facts = about.facts
        told = {
            "operation": about.id,
            "vm": facts.get("vm", ""),
            "phase": about.phase,
            "job": facts.get("new_job") or about.job,
            "correlation": facts.get("correlation", ""),
        }
        deed = Deed(
            at=self.now(),
            kind=kind,
            actor=actor or about.requested_by,
            subject=(about.item_key or about.job_key)[:400],
            workspace=about.workspace,
            channel=about.channel,
            details={name: value for name, value in (told | dict(details)).items() if value not in ("", None)},
        )
        await self.store.audit.append(kept, deed)

    async def say(self, kept: Transaction, about: Operation, *, line: str = "") -> None:
        """The card as it is now, and a line in its thread; a member of a group is told by the group's card."""
        if about.group_id or about.kind == operations.GROUP:
            await self._say_group(kept, about.group_id or about.id)
            return
        language = self.language_of_channel(about.channel)
        shown = self.showing.operation(about)
        card = body_of(self.showing.card(shown, language))
        await outbox.put_card(kept, key=about.id, channel=about.channel, body=card, otherwise=about.requested_by)
        if line:
            said = body_of(self.showing.line(shown, language))
            await outbox.put_line(kept, key=about.id, line=f"{about.id}/{line}", body=said)

    async def _say_group(self, kept: Transaction, group_id: str) -> None:
        """A group is over when its last member is; whoever ends last says so."""
        group = await operations.read(kept, group_id)
        assert group is not None
        counted = await operations.phases(kept, group_id)
        is_done = bool(group.facts.get("is_filled")) and counted.keys() <= operations.OVER
        if is_done and not group.is_over:
            group = await operations.change(kept, group_id, at=self.now(), phase="succeeded")
        worst = await operations.members(kept, group_id, phases=_WORST, most=MOST_FAILURES)
        language = self.language_of_channel(group.channel)
        body = body_of(self.showing.group(group, counted, worst, language))
        await outbox.put_card(kept, key=group.id, channel=group.channel, body=body, otherwise=group.requested_by)
