"""Virtual machines, their instance view and extensions as Compute shows them."""

from sandbox.azure.estate.nouns import Extension, Json, Operation, Vm, guid
from sandbox.azure.estate.odd_types import twist_view
from sandbox.azure.estate.times import moment, offset_moment

_NOT_READY = "VM status blob is found but not yet populated."
_POWER_WORDS = {"running": "VM running", "stopped": "VM stopped", "deallocated": "VM deallocated"}


def vm_body(vm: Vm, now: float, *, with_instance_view: bool, is_listed: bool = False) -> Json:
    """As GET {vm} shows it; the list writes the resource group in capitals, as Compute does."""
    path = vm.path.replace(f"/resourceGroups/{vm.group}/", f"/resourceGroups/{vm.group.upper()}/")
    properties = _vm_properties(vm)
    if with_instance_view:
        properties["instanceView"] = instance_view(vm, now)
    return {
        "name": vm.name,
        "id": path if is_listed else vm.path,
        "type": "Microsoft.Compute/virtualMachines",
        "location": vm.location,
        "tags": dict(vm.tags),
        "properties": properties,
        "resources": [extension_body(vm, one) for one in vm.extensions],
    }


def _vm_properties(vm: Vm) -> Json:
    group = f"{vm.subscription.path}/resourceGroups/{vm.group}/providers"
    return {
        "vmId": guid("vm", vm.path),
        "hardwareProfile": {"vmSize": vm.size},
        "storageProfile": {
            "imageReference": _image(vm),
            "osDisk": {
                "osType": vm.os,
                "name": f"{vm.name}_OsDisk",
                "createOption": "FromImage",
                "caching": "ReadWrite",
                "managedDisk": {
                    "storageAccountType": "Premium_LRS",
                    "id": f"{group}/Microsoft.Compute/disks/{vm.name}_OsDisk",
                },
                "diskSizeGB": 127,
            },
            "dataDisks": [],
        },
        "osProfile": {"computerName": vm.name, "adminUsername": "azureuser", "allowExtensionOperations": True},
        "networkProfile": {
            "networkInterfaces": [{"id": f"{group}/Microsoft.Network/networkInterfaces/{vm.name}-nic"}],
        },
        "provisioningState": vm.state,
    }


def _image(vm: Vm) -> Json:
    if vm.os == "Windows":
        return {
            "publisher": "MicrosoftWindowsServer",
            "offer": "WindowsServer",
            "sku": "2022-datacenter-g2",
            "version": "latest",
        }
    return {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"}


def instance_view(vm: Vm, now: float) -> Json:
    """As GET {vm}/instanceView shows it. A VM that is not running tells nothing of its agent."""
    view: Json = {
        "hyperVGeneration": "V2",
        "disks": [{"name": f"{vm.name}_OsDisk", "statuses": [_provisioning("Succeeded", now)]}],
        "extensions": [_extension_view(one, now) for one in vm.extensions],
        "statuses": _statuses(vm, now),
    }
    if vm.power == "running":
        view |= {"computerName": vm.name, "osName": _os_name(vm), "osVersion": "10.0.20348.2700"}
        view["vmAgent"] = _agent(vm, now)
    if vm.odd:
        twist_view(view, vm.odd)
    return view


def _os_name(vm: Vm) -> str:
    return "Windows Server 2022 Datacenter" if vm.os == "Windows" else "ubuntu"


def _statuses(vm: Vm, now: float) -> list[Json]:
    power = _POWER_WORDS.get(vm.power, f"VM {vm.power}")
    failure = {"message": "A VM extension has failed; see its status."} if vm.state == "Failed" else {}
    return [
        _provisioning(vm.state, now) | failure,
        {"code": f"PowerState/{vm.power}", "level": "Info", "displayStatus": power},
    ]


def _provisioning(state: str, now: float) -> Json:
    return {
        "code": f"ProvisioningState/{state.lower()}",
        "level": "Error" if state == "Failed" else "Info",
        "displayStatus": f"Provisioning {state.lower()}" if state in ("Succeeded", "Failed") else state,
        "time": offset_moment(now),
    }


def _agent(vm: Vm, now: float) -> Json:
    if vm.agent != "Ready":
        status = {
            "code": "ProvisioningState/Unavailable",
            "level": "Warning",
            "displayStatus": "Not Ready",
            "message": _NOT_READY,
            "time": offset_moment(now),
        }
        return {"vmAgentVersion": "Unknown", "statuses": [status]}
    ready = {
        "code": "ProvisioningState/succeeded",
        "level": "Info",
        "displayStatus": "Ready",
        "message": "GuestAgent is running and processing the extensions.",
        "time": offset_moment(now),
    }
    return {
        "vmAgentVersion": "2.7.41491.1121" if vm.os == "Windows" else "2.11.1.12",
        "statuses": [ready],
        "extensionHandlers": [_handler(one) for one in vm.extensions],
    }


def _handler(one: Extension) -> Json:
    is_well = one.state == "Succeeded"
    return {
        "type": f"{one.publisher}.{one.type}",
        "typeHandlerVersion": one.version,
        "status": {
            "code": "ProvisioningState/succeeded" if is_well else f"ProvisioningState/{one.state.lower()}",
            "level": "Info" if is_well else "Error",
            "displayStatus": "Ready" if is_well else "Not Ready",
        },
    }


def _extension_view(one: Extension, now: float) -> Json:
    status = _provisioning(one.state, now)
    if one.message:
        status["message"] = one.message
    return {
        "name": one.name,
        "type": f"{one.publisher}.{one.type}",
        "typeHandlerVersion": one.version,
        "statuses": [status],
    }


def extension_body(vm: Vm, one: Extension) -> Json:
    """As GET {vm}/extensions/{name} shows it."""
    return {
        "name": one.name,
        "id": f"{vm.path}/extensions/{one.name}",
        "type": "Microsoft.Compute/virtualMachines/extensions",
        "location": vm.location,
        "properties": {
            "autoUpgradeMinorVersion": True,
            "provisioningState": one.state,
            "publisher": one.publisher,
            "type": one.type,
            "typeHandlerVersion": ".".join(one.version.split(".")[:2]),
            "settings": {},
        },
    }


def compute_operation_body(operation: Operation) -> Json:
    """As locations/{location}/operations/{id} shows it."""
    body: Json = {"startTime": moment(operation.start), "status": operation.status, "name": operation.id}
    if operation.end:
        body["endTime"] = moment(operation.end)
    if operation.code:
        body["error"] = {"code": operation.code, "message": operation.message}
    return body
