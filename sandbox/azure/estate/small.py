"""A small estate in which every error of the catalog has just happened to somebody."""

from typing import Final

from sandbox.azure.estate.ailments import break_vm
from sandbox.azure.estate.backups import Backups
from sandbox.azure.estate.causes import Cause, causes
from sandbox.azure.estate.estate import Estate
from sandbox.azure.estate.nouns import (
    POLICIES,
    Item,
    Job,
    Os,
    Subscription,
    Vault,
    Vm,
    guid,
    snapshot_extension,
    usual_extensions,
)
from sandbox.azure.estate.register import Register
from sandbox.clock import Clock

PRODUCTION: Final = "11111111-1111-4111-8111-111111111111"
ACCEPTANCE: Final = "22222222-2222-4222-8222-222222222222"
SHARED: Final = "33333333-3333-4333-8333-333333333333"

_HOUR: Final = 3600.0
_DAY: Final = 24 * _HOUR
_NIGHTS: Final = 9
_NIGHTLY: Final = 40 * 60.0
_NAMES: Final = (
    "web app db api mail file cache queue build search proxy report batch auth shop stock ledger scan print time "
    "portal crm hr wiki chat dns vpn media maps tax"
).split()


def small(clock: Clock) -> Estate:
    """Three subscriptions, six vaults, and a failing VM for every coded error; the same ids in every run."""
    return Estate(clock, _build)


def _build(register: Register, backups: Backups, now: float) -> None:
    _Builder(register, backups, now).build()


class _Builder:
    """Puts the small estate together; times are relative to `now`, so that the failures are of the last day."""

    def __init__(self, register: Register, backups: Backups, now: float) -> None:
        self._register = register
        self._backups = backups
        self._now = now

    def build(self) -> None:
        production, acceptance, shared = (
            self._register.add_subscription(number, name)
            for number, name in ((PRODUCTION, "Production"), (ACCEPTANCE, "Acceptance"), (SHARED, "Shared"))
        )
        prod = self._vault(production, "rg-backup-prod", "vault-prod", {"env": "prod", "team": "platform"})
        sql = self._vault(production, "rg-backup-prod", "vault-prod-sql", {"env": "prod", "team": "data"})
        acc = self._vault(acceptance, "rg-backup-acc", "vault-acc", {"env": "acc"})
        acc_shared = self._vault(acceptance, "rg-backup-acc", "vault-shared", {"env": "acc"}, "EnhancedPolicy")
        shared_shared = self._vault(shared, "rg-shared", "vault-shared", {"env": "shared"}, "EnhancedPolicy")
        self._vault(shared, "rg-shared", "vault-empty", {})
        self._named(prod)
        self._data(sql)
        self._special(acc)
        self._others((prod, acc, acc_shared, shared_shared))

    def _vault(
        self, within: Subscription, group: str, name: str, tags: dict[str, str], policy: str = "DefaultPolicy"
    ) -> Vault:
        policies = (policy, *(each for each in POLICIES if each != policy))
        return self._register.add_vault(Vault(within, group, name, "westeurope", tags, policies))

    def _vm(self, vault: Vault, name: str, os: Os, group: str) -> Item:
        vm = self._register.add_vm(Vm(vault.subscription, group, name, os, vault.location, tags=_tags(vault, name)))
        return self._register.protect(vm, vault)

    def _named(self, vault: Vault) -> None:
        sql, web, second, app, db = (
            self._vm(vault, name, "Windows" if name in ("vm-sql-01", "vm-db-01") else "Linux", "rg-app-prod")
            for name in ("vm-sql-01", "vm-web-01", "vm-web-02", "vm-app-01", "vm-db-01")
        )
        self._failing(sql, "ExtensionStuckInDeletionState", 2.5, failures=2)
        self._failing(web, "UserErrorGuestAgentStatusUnavailable", 3, failures=3)
        self._failing(second, "BackUpOperationFailed", 1.5)
        self._running(app)
        for days_ago, code in (
            (9.5, "CopyingVHDsFromBackUpVaultTakingLongTime"),
            (4.2, "ExtensionFailedVssWriterInBadState"),
        ):
            self._job(db, self._now - days_ago * _DAY, 150, "Failed", code=code)
        self._history(db, 2 * _HOUR)

    def _special(self, vault: Vault) -> None:
        """VMs whose extensions are not as one expects."""
        renamed = self._vm(vault, "vm-erp-01", "Windows", "rg-app-acc")
        assert renamed.vm is not None
        renamed.vm.fitted = [*usual_extensions("Windows")[:1], snapshot_extension("Windows", "BackupSnapshot")]
        self._failing(renamed, "ExtensionStuckInDeletionState", 7)
        foreign = self._vm(vault, "vm-erp-02", "Windows", "rg-app-acc")
        self._failing(foreign, "UserErrorVmProvisioningStateFailed", 6, foreign=True)
        self._failing(self._vm(vault, "vm-erp-04", "Windows", "rg-app-acc"), "UserErrorVmProvisioningStateFailed", 8)
        warned = self._vm(vault, "vm-erp-03", "Windows", "rg-app-acc")
        warned.policy = "WeeklyPolicy"
        self._history(warned, 5 * _HOUR)
        self._job(warned, self._now - 4 * _HOUR, _NIGHTLY, "CompletedWithWarnings")

    def _others(self, vaults: tuple[Vault, ...]) -> None:
        """One more failing VM for every error that nobody has yet, spread over the vaults."""
        taken = {vm.cause for vault in vaults for vm in vault.subscription.vms} | {"BackUpOperationFailed"}
        left = [one for one in causes().values() if one.workload == "AzureIaasVM" and one.code not in taken]
        for number, cause in enumerate(left):
            vault = vaults[number % len(vaults)]
            name = f"vm-{_NAMES[number % len(_NAMES)]}-{11 + number}"
            self._failing(self._vm(vault, name, _os(cause, number), _app_group(vault)), cause.code, 1 + number * 0.6)

    def _data(self, vault: Vault) -> None:
        """Databases and file shares."""
        orders, stock = (
            self._register.add_item(
                Item(vault, "AzureWorkload", name, vault.policies[0], parent="vm-mssql-01", group="rg-app-prod")
            )
            for name in ("ORDERS", "STOCK")
        )
        home, scans = (
            self._register.add_item(
                Item(vault, "AzureStorage", name, vault.policies[0], parent="stfilesprod", group="rg-app-prod")
            )
            for name in ("home", "scans")
        )
        for item in (stock, home):
            self._history(item, 3 * _HOUR)
        for item, code in ((orders, "UserErrorBackupFailedAsTransactionLogIsFull"), (scans, "FileShareNotFound")):
            self._history(item, 26 * _HOUR)
            self._job(item, self._now - 2 * _HOUR, 120, "Failed", code=code)
            item.cause = code

    def _failing(self, item: Item, code: str, hours_ago: float, *, failures: int = 1, foreign: bool = False) -> None:
        """Good nights, then so many bad ones, the last of them `hours_ago`."""
        cause = causes()[code]
        last = self._now - hours_ago * _HOUR
        self._history(item, (hours_ago * _HOUR) + failures * _DAY)
        for nth in reversed(range(failures)):
            self._job(item, last - nth * _DAY - 150, 150, "Failed", operation=cause.operation, code=code)
        if cause.cure != "retry" and item.vm is not None:
            break_vm(item.vm, code, foreign=foreign)

    def _running(self, item: Item) -> None:
        self._history(item, _DAY)
        job = self._new_job(item, self._now - 10 * 60)
        job.snapshot_until, job.plan_end = job.start + 300, self._now + 90 * 60
        self._backups.run(job)

    def _history(self, item: Item, newest_ago: float) -> None:
        """A completed backup every night, the newest so many seconds ago."""
        for night in reversed(range(_NIGHTS)):
            start = self._now - newest_ago - night * _DAY - _NIGHTLY
            if start > self._now - 11 * _DAY:
                self._job(item, start, _NIGHTLY, "Completed")

    def _job(
        self, item: Item, start: float, lasted: float, status: str, *, operation: str = "Backup", code: str = ""
    ) -> None:
        job = self._new_job(item, start)
        job.end, job.status, job.operation, job.code = start + lasted, status, operation, code
        if operation == "Backup" and (item.last is None or item.last.start < start):
            item.last = job
        self._register.add_job(job)

    def _new_job(self, item: Item, start: float) -> Job:
        return Job(item, guid("job", item.path, len(item.vault.jobs)), start)


def _tags(vault: Vault, name: str) -> dict[str, str]:
    """The vault's environment, and what a VM called vm-sql-01 is for."""
    environment = {"env": vault.tags["env"]} if "env" in vault.tags else {}
    return environment | {"app": name.split("-")[1]}


def _os(cause: Cause, number: int) -> Os:
    if cause.os == "any":
        return "Linux" if number % 2 else "Windows"
    return "Linux" if cause.os == "linux" else "Windows"


def _app_group(vault: Vault) -> str:
    return {"Production": "rg-app-prod", "Acceptance": "rg-app-acc"}.get(vault.subscription.name, "rg-shared")
