"""What a payload says about a failure, in every spelling that Azure's tools use."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azure_ops.failure import FailureReport, read_failure_report

REST_JOB = {
    "id": "/subscriptions/0/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v/backupJobs/1",
    "properties": {
        "jobType": "AzureIaaSVMJob",
        "status": "Failed",
        "errorDetails": [
            {
                "errorCode": 400094,
                "errorTitle": "VM not found",
                "errorString": "The VM was not found.",
                "recommendations": ["Check the VM.", "Stop protection."],
            }
        ],
        "extendedInfo": {
            "propertyBag": {"VM Name": "vm-1", "Error Code": "BCMV2VMNotFound"},
            "dynamicErrorMessage": "Gone",
        },
    },
}


def test_a_job_of_the_rest_api() -> None:
    assert read_failure_report(REST_JOB) == FailureReport(
        codes=("400094", "BCMV2VMNotFound"),
        texts=("VM not found", "The VM was not found.", "Gone"),
        advice=("Check the VM.", "Stop protection."),
    )


@pytest.mark.parametrize(
    "payload",
    [
        {"ErrorDetails": [{"ErrorCode": 400094, "ErrorMessage": "Gone", "Recommendations": "Look"}]},
        {"errorDetails": {"errorCode": "400094", "errorString": "Gone", "recommendations": ["Look"]}},
        {"error_details": [{"error_code": 400094, "error_string": "Gone", "recommendations": ["Look"]}]},
        {"propertyBag": {"Error Code": "400094", "Error Message": "Gone", "recommendation": "Look"}},
        {"error": {"code": "400094", "message": "Gone", "possibleCauses": "Look"}},
        [[{"CODE": " 400094 ", "MESSAGE": "Gone\n", "RecommendedActions": [{"deeper": "unread"}, "Look"]}]],
    ],
    ids=["PowerShell", "REST", "Python", "property bag", "ARM", "list of lists"],
)
def test_every_spelling_says_the_same(payload: object) -> None:
    assert read_failure_report(payload) == FailureReport(("400094",), ("Gone",), ("Look",))


def test_an_alert_of_azure_monitor() -> None:
    alert = {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {"alertRule": "Backup failure", "originAlertId": "x", "description": "A backup failed"},
            "alertContext": {
                "properties": {"Code": "UserErrorVmNotInDesirableState", "Recommended Action": ["Start it"]},
            },
        },
    }
    report = read_failure_report(alert)
    assert "UserErrorVmNotInDesirableState" in report.codes
    assert report.texts == ("A backup failed",)


def test_the_order_is_that_of_the_document_and_nothing_is_repeated() -> None:
    payload = [{"code": "B"}, {"code": "A"}, {"code": "B"}, {"message": "z"}, {"message": "a"}]
    assert read_failure_report(payload) == FailureReport(("B", "A"), ("z", "a"), ())


@pytest.mark.parametrize(
    "payload",
    [
        None, True, 7, 1.5, "text", [], {}, [[[]]], {"code": None}, {"code": True}, {"code": 1.5}, {"code": ""},
        {"code": "  "}, {"message": {}}, {"message": [None, True, {}]}, {"errorDetails": "none"}, {1: 2, None: 3},
        {"status": "Completed", "entityFriendlyName": "vm-1"},
    ],
)  # fmt: skip
def test_wrong_types_and_other_payloads_say_nothing(payload: object) -> None:
    assert read_failure_report(payload) == FailureReport()


def test_a_wrong_type_does_not_hide_what_stands_beside_it() -> None:
    payload: object = {"errorDetails": [None, 3, {"errorCode": {"x": []}}, {"errorCode": 400094, "errorString": False}]}
    assert read_failure_report(payload) == FailureReport(("400094",), (), ())


def test_depth_is_no_matter() -> None:
    payload: object = {"code": "Deep"}
    for _ in range(4_000):
        payload = [payload]
    assert read_failure_report(payload).codes == ("Deep",)


def test_work_ends_after_5000_values() -> None:
    deep: object = {"code": "TooDeep"}
    for _ in range(6_000):
        deep = [deep]
    assert read_failure_report(deep) == FailureReport()


def test_a_structure_that_holds_itself_ends_too() -> None:
    circle: dict[str, object] = {"code": "Round"}
    circle["again"] = [circle, circle]
    assert read_failure_report(circle).codes == ("Round",)


def test_the_one_failed_job_of_a_long_list_is_found() -> None:
    jobs: list[object] = [{"name": str(number), "properties": {"status": "Completed"}} for number in range(199)]
    assert read_failure_report([*jobs, REST_JOB]).codes == ("400094", "BCMV2VMNotFound")


def test_of_a_huge_payload_no_more_is_read_than_of_a_large_one() -> None:
    rows = [[{"code": f"E{row}-{cell}", "x": "y" * 50} for cell in range(200)] for row in range(500)]
    assert read_failure_report(rows) == read_failure_report(rows[:250])
    assert read_failure_report([*rows, {"code": "TheLast"}]) != read_failure_report([{"code": "TheLast"}, *rows])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["code", "ErrorCode", "message", "recommendations", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=100, derandomize=True)
@given(_JSON)
def test_any_json_is_read(payload: object) -> None:
    report = read_failure_report(payload)
    for found in (report.codes, report.texts, report.advice):
        assert len(set(found)) == len(found)
        assert all(found)
    assert read_failure_report(json.loads(json.dumps(payload))) == report
