"""A VM's power, agent and extensions, out of two answers that each know a part."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from azure_ops.extensions import snapshot_extension
from azure_ops.models import Extension, VmRef, VmState
from azure_ops.vm_reading import vm_from

REF = VmRef("11111111-1111-4111-8111-111111111111", "rg", "vm-1")
VM: dict[str, Any] = {
    "id": REF.path,
    "name": "vm-1",
    "location": "westeurope",
    "tags": {"env": "prod", "Cost centre": "4711"},
    "properties": {
        "storageProfile": {"osDisk": {"osType": "Windows"}},
        "instanceView": {
            "vmAgent": {
                "vmAgentVersion": "2.7.41491.949",
                "statuses": [
                    {"code": "ProvisioningState/Unavailable", "displayStatus": "Not Ready", "message": "No blob found."}
                ],
                "extensionHandlers": [
                    {
                        "type": "Microsoft.Azure.Security.IaaSAntimalware",
                        "status": {
                            "code": "ProvisioningState/failed/1",
                            "level": "Error",
                            "message": "Handler is broken.",
                        },
                    }
                ],
            },
            "extensions": [
                {
                    "name": "snapshots",
                    "type": "Microsoft.Azure.RecoveryServices.VMSnapshot",
                    "statuses": [
                        {"code": "ProvisioningState/failed", "level": "Error", "message": "VSS is in a bad state."}
                    ],
                },
                {
                    "name": "stuck",
                    "type": "Contoso.Agents.Watcher",
                    "typeHandlerVersion": "1.0",
                    "statuses": [{"code": "ProvisioningState/deleting", "level": "Info", "message": "Going."}],
                },
            ],
            "statuses": [{"code": "ProvisioningState/succeeded"}, {"code": "PowerState/running"}],
        },
    },
}
LISTED: list[Any] = [
    {
        "name": "snapshots",
        "properties": {
            "publisher": "microsoft.azure.recoveryservices",
            "type": "VMSnapshot",
            "typeHandlerVersion": "1.9",
            "provisioningState": "Failed",
        },
    },
    {
        "name": "IaaSAntiMalware-ext0",
        "properties": {
            "publisher": "Microsoft.Azure.Security",
            "type": "IaaSAntimalware",
            "provisioningState": "Succeeded",
        },
    },
]


def test_both_answers_become_one_state() -> None:
    assert vm_from(REF, VM, {"value": LISTED}) == VmState(
        ref=REF,
        power="running",
        agent="Not Ready",
        agent_version="2.7.41491.949",
        agent_message="No blob found.",
        os="Windows",
        location="westeurope",
        extensions=(
            Extension(
                "snapshots", "microsoft.azure.recoveryservices", "VMSnapshot", "1.9", "Failed", "VSS is in a bad state."
            ),
            Extension(
                "IaaSAntiMalware-ext0",
                "Microsoft.Azure.Security",
                "IaaSAntimalware",
                state="Succeeded",
                message="Handler is broken.",
            ),
            Extension("stuck", "Contoso.Agents", "Watcher", "1.0", "deleting"),
        ),
        tags=(("env", "prod"), ("Cost centre", "4711")),
    )


def test_the_snapshot_extension_is_known_by_publisher_and_type_whatever_its_name() -> None:
    found = snapshot_extension(vm_from(REF, VM, {"value": LISTED}))
    assert found is not None
    assert found.name == "snapshots"
    assert snapshot_extension(vm_from(REF, {}, {"value": LISTED[1:]})) is None
    only_seen = snapshot_extension(vm_from(REF, VM, {"value": []}))
    assert only_seen is not None
    assert only_seen.name == "snapshots"


def test_a_vm_that_is_off_has_no_agent_to_tell() -> None:
    view = {"statuses": [{"code": "PowerState/deallocated"}]}
    state = vm_from(REF, {"id": REF.path, "name": "vm-1", "properties": {"instanceView": view}})
    assert (state.power, state.agent, state.extensions, state.oddities) == ("deallocated", "", (), ())


def test_a_vm_without_its_properties_or_its_list_of_extensions_says_so() -> None:
    for listed in (None, {}, {"value": None}):
        state = vm_from(REF, {"id": REF.path, "name": "vm-1"}, listed)
        assert [oddity.path for oddity in state.oddities] == ["properties", "extensions.value"]


def test_a_vm_without_tags_has_none_and_odd_ones_are_reported() -> None:
    assert vm_from(REF, {"id": REF.path, "name": "vm-1", "tags": None}).tags == ()
    odd = vm_from(REF, {"id": REF.path, "name": "vm-1", "tags": {"env": ["prod"], "floor": 3}, "properties": {}})
    assert odd.tags == (("floor", "3"),)
    assert [oddity.path for oddity in odd.oddities] == ["tags.env"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=10), below, max_size=3),
    max_leaves=6,
)


@given(st.data())
@settings(max_examples=200)
def test_anything_anywhere_is_read_without_an_error(data: st.DataObject) -> None:
    state = vm_from(REF, with_anything(VM, data), with_anything({"value": LISTED}, data))
    assert state.ref == REF
    hash(state)


def with_anything(value: Any, data: st.DataObject) -> Any:
    """The document, with now and then any other value in place of one of its own."""
    if data.draw(st.integers(0, 12)) == 0:
        return data.draw(JSON)
    if isinstance(value, dict):
        return {key: with_anything(below, data) for key, below in value.items()}
    return [with_anything(below, data) for below in value] if isinstance(value, list) else value
