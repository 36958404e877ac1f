"""What the estate is made of: subscriptions, vaults, VMs, protected items, jobs and operations, as compact records."""

import uuid
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Json = dict[str, Any]
VaultKey = tuple[str, str, str]
Os = Literal["Windows", "Linux"]
Workload = Literal["AzureIaasVM", "AzureWorkload", "AzureStorage"]

# Every night; every four hours of the day; twice a week.
POLICIES: Final = ("DefaultPolicy", "EnhancedPolicy", "WeeklyPolicy")
SNAPSHOT_PUBLISHER: Final = "Microsoft.Azure.RecoveryServices"
_IDS: Final = uuid.UUID("5a5dba0c-0000-4000-8000-000000000000")


def guid(*parts: object) -> str:
    """The same GUID for the same words, in every run."""
    return str(uuid.uuid5(_IDS, "/".join(map(str, parts))))


class Refusal(Exception):
    """An ARM error: `{"error": {"code", "message"}}` with this status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class JobQuery:
    """What `$filter` of backupJobs asks for; None is "any". Times are seconds since 1970, of the job's start."""

    status: str | None = None
    operation: str | None = None
    workload: str | None = None
    start: float | None = None
    end: float | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """What `$filter` of backupProtectedItems asks for; None is "any". Compared without case."""

    workload: str | None = None
    friendly_name: str | None = None
    container_name: str | None = None
    health_state: str | None = None
    policy_name: str | None = None
    item_type: str | None = None


@dataclass(slots=True)
class Subscription:
    """An account, with its vaults and VMs in the order in which they were made."""

    id: str
    name: str
    vaults: "list[Vault]" = field(default_factory=list)
    vms: "list[Vm]" = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/subscriptions/{self.id}"


@dataclass(slots=True)
class Vault:
    """A Recovery Services vault. `jobs` are ordered by their start, oldest first; the first policy is the usual one."""

    subscription: Subscription
    group: str
    name: str
    location: str
    tags: dict[str, str] = field(default_factory=dict)
    policies: tuple[str, ...] = POLICIES
    items: "list[Item]" = field(default_factory=list)
    jobs: "list[Job]" = field(default_factory=list)
    operations: "dict[str, Operation]" = field(default_factory=dict)

    @property
    def path(self) -> str:
        return (
            f"{self.subscription.path}/resourceGroups/{self.group}"
            f"/providers/Microsoft.RecoveryServices/vaults/{self.name}"
        )

    @property
    def key(self) -> VaultKey:
        return (self.subscription.id.casefold(), self.group.casefold(), self.name.casefold())


@dataclass(slots=True)
class Extension:
    """A VM extension. Its resource's `name` need not be its type. `state` is its provisioningState."""

    name: str
    publisher: str
    type: str
    version: str
    state: str = "Succeeded"
    message: str = ""

    @property
    def is_snapshot(self) -> bool:
        return self.publisher == SNAPSHOT_PUBLISHER and self.type in ("VMSnapshot", "VMSnapshotLinux")


@dataclass(slots=True)
class Vm:
    """A virtual machine; `cause` is the code of what is wrong with it, `culprit` the extension at fault, "" if none.

    `power` follows "PowerState/", `agent` is Ready, Not Ready or Absent. `fitted` is None as long as the extensions are
    the usual ones (most VMs of a large estate are never looked at).
    """

    subscription: Subscription
    group: str
    name: str
    os: Os
    location: str
    size: str = "Standard_D4s_v3"
    power: str = "running"
    agent: str = "Ready"
    state: str = "Succeeded"
    cause: str = ""
    culprit: str = ""
    is_gone: bool = False
    odd: str = ""
    fitted: "list[Extension] | None" = None
    item: "Item | None" = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return vm_path(self.subscription.id, self.group, self.name)

    @property
    def extensions(self) -> "list[Extension]":
        if self.fitted is None:
            self.fitted = usual_extensions(self.os)
        return self.fitted

    @property
    def snapshot_extension(self) -> Extension | None:
        return next((one for one in self.extensions if one.is_snapshot), None)


def snapshot_extension(os: Os, name: str = "") -> Extension:
    """The extension by which Azure Backup takes snapshots on that system."""
    kind, version = ("VMSnapshot", "1.0.3.0") if os == "Windows" else ("VMSnapshotLinux", "1.0.9245.0")
    return Extension(name or kind, SNAPSHOT_PUBLISHER, kind, version)


def usual_extensions(os: Os) -> list[Extension]:
    """Monitoring and the snapshot extension."""
    monitor = "AzureMonitorWindowsAgent" if os == "Windows" else "AzureMonitorLinuxAgent"
    return [Extension(monitor, "Microsoft.Azure.Monitor", monitor, "1.33.0.0"), snapshot_extension(os)]


@dataclass(slots=True)
class Lock:
    """A management lock; `scope` is the path of what was locked, which holds everything below it as well."""

    scope: str
    name: str
    level: Literal["CanNotDelete", "ReadOnly"]
    notes: str = ""

    @property
    def path(self) -> str:
        return f"{self.scope}/providers/Microsoft.Authorization/locks/{self.name}"

    def holds(self, path: str) -> bool:
        return is_within(path, self.scope)


def vm_path(subscription_id: str, group: str, name: str, extension: str = "") -> str:
    """The id of a VM, or of one of its extensions."""
    vm = f"/subscriptions/{subscription_id}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{name}"
    return f"{vm}/extensions/{extension}" if extension else vm


def is_within(path: str, scope: str) -> bool:
    """Whether an id names this scope or something below it."""
    return f"{path}/".casefold().startswith(f"{scope}/".casefold())


@dataclass(slots=True)
class Point:
    """A recovery point; `consistency` is Azure's word."""

    name: str
    taken: float
    consistency: str = "AppConsistent"


@dataclass(slots=True)
class Item:
    """A protected item. For a VM `vm` is set; a database has `parent` (its server), a share its storage account.

    `points` are ordered oldest first; None means that they follow from the completed jobs (see `points_of`).
    """

    vault: Vault
    workload: Workload
    name: str
    policy: str
    vm: Vm | None = None
    parent: str = ""
    group: str = ""
    state: str = "Protected"
    cause: str = ""
    points: list[Point] | None = None
    running: "Job | None" = None
    last: "Job | None" = None

    @property
    def container(self) -> str:
        """The container's name as the segment of an id."""
        if self.vm is not None:
            return f"IaasVMContainer;iaasvmcontainerv2;{self.vm.group.lower()};{self.vm.name.lower()}"
        kind = "VMAppContainer;Compute" if self.workload == "AzureWorkload" else "StorageContainer;Storage"
        return f"{kind};{self.group};{self.parent}"

    @property
    def segment(self) -> str:
        """The item's name as the segment of an id."""
        if self.vm is not None:
            return f"VM;iaasvmcontainerv2;{self.vm.group.lower()};{self.vm.name.lower()}"
        if self.workload == "AzureWorkload":
            return f"SQLDataBase;mssqlserver;{self.name.lower()}"
        return f"AzureFileShare;{guid('share', self.parent, self.name).replace('-', '')}"

    @property
    def path(self) -> str:
        fabric = f"{self.vault.path}/backupFabrics/Azure"
        return f"{fabric}/protectionContainers/{self.container}/protectedItems/{self.segment}"

    @property
    def trouble(self) -> str:
        """The code of what is wrong now, "" if nothing."""
        return self.vm.cause if self.vm is not None else self.cause


@dataclass(slots=True)
class Job:
    """A job of a vault. `end` is 0 while it runs; `code` names the error as the service does, "" if there is none."""

    item: Item
    id: str
    start: float
    end: float = 0.0
    status: str = "InProgress"
    operation: str = "Backup"
    code: str = ""
    by_user: bool = False
    snapshot_until: float = 0.0
    plan_end: float = 0.0
    listed_from: float = 0.0
    odd: str = ""

    @property
    def path(self) -> str:
        # Azure writes job ids with a capital S.
        return f"/S{self.item.vault.path[2:]}/backupJobs/{self.id}"

    @property
    def is_over(self) -> bool:
        return self.end > 0


@dataclass(slots=True)
class Operation:
    """A long-running operation; `body` is what its result shows when it has succeeded."""

    id: str
    kind: Literal["trigger", "cancel", "extension"]
    about: str
    start: float
    item: Item | None = None
    end: float = 0.0
    status: str = "InProgress"
    job_id: str = ""
    code: str = ""
    message: str = ""

    def finish(self, at: float, status: str, *, job_id: str = "", code: str = "", message: str = "") -> None:
        self.end, self.status = at, status
        self.job_id, self.code, self.message = job_id, code, message
