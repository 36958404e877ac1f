"""Retry all of a group: one yes, a queue that takes a few at a time, and one card that counts."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from azure_ops.errors import AzureError
from azure_ops.ids import parse_job
from azure_ops.models import BackupJob
from bot.lookups.seeing import resource_at, resource_of
from bot.store import operations, storms
from bot.store.operations import GROUP, RETRY, Operation, operation_id
from bot.store.store import Transaction
from bot.workflows.asking import Asking, language_of
from bot.workflows.claiming import operation_from
from bot.workflows.workshop import Workshop
from intents.look_up import LookUpJobs, read_jobs_command
from intents.policy import Resource
from responses.cards.retry_group import nothing_left
from responses.cards.trouble import expired

if TYPE_CHECKING:
    from bot.engine.flow import Flow

_MOST: Final = 500


class RetryGroup:
    """Every method whose name is a step's does that step."""

    def __init__(self, shop: Workshop, asking: Asking, queue: str) -> None:
        self._shop = shop
        self._asking = asking
        self._queue = queue

    async def run(self, flow: "Flow", given: dict[str, Any]) -> None:
        """Gather the failed jobs, write each down as an operation of its own, and let the queue begin them."""
        gathered = await flow.step("gather", self.gather, given)
        if not gathered["jobs"]:
            return
        members = await flow.step("fill", self.fill, given, gathered)
        for member in members:
            await flow.begin(RETRY, member["request"], member, self._queue)

    async def gather(self, given: dict[str, Any]) -> dict[str, Any]:
        """The newest failed job of each item of the group that this person may retry; a refusal has been told."""
        shop = self._shop
        try:
            found = await (self._of_storm(given) if given.get("storm") else self._of_question(given))
        except AzureError as error:
            await self._asking.unread(given, error)
            return {"jobs": []}
        allowed, refused = [], None
        for job, vm, resource in found[:_MOST]:
            decision = await self._asking.decide(given, "retry-backup", resource)
            if decision.is_allowed:
                allowed.append({"job": job, "vm": vm})
            else:
                refused = refused or (resource, decision)
        if not allowed and refused is not None:
            await self._asking.refuse(given, "retry-backup", refused[0], refused[1], "")
        elif not allowed:
            await shop.tell(given, expired(language_of(given)))
        return {"jobs": allowed}

    async def _of_question(self, given: dict[str, Any]) -> list[tuple[str, str, Resource]]:
        """The group of a look-up, looked up anew: job, VM and what rights are judged by. Raises AzureError."""
        asked = read_jobs_command(given["question"], datetime.now(UTC), UTC)
        if not isinstance(asked, LookUpJobs):
            return []
        found = await self._shop.lookups.group_of(asked, given["code"])
        places = await self._shop.lookups.directory.places()
        return [(job.ref.path, job.item_name, resource_of(job, places)) for job in _newest(found)]

    async def _of_storm(self, given: dict[str, Any]) -> list[tuple[str, str, Resource]]:
        """What is still open of a storm. Raises AzureError."""
        shop = self._shop
        async with shop.store.transaction() as kept:
            found = await storms.members(kept, given["storm"], most=_MOST, only_open=True)
        places = await shop.lookups.directory.places()
        jobs = [(one, ref) for one in found if (ref := parse_job(one.last_job))]
        return [(ref.path, one.vm, resource_at(ref.vault, places, vm=one.vm)) for one, ref in jobs]

    async def fill(self, given: dict[str, Any], gathered: dict[str, Any]) -> list[dict[str, Any]]:
        """Write the group and its members down together; a job that is being retried already is left to that."""
        shop = self._shop
        entry = shop.showing.entry(given["code"])
        async with shop.store.transaction() as kept:
            facts = {"entry": entry.code if entry else "", "code": given["code"], "title": given["code"]}
            group = await operations.claim(kept, operation_from(given, GROUP, "running", facts, shop.now()))
            if group.owner != given["request"]:
                return []
            members = [each for job in gathered["jobs"] if (each := await self._member(kept, given, group, job))]
            if not members:
                await operations.change(kept, group.id, at=shop.now(), phase="refused")
            else:
                await operations.change(kept, group.id, at=shop.now(), facts={"is_filled": True})
                if await operations.first_time(kept, f"{group.id}/asked", shop.now()):
                    await shop.record(kept, group, "retry-group-asked", {"count": len(members), "code": given["code"]})
                await shop.say(kept, group)
        shop.wake()
        if not members:
            await shop.tell(given, nothing_left(language_of(given)))
        return members

    async def _member(
        self, kept: Transaction, given: dict[str, Any], group: Operation, each: dict[str, Any]
    ) -> dict[str, Any] | None:
        """An operation of the group, written down; None for a job that somebody is retrying already."""
        number = await operations.last_number(kept, RETRY, each["job"])
        before = await operations.read(kept, operation_id(RETRY, each["job"], number)) if number else None
        is_ours = before is not None and before.group_id == group.id
        if before is not None and not before.is_over and not is_ours:
            return None
        number += 0 if is_ours else 1
        id = operation_id(RETRY, each["job"], number)
        member = {**given, "id": id, "job": each["job"], "number": number, "group": group.id}
        member |= {"request": f"{id}/{group.id}", "url": ""}
        facts = {"vm": each["vm"], "allowed": True}
        await operations.claim(kept, operation_from(member, RETRY, "queued", facts, self._shop.now()))
        return member


def _newest(jobs: list[BackupJob]) -> list[BackupJob]:
    """One for each item: that it failed four times is one backup to retry."""
    by_item: dict[tuple[str, str, str], BackupJob] = {}
    never = datetime.min.replace(tzinfo=UTC)
    for job in sorted(jobs, key=lambda each: each.started or never):
        by_item[job.ref.vault.key, job.container.casefold(), job.item_name.casefold()] = job
    return list(by_item.values())
