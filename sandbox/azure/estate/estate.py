"""The estate as its readers see it: every method answers as Azure would at this moment of the clock."""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import Final, Literal

from sandbox.azure.estate import refusals
from sandbox.azure.estate.backups import Backups
from sandbox.azure.estate.changes import Changes
from sandbox.azure.estate.compute_bodies import compute_operation_body, extension_body, instance_view, vm_body
from sandbox.azure.estate.item_bodies import (
    container_name,
    health,
    item_body,
    item_row,
    item_type,
    point_body,
    points_of,
)
from sandbox.azure.estate.job_bodies import job_body, job_details, job_row
from sandbox.azure.estate.locks import Locks
from sandbox.azure.estate.nouns import (
    Item,
    ItemQuery,
    Job,
    JobQuery,
    Json,
    Operation,
    Subscription,
    Vault,
    VaultKey,
    vm_path,
)
from sandbox.azure.estate.policies import policy_body, policy_row
from sandbox.azure.estate.register import Register
from sandbox.azure.estate.removals import Removals
from sandbox.azure.estate.times import moment
from sandbox.azure.estate.vault_bodies import TENANT, subscription_body, vault_body, vault_row
from sandbox.clock import Clock

Kind = Literal["vaults", "items", "jobs", "policies"]
Build = Callable[[Register, Backups, float], None]

_GRAPH_DAYS: Final = 14 * 86_400


class Estate:
    """Subscriptions, vaults, VMs, items and jobs by the clock. Unknown things raise Refusal with ARM's own error.

    Bodies are as ARM sends them. Vault keys are (subscription id, resource group, vault name), in any case.
    """

    tenant_id: str = TENANT

    def __init__(self, clock: Clock, build: Build) -> None:
        self.clock = clock
        self._build = build
        self.reset()

    def reset(self) -> None:
        """Back to the first state, with times relative to the clock as it stands now."""
        self._register = Register()
        self._backups = Backups(self._register)
        self._removals = Removals(self._register)
        self._locks = Locks(self._register)
        self._changes = Changes(self._register, self._backups)
        self._build(self._register, self._backups, self.clock.now())

    def _now(self) -> float:
        """The time, after everything has happened that is due."""
        now = self.clock.now()
        self._register.agenda.settle(now)
        return now

    # Subscriptions and vaults

    def subscriptions(self) -> list[Json]:
        return [subscription_body(one) for one in self._register.subscriptions.values()]

    def subscription(self, subscription_id: str) -> Json:
        return subscription_body(self._register.subscription(subscription_id))

    def vaults(self, subscription: str, group: str | None = None) -> list[Json]:
        return [vault_body(vault) for vault in self._register.vaults(subscription, group)]

    def vault(self, key: VaultKey) -> Json:
        return vault_body(self._register.vault(key))

    # Jobs

    def jobs(self, key: VaultKey, wanted: JobQuery, skip: int, top: int) -> tuple[list[Json], bool]:
        """One page, newest first, without extendedInfo; and whether there is more."""
        now = self._now()
        found = _matching_jobs(self._register.vault(key), wanted, now)
        page = list(islice(found, skip, skip + top + 1))
        return [job_body(job, now) for job in page[:top]], len(page) > top

    def job(self, key: VaultKey, job_id: str) -> Json:
        """With extendedInfo."""
        now = self._now()
        return job_details(self._register.job(self._register.vault(key), job_id), now)

    def ended(self, known: int) -> list[Job]:
        """Jobs that are over, in the order in which that became known, without the first `known` of them.

        They are counted from the estate's first state on: those that it was made with count too.
        """
        self._now()
        return self._register.index.news[known:]

    def policies(self, key: VaultKey) -> list[Json]:
        """A vault's backup policies."""
        vault = self._register.vault(key)
        return [policy_body(vault, name, vault.items) for name in vault.policies]

    def policy(self, key: VaultKey, name: str) -> Json:
        """One backup policy. Refusal 404 for one that the vault does not have."""
        vault = self._register.vault(key)
        known = next((each for each in vault.policies if each.casefold() == name.casefold()), None)
        if known is None:
            raise refusals.no_policy(name)
        return policy_body(vault, known, vault.items)

    def cancel_job(self, key: VaultKey, job_id: str) -> str:
        """The operation's id. Refusal 400 when the job is over or cannot be cancelled."""
        now = self._now()
        return self._backups.cancel(self._register.job(self._register.vault(key), job_id), now).id

    def job_operation(self, key: VaultKey, job_id: str, operation: str) -> tuple[bool, Json | None]:
        """Whether a cancellation is over; it has no body (Azure answers 202 until then, and 204)."""
        self._now()
        vault = self._register.vault(key)
        self._register.job(vault, job_id)
        return bool(self._register.operation(vault, operation).end), None

    # Items

    def items(self, key: VaultKey, wanted: ItemQuery, skip: int, top: int) -> tuple[list[Json], bool]:
        """One page in the order in which they were protected; and whether there is more."""
        self._now()
        found = (item for item in self._register.vault(key).items if _is_item(item, wanted))
        page = list(islice(found, skip, skip + top + 1))
        return [item_body(item) for item in page[:top]], len(page) > top

    def item(self, key: VaultKey, fabric: str, container: str, item: str) -> Json:
        return item_body(self._item(key, fabric, container, item))

    def _item(self, key: VaultKey, fabric: str, container: str, item: str) -> Item:
        self._now()
        return self._register.item(self._register.vault(key), fabric, container, item)

    def recovery_points(
        self, key: VaultKey, fabric: str, container: str, item: str, skip: int, top: int
    ) -> tuple[list[Json], bool]:
        """One page, newest first; and whether there is more."""
        found = self._item(key, fabric, container, item)
        page = list(islice(reversed(points_of(found)), skip, skip + top + 1))
        return [point_body(found, point, self.clock.now()) for point in page[:top]], len(page) > top

    def recovery_point(self, key: VaultKey, fabric: str, container: str, item: str, name: str) -> Json:
        found = self._item(key, fabric, container, item)
        for point in points_of(found):
            if point.name == name:
                return point_body(found, point, self.clock.now())
        raise refusals.no_point(name)

    def trigger_backup(self, key: VaultKey, fabric: str, container: str, item: str, body: Json) -> str:
        """The operation's id. Refusal 404 for no such item, 400 for a body that does not fit it.

        That a backup of the item runs already is told by the operation, which fails with
        UserErrorBackupOperationInProgress; stopped protection likewise, with UserErrorBcmDatasourceNotPresent.
        """
        found = self._item(key, fabric, container, item)
        return self._backups.trigger(found, body, self.clock.now()).id

    def operation(self, key: VaultKey, operation_id: str) -> Json:
        """The OperationStatus body, for operationsStatus/{op} and backupOperations/{op}."""
        self._now()
        return _operation_body(self._register.operation(self._register.vault(key), operation_id))

    def operation_result(self, key: VaultKey, operation_id: str) -> tuple[bool, Json | None]:
        """Whether it is over, and then the protected item (None for a cancellation)."""
        self._now()
        operation = self._register.operation(self._register.vault(key), operation_id)
        if not operation.end or operation.item is None:
            return bool(operation.end), None
        return True, item_body(operation.item)

    # Compute

    def vm(self, subscription: str, group: str, name: str, *, with_instance_view: bool = False) -> Json:
        now = self._now()
        return vm_body(self._register.vm(subscription, group, name), now, with_instance_view=with_instance_view)

    def vm_instance_view(self, subscription: str, group: str, name: str) -> Json:
        now = self._now()
        return instance_view(self._register.vm(subscription, group, name), now)

    def vms(self, subscription: str, group: str | None = None, *, skip: int = 0, top: int | None = None) -> list[Json]:
        """All, or a part, in the order in which they were made."""
        now = self._now()
        found = islice(self._register.vms(subscription, group), skip, None if top is None else skip + top)
        return [vm_body(vm, now, with_instance_view=False, is_listed=True) for vm in found]

    def extensions(self, subscription: str, group: str, vm: str) -> list[Json]:
        self._now()
        found = self._register.vm(subscription, group, vm)
        return [extension_body(found, one) for one in found.extensions]

    def extension(self, subscription: str, group: str, vm: str, name: str) -> Json:
        self._now()
        found = self._register.vm(subscription, group, vm)
        for one in found.extensions:
            if one.name.casefold() == name.casefold():
                return extension_body(found, one)
        raise refusals.no_resource(f"Microsoft.Compute/virtualMachines/{vm}/extensions/{name}", group)

    def delete_extension(self, subscription: str, group: str, vm: str, name: str) -> str:
        """The operation's id; "" when there is no such extension (Azure answers 204). Refusal 404 for no such VM,
        409 when it does not run or a lock is in the way. Where the VM agent does not answer the operation fails."""
        now = self._now()
        self._locks.forbid_deletion(vm_path(subscription, group, vm, name))
        found = self._register.vm(subscription, group, vm)
        for one in found.extensions:
            if one.name.casefold() == name.casefold():
                return self._removals.remove(found, one, now).id
        return ""

    def locks(self, subscription: str, group: str, vm: str, *, is_above_only: bool) -> list[Json]:
        """The locks at a VM, above it and below it. Azure does not look whether there is such a VM."""
        self._now()
        self._register.subscription(subscription)
        return self._locks.at(vm_path(subscription, group, vm), is_above_only=is_above_only)

    def compute_operation(self, subscription: str, location: str, operation_id: str) -> Json:
        """Compute's operation body; `location` is not looked at, as Compute forgives a wrong one."""
        self._now()
        self._register.subscription(subscription)
        found = self._register.compute_operations.get(operation_id.casefold())
        if found is None:
            raise refusals.no_operation(operation_id)
        return compute_operation_body(found)

    # Resource Graph, and the control path

    def graph_rows(
        self,
        kind: Kind,
        subscriptions: Collection[str] | None,
        *,
        status: str | None = None,
        ended_after: float | None = None,
        started_after: float | None = None,
    ) -> Iterable[Json]:
        """Candidate rows of RecoveryServicesResources; None is every subscription.

        The hints narrow jobs cheaply and let through more than they say. Jobs older than 14 days are not there.
        """
        now = self._now()
        wanted = None if subscriptions is None else {one.casefold() for one in subscriptions}
        if kind == "jobs":
            after = max((one for one in (ended_after, started_after) if one is not None), default=None)
            return self._job_rows(wanted, status, after, now)
        chosen = [one for key, one in self._register.subscriptions.items() if wanted is None or key in wanted]
        return _ROWS[kind](vault for one in chosen for vault in one.vaults)

    def _job_rows(self, wanted: set[str] | None, status: str | None, after: float | None, now: float) -> Iterator[Json]:
        for job in self._register.index.find(status, after):
            is_shown = job.start > now - _GRAPH_DAYS and job.listed_from <= now
            if is_shown and (wanted is None or job.item.vault.subscription.id.casefold() in wanted):
                yield job_row(job, now)

    def summary(self) -> Json:
        """What there is, for the control path `estate`."""
        self._now()
        return {
            "tenant": self.tenant_id,
            "subscriptions": [_count(one) for one in self._register.subscriptions.values()],
            "jobs": self._register.index.counts(),
        } | self._changes.settings()

    def change(self, what: Json) -> Json:
        """Change the estate; see `sandbox.azure.estate.changes`. Refusal 400 names what is wrong."""
        return self._changes.apply(what, self._now())


def _matching_jobs(vault: Vault, wanted: JobQuery, now: float) -> Iterator[Job]:
    has_status, has_operation = _folded(wanted.status), _folded(wanted.operation)
    has_workload, has_id = _folded(wanted.workload), _folded(wanted.job_id)
    for job in reversed(vault.jobs):
        if wanted.start is not None and job.start < wanted.start:
            return
        if (
            (wanted.end is None or job.start <= wanted.end)
            and has_status in (None, job.status.casefold())
            and has_operation in (None, job.operation.casefold())
            and has_workload in (None, job.item.workload.casefold())
            and has_id in (None, job.id)
            and job.listed_from <= now
        ):
            yield job


def _folded(value: str | None) -> str | None:
    return None if value is None else value.casefold()


def _is_item(item: Item, wanted: ItemQuery) -> bool:
    pairs = (
        (wanted.workload, item.workload),
        (wanted.friendly_name, item.name),
        (wanted.container_name, container_name(item)),
        (wanted.health_state, health(item)),
        (wanted.policy_name, item.policy),
        (wanted.item_type, item_type(item)),
    )
    return all(asked is None or asked.casefold() == has.casefold() for asked, has in pairs)


def _operation_body(operation: Operation) -> Json:
    body: Json = {
        "id": operation.id,
        "name": operation.id,
        "status": operation.status,
        "startTime": moment(operation.start),
    }
    if operation.end:
        body["endTime"] = moment(operation.end)
    if operation.code:
        body["error"] = {"code": operation.code, "message": operation.message}
    if operation.job_id:
        body["properties"] = {"objectType": "OperationStatusJobExtendedInfo", "jobId": operation.job_id}
    return body


def _count(one: Subscription) -> Json:
    return {"id": one.id, "name": one.name, "vaults": len(one.vaults), "vms": len(one.vms)}


_ROWS: Final[dict[str, Callable[[Iterator[Vault]], Iterable[Json]]]] = {
    "vaults": lambda vaults: (vault_row(vault) for vault in vaults),
    "items": lambda vaults: (item_row(item) for vault in vaults for item in vault.items),
    "policies": lambda vaults: (policy_row(vault, name) for vault in vaults for name in vault.policies),
}
