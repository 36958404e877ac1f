"""Azure's words as frozen dataclasses: what vaults, protected items, jobs and VMs are, and what a failure says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

VAULT_TYPE: Final = "Microsoft.RecoveryServices/vaults"
VM_TYPE: Final = "Microsoft.Compute/virtualMachines"

JobStatus = Literal[
    "InProgress", "Completed", "CompletedWithWarnings", "Failed", "Cancelled", "Cancelling", "Invalid", "Unknown"
]
# A job in any other state is over.
STILL_RUNNING: Final[frozenset[JobStatus]] = frozenset({"InProgress", "Cancelling"})
OperationState = Literal["InProgress", "Succeeded", "Failed", "Canceled", "Unknown"]
LockLevel = Literal["CanNotDelete", "ReadOnly", "Unknown"]
CodeSource = Literal["property-bag", "error-code", "dynamic-message", "link", "alert-id", "number", "text"]


def _group(subscription_id: str, resource_group: str) -> str:
    return f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}"


@dataclass(frozen=True, slots=True)
class Oddity:
    """A field that did not hold what Azure's own description says; the model then holds the neutral value instead.

    `path` is dotted ("properties.endTime"), `expected` and `found` are words ("a time", "list").
    """

    path: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class VaultRef:
    """Where a Recovery Services vault is. Azure compares ids without case: compare `key`s."""

    subscription_id: str
    resource_group: str
    name: str

    @property
    def path(self) -> str:
        """The ARM id, beginning with a slash."""
        return f"{_group(self.subscription_id, self.resource_group)}/providers/{VAULT_TYPE}/{self.name}"

    @property
    def key(self) -> str:
        return self.path.casefold()


@dataclass(frozen=True, slots=True)
class JobRef:
    """A backup job of a vault; `name` is its id, a GUID."""

    vault: VaultRef
    name: str

    @property
    def path(self) -> str:
        return f"{self.vault.path}/backupJobs/{self.name}"

    @property
    def key(self) -> str:
        return self.path.casefold()


@dataclass(frozen=True, slots=True)
class ItemRef:
    """A protected item: fabric, container and item are the segments of its ARM id, taken from Azure and never built."""

    vault: VaultRef
    fabric: str
    container: str
    item: str

    @property
    def path(self) -> str:
        return (
            f"{self.vault.path}/backupFabrics/{self.fabric}/protectionContainers/{self.container}"
            f"/protectedItems/{self.item}"
        )

    @property
    def key(self) -> str:
        return self.path.casefold()


@dataclass(frozen=True, slots=True)
class VmRef:
    """A virtual machine."""

    subscription_id: str
    resource_group: str
    name: str

    @property
    def path(self) -> str:
        return f"{_group(self.subscription_id, self.resource_group)}/providers/{VM_TYPE}/{self.name}"

    @property
    def key(self) -> str:
        return self.path.casefold()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that the bot's identity can see."""

    id: str
    name: str
    state: str = ""
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class Vault:
    """A Recovery Services vault."""

    ref: VaultRef
    location: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeHint:
    """Something in a failed job that may name its error, and where it stood.

    "property-bag", "error-code", "dynamic-message", "link" and "alert-id" hold symbolic codes, "number" a decimal
    number as text, "text" a sentence of the service, localized.
    """

    source: CodeSource
    value: str


@dataclass(frozen=True, slots=True)
class JobFailure:
    """What a failed job says of its failure. `hints` are in the order in which they are to be believed."""

    hints: tuple[CodeHint, ...] = ()
    title: str = ""
    message: str = ""
    recommendations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobTask:
    """One step of a job, such as "Take Snapshot"; `status` is Azure's word."""

    name: str
    status: str
    started: datetime | None = None
    ended: datetime | None = None
    duration: timedelta | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class JobDetails:
    """What reading a single job tells, and a row of Resource Graph in part (there mostly `properties`)."""

    tasks: tuple[JobTask, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    percent: float | None = None
    remaining: timedelta | None = None


@dataclass(frozen=True, slots=True)
class BackupJob:
    """A backup job. Times are aware, in UTC; None where Azure gave none (it writes 0001-01-01 for "not ended").

    `workload` is the backupManagementType ("AzureIaasVM"), `operation` Azure's word ("Backup"), `container` as Azure
    names it ("iaasvmcontainerv2;rg;vm"). `failure` is None unless the job says that something went wrong.
    """

    ref: JobRef
    item_name: str = ""
    workload: str = ""
    operation: str = ""
    status: JobStatus = "Unknown"
    started: datetime | None = None
    ended: datetime | None = None
    duration: timedelta | None = None
    container: str = ""
    activity_id: str = ""
    is_user_triggered: bool | None = None
    can_cancel: bool = False
    can_retry: bool = False
    failure: JobFailure | None = None
    details: JobDetails | None = None
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class ProtectedItem:
    """Something that a vault backs up. `vm` is None for what is no virtual machine."""

    ref: ItemRef
    name: str = ""
    workload: str = ""
    kind: str = ""
    vm: VmRef | None = None
    policy_name: str = ""
    protection_state: str = ""
    health: str = ""
    last_status: str = ""
    last_backup: datetime | None = None
    last_recovery_point: datetime | None = None
    failure: JobFailure | None = None
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupPolicy:
    """When a vault backs up. `promised_hours` is the longest time between two planned runs, None where none is told."""

    name: str
    workload: str = ""
    frequency: str = ""
    promised_hours: float | None = None
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """A point in time that can be restored; `consistency` is Azure's word ("AppConsistent"), `tiers` the valid ones."""

    name: str
    taken: datetime | None = None
    consistency: str = ""
    tiers: tuple[str, ...] = ()
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """A VM extension. `name` is the resource's own name, by which it is deleted; type and publisher say what it is."""

    name: str
    publisher: str = ""
    type: str = ""
    version: str = ""
    state: str = ""
    message: str = ""
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class VmState:
    """A VM as Azure sees it now. `power` is what follows "PowerState/" ("running"), `agent` the agent's display status
    ("Ready"), both empty where Azure does not say; `tags` are the VM's own, without those of its group."""

    ref: VmRef
    power: str = ""
    agent: str = ""
    agent_version: str = ""
    agent_message: str = ""
    os: str = ""
    location: str = ""
    extensions: tuple[Extension, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """A management lock. `scope` is the ARM path that was locked: a resource, a group or a subscription.

    It is empty where Azure does not say, and such a lock is taken to hold everything. A level that is neither of the
    two is "Unknown", and holds as well.
    """

    name: str
    level: LockLevel = "Unknown"
    scope: str = ""
    notes: str = ""
    oddities: tuple[Oddity, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether what this ARM path names is locked: children inherit what is above them."""
        return f"{path}/".casefold().startswith(f"{self.scope}/".casefold()) or not self.scope


@dataclass(frozen=True, slots=True)
class OperationRef:
    """A long-running operation that can be asked about by any process, later: plain text in, plain text out.

    `kind` says who answers: "item" (protected item), "vault" (backupOperations), "job" (a cancellation) or "compute";
    `scope` is the ARM path that it belongs to (for compute: /subscriptions/../locations/..), `id` its last segment.
    """

    kind: Literal["item", "vault", "job", "compute"]
    scope: str
    id: str
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class OperationStatus:
    """How far an operation is. `job_id` is known when Azure has made the job; `wait` are the seconds it asks for."""

    state: OperationState
    job_id: str = ""
    error_code: str = ""
    error_message: str = ""
    wait: float | None = None
    oddities: tuple[Oddity, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.state in ("Succeeded", "Failed", "Canceled")
