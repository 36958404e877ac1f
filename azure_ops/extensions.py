"""A VM's state and extensions, and the removal of one, such as the backup's snapshot extension when it is stuck."""

from typing import TYPE_CHECKING, Final

from azure_ops import versions
from azure_ops.errors import NotFound, UnexpectedAnswer
from azure_ops.ids import checked, is_extension_name
from azure_ops.models import Extension, OperationRef, VmRef, VmState
from azure_ops.operations import compute_operation_ref
from azure_ops.reasons import Why
from azure_ops.vm_reading import vm_from

if TYPE_CHECKING:
    from azure_ops.arm import Arm

_PUBLISHER: Final = "microsoft.azure.recoveryservices"
_SNAPSHOT_TYPES: Final = frozenset({"vmsnapshot", "vmsnapshotlinux"})


async def read_vm(arm: "Arm", ref: VmRef) -> VmState:
    """A VM with power, agent and extensions, in two reads. Raises AzureError."""
    checked(ref)
    vm = await arm.get(ref.path, api_version=versions.COMPUTE, params={"$expand": "instanceView"})
    listed = await arm.get(f"{ref.path}/extensions", api_version=versions.COMPUTE)
    return vm_from(ref, vm.body, listed.body)


def snapshot_extension(state: VmState) -> Extension | None:
    """The extension that takes the backup's snapshots, found by publisher and type: its name may be any."""
    for extension in state.extensions:
        if extension.publisher.casefold() == _PUBLISHER and extension.type.casefold() in _SNAPSHOT_TYPES:
            return extension
    return None


async def remove_extension(arm: "Arm", ref: VmRef, name: str) -> OperationRef:
    """Remove the extension with this resource name. Sent once.

    Gives the operation, whose id is empty where Azure had removed it when it answered. Raises AzureError: NotFound
    where there is none.
    """
    checked(ref)
    if not is_extension_name(name):
        raise UnexpectedAnswer(where=f"{ref.path}/extensions", why=Why.NOT_AN_EXTENSION)
    path = f"{ref.path}/extensions/{name}"
    answer = await arm.delete(path, api_version=versions.COMPUTE)
    if answer.status == 204:
        raise NotFound(what=path, correlation_id=answer.correlation_id)
    if answer.status == 200:
        return OperationRef("compute", ref.path, "", answer.correlation_id)
    return compute_operation_ref(answer.headers, ref.subscription_id)
