"""Intake against a real Azure on loopback: what is swept and what alerts lead to ends in one store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from azure_ops.models import VAULT_TYPE
from bot.intake.inbox_reading import InboxReading
from bot.intake.sweep import Sweep
from bot.intake.taking import Taking
from bot.lookups.lookups import Lookups
from bot.settings import load_azure
from bot.store import inbox, incidents
from bot.store.inbox import Delivery
from bot.store.incidents import Incident
from bot.store.store import Store, Transaction
from bot.store.tables import incidents as incident_rows
from bot.store.tables import job_outcomes
from bot.watch_settings import Watch
from intents.resolve import Resolver
from responses.catalog import load
from sandbox.azure import RunningAzure
from sandbox.azure.estate.small import PRODUCTION

CATALOG = load()
RESOLVER = Resolver(CATALOG)
FIRST = {"first_hours": 1.0}


@dataclass
class Tower:
    """Everything that takes failures in, by Azure's own clock."""

    azure: RunningAzure
    store: Store
    lookups: Lookups
    taking: Taking
    gaps: list[tuple[float, float]] = field(default_factory=list)

    def sweep(self, replica: str = "one", **settings: object) -> Sweep:
        async def caught_up(kept: Transaction, since: float, until: float) -> None:
            self.gaps.append((since, until))

        watch = Watch.model_validate(FIRST | settings)
        return Sweep(self.store, self.lookups, self.taking, watch, replica, caught_up, self.azure.clock.now)

    def reading(self, replica: str = "one") -> InboxReading:
        return InboxReading(self.store, self.lookups, self.taking, replica, self.azure.clock.now)

    def fail(self, vm: str = "vm-new-01", code: str = "UserErrorGuestAgentStatusUnavailable", ago: float = 60) -> str:
        """A backup of this VM has failed; gives the job's id."""
        said = self.azure.estate.change(
            {"add_failure": {"vm": vm, "vault": "vault-prod", "code": code, "ended_ago": ago}}
        )
        return str(said["jobs"][0])

    async def deliver(self, *deliveries: Delivery) -> None:
        async with self.store.transaction() as kept:
            await inbox.keep(kept, deliveries)

    async def of(self, vm: str) -> list[Incident]:
        async with self.store.transaction() as kept:
            wanted = select(incident_rows).where(incident_rows.c.vm == vm).order_by(incident_rows.c.first_at)
            return [incidents.from_row(row) for row in (await kept.execute(wanted)).mappings()]

    async def sources(self, job: str) -> list[str]:
        """How a job became known; one line at most."""
        async with self.store.transaction() as kept:
            wanted = select(job_outcomes.c.source).where(job_outcomes.c.job_key.like(f"%{job.casefold()}"))
            return list((await kept.execute(wanted)).scalars())

    async def waiting(self) -> int:
        async with self.store.transaction() as kept:
            return await inbox.waiting(kept)


@pytest.fixture
async def tower(azure: RunningAzure, tmp_path: Path) -> AsyncIterator[Tower]:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    await store.open()
    lookups = Lookups(load_azure(), CATALOG, RESOLVER, now=azure.clock.now)
    taking = Taking(store, lookups, RESOLVER, lambda: None, azure.clock.now)
    yield Tower(azure, store, lookups, taking)
    await lookups.close()
    await store.close()


def vault_of() -> str:
    """The ARM path of the production vault."""
    return f"/subscriptions/{PRODUCTION}/resourceGroups/rg-backup-prod/providers/{VAULT_TYPE}/vault-prod"
