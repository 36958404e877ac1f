"""Every function of azure_ops that asks Azure something, as a table: what it is asked about, and by which request."""

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import azure_ops
from azure_ops import backups, extensions, finding, fleet, jobs, locks, operations, policies, vaults
from azure_ops.arm import Arm
from azure_ops.models import BackupJob, ItemRef, JobRef, OperationRef, VaultRef, VmRef
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import EVERY, PRODUCTION, SHARED, VAULT, all_of, job_of

SQL: Final = VmRef(PRODUCTION, "rg-app-prod", "vm-sql-01")
WEB: Final = VmRef(PRODUCTION, "rg-app-prod", "vm-web-02")
ENHANCED: Final = VaultRef(SHARED, "rg-shared", "vault-shared")


def item_named(name: str) -> ItemRef:
    """The item of a VM in vault-prod."""
    within = f"iaasvmcontainerv2;rg-app-prod;{name}"
    return ItemRef(VAULT, "Azure", f"IaasVMContainer;{within}", f"VM;{within}")


ITEM: Final = item_named("vm-db-01")
# The running job of vm-app-01 can be cancelled, the snapshot extension of vm-sql-01 removed.
BUSY: Final = "vm-app-01"


@dataclass(frozen=True, slots=True)
class Known:
    """What the questions are about: jobs, and operations that go on or are over."""

    failed: BackupJob
    later: BackupJob
    running: JobRef
    since: datetime
    backup: OperationRef
    done: OperationRef
    refused: OperationRef
    cancelling: OperationRef
    removal: OperationRef

    @staticmethod
    def of_vault(ref: OperationRef) -> OperationRef:
        """The same operation on an item, asked of its vault."""
        return OperationRef("vault", VAULT.path, ref.id, ref.correlation_id)


async def prepare(arm: Arm, azure: RunningAzure) -> Known:
    """Begins one operation of each kind and puts two locks on a VM; from here on Azure's time stands still."""
    running = (await job_of(arm, BUSY, status="InProgress")).ref
    done = await backups.start_backup(arm, ITEM)
    refused = await backups.start_backup(arm, item_named(BUSY))
    azure.clock.advance(120)
    known = Known(
        failed=await job_of(arm, "vm-sql-01", status="Failed"),
        running=running,
        # Its item is not the first of the list.
        later=await job_of(arm, "vm-web-01", status="Failed"),
        since=datetime.fromtimestamp(azure.clock.now(), UTC) - timedelta(days=2),
        backup=await backups.start_backup(arm, item_named("vm-web-02")),
        done=done,
        refused=refused,
        cancelling=await backups.cancel_job(arm, running),
        removal=await extensions.remove_extension(arm, SQL, "VMSnapshot"),
    )
    for name in ("keep", "keep-too"):
        azure.estate.change({"lock": {"vm": WEB.name, "name": name, "notes": "Ask first."}})
    return known


@dataclass(frozen=True, slots=True)
class Read:
    """A question: the function and what it is asked about, the request that meets the fault, and the right it takes.

    `requests` are how many of those it takes when nothing goes wrong; not `has_body` where Azure answers without one.
    """

    function: Callable[..., Any]
    about: Callable[[Known], tuple[Any, ...]]
    operation: str
    right: str
    requests: int = 1
    has_body: bool = True

    async def ask(self, arm: Arm, known: Known) -> Any:
        """The whole answer, all pages of it."""
        asked = self.function(arm, *self.about(known))
        return await (all_of(asked) if isinstance(asked, AsyncIterator) else asked)


def _graph(function: Callable[..., Any], *about: Any) -> Read:
    return Read(function, lambda _: about, "graph", "resources/read")


def _policy(vault: VaultRef, name: str) -> Read:
    return Read(policies.read_policy, lambda _: (vault, name), "get_policy", "backupPolicies/read")


def _item_status(about: Callable[[Known], OperationRef]) -> Read:
    return Read(operations.status_of, lambda to: (about(to),), "operation_status", "operationsStatus/read")


READS: Final[dict[str, Read]] = {
    "list_subscriptions": Read(vaults.list_subscriptions, lambda _: (), "list_subscriptions", ""),
    "list_vaults": Read(vaults.list_vaults, lambda _: (PRODUCTION,), "list_vaults", "Vaults/read"),
    "list_jobs": Read(jobs.list_jobs, lambda _: (VAULT, EVERY), "list_jobs", "backupJobs/read"),
    "failed job": Read(jobs.read_job, lambda to: (to.failed.ref,), "get_job", "backupJobs/read"),
    "running job": Read(jobs.read_job, lambda to: (to.running,), "get_job", "backupJobs/read"),
    "list_items": Read(backups.list_items, lambda _: (VAULT,), "list_items", "backupProtectedItems/read"),
    "read_item": Read(backups.read_item, lambda _: (ITEM,), "get_item", "protectedItems/read"),
    "find_item": Read(finding.find_item, lambda to: (to.later,), "list_items", "backupProtectedItems/read"),
    "recovery points": Read(
        backups.list_recovery_points, lambda _: (ITEM,), "list_recovery_points", "recoveryPoints/read"
    ),
    "daily policy": _policy(VAULT, "DefaultPolicy"),
    "weekly policy": _policy(VAULT, "WeeklyPolicy"),
    "hourly policy": _policy(ENHANCED, "EnhancedPolicy"),
    "vm": Read(extensions.read_vm, lambda _: (WEB,), "get_vm", "virtualMachines/read"),
    "extensions": Read(extensions.read_vm, lambda _: (WEB,), "list_extensions", "extensions/read"),
    "list_locks": Read(locks.list_locks, lambda _: (WEB,), "list_locks", "locks/read", requests=2),
    "item's operation": _item_status(lambda to: to.backup),
    "item's operation that is over": _item_status(lambda to: to.done),
    "item's operation that failed": _item_status(lambda to: to.refused),
    "vault's operation": Read(
        operations.status_of, lambda to: (to.of_vault(to.done),), "vault_operation", "backupOperations/read"
    ),
    "cancellation": Read(
        operations.status_of,
        lambda to: (to.cancelling,),
        "job_operation_result",
        "backupJobs/operationResults/read",
        has_body=False,
    ),
    "removal": Read(operations.status_of, lambda to: (to.removal,), "compute_operation", "operations/read"),
    "fleet's vaults": _graph(fleet.list_vaults),
    "fleet's items": _graph(fleet.list_items),
    "fleet's tags": _graph(fleet.list_vm_tags, [PRODUCTION]),
    "fleet's jobs": _graph(fleet.list_jobs, [], EVERY),
    "fleet's ended": Read(fleet.list_ended, lambda to: ([], to.since), "graph", "resources/read"),
    "fleet's failed": Read(fleet.list_failed, lambda to: ([], to.since), "graph", "resources/read"),
}
# Lists whose next page is an address that Azure gives; Resource Graph gives a token instead.
PAGED: Final = ("list_vaults", "list_jobs", "list_items", "find_item", "recovery points", "list_locks")


@dataclass(frozen=True, slots=True)
class Write:
    """A change: the function, what it is asked about, what Azure calls it, and the right that it takes."""

    function: Callable[..., Awaitable[OperationRef]]
    about: Callable[[Known], tuple[Any, ...]]
    operation: str
    right: str

    async def ask(self, arm: Arm, known: Known) -> OperationRef:
        return await self.function(arm, *self.about(known))


_VAULTS: Final = "Microsoft.RecoveryServices/Vaults"
WRITES: Final[dict[str, Write]] = {
    "start_backup": Write(
        backups.start_backup,
        lambda _: (ITEM,),
        "trigger_backup",
        f"{_VAULTS}/backupFabrics/protectionContainers/protectedItems/backup/action",
    ),
    "cancel_job": Write(
        backups.cancel_job, lambda to: (to.running,), "cancel_job", f"{_VAULTS}/backupJobs/cancel/action"
    ),
    "remove_extension": Write(
        extensions.remove_extension,
        lambda _: (SQL, "VMSnapshot"),
        "delete_extension",
        "Microsoft.Compute/virtualMachines/extensions/delete",
    ),
}


@dataclass(frozen=True, slots=True)
class Followed:
    """An operation that is followed: what begins it, and the request that asks how far it is."""

    begins: str
    operation: str
    is_of_vault: bool = False
    has_body: bool = True

    async def begin(self, arm: Arm, known: Known) -> OperationRef:
        ref = await WRITES[self.begins].ask(arm, known)
        return known.of_vault(ref) if self.is_of_vault else ref


FOLLOWED: Final[dict[str, Followed]] = {
    "item": Followed("start_backup", "operation_status"),
    "vault": Followed("start_backup", "vault_operation", is_of_vault=True),
    "job": Followed("cancel_job", "job_operation_result", has_body=False),
    "compute": Followed("remove_extension", "compute_operation"),
}


def public_functions() -> dict[str, Callable[..., Any]]:
    """Every public function of azure_ops whose first argument is the door, by its dotted name."""
    found: dict[str, Callable[..., Any]] = {}
    for part in pkgutil.walk_packages(azure_ops.__path__, "azure_ops."):
        module = importlib.import_module(part.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__ == module.__name__ and not name.startswith("_")
            if is_own and next(iter(inspect.signature(function).parameters), "") == "arm":
                found[f"{module.__name__}.{name}"] = function
    return found
