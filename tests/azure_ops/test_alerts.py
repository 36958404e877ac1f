"""Azure Monitor's payloads: what is taken from them, what is passed over, and which wrong field is named."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_ops.alerts import LARGEST, AlertRefused, read_alert
from azure_ops.models import CodeHint

SAMPLES = Path(__file__).parents[1] / "fixtures" / "azure" / "alerts"
FIRED: dict[str, Any] = json.loads((SAMPLES / "vm_backup_failed__fired.json").read_text())


def changed(path: str, value: object) -> bytes:
    """The sample with one field set; a field set to KeyError is taken out."""
    body = copy.deepcopy(FIRED)
    *above, name = path.split(".")
    inside = body
    for part in above:
        inside = inside[part]
    if value is KeyError:
        del inside[name]
    else:
        inside[name] = value
    return json.dumps(body).encode()


def test_an_alert_of_a_vm_says_where_to_look() -> None:
    alert = read_alert(json.dumps(FIRED).encode())
    assert alert.vault.name == "vault-prod"
    assert alert.job is not None
    assert alert.job.name == "5f0c1d9e-7d1b-4a30-9d55-3c9c5f1b2a01"
    assert alert.job.vault == alert.vault
    assert alert.vm is not None
    assert alert.vm.name == "vm-web-01"
    assert alert.item is not None
    assert alert.item.container.endswith("vm-web-01")
    assert (alert.condition, alert.severity, alert.occurrences) == ("Fired", "Sev1", 3)
    assert alert.fired == datetime(2026, 11, 22, 3, 4, 5, 123456, UTC)
    assert alert.code == CodeHint("alert-id", "usererrorguestagentstatusunavailable")
    assert alert.oddities == ()


def test_a_resolved_alert_of_an_sql_database() -> None:
    alert = read_alert((SAMPLES / "sql_backup_failed__resolved.json").read_bytes())
    assert alert.condition == "Resolved"
    assert alert.resolved == datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert alert.item is not None
    assert alert.item.item == "SQLDataBase;MSSQLSERVER;orders"


def test_a_delivery_sent_again_has_the_same_key_and_its_end_another() -> None:
    first, again = (read_alert(json.dumps(FIRED).encode()) for _ in range(2))
    assert first.key == again.key
    assert read_alert(changed("data.essentials.monitorCondition", "Resolved")).key != first.key


def test_unknown_fields_are_passed_over() -> None:
    body = copy.deepcopy(FIRED) | {"more": [1]}
    body["data"]["essentials"]["new"] = {"x": None}
    assert read_alert(json.dumps(body).encode()) == read_alert(json.dumps(FIRED).encode())


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("schemaId", "AzureMonitorMetricAlert", "schemaId"),
        ("data", [], "data"),
        ("data.essentials", None, "data.essentials"),
        ("data.essentials.monitoringService", "Log Analytics", "data.essentials.monitoringService"),
        ("data.essentials.alertTargetIDs", "one", "data.essentials.alertTargetIDs"),
        ("data.essentials.alertTargetIDs", ["/subscriptions/x"], "data.essentials.alertTargetIDs"),
        ("data.essentials.alertId", KeyError, "data.essentials.alertId"),
    ],
)
def test_what_makes_an_alert_unusable_is_named(path: str, value: object, field: str) -> None:
    with pytest.raises(AlertRefused) as caught:
        read_alert(changed(path, value))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("path", "value", "oddity"),
    [
        ("data.essentials.firedDateTime", [1], "data.essentials.firedDateTime"),
        ("data.essentials.monitorCondition", "Acknowledged", "data.essentials.monitorCondition"),
        ("data.alertContext", "text", "data.alertContext"),
        ("data.alertContext.extendedInfo", 5, "data.alertContext.extendedInfo"),
        ("data.alertContext.extendedInfo.jobId", "../../x", "data.alertContext.extendedInfo.jobId"),
    ],
)
def test_any_other_wrong_field_is_reported_and_the_rest_is_used(path: str, value: object, oddity: str) -> None:
    alert = read_alert(changed(path, value))
    assert alert.vault.name == "vault-prod"
    assert [odd.path for odd in alert.oddities] == [oddity]


def test_an_alert_without_a_job_still_names_its_vault() -> None:
    assert read_alert(changed("data.alertContext.extendedInfo", KeyError)).job is None


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"null", b"\xff", b'{"a":' * 5_000, b" " * (LARGEST + 1)])
def test_what_is_no_alert_at_all_is_refused(payload: bytes) -> None:
    with pytest.raises(AlertRefused):
        read_alert(payload)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_PLACES = [
    "schemaId", "data", "data.essentials", "data.alertContext", "data.alertContext.extendedInfo",
    *(f"data.essentials.{name}" for name in FIRED["data"]["essentials"]),
    *(f"data.alertContext.{name}" for name in FIRED["data"]["alertContext"]),
    *(f"data.alertContext.extendedInfo.{name}" for name in FIRED["data"]["alertContext"]["extendedInfo"]),
]  # fmt: skip


@given(st.sampled_from(_PLACES), _JSON)
def test_any_value_in_any_place_is_an_alert_or_refused_by_name(path: str, value: object) -> None:
    try:
        alert = read_alert(changed(path, value))
    except AlertRefused:
        return
    assert alert.vault.name
