"""An estate with a clock that only tests move, and its things by their names."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.azure.estate import Estate, ItemQuery, JobQuery, VaultKey, small
from sandbox.clock import Clock

START = 1_790_000_000.0
PRODUCTION = "11111111-1111-4111-8111-111111111111"
ACCEPTANCE = "22222222-2222-4222-8222-222222222222"
SHARED = "33333333-3333-4333-8333-333333333333"
PROD: VaultKey = (PRODUCTION, "rg-backup-prod", "vault-prod")
SQL: VaultKey = (PRODUCTION, "rg-backup-prod", "vault-prod-sql")
ACC: VaultKey = (ACCEPTANCE, "rg-backup-acc", "vault-acc")
EMPTY: VaultKey = (SHARED, "rg-shared", "vault-empty")

Json = dict[str, Any]
REQUEST: Json = {"properties": {"objectType": "IaasVMBackupRequest"}}


@dataclass
class View:
    """What a test looks at."""

    clock: Clock = field(default_factory=lambda: Clock(lambda: START))
    estate: Estate = field(init=False)

    def __post_init__(self) -> None:
        self.estate = small(self.clock)

    def vaults(self) -> list[VaultKey]:
        bodies = [body for one in self.estate.subscriptions() for body in self.estate.vaults(one["subscriptionId"])]
        return [vault_key(body) for body in bodies]

    def jobs(self, key: VaultKey = PROD, **wanted: Any) -> list[Json]:
        return self.estate.jobs(key, JobQuery(**wanted), 0, 10_000)[0]

    def jobs_of(self, name: str, key: VaultKey = PROD) -> list[Json]:
        return [job for job in self.jobs(key) if job["properties"]["entityFriendlyName"] == name]

    def items(self, key: VaultKey = PROD, **wanted: Any) -> list[Json]:
        return self.estate.items(key, ItemQuery(**wanted), 0, 10_000)[0]

    def item(self, name: str, key: VaultKey = PROD) -> Json:
        return self.items(key, friendly_name=name)[0]

    def segments(self, name: str, key: VaultKey = PROD) -> tuple[str, str, str]:
        """Fabric, container and item of a protected item's id."""
        parts = self.item(name, key)["id"].split("/")
        return parts[10], parts[12], parts[14]

    def points(self, name: str, key: VaultKey = PROD) -> list[Json]:
        return self.estate.recovery_points(key, *self.segments(name, key), 0, 10_000)[0]

    def trigger(self, name: str, key: VaultKey = PROD, body: Json | None = None) -> str:
        return self.estate.trigger_backup(key, *self.segments(name, key), REQUEST if body is None else body)

    def back_up(self, name: str, key: VaultKey = PROD, body: Json | None = None) -> Json:
        """Trigger a backup and follow it to its end; the job's body, or the operation's where there is no job."""
        operation = self.trigger(name, key, body)
        self.clock.advance(10)
        status = self.estate.operation(key, operation)
        if status["status"] != "Succeeded":
            return status
        self.clock.advance(600)
        return self.estate.job(key, status["properties"]["jobId"])

    def group_of(self, name: str, key: VaultKey = PROD) -> str:
        return str(self.item(name, key)["properties"]["virtualMachineId"].split("/")[4])

    def remove_extension(self, vm: str, extension: str, key: VaultKey = PROD) -> Json:
        """Follow it to its end; the operation's body."""
        operation = self.estate.delete_extension(key[0], self.group_of(vm, key), vm, extension)
        self.clock.advance(60)
        return self.estate.compute_operation(key[0], "westeurope", operation)

    def extensions(self, vm: str, key: VaultKey = PROD) -> dict[str, Json]:
        """By type."""
        bodies = self.estate.extensions(key[0], self.group_of(vm, key), vm)
        return {body["properties"]["type"]: body for body in bodies}


def vault_key(body: Json) -> VaultKey:
    """Of a vault's body, or of anything in a vault."""
    parts = body["id"].split("/")
    return parts[2], parts[4], parts[8]
