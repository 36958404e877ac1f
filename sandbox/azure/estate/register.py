"""What exists in the estate and how it is found: ids without case, and what is missing is refused as ARM does."""

from bisect import insort

from sandbox.azure.estate import refusals
from sandbox.azure.estate.agenda import Agenda
from sandbox.azure.estate.job_index import JobIndex
from sandbox.azure.estate.nouns import Item, Job, Lock, Operation, Subscription, Vault, VaultKey, Vm, guid


class Register:
    """Subscriptions with their vaults, VMs, items and jobs, and what is going on among them."""

    def __init__(self) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.agenda = Agenda()
        self.index = JobIndex()
        self.compute_operations: dict[str, Operation] = {}
        self.list_late = 0.0
        self.locks: list[Lock] = []
        self._vaults: dict[VaultKey, Vault] = {}
        self._vms: dict[VaultKey, Vm] = {}
        self._jobs: dict[VaultKey, dict[str, Job]] = {}
        self._made = 0

    def add_subscription(self, subscription_id: str, name: str) -> Subscription:
        subscription = self.subscriptions[subscription_id.casefold()] = Subscription(subscription_id, name)
        return subscription

    def add_vault(self, vault: Vault) -> Vault:
        vault.subscription.vaults.append(vault)
        self._vaults[vault.key] = vault
        return vault

    def add_vm(self, vm: Vm) -> Vm:
        vm.subscription.vms.append(vm)
        self._vms[_key(vm.subscription.id, vm.group, vm.name)] = vm
        return vm

    def add_item(self, item: Item) -> Item:
        item.vault.items.append(item)
        if item.vm is not None:
            item.vm.item = item
        return item

    def protect(self, vm: Vm, vault: Vault) -> Item:
        """A VM becomes an item of the vault, by the vault's first policy."""
        return self.add_item(Item(vault, "AzureIaasVM", vm.name, vault.policies[0], vm))

    def remove_item(self, item: Item) -> None:
        item.vault.items.remove(item)
        if item.vm is not None:
            item.vm.item = None

    def add_job(self, job: Job) -> Job:
        """Put a job into its vault, among the others by its start."""
        vault = job.item.vault
        insort(vault.jobs, job, key=lambda one: one.start)
        if vault.key in self._jobs:
            self._jobs[vault.key][job.id] = job
        self.index.add(job)
        return job

    def remove_job(self, job: Job) -> None:
        job.item.vault.jobs.remove(job)
        self._jobs.pop(job.item.vault.key, None)
        self.index.remove(job)

    def new_id(self, *words: object) -> str:
        """A GUID that no other thing has; the same in every run that does the same."""
        self._made += 1
        return guid(*words, self._made)

    def subscription(self, subscription_id: str) -> Subscription:
        found = self.subscriptions.get(subscription_id.casefold())
        if found is None:
            raise refusals.no_subscription(subscription_id)
        return found

    def vault(self, key: VaultKey) -> Vault:
        found = self._vaults.get(_key(*key))
        if found is None:
            self._group(key[0], key[1])
            raise refusals.no_resource(f"Microsoft.RecoveryServices/vaults/{key[2]}", key[1])
        return found

    def vm(self, subscription_id: str, group: str, name: str) -> Vm:
        found = self._vms.get(_key(subscription_id, group, name))
        if found is None or found.is_gone:
            self._group(subscription_id, group)
            raise refusals.no_resource(f"Microsoft.Compute/virtualMachines/{name}", group)
        return found

    def has_vm(self, subscription_id: str, group: str, name: str) -> bool:
        return _key(subscription_id, group, name) in self._vms

    def _group(self, subscription_id: str, group: str) -> None:
        within = self.subscription(subscription_id)
        wanted = group.casefold()
        groups = {vault.group.casefold() for vault in within.vaults} | {vm.group.casefold() for vm in within.vms}
        if wanted not in groups:
            raise refusals.no_group(group)

    def vaults(self, subscription_id: str, group: str | None = None) -> list[Vault]:
        found = self.subscription(subscription_id).vaults
        if group is None:
            return found
        self._group(subscription_id, group)
        return [vault for vault in found if vault.group.casefold() == group.casefold()]

    def vms(self, subscription_id: str, group: str | None = None) -> list[Vm]:
        found = self.subscription(subscription_id).vms
        if group is not None:
            self._group(subscription_id, group)
            found = [vm for vm in found if vm.group.casefold() == group.casefold()]
        return [vm for vm in found if not vm.is_gone]

    def vms_named(self, name: str) -> list[Vm]:
        """Every VM of that name, gone or not, in any subscription."""
        return [vm for (_, _, named), vm in self._vms.items() if named == name.casefold()]

    def vaults_named(self, name: str) -> list[Vault]:
        """Every vault of that name, in any subscription."""
        return [vault for (_, _, named), vault in self._vaults.items() if named == name.casefold()]

    def item(self, vault: Vault, fabric: str, container: str, segment: str) -> Item:
        """By the segments of an id; Azure's own examples ask for `iaasvmcontainer;..` and get `IaasVMContainer;..`."""
        wanted = (container.casefold(), segment.casefold())
        if fabric.casefold() == "azure":
            for item in vault.items:
                if (item.container.casefold(), item.segment.casefold()) == wanted:
                    return item
        raise refusals.no_item()

    def job(self, vault: Vault, job_id: str) -> Job:
        by_id = self._jobs.get(vault.key)
        if by_id is None:
            by_id = self._jobs[vault.key] = {job.id: job for job in vault.jobs}
        found = by_id.get(job_id.casefold())
        if found is None:
            raise refusals.no_job(job_id)
        return found

    def operation(self, vault: Vault, operation_id: str) -> Operation:
        found = vault.operations.get(operation_id.casefold())
        if found is None:
            raise refusals.no_operation(operation_id)
        return found


def _key(subscription_id: str, group: str, name: str) -> VaultKey:
    return (subscription_id.casefold(), group.casefold(), name.casefold())
