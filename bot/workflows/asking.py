"""Who asks for what: the failed job and its item read from Azure, and the decision about it, made anew each time."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from azure_ops import jobs
from azure_ops.errors import AzureError, NotFound
from azure_ops.extensions import read_vm
from azure_ops.finding import find_item
from azure_ops.ids import parse_job, parse_vm
from azure_ops.models import BackupJob, JobRef, ProtectedItem
from bot.flights import Flights
from bot.lookups.seeing import judged_for, resource_of
from bot.store import operations
from bot.store.audit import Deed
from bot.store.operations import Operation
from bot.workflows.workshop import SlackSilent, Workshop, ours, why_not, why_of
from intents.failures import name_failure
from intents.policy import Decision, OperationName, Resource
from responses.cards.operation_refusals import RefusalOf, refusal_card
from responses.cards.trouble import failed
from responses.cards.trouble_azure import azure_trouble
from responses.catalog.model import LANGUAGES, Language

_SECONDS: Final = 60.0
_KEPT_SECONDS: Final = 5.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an operation is about, as Azure tells it now."""

    job: BackupJob
    item: ProtectedItem | None
    resource: Resource
    code: str
    entry: str

    @property
    def vm(self) -> str:
        return self.job.item_name or (self.item.name if self.item else "")


class Asking:
    """The first chapter of every story that a click begins."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._subjects: Flights[Subject] = Flights(_KEPT_SECONDS, most=500)

    async def subject(self, ref: JobRef, operation: OperationName) -> Subject:
        """The job, its item and the resource that a decision is about. Raises AzureError.

        Many who click on one button at once are one question to Azure.
        """
        return await self._subjects.get(f"{operation} {ref.key}", lambda: self._read(ref, operation))

    async def _read(self, ref: JobRef, operation: OperationName) -> Subject:
        shop = self._shop
        if not shop.lookups.directory.is_within(ref.vault.subscription_id):
            raise NotFound(what=ref.path)
        async with asyncio.timeout(_SECONDS):
            job = await jobs.read_job(shop.arm, ref)
            item = await find_item(shop.arm, job)
            match = name_failure(job.failure, shop.resolver)
            entry = match.codes[0] if match and match.is_sure else ""
            code = (match.asked if match else "") or entry
            return Subject(job, item, await self._resource(job, item, operation), code, entry)

    async def close(self) -> None:
        """Give up what is asked of Azure."""
        await self._subjects.close()

    async def decide(
        self, given: Mapping[str, Any], operation: OperationName, resource: Resource, requested_by: str = ""
    ) -> Decision:
        """May this person do this, here, now; an approval is of what somebody has requested."""
        team = given.get("workspace", "")
        return await self._shop.rights.decide(
            given["user"], operation, resource, given["channel"], team=team, requested_by=requested_by
        )

    async def authorise(self, given: dict[str, Any], operation: OperationName) -> dict[str, Any]:
        """A step: whether the story may go on, with everything that the row shall hold; else it has been told why."""
        ref = parse_job(given["job"])
        try:
            if ref is None:
                raise NotFound(what=given["job"][:300])
            subject = await self.subject(ref, operation)
        except (AzureError, TimeoutError) as error:
            await self.unread(given, error)
            return {"allowed": False, "why": why_of(error)}
        decision = await self.decide(given, operation, subject.resource)
        if not decision.is_allowed:
            await self.refuse(given, operation, subject.resource, decision, subject.vm)
        return self._facts(subject, decision)

    async def still_allowed(self, row: Operation, operation: OperationName, by: str = "") -> bool:
        """The same decision once more, right before Azure is called; about whoever asked, or who approved it."""
        given = {"user": by or row.requested_by, "channel": row.channel, "workspace": row.workspace}
        resource = resource_from(row.facts["resource"])
        decision = await self.decide(given, operation, resource, row.requested_by if by else "")
        if decision.reason in ("unknown-person", "unknown-groups"):
            raise SlackSilent(decision.reason)
        return decision.is_allowed

    async def broken(self, given: dict[str, Any], why: str) -> None:
        """A mistake of ours: logged under a reference, and said where the operation is waited for."""
        reference = str(given["request"])[-8:]
        _log.error("%s: the story of %s broke (%s)", reference, given["id"], why)
        row = await self._shop.find(given["id"])
        if row is None or row.owner != given["request"]:
            await self._shop.tell(given, failed(language_of(given), reference))
            return
        facts = {"why": ours("broken", reference=reference)}
        await self._shop.move(row.id, "end", phase="unknown", facts=facts, deed=f"{row.kind}-broken", with_line=True)

    async def refuse(
        self, given: Mapping[str, Any], operation: OperationName, resource: Resource, decision: Decision, vm: str
    ) -> None:
        """Record a refusal, and say to whoever clicked which rule is missing and who can grant it."""
        shop = self._shop
        async with shop.store.transaction() as kept:
            if await operations.first_time(kept, f"{given['request']}/refused", shop.now()):
                details = {"reason": decision.reason, "grant": decision.grant, "job": given.get("job", ""), "vm": vm}
                deed = Deed(
                    at=shop.now(),
                    kind=f"{operation}-refused",
                    actor=given["user"],
                    subject=str(given.get("job", "")).casefold()[:400],
                    workspace=given.get("workspace", ""),
                    channel=given["channel"],
                    details=details,
                )
                await shop.store.audit.append(kept, deed)
        refusal = RefusalOf(
            operation=operation,
            reason=decision.reason,
            grant=decision.grant,
            who_can=decision.who_can,
            vm=vm,
            vault=resource.vault,
        )
        await shop.tell(given, refusal_card(refusal, language_of(given)))

    async def unread(self, given: Mapping[str, Any], error: Exception) -> None:
        """Say that Azure could not be asked; nothing was changed."""
        await self._shop.tell(given, azure_trouble(why_not(error), language_of(given), str(given["request"])[:8]))

    async def _resource(self, job: BackupJob, item: ProtectedItem | None, operation: OperationName) -> Resource:
        vm = item.vm if item else None
        tags = {}
        if vm is not None and any(grant.tags for grant in self._shop.rights.grants):
            tags[vm.key] = (await read_vm(self._shop.arm, vm)).tags
        places = await self._shop.lookups.directory.places()
        return judged_for(resource_of(job, places, tags, vm), operation, vm)

    def _facts(self, subject: Subject, decision: Decision) -> dict[str, Any]:
        item, resource = subject.item, subject.resource
        return {
            "allowed": decision.is_allowed,
            "grant": decision.grant,
            "why": {"label": f"policy.{decision.reason}", "values": {}} if not decision.is_allowed else None,
            "resource": asdict(resource),
            "item": item.ref.path if item else "",
            "vm_path": item.vm.path if item and item.vm else "",
            "vm": subject.vm,
            "vault": resource.vault,
            "subscription": resource.subscription,
            "code": subject.code,
            "entry": subject.entry,
            "failed_at": subject.job.started.timestamp() if subject.job.started else None,
        }


def resource_from(kept: Mapping[str, Any]) -> Resource:
    """The resource as it was written down."""
    return Resource(**{**kept, "tags": tuple((str(name), str(value)) for name, value in kept["tags"])})


def language_of(given: Mapping[str, Any]) -> Language:
    """The language of whoever clicked."""
    return next((each for each in LANGUAGES if each == given.get("language")), "en")


def vm_of(row: Operation) -> Any:
    """The VM that an operation is about, None where none is known."""
    return parse_vm(str(row.facts.get("vm_path") or ""))
