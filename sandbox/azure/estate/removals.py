"""The life of an extension's removal: long-running, refused on a stopped VM, failed where the agent is silent."""

from typing import Final

from sandbox.azure.estate import refusals
from sandbox.azure.estate.ailments import lost_extension
from sandbox.azure.estate.nouns import Extension, Operation, Vm
from sandbox.azure.estate.register import Register

REMOVED: Final = 30.0


class Removals:
    """Removes extensions of VMs; every step is an event on the estate's agenda."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._going: dict[tuple[int, str], Operation] = {}

    def remove(self, vm: Vm, extension: Extension, now: float) -> Operation:
        """The operation; asked again while it goes on, the same one. Refusal 409 when the VM does not run."""
        if vm.power != "running":
            raise refusals.vm_not_running()
        going = self._going.get((id(vm), extension.name))
        if going is not None and not going.end:
            return going
        operation_id = self._register.new_id("operation", vm.path, extension.name)
        operation = Operation(operation_id, "extension", f"{vm.path}/extensions/{extension.name}", now)
        self._register.compute_operations[operation_id] = operation
        self._going[(id(vm), extension.name)] = operation
        extension.state = "Deleting"
        self._register.agenda.asked(now + REMOVED, lambda at: self._removed(vm, extension, operation, at))
        return operation

    def _removed(self, vm: Vm, extension: Extension, operation: Operation, at: float) -> None:
        if vm.agent == "Ready":
            lost_extension(vm, extension.name)
            operation.finish(at, "Succeeded")
            return
        extension.state = "Failed"
        operation.finish(
            at,
            "Failed",
            code="VMAgentStatusCommunicationError",
            message=f"VM '{vm.name}' has not reported status for VM agent or extensions. Please verify that the VM has "
            "a running VM agent and can establish outbound connections to Azure storage.",
        )
