"""The row that nearly every row of a list is: read in a third of the time, and exactly as any other."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from azure_ops import reading
from azure_ops.models import BackupJob, VaultRef
from sandbox.azure.estate import JobQuery, large
from sandbox.clock import Clock


def rows() -> list[dict[str, Any]]:
    estate = large(Clock(), vaults=1, jobs=300)
    vault = estate.vaults(estate.subscriptions()[0]["subscriptionId"])[0]["id"].split("/")
    found, _ = estate.jobs((vault[2], vault[4], vault[8]), JobQuery(), 0, 300)
    return found


def test_both_ways_read_the_same() -> None:
    vault = VaultRef("11111111-1111-4111-8111-111111111111", "rg", "vault")
    for row in rows():
        for asked in (vault, None):
            quick = reading._common_job(row, asked)
            assert quick == reading._any_job(row, asked)
            assert type(quick) is BackupJob


def test_what_was_read_is_frozen() -> None:
    job = reading.job_from(rows()[0])
    with pytest.raises(FrozenInstanceError):
        job.status = "Unknown"  # type: ignore[misc]
    assert "item_name=" in repr(job)
    assert {field: getattr(job, field) for field in BackupJob.__slots__}.keys() >= {"details", "oddities"}
