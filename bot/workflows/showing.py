"""An operation's row as its card takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from azure_ops.ids import parse_item, parse_job, parse_vm
from azure_ops.portal import Portal
from bot.lookups.links import links_to
from bot.store.operations import OVER, REMOVE, Operation
from responses.cards.labels import labels
from responses.cards.model import Card
from responses.cards.operations import ApprovalOf, OperationOf, Phase, PlanOf, operation_card, operation_line
from responses.cards.portal_links import Links
from responses.cards.retry_group import GroupOf, group_card
from responses.cards.trouble_azure import Trouble, sentence
from responses.catalog import Catalog
from responses.catalog.model import Entry, Language

MOST_FAILURES: Final = 10


def body_of(card: Card) -> dict[str, Any]:
    """What is sent to Slack."""
    return {"text": card.text, "blocks": card.blocks}


@dataclass(frozen=True, slots=True)
class Showing:
    """Knows the catalog and the portal; a function of the row alone, so that every replica shows the same."""

    catalog: Catalog
    portal: Portal

    def card(self, shown: OperationOf, language: Language) -> Card:
        return operation_card(shown, language)

    def line(self, shown: OperationOf, language: Language) -> Card:
        return operation_line(shown, language)

    def operation(self, row: Operation) -> OperationOf:
        """The row with its entry, its links and the buttons that it may have now."""
        facts = row.facts
        return OperationOf(
            kind="remove-extension" if row.kind == REMOVE else "retry-backup",
            id=row.id,
            phase=cast(Phase, row.phase),
            vm=str(facts.get("vm") or ""),
            vault=str(facts.get("vault") or ""),
            subscription=str(facts.get("subscription") or ""),
            requested_by=row.requested_by,
            attempt=int(facts.get("attempt") or 0),
            attempts=int(facts.get("attempts") or 0),
            entry=self.entry(facts.get("entry")),
            code=str(facts.get("code") or ""),
            asked_at=time_from(row.asked_at) or datetime.now(UTC),
            ended_at=time_from(row.ended_at),
            percent=facts.get("percent"),
            job_started=time_from(facts.get("job_started")),
            why=_trouble(facts.get("why")),
            outcome_entry=self.entry(facts.get("outcome_entry")),
            outcome_code=str(facts.get("outcome_code") or ""),
            outcome_said=str(facts.get("outcome_said") or ""),
            recovery_point=time_from(facts.get("recovery_point")),
            duration_seconds=facts.get("duration"),
            job_id=str(facts.get("new_job") or "").rpartition("/")[2],
            correlation_id=str(facts.get("correlation") or ""),
            links=self._links(facts, row),
            plan=_plan(facts.get("plan")),
            approval=_approval(facts.get("approval")),
            cancel=row.id if self._is_cancellable(row) else "",
            again=str(facts.get("again") or "") if row.is_over else "",
            again_after_fix=bool(facts.get("again_after_fix")),
            remove=str(facts.get("remove") or "") if row.is_over else "",
        )

    def group(self, row: Operation, counted: Mapping[str, int], worst: Sequence[Operation], language: Language) -> Card:
        """The one card of a group, with its counts."""
        facts = row.facts
        failures = tuple((str(each.facts.get("vm") or "?"), self._why(each, language)) for each in worst)
        over = sum(count for phase, count in counted.items() if phase in OVER)
        waiting = counted.get("queued", 0)
        total = sum(counted.values())
        shown = GroupOf(
            entry=self.entry(facts.get("entry")),
            code=str(facts.get("code") or ""),
            title=str(facts.get("title") or ""),
            total=total,
            waiting=waiting,
            running=total - over - waiting,
            succeeded=counted.get("succeeded", 0),
            failed=counted.get("failed", 0),
            refused=counted.get("refused", 0),
            cancelled=counted.get("cancelled", 0),
            unknown=counted.get("unknown", 0),
            requested_by=row.requested_by,
            asked_at=time_from(row.asked_at) or datetime.now(UTC),
            ended_at=time_from(row.ended_at),
            failures=failures,
        )
        return group_card(shown, language)

    def entry(self, key: object) -> Entry | None:
        """The catalog's entry; None where it has none, or none any more."""
        return self.catalog.get(str(key)) if key else None

    def _why(self, row: Operation, language: Language) -> str:
        trouble = _trouble(row.facts.get("why"))
        if trouble is not None:
            return sentence(trouble, labels(language))
        entry = self.entry(row.facts.get("outcome_entry"))
        return entry.words[language].title if entry else str(row.facts.get("outcome_code") or row.phase)

    def _is_cancellable(self, row: Operation) -> bool:
        return row.kind != REMOVE and row.phase in ("queued", "checking", "starting", "running")

    def _links(self, facts: Mapping[str, Any], row: Operation) -> Links:
        job = parse_job(str(facts.get("new_job") or row.job))
        item, vm = parse_item(str(facts.get("item") or "")), parse_vm(str(facts.get("vm_path") or ""))
        return links_to(self.portal, job, item, vm)


def time_from(seconds: object) -> datetime | None:
    """A kept time as cards take it; None for none."""
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None


def _trouble(kept: object) -> Trouble | None:
    if not isinstance(kept, Mapping):
        return None
    return Trouble(str(kept.get("label")), {str(k): str(v) for k, v in dict(kept.get("values") or {}).items()})


def _plan(kept: object) -> PlanOf | None:
    return PlanOf(**{**kept, "locks": tuple(kept.get("locks") or ())}) if isinstance(kept, Mapping) else None


def _approval(kept: object) -> ApprovalOf | None:
    if not isinstance(kept, Mapping):
        return None
    return ApprovalOf(**{**kept, "expires": datetime.fromtimestamp(kept["expires"], UTC)})
