"""The living card of an operation, and the lines that are written into its thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from responses.cards.job_details import duration
from responses.cards.jobs import explain_button
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.operation_buttons import removal_button, retry_button
from responses.cards.operation_words import why_words
from responses.cards.parts import Button, Notice, Run, Runs, texts, title
from responses.cards.portal_links import Links, portal_links
from responses.cards.render import render_card
from responses.cards.text import (
    Mrkdwn,
    Verbatim,
    clean,
    code_span,
    cut,
    excerpt,
    moment,
    mrkdwn,
    plain,
    user_mention,
)
from responses.cards.trouble_azure import Trouble
from responses.catalog.model import Entry, Language

Kind = Literal["retry-backup", "remove-extension"]
Phase = Literal[
    "queued", "checking", "starting", "running", "cancelling", "waiting-approval", "removing", "verifying",
    "succeeded", "failed", "cancelled", "refused", "rejected", "expired", "void", "removed", "unknown",
]  # fmt: skip
ApprovalState = Literal["open", "approved", "rejected", "expired", "void", "used"]

_NAME: Final = 90
_HEADER: Final = 150
_SAID: Final = 600
_CELLS: Final = 10
_TOLD_BY_TITLE: Final = ("succeeded", "failed", "cancelled", "removed")
_SEPARATOR: Final = " · "
_PLAN: Final = ("extension", "publisher", "type", "version", "state", "power", "agent", "os")


@dataclass(frozen=True, slots=True)
class PlanOf:
    """Exactly what will be deleted, and the facts by which it was judged; `hash` is hexadecimal."""

    vm_path: str
    extension: str
    publisher: str
    type: str
    version: str
    state: str
    power: str
    agent: str
    os: str
    locks: tuple[str, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class ApprovalOf:
    """The second person's word; `decided_by` is a Slack user id."""

    id: str
    expires: datetime
    state: ApprovalState
    decided_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OperationOf:
    """An operation as it is now. Values of buttons that are empty mean no button; `requested_by` is a Slack user id."""

    kind: Kind
    id: str
    phase: Phase
    vm: str
    vault: str
    subscription: str
    requested_by: str
    attempt: int
    attempts: int
    entry: Entry | None
    code: str
    asked_at: datetime
    ended_at: datetime | None
    percent: float | None = None
    job_started: datetime | None = None
    why: Trouble | None = None
    outcome_entry: Entry | None = None
    outcome_code: str = ""
    outcome_said: str = ""
    recovery_point: datetime | None = None
    duration_seconds: float | None = None
    job_id: str = ""
    correlation_id: str = ""
    links: Links = ()
    plan: PlanOf | None = None
    approval: ApprovalOf | None = None
    cancel: str = ""
    again: str = ""
    again_after_fix: bool = False
    remove: str = ""


def operation_card(op: OperationOf, language: Language) -> Card:
    """The card: what goes on with which VM, who asked, how far it is or how it ended, and what can be done now.

    Buttons: `cancel_operation`, `retry_backup`, `remove_extension`, `approve_removal`, `reject_removal`,
    `explain_job_group`.
    """
    say = labels(language)
    notice = Notice(
        title=plain(_title(op, say), _HEADER),
        texts=texts(
            Mrkdwn("") if op.phase in _TOLD_BY_TITLE else _state(op, say),
            _about(op, language, say),
            _outcome(op, language, say),
            _approval(op, say),
        ),
        lead=(Run(say.literal("operation.plan_done" if op.phase == "removed" else "operation.plan")),),
        bullets=tuple(_plan(op, say)),
        saying=say.literal("operation.said"),
        said=_said(op),
        buttons=tuple(_buttons(op, language, say)),
        facts=Mrkdwn(_SEPARATOR.join(_facts(op, say))),
    )
    spoken = mrkdwn(f"{notice.title}. {_plain_state(op, say)}", 600)
    return render_card("notice", language, spoken, notice=notice)


def operation_line(op: OperationOf, language: Language) -> Card:
    """What has just become so, for the thread."""
    say = labels(language)
    parts = [_state(op, say), _outcome(op, language, say), _decided(op, say)]
    notice = Notice(title=plain(""), texts=texts(Mrkdwn("\n".join(part for part in parts if part))), said=_said(op),
                    saying=say.literal("operation.said"))  # fmt: skip
    return render_card("notice", language, mrkdwn(f"{op.vm}: {_plain_state(op, say)}", 600), notice=notice)


def _title(op: OperationOf, say: Labels) -> str:
    return say.text(f"operation.title_{op.kind}_{_stage(op)}", vm=excerpt(op.vm, _NAME) or "?")


def _stage(op: OperationOf) -> str:
    """Under way, good, or how else it ended."""
    if op.phase in ("succeeded", "removed"):
        return "good"
    if op.phase in ("refused", "rejected", "expired", "void"):
        return "refused"
    if op.phase in ("failed", "unknown", "cancelled"):
        return op.phase
    return "asked" if op.phase == "waiting-approval" else "going"


def _plain_state(op: OperationOf, say: Labels) -> str:
    return say.text(f"phase.{op.phase}")


def _state(op: OperationOf, say: Labels) -> Mrkdwn:
    """The phase in words; while the backup runs, with a bar."""
    words = say.mrkdwn(f"phase.{op.phase}")
    if op.phase != "running" or op.percent is None:
        return Mrkdwn(f"*{words}*")
    percent = min(100, max(0, int(op.percent)))
    filled = percent * _CELLS // 100
    return Mrkdwn(f"*{words}*\n{'▓' * filled}{'░' * (_CELLS - filled)} {percent} %")


def _about(op: OperationOf, language: Language, say: Labels) -> Mrkdwn:
    """What it is about: the error, as the catalog calls it."""
    if op.phase == "failed" and op.code and op.code == op.outcome_code:
        return Mrkdwn("")  # it failed by the same error, which is told below
    code = code_span(op.code, 100)
    if op.entry is None:
        return say.mrkdwn("operation.about_code", code=code) if code else Mrkdwn("")
    name = mrkdwn(title(op.entry, language), _HEADER)
    return say.mrkdwn("operation.about", title=name, code=Mrkdwn(f" {code}" if code and op.entry.has_code else ""))


def _outcome(op: OperationOf, language: Language, say: Labels) -> Mrkdwn:
    """Why it ended so: our reason, the new error, or what a good backup gave."""
    if op.why is not None:
        return why_words(op.why, say)
    if op.phase == "succeeded":
        facts = []
        if op.duration_seconds:
            facts.append(say.mrkdwn("operation.took", time=mrkdwn(duration(op.duration_seconds, say))))
        if op.recovery_point:
            facts.append(say.mrkdwn("operation.point", time=moment(op.recovery_point)))
        return Mrkdwn("\n".join(facts))
    if op.phase == "failed" and (op.outcome_entry or op.outcome_code):
        shown = code_span(op.outcome_code, 100)
        if op.outcome_entry is None:
            return say.mrkdwn("operation.failed_unknown", code=shown)
        name = mrkdwn(title(op.outcome_entry, language), _HEADER)
        is_code = shown and op.outcome_entry.has_code
        return say.mrkdwn("operation.failed_known", title=name, code=Mrkdwn(f" {shown}" if is_code else ""))
    if op.phase == "removed":
        return say.mrkdwn("operation.verified")
    return Mrkdwn("")


def _approval(op: OperationOf, say: Labels) -> Mrkdwn:
    """Who is waited for and until when; afterwards who decided, and why."""
    approval = op.approval
    if approval is None:
        return Mrkdwn("")
    if approval.state == "open" and op.phase == "waiting-approval":
        return say.mrkdwn("operation.approve_until", time=moment(approval.expires))
    return _decided(op, say)


def _decided(op: OperationOf, say: Labels) -> Mrkdwn:
    approval = op.approval
    who = user_mention(approval.decided_by) if approval else Mrkdwn("")
    if approval is None or not who:
        return Mrkdwn("")
    word = "rejected_by" if approval.state == "rejected" else "approved_by"
    return say.mrkdwn(f"operation.{word}", who=who, reason=mrkdwn(approval.reason, 300))


def _plan(op: OperationOf, say: Labels) -> Iterator[Runs]:
    plan = op.plan
    if plan is None:
        return
    for name in _PLAN:
        value = excerpt(str(getattr(plan, name)), 150)
        if value:
            yield Run(say.literal(f"plan.{name}")), Run(Verbatim(" ")), Run(value, "code")
    locks = ", ".join(plan.locks)
    yield (Run(say.literal("plan.locks", locks=excerpt(locks, 150)) if locks else say.literal("plan.no_locks")),)
    yield Run(say.literal("plan.hash")), Run(Verbatim(" ")), Run(Verbatim(clean(plan.hash)[:12]), "code")


def _said(op: OperationOf) -> Verbatim:
    """Azure's own sentence, which nobody parses."""
    return Verbatim(cut(clean(op.outcome_said).strip(), _SAID)) if op.phase == "failed" else Verbatim("")


def _buttons(op: OperationOf, language: Language, say: Labels) -> Iterator[Button]:
    if op.phase == "waiting-approval" and op.approval is not None and op.approval.state == "open":
        yield Button("approve_removal", say("button.approve"), Verbatim(op.approval.id), is_primary=True)
        yield Button("reject_removal", say("button.reject"), Verbatim(op.approval.id), is_danger=True)
    if op.again:
        yield retry_button(op.again, op.vm, op.vault, say, after_fix=op.again_after_fix)
    if op.remove:
        yield removal_button(op.remove, op.vm, op.vault, say)
    if op.outcome_entry is not None:
        yield explain_button(op.outcome_entry, language, say)
    if op.cancel:
        yield Button("cancel_operation", say("button.cancel_operation"), Verbatim(op.cancel))


def _facts(op: OperationOf, say: Labels) -> Iterator[str]:
    who = user_mention(op.requested_by)
    if who:
        yield say.mrkdwn("operation.by", who=who, time=moment(op.asked_at))
    yield mrkdwn(op.vault, _NAME)
    yield mrkdwn(op.subscription, _NAME)
    if op.attempt and op.attempts:
        yield say.mrkdwn("operation.attempt", attempt=str(op.attempt), attempts=str(op.attempts))
    if op.job_id:
        yield say.mrkdwn("job_details.job", job=code_span(op.job_id))
    if op.correlation_id and op.phase in ("failed", "unknown"):
        yield say.mrkdwn("operation.correlation", id=code_span(op.correlation_id))
    yield _SEPARATOR.join(portal_links(op.links, say))
