"""Where a failed job says what went wrong, and in which order that is to be believed."""

from typing import Any

import pytest

from azure_ops.hints import code_words
from azure_ops.models import CodeHint, JobFailure, VaultRef
from azure_ops.reading import job_from

VAULT = VaultRef("11111111-1111-4111-8111-111111111111", "rg", "vault")


def failure_of(status: str = "Failed", **properties: Any) -> JobFailure | None:
    row = {"id": f"{VAULT.path}/backupJobs/1", "name": "1", "properties": {"status": status, **properties}}
    job = job_from(row, VAULT)
    assert job.oddities == ()
    return job.failure


DETAILS = [
    {
        "errorCode": 400094,
        "errorTitle": "VM not found",
        "errorString": "The VM was not found.",
        "recommendations": ["Look at https://aka.ms/AB-BCMV2VMNotFound for more.", "Stop protection."],
    },
    {"errorCode": 0, "errorString": "The VM was not found.", "recommendations": ["Stop protection."]},
]


def test_every_source_in_the_order_in_which_it_is_to_be_believed() -> None:
    dynamic = "Snapshot failed with ExtensionSnapshotFailedCOM. (Code: GuestAgentSnapshotTaskStatusError)"
    extended = {
        "propertyBag": {"VM Name": "vm-1", "Error Code": "UserErrorVmNotInDesirableState"},
        "internalPropertyBag": {"ErrorCode": "400156"},
        "dynamicErrorMessage": dynamic,
    }
    assert failure_of(errorDetails=DETAILS, extendedInfo=extended) == JobFailure(
        hints=(
            CodeHint("property-bag", "UserErrorVmNotInDesirableState"),
            CodeHint("number", "400156"),
            CodeHint("dynamic-message", "GuestAgentSnapshotTaskStatusError"),
            CodeHint("dynamic-message", "ExtensionSnapshotFailedCOM"),
            CodeHint("link", "BCMV2VMNotFound"),
            CodeHint("number", "400094"),
            CodeHint("text", dynamic),
            CodeHint("text", "The VM was not found."),
            CodeHint("text", "VM not found"),
        ),
        title="VM not found",
        message=f"The VM was not found.\n{dynamic}",
        recommendations=("Look at https://aka.ms/AB-BCMV2VMNotFound for more.", "Stop protection."),
    )


@pytest.mark.parametrize("status", ["Completed", "InProgress"])
def test_a_job_that_goes_well_has_no_failure_whatever_else_it_says(status: str) -> None:
    assert failure_of(status, errorDetails=DETAILS) is None


@pytest.mark.parametrize("status", ["CompletedWithWarnings", "Cancelled", "Cancelling", "Invalid"])
def test_a_job_that_ended_otherwise_has_one_if_it_says_so(status: str) -> None:
    assert failure_of(status) is None
    found = failure_of(status, errorDetails=DETAILS)
    assert found is not None
    assert found.title == "VM not found"


def test_a_failed_job_that_says_nothing_has_an_empty_failure() -> None:
    assert failure_of() == JobFailure()
    assert failure_of(errorDetails=None, extendedInfo={"propertyBag": {}}) == JobFailure()


@pytest.mark.parametrize(
    ("job_type", "detail"),
    [
        ("AzureWorkloadJob", {"errorCode": 2147, "errorTitle": "Log chain broken", "additionalDetails": "x"}),
        ("AzureStorageJob", {"errorCode": 2147}),
        ("VaultJob", {"errorCode": 2147}),
        ("MabJob", {}),
        ("DpmJob", {}),
    ],
)
def test_jobs_of_every_other_kind(job_type: str, detail: dict[str, Any]) -> None:
    text = {"errorString": "It broke.", "recommendations": ["Mend it."]}
    found = failure_of(jobType=job_type, errorDetails=[detail | text])
    assert found is not None
    assert [hint.value for hint in found.hints if hint.source == "number"] == (
        [str(detail["errorCode"])] if detail else []
    )
    assert (found.message, found.recommendations) == ("It broke.", ("Mend it.",))
    assert CodeHint("text", "It broke.") in found.hints


def test_a_symbolic_code_in_the_error_record_itself() -> None:
    found = failure_of(errorDetails=[{"errorCode": "UserErrorGuestAgentStatusUnavailable", "errorString": "No agent."}])
    assert found is not None
    assert found.hints[0] == CodeHint("error-code", "UserErrorGuestAgentStatusUnavailable")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ()),
        ("The VM is not reachable. Azure Backup will try again.", ()),
        ("ExtensionStuckInDeletionState", ("ExtensionStuckInDeletionState",)),
        ("Failed: UserErrorFsFreezeFailed, then BCMV2VMNotFound.", ("UserErrorFsFreezeFailed", "BCMV2VMNotFound")),
        ("a UserErrorA (ErrorCode: 400094) b", ("400094", "UserErrorA")),
        ("x" * 20_000 + " UserErrorFsFreezeFailed", ()),
    ],
)
def test_words_of_a_message_that_may_be_codes(text: str, codes: tuple[str, ...]) -> None:
    assert code_words(text) == codes


def test_a_message_of_nothing_but_codes_gives_eight() -> None:
    assert len(code_words(" ".join(f"UserErrorNumber{n}" for n in range(1_000)))) == 8
