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
    assert (alert.condition, alert.vault.name, alert.severity) == ("Resolved", "vault-prod-sql", "Sev2")
    assert alert.code == CodeHint("alert-id", "usererrorsqlnosysadminmembership")
    assert alert.oddities == ()
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
        ("data.essentials.alertTargetIDs", KeyError, "data.essentials.alertTargetIDs"),
    ],
)
def test_what_makes_an_alert_unusable_is_named(path: str, value: object, field: str) -> None:
    with pytest.raises(AlertRefused) as caught:
        read_alert(changed(path, value))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("path", "value", "oddity"),
    [
        ("data.essentials.alertId", KeyError, "data.essentials.alertId"),
        ("data.essentials.alertId", "x" * 501, "data.essentials.alertId"),
        ("data.essentials.alertId", "two\nlines", "data.essentials.alertId"),
        ("data.essentials.firedDateTime", [1], "data.essentials.firedDateTime"),
        ("data.essentials.firedDateTime", KeyError, "data.essentials.firedDateTime"),
        ("data.essentials.severity", "Sev9", "data.essentials.severity"),
        ("data.essentials.monitorCondition", "Acknowledged", "data.essentials.monitorCondition"),
        ("data.alertContext", "text", "data.alertContext"),
        ("data.alertContext.extendedInfo", 5, "data.alertContext.extendedInfo"),
        ("data.alertContext.extendedInfo.jobId", "../../x", "data.alertContext.extendedInfo.jobId"),
        ("data.alertContext.extendedInfo.occurrenceCount", -1, "data.alertContext.extendedInfo.occurrenceCount"),
        ("data.alertContext.extendedInfo.occurrenceCount", [], "data.alertContext.extendedInfo.occurrenceCount"),
        ("data.alertContext.protectedItemId", "vm-web-01", "data.alertContext.protectedItemId"),
        ("data.alertContext.linkedResourceId", "vm-web-01", "data.alertContext.linkedResourceId"),
    ],
)
def test_any_other_wrong_field_is_reported_and_the_rest_is_used(path: str, value: object, oddity: str) -> None:
    alert = read_alert(changed(path, value))
    assert alert.vault.name == "vault-prod"
    assert [odd.path for odd in alert.oddities] == [oddity]


def test_an_alert_without_a_job_still_names_its_vault() -> None:
    assert read_alert(changed("data.alertContext.extendedInfo", KeyError)).job is None


def test_an_item_of_another_vault_is_not_believed() -> None:
    elsewhere = FIRED["data"]["alertContext"]["protectedItemId"].replace("vaults/vault-prod", "vaults/vault-acc")
    alert = read_alert(changed("data.alertContext.protectedItemId", elsewhere))
    assert alert.item is None
    assert [odd.path for odd in alert.oddities] == ["data.alertContext.protectedItemId"]


def test_a_linked_resource_that_is_no_vm_is_nothing_odd() -> None:
    share = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/g/providers/Microsoft.Storage/x/y"
    alert = read_alert(changed("data.alertContext.linkedResourceId", share))
    assert (alert.vm, alert.oddities) == (None, ())


def test_an_alert_without_an_id_is_known_again_by_its_origin_or_by_its_bytes() -> None:
    unnamed = changed("data.essentials.alertId", KeyError)
    assert read_alert(unnamed).id == FIRED["data"]["essentials"]["originAlertId"]
    nameless = unnamed.replace(b'"originAlertId"', b'"other"')
    assert read_alert(nameless).key == read_alert(nameless).key
    assert read_alert(nameless).key != read_alert(nameless.replace(b"vm-web-01", b"vm-web-02")).key


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("123azureiaasvmusererrorvmnotfound", "usererrorvmnotfound"),
        ("123azureworkloadusererrorparentfullbackupmissinglog", "usererrorparentfullbackupmissing"),
        ("123ExtensionStuckInDeletionState", "extensionstuckindeletionstate"),
        ("123", ""),
        ("0a1b2c3d4e5f", ""),
        ("short", ""),
        ("x" * 300, ""),
        ("usererror, and more", ""),
    ],
)
def test_the_end_of_the_origin_hints_at_the_code(end: str, code: str) -> None:
    alert = read_alert(changed("data.essentials.originAlertId", f"2516_0_{end}"))
    assert alert.code == (CodeHint("alert-id", code) if code else None)


def test_texts_are_cut_and_hold_nothing_that_a_log_or_a_database_stumbles_over() -> None:
    alert = read_alert(changed("data.essentials.description", "a\x00b\r\nc\u2028d" + "e" * 5_000))
    assert alert.description.startswith("a b \nc de")
    assert len(alert.description) == 1_000
    assert read_alert(changed("data.essentials.alertRule", "x\x1b[31m\ny")).rule == "x [31m y"


def test_an_alert_that_is_too_large_is_refused_however_good_it_is() -> None:
    good = json.dumps(FIRED).encode()
    assert read_alert(good.ljust(LARGEST)).vault.name == "vault-prod"
    with pytest.raises(AlertRefused, match="at most"):
        read_alert(good.ljust(LARGEST + 1))


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"null", b"\xff", b'{"a":' * 5_000])
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


# What is passed over, whatever it holds.
_UNREAD = tuple(
    "signalType essentialsVersion alertContextVersion sourceType possibleCauses recommendedActions linkedResourceName"
    " alertVersionNumber".split()
)


@pytest.mark.parametrize("path", _PLACES)
def test_a_value_of_any_depth_in_any_place_is_no_trouble(path: str) -> None:
    marked = changed(path, "here")
    payload = marked.replace(b'"here"', b"[" * 1_015 + b"]" * 1_015)
    assert payload != marked
    try:
        was_told = bool(read_alert(payload).oddities)
    except AlertRefused as refused:
        was_told = refused.field in (path, "")
    assert was_told or path.endswith(_UNREAD)


@given(_JSON.map(json.dumps).map(str.encode) | st.binary(max_size=200))
def test_any_body_is_refused_and_nothing_else_happens(payload: bytes) -> None:
    with pytest.raises(AlertRefused) as caught:
        read_alert(payload)
    assert len(str(caught.value)) < 300


@given(st.sampled_from(_PLACES), _JSON)
def test_any_value_in_any_place_is_an_alert_or_refused_by_name(path: str, value: object) -> None:
    try:
        alert = read_alert(changed(path, value))
    except AlertRefused:
        return
    assert alert.vault.name
