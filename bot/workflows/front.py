"""What Slack's listeners may ask of the stories: written down as durable work before they acknowledge."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from azure_ops.ids import parse_job
from azure_ops.models import JobRef
from bot.lookups.pages import read_turn
from bot.lookups.seeing import resource_at
from bot.store import approvals, storms
from bot.store.approvals import NotDecided
from bot.store.audit import Deed
from bot.store.operations import GROUP, REMOVE, RETRY, Operation, operation_id
from bot.workflows.asking import Asking, resource_from
from bot.workflows.cancel_job import CancelJob
from bot.workflows.claiming import again_value
from bot.workflows.remove_extension import DECISION, RemoveExtension
from bot.workflows.retry_backup import RetryBackup
from bot.workflows.retry_group import RetryGroup
from bot.workflows.workshop import Workshop
from intents.policy import Decision, OperationName, Resource
from responses.cards.job_details import DetailsOf
from responses.cards.jobs import JobGroup, JobsPage
from responses.catalog.model import Language

if TYPE_CHECKING:
    from bot.engine.engine import Engine
    from bot.engine.flow import Flow, Step, Story

CANCEL: Final = "cancel-job"
Verdict = Literal["approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked, where, and the address at which they are answered; `mark` is Slack's own mark of this click."""

    user: str
    channel: str
    workspace: str
    url: str
    language: Language
    mark: str

    def deed(self, at: float, kind: str, subject: str, details: Mapping[str, Any]) -> Deed:
        """What they did, for the audit log."""
        return Deed(at, kind, self.user, subject, self.workspace, self.channel, details)


class Operations:
    """The door to the stories. Every method is short: what takes time is done by the story."""

    def __init__(self, shop: Workshop) -> None:
        self._engine: Engine | None = None
        self.shop = shop
        self._asking = Asking(shop)
        self._open = asyncio.Event()

    def register(self, engine: "Engine", queue: str) -> None:
        """Make the stories known, before the engine opens and takes up what was left undone."""
        stories: dict[str, Story] = {
            RETRY: RetryBackup(self.shop, self._asking).run,
            REMOVE: RemoveExtension(self.shop, self._asking).run,
            GROUP: RetryGroup(self.shop, self._asking, queue).run,
            CANCEL: CancelJob(self.shop, self._asking).run,
        }
        for name, story in stories.items():
            engine.register(name, partial(_guarded, story, self._asking.broken))
        self._engine = engine

    def opened(self) -> None:
        """The engine runs from now on."""
        self._open.set()

    async def close(self) -> None:
        """Give up what clicks still ask of Azure; the stories go on at the next start."""
        await self._asking.close()

    @property
    def is_on(self) -> bool:
        """Whether anybody may do anything at all here."""
        rights = self.shop.rights
        return any(rights.is_anyone_granted(each) for each in ("retry-backup", "remove-extension", "cancel-job"))

    async def offer(self, shown: DetailsOf, ref: JobRef, click: Click) -> DetailsOf:
        """The details of a failed job with the buttons that this person may use; none while they could do nothing."""
        if shown.row.status != "Failed" or not self.is_on:
            return shown
        try:
            await self._opened()
        except TimeoutError:
            return shown
        places = await self.shop.lookups.directory.places()
        resource = resource_at(ref.vault, places, vm=shown.row.item)
        entry, path = shown.entry, ref.path
        retry = remove = ""
        if await self._covers(RETRY, resource, click) and (entry is None or entry.retry != "never"):
            retry = await again_value(self.shop, RETRY, path)
        if await self._covers(REMOVE, resource, click) and entry is not None and REMOVE in entry.offers:
            remove = await again_value(self.shop, REMOVE, path)
        after_fix = entry is None or entry.retry == "after-fix"
        return replace(shown, retry=retry, after_fix=after_fix, remove=remove)

    def offer_groups(self, page: JobsPage, click: Click) -> JobsPage:
        """A page of failed jobs with a button for each group whose jobs this person may retry."""
        turn = read_turn(page.again)
        if page.which != "failed" or turn is None or not self.is_on:
            return page
        if not self.shop.rights.could(click.user, "retry-backup"):
            return page
        groups = tuple(
            replace(group, retry_all=f"{_code(group)}|{turn.text}") if _code(group) and _is_retryable(group) else group
            for group in page.groups
        )
        return replace(page, groups=groups)

    async def _covers(self, operation: OperationName, resource: Resource, click: Click) -> bool:
        reach = await self.shop.rights.reach(click.user, operation, click.channel, team=click.workspace)
        return reach.covers(resource)

    async def ask(self, kind: Literal["retry-backup", "remove-extension"], value: str, click: Click) -> bool:
        """Begin an operation for `JOBPATH|N`, once for each button; False for a value that is none of ours."""
        path, _, number = value.rpartition("|")
        ref = parse_job(path)
        if ref is None or not number.isdecimal() or not 1 <= int(number) <= 10_000:
            return False
        id = operation_id(kind, ref.key, int(number))
        given = {**asdict(click), "id": id, "job": ref.path, "number": int(number)}
        await self._begin(kind, id, given, click)
        return True

    async def ask_group(self, value: str, click: Click) -> bool:
        """Begin the retry of a whole group for `CODE|QUESTION`."""
        code, _, question = value.partition("|")
        if not code or not question:
            return False
        id = operation_id(GROUP, f"{value}|{click.user}|{click.mark}", 1)
        await self._begin(GROUP, id, {**asdict(click), "id": id, "code": code, "question": question}, click)
        return True

    async def ask_storm(self, id: str, click: Click) -> bool:
        """Begin the retry of everything that is still open of a storm; False where there is no such storm."""
        async with self.shop.store.transaction() as kept:
            storm = await storms.read(kept, id)
        if storm is None:
            return False
        group = operation_id(GROUP, f"{id}|{click.user}|{click.mark}", 1)
        given = {**asdict(click), "id": group, "code": storm.cause, "storm": id}
        await self._begin(GROUP, group, given, click)
        return True

    async def cancel(self, id: str, click: Click) -> bool:
        """Begin to cancel a running retry; False where there is no such operation."""
        if await self.find(id) is None:
            return False
        await self._begin(CANCEL, id, {**asdict(click), "id": id}, click)
        return True

    async def find(self, id: str) -> Operation | None:
        """An operation by its id."""
        return await self.shop.find(id)

    async def may_decide(self, row: Operation, click: Click) -> Decision:
        """May this person approve or reject this operation, here, now."""
        given = {**asdict(click), "channel": click.channel or row.channel}
        return await self._asking.decide(given, "approve", resource_from(row.facts["resource"]), row.requested_by)

    async def refuse_to_decide(self, row: Operation, decision: Decision, click: Click) -> None:
        """Record and tell that this person may not approve or reject."""
        resource = resource_from(row.facts["resource"])
        given = {**asdict(click), "job": row.job, "request": _request(f"{row.id}/approve", click)}
        await self._asking.refuse(given, "approve", resource, decision, resource.vm)

    async def decide(self, id: str, verdict: Verdict, reason: str, click: Click) -> NotDecided | Decision | None:
        """A second person's word, with the reason; None when it was taken, else why not."""
        shop = self.shop
        row = await self.find(id)
        if row is None or "plan" not in row.facts:
            return NotDecided("unknown", None)
        decision = await self.may_decide(row, click)
        if not decision.is_allowed:
            await self.refuse_to_decide(row, decision, click)
            return decision
        async with shop.store.transaction() as kept:
            told = await approvals.decide(
                kept,
                id=id,
                verdict=verdict,
                by=click.user,
                reason=reason,
                plan_hash=row.facts["plan"]["hash"],
                at=shop.now(),
            )
            if isinstance(told, NotDecided):
                return told
            approval = {**row.facts["approval"], "state": verdict, "decided_by": click.user, "reason": reason}
            details = {"plan": told.plan_hash, "reason": reason, "grant": decision.grant}
            await shop.move_within(
                kept,
                id,
                f"decided {verdict}",
                facts={"approval": approval},
                deed=f"removal-{verdict}-by",
                details=details,
                actor=click.user,
                with_line=True,
            )
        shop.wake()
        engine = await self._opened()
        await engine.send(row.owner, DECISION, verdict, f"{id}/{verdict}")
        return None

    async def _begin(self, story: str, id: str, given: dict[str, Any], click: Click) -> None:
        engine = await self._opened()
        request = _request(id if story != CANCEL else f"cancel/{id}", click)
        await engine.begin(story, request, {**given, "request": request})

    async def _opened(self) -> "Engine":
        """In its first second the engine is still opening; a click waits, and is told when that takes too long."""
        async with asyncio.timeout(2.0):
            await self._open.wait()
        assert self._engine is not None
        return self._engine


async def _guarded(story: "Story", broken: "Step", flow: "Flow", given: dict[str, Any]) -> None:
    await flow.guarded(story, given, broken)


def _code(group: JobGroup) -> str:
    return group.entry.code if group.entry else group.code


def _is_retryable(group: JobGroup) -> bool:
    return group.count > 1 and (group.entry is None or group.entry.retry != "never")


def _request(id: str, click: Click) -> str:
    """One for each physical click, however often Slack delivers it."""
    mark = hashlib.sha256(f"{click.user}|{click.channel}|{click.mark}".encode()).hexdigest()[:16]
    return f"{id}/{mark}"
