"""The cards of what is done to Azure: as people see them, valid for Slack, inert, in both languages."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from intents.policy import OPERATIONS, Reason
from responses.cards.approvals import decide_view, not_decided
from responses.cards.job_details import job_details
from responses.cards.jobs import jobs_card
from responses.cards.labels import labels
from responses.cards.model import MOST_CHARACTERS, Card, View
from responses.cards.operation_refusals import RefusalOf, operations_off, refusal_card
from responses.cards.operations import ApprovalOf, OperationOf, Phase, PlanOf, operation_card, operation_line
from responses.cards.retry_group import GroupOf, group_card
from responses.cards.trouble_azure import Trouble
from responses.catalog.model import Language
from tests.responses.cards.job_samples import BAD_NIGHT, DETAILS, NIGHT
from tests.responses.cards.samples import FULL, LANGUAGES
from tests.responses.cards.walk import live
from tests.schemas.oracle import all_problems

HOSTILE: list[str] = json.loads((Path(__file__).parents[2] / "fixtures" / "hostile.json").read_text("utf-8"))
HASH = "5f3a9c1be2d4" + 52 * "0"
JOB = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/vault-prod/backupJobs/job-1"
PLAN = PlanOf(
    "/subscriptions/1/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm-sql-01",
    "VMSnapshot", "Microsoft.Azure.RecoveryServices", "VMSnapshot", "1.0.63.0", "Failed", "running", "Ready",
    "Windows", (), HASH,
)  # fmt: skip
OPEN = ApprovalOf("remove-extension-1", NIGHT + timedelta(minutes=30), "open")
RETRY = OperationOf(
    kind="retry-backup",
    id="retry-backup-1",
    phase="running",
    vm="vm-sql-01",
    vault="vault-prod",
    subscription="Production",
    requested_by="U0EMMA",
    attempt=2,
    attempts=4,
    entry=FULL,
    code=FULL.code,
    asked_at=NIGHT,
    ended_at=None,
    percent=42.0,
    job_id="5e0dbd0b-0b4f-4d4e-8a3b-0d8f3a1c2b3d",
    links=(("vm", "https://portal.azure.com/#resource/vm"), ("vault", "https://portal.azure.com/#resource/vault")),
    cancel="retry-backup-1",
)
ENDED = replace(RETRY, cancel="", percent=None, ended_at=NIGHT + timedelta(minutes=12))
REMOVE = replace(
    RETRY, kind="remove-extension", id="remove-extension-1", phase="waiting-approval", plan=PLAN, approval=OPEN,
    cancel="", percent=None, attempt=0, attempts=0, job_id="",
)  # fmt: skip
GONE = replace(REMOVE, ended_at=NIGHT + timedelta(minutes=5))
APPROVED = replace(OPEN, state="used", decided_by="U0DAAN", reason="The agent is ready, go ahead")
GROUP = GroupOf(FULL, FULL.code, "", 14, 6, 3, 3, 1, 1, 0, 0, "U0EMMA", NIGHT, None, (("vm-app-01", "It failed"),))
WHY = "operation_why."
CARDS: dict[str, Callable[[Language], Card | View]] = {
    **{
        phase: partial(lambda phase, language: operation_card(replace(RETRY, phase=phase), language), phase)
        for phase in ("queued", "checking", "starting", "running", "cancelling")
    },
    "succeeded": lambda language: operation_card(
        replace(ENDED, phase="succeeded", duration_seconds=720.0, recovery_point=NIGHT), language
    ),
    "failed_known": lambda language: operation_card(
        replace(
            ENDED,
            phase="failed",
            outcome_entry=FULL,
            outcome_code=FULL.code,
            outcome_said="Snapshot failed.",
            again=f"{JOB}|1",
            again_after_fix=True,
            remove=f"{JOB}|1",
        ),
        language,
    ),
    "failed_unknown": lambda language: operation_card(
        replace(ENDED, phase="failed", outcome_code="UserErrorNew", outcome_said="New.", again=f"{JOB}|1"), language
    ),
    "refused": lambda language: operation_card(
        replace(ENDED, phase="refused", why=Trouble(f"{WHY}in-flight", {"by": "U0DAAN"})), language
    ),
    "newer": lambda language: operation_card(
        replace(ENDED, phase="refused", why=Trouble(f"{WHY}newer-good-backup", {"time": NIGHT.isoformat()})), language
    ),
    "lost": lambda language: operation_card(
        replace(ENDED, phase="unknown", why=Trouble(f"{WHY}lost", {}), correlation_id="c-1", again=f"{JOB}|2"), language
    ),
    "azure": lambda language: operation_card(
        replace(ENDED, phase="failed", why=Trouble("azure.not_allowed", {"action": "a/b", "scope": "/s"})), language
    ),
    "cancelled": lambda language: operation_card(replace(ENDED, phase="cancelled", again=f"{JOB}|2"), language),
    "waiting_approval": lambda language: operation_card(REMOVE, language),
    "locked": lambda language: operation_card(
        replace(REMOVE, phase="refused", plan=replace(PLAN, locks=("keep",))), language
    ),
    "removing": lambda language: operation_card(replace(REMOVE, phase="removing", approval=APPROVED), language),
    "removed": lambda language: operation_card(
        replace(GONE, phase="removed", approval=APPROVED, again=f"{JOB}|2"), language
    ),
    "rejected": lambda language: operation_card(
        replace(GONE, phase="rejected", approval=replace(APPROVED, state="rejected"), remove=f"{JOB}|2"), language
    ),
    "expired": lambda language: operation_card(replace(GONE, phase="expired", remove=f"{JOB}|2"), language),
    "void": lambda language: operation_card(
        replace(GONE, phase="void", why=Trouble(f"{WHY}plan-changed", {"what": "state"})), language
    ),
    "line_running": lambda language: operation_line(replace(RETRY, percent=None), language),
    "line_removed": lambda language: operation_line(replace(GONE, phase="removed", approval=APPROVED), language),
    "line_failed": lambda language: operation_line(
        replace(ENDED, phase="failed", outcome_entry=FULL, outcome_code=FULL.code, outcome_said="It failed."), language
    ),
    "group": lambda language: group_card(GROUP, language),
    "group_over": lambda language: group_card(
        replace(GROUP, waiting=0, running=0, succeeded=12, ended_at=NIGHT + timedelta(hours=1)), language
    ),
    "not_granted": lambda language: refusal_card(
        RefusalOf("retry-backup", "not-this-resource", "on call", ("U0EMMA", "S0BACKUP"), "vm-sql-01", "vault-prod"),
        language,
    ),
    "off": operations_off,
    "approve": lambda language: decide_view("approve", REMOVE, language, '{"approval": "1"}'),
    "reject": lambda language: decide_view("reject", REMOVE, language, '{"approval": "1"}'),
    "already": lambda language: not_decided(Trouble("not_decided.rejected", {"by": "U0DAAN"}), language),
    "details_with_buttons": lambda language: job_details(
        replace(DETAILS, retry=f"{JOB}|1", after_fix=True, remove=f"{JOB}|1"), language, '{"channel": "C1"}'
    ),
    "group_with_button": lambda language: jobs_card(
        replace(
            BAD_NIGHT, groups=tuple(replace(each, retry_all=f"{each.code}|failed 24h") for each in BAD_NIGHT.groups)
        ),
        language,
    ),
}


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CARDS)
def test_what_people_see(name: str, language: Language, golden: SnapshotAssertion) -> None:
    what = CARDS[name](language)
    if isinstance(what, View):
        assert all_problems("modal_view", what.body) == []
        assert what.body == golden
    else:
        assert all_problems("respond", {"response_type": "ephemeral", "text": what.text, "blocks": what.blocks}) == []
        assert what.size < MOST_CHARACTERS
        assert {"text": what.text, "blocks": what.blocks} == golden


@pytest.mark.parametrize("phase", get_args(Phase))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phase_has_its_words(phase: Phase, language: Language) -> None:
    card = operation_card(replace(RETRY, phase=phase), language)
    line = operation_line(replace(REMOVE, phase=phase), language)
    assert labels(language).text(f"phase.{phase}") in card.text
    assert labels(language).text(f"phase.{phase}") in str(line.blocks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_operation_of_the_policy_has_its_words(language: Language) -> None:
    say = labels(language)
    for reason in get_args(Reason):
        assert say.text(f"policy.{reason}")
    for operation in OPERATIONS:
        assert say.text(f"operation_name.{operation}")


def test_the_dialog_before_a_retry_names_vm_and_vault_and_asks_whether_it_is_fixed() -> None:
    view = job_details(replace(DETAILS, retry=f"{JOB}|1", after_fix=True), "en")
    button = next(each for each in _buttons(view.body["blocks"]) if each["action_id"] == "retry_backup")
    assert DETAILS.row.item in button["confirm"]["text"]["text"]
    assert DETAILS.row.vault in button["confirm"]["text"]["text"]
    assert "fixed" in button["confirm"]["text"]["text"]


def test_the_card_shows_exactly_what_will_be_deleted() -> None:
    shown = str(operation_card(REMOVE, "en").blocks)
    for value in (PLAN.extension, PLAN.publisher, PLAN.type, PLAN.version, PLAN.state, PLAN.agent, HASH[:12]):
        assert value in shown
    ids = {each["action_id"] for each in _buttons(operation_card(REMOVE, "en").blocks)}
    assert ids == {"approve_removal", "reject_removal"}


def shown_with(text: str) -> list[Card]:
    """Cards with something from outside in every place that takes it."""
    said = Trouble("azure.conflict", {"why": text})
    retry = replace(ENDED, phase="failed", vm=text, vault=text, subscription=text, outcome_code=text, outcome_said=text)
    removal = replace(
        GONE, phase="rejected", vm=text, plan=replace(PLAN, extension=text, version=text, locks=(text,)),
        approval=replace(APPROVED, state="rejected", reason=text),
    )  # fmt: skip
    return [
        operation_card(retry, "en"),
        operation_line(retry, "nl"),
        operation_card(removal, "nl"),
        operation_line(removal, "en"),
        operation_card(replace(ENDED, phase="refused", why=said), "en"),
        group_card(replace(GROUP, entry=None, code=text, title=text, failures=((text, text),)), "en"),
        refusal_card(RefusalOf("approve", "not-this-channel", text, (text,), text, text), "nl"),
        not_decided(Trouble("not_decided.approved", {"by": text}), "en"),
    ]


CALM = [live(card) for card in shown_with("calm")]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_from_outside_is_inert(text: str) -> None:
    """Names of VMs and extensions, reasons that people type, Azure's sentences."""
    for card, calm in zip(shown_with(text), CALM, strict=True):
        assert all_problems("respond", {"response_type": "ephemeral", "text": card.text, "blocks": card.blocks}) == []
        assert card.size < MOST_CHARACTERS
        assert live(card) <= calm, "nothing in it is a mention, a link or a mark"


def _buttons(blocks: Any) -> list[dict[str, Any]]:
    found = []
    for block in blocks:
        found += [each for each in (*block.get("elements", []), block.get("accessory") or {}) if "action_id" in each]
    return found
