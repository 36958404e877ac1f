"""Something goes wrong with a VM and is repaired: what is to be seen of a cause on the VM and its protected item."""

from collections.abc import Callable
from typing import Final

from sandbox.azure.estate.causes import Cause, cause_of
from sandbox.azure.estate.nouns import Extension, Item, Vm, snapshot_extension

_FOREIGN: Final = Extension(
    "CustomScriptExtension",
    "Microsoft.Compute",
    "CustomScriptExtension",
    "1.10.15",
    "Failed",
    "The script ended with 1.",
)


def _unready(vm: Vm) -> None:
    vm.agent = "Not Ready"


def _deallocate(vm: Vm) -> None:
    vm.power = "deallocated"


def _start(vm: Vm) -> None:
    vm.power = "starting"


def _update(vm: Vm) -> None:
    vm.state, vm.power = "Updating", "stopping"


def _vanish(vm: Vm) -> None:
    vm.is_gone = True


def _stop_protection(vm: Vm) -> None:
    if vm.item is not None:
        vm.item.state = "ProtectionStopped"


def _jam(vm: Vm) -> None:
    extension = _snapshot_extension(vm)
    extension.state, extension.message = "Deleting", "The extension is being removed."


def _fail(vm: Vm) -> None:
    extension = _snapshot_extension(vm)
    extension.state, extension.message = "Failed", "The handler did not report a status in time."
    vm.state = "Failed"


def _snapshot_extension(vm: Vm) -> Extension:
    found = vm.snapshot_extension
    if found is None:
        found = snapshot_extension(vm.os)
        vm.extensions.append(found)
    vm.culprit = found.name
    return found


_EFFECTS: Final[dict[str, Callable[[Vm], None]]] = {
    "agent-not-ready": _unready,
    "deallocated": _deallocate,
    "starting": _start,
    "updating": _update,
    "gone": _vanish,
    "protection-stopped": _stop_protection,
    "snapshot-extension-deleting": _jam,
    "snapshot-extension-failed": _fail,
}


def break_vm(vm: Vm, code: str, *, foreign: bool = False) -> None:
    """From now on the VM has that cause; `foreign`: an extension of another publisher is at fault."""
    cause = cause_of(code)
    if cause is None:
        raise LookupError(code)
    mend_vm(vm)
    vm.cause = code
    if foreign:
        vm.extensions.append(_copy(_FOREIGN))
        vm.culprit, vm.state = _FOREIGN.name, "Failed"
    elif cause.effect:
        _EFFECTS[cause.effect](vm)


def _copy(one: Extension) -> Extension:
    return Extension(one.name, one.publisher, one.type, one.version, one.state, one.message)


def mend_vm(vm: Vm) -> None:
    """Whatever was wrong is repaired: the VM is there, runs, and everything on it is well."""
    vm.cause = vm.culprit = vm.odd = ""
    vm.is_gone, vm.power, vm.agent, vm.state = False, "running", "Ready", "Succeeded"
    if vm.item is not None and vm.item.state == "ProtectionStopped":
        vm.item.state = "Protected"
    for extension in vm.fitted or ():
        extension.state, extension.message = "Succeeded", ""


def lost_extension(vm: Vm, name: str) -> None:
    """An extension was removed; if it was the one at fault, the cause goes with it."""
    vm.extensions[:] = [one for one in vm.extensions if one.name != name]
    if vm.culprit != name:
        return
    cause = cause_of(vm.cause)
    if cause is not None and cause.cure == "remove-extension":
        vm.cause = vm.culprit = ""
        vm.state = "Succeeded"


def failing(item: Item, operation: str) -> Cause | None:
    """What a backup or a restore of the item runs into now."""
    cause = cause_of(item.trouble)
    return cause if cause is not None and cause.operation == operation else None


def spent(item: Item) -> None:
    """A cause that passes by itself has made one backup fail, and is gone."""
    if item.vm is not None:
        item.vm.cause = ""
    else:
        item.cause = ""
