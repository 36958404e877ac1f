"""Everything that the small estate shows is what Microsoft's own models describe."""

from typing import Any

import azure.mgmt.compute.models as compute
import azure.mgmt.recoveryservices.models as vaults
import azure.mgmt.recoveryservicesbackup.models as backup
import pytest

from sandbox.azure.estate import VaultKey
from sandbox.azure.estate.odd_types import JOB_ODDITIES, VM_ODDITIES
from sandbox.azure.estate.times import span
from tests.sandbox.azure.estate_view import PROD, PRODUCTION, SHARED, SQL, View
from tests.schemas.azure_oracle import problems


@pytest.fixture(scope="module")
def view() -> View:
    return View()


def _keys() -> list[VaultKey]:
    return View().vaults()


def test_vaults(view: View) -> None:
    for key in view.vaults():
        assert problems(vaults.Vault, view.estate.vault(key)) == []


@pytest.mark.parametrize("key", _keys(), ids=lambda key: f"{key[0][:4]}-{key[2]}")
def test_jobs(view: View, key: VaultKey) -> None:
    for job in view.jobs(key):
        assert problems(backup.JobResource, job) == []
        assert problems(backup.JobResource, view.estate.job(key, job["name"])) == []


@pytest.mark.parametrize("key", _keys(), ids=lambda key: f"{key[0][:4]}-{key[2]}")
def test_items_and_recovery_points(view: View, key: VaultKey) -> None:
    for item in view.items(key):
        assert problems(backup.ProtectedItemResource, item) == []
        name = item["properties"]["friendlyName"]
        for point in view.points(name, key):
            assert problems(backup.RecoveryPointResource, point) == []
            assert view.estate.recovery_point(key, *view.segments(name, key), point["name"]) == point


def test_virtual_machines(view: View) -> None:
    for one in view.estate.subscriptions():
        for listed in view.estate.vms(one["subscriptionId"]):
            where = (one["subscriptionId"], listed["id"].split("/")[4], listed["name"])
            assert problems(compute.VirtualMachine, listed) == []
            assert problems(compute.VirtualMachine, view.estate.vm(*where, with_instance_view=True)) == []
            assert problems(compute.VirtualMachineInstanceView, view.estate.vm_instance_view(*where)) == []
            for extension in view.estate.extensions(*where):
                assert problems(compute.VirtualMachineExtension, extension) == []
                assert view.estate.extension(*where, extension["name"]) == extension


def test_a_job_and_its_operation_while_they_go_on() -> None:
    view = View()
    operation = view.trigger("vm-db-01")
    assert problems(backup.OperationStatus, view.estate.operation(PROD, operation)) == []
    job_id = ""
    for seconds in (6, 30, 60, 60, 300):
        view.clock.advance(seconds)
        status = view.estate.operation(PROD, operation)
        assert problems(backup.OperationStatus, status) == []
        job_id = status["properties"]["jobId"]
        assert problems(backup.JobResource, view.estate.job(PROD, job_id)) == []
    assert view.estate.job(PROD, job_id)["properties"]["status"] == "Completed"
    refused = view.trigger("vm-app-01")
    view.clock.advance(6)
    assert problems(backup.OperationStatus, view.estate.operation(PROD, refused)) == []


def test_ids_are_in_azures_own_casing(view: View) -> None:
    job, item = view.jobs()[0], view.item("vm-sql-01")
    vault = f"{PRODUCTION}/resourceGroups/rg-backup-prod/providers/Microsoft.RecoveryServices/vaults/vault-prod"
    assert job["id"] == f"/Subscriptions/{vault}/backupJobs/{job['name']}"
    assert item["id"] == (
        f"/subscriptions/{vault}/backupFabrics/Azure/protectionContainers/"
        "IaasVMContainer;iaasvmcontainerv2;rg-app-prod;vm-sql-01/protectedItems/"
        "VM;iaasvmcontainerv2;rg-app-prod;vm-sql-01"
    )
    assert view.estate.vms(PRODUCTION)[0]["id"].split("/")[4] == "RG-APP-PROD"


def test_lookups_ignore_case(view: View) -> None:
    key = (PRODUCTION.upper(), "RG-BACKUP-PROD", "VAULT-Prod")
    job = view.jobs()[0]
    assert view.estate.job(key, job["name"].upper())["name"] == job["name"]
    assert view.estate.item(key, "azure", *(part.upper() for part in view.segments("vm-sql-01")[1:]))
    assert view.estate.vm(PRODUCTION, "RG-APP-PROD", "VM-SQL-01")["name"] == "vm-sql-01"


def test_databases_and_shares_are_there_too(view: View) -> None:
    kinds = {item["properties"]["protectedItemType"] for item in view.items(SQL)}
    assert kinds == {"AzureVmWorkloadSQLDatabase", "AzureFileShareProtectedItem"}
    assert {job["properties"]["jobType"] for job in view.jobs(SQL)} == {"AzureWorkloadJob", "AzureStorageJob"}


def test_the_newer_kind_of_job_is_there(view: View) -> None:
    jobs = view.jobs((SHARED, "rg-shared", "vault-shared"))
    assert {job["properties"]["jobType"] for job in jobs} == {"AzureIaaSVMJobV2"}
    assert not any("isUserTriggered" in job["properties"] for job in jobs)


def test_graph_rows_show_the_property_bag(view: View) -> None:
    rows = {row["name"]: row for row in view.estate.graph_rows("jobs", [PRODUCTION])}
    job = next(job for job in view.jobs_of("vm-sql-01") if job["properties"]["status"] == "Failed")
    row = rows[job["name"]]
    assert row["type"] == "microsoft.recoveryservices/vaults/backupjobs"
    assert row["id"].startswith("/subscriptions/")
    assert row["properties"]["extendedInfo"]["propertyBag"]["Error Code"] == "ExtensionStuckInDeletionState"
    for kind, count in (("vaults", 6), ("policies", 18)):
        assert len(list(view.estate.graph_rows(kind, None))) == count  # type: ignore[arg-type]
    items = list(view.estate.graph_rows("items", [PRODUCTION]))
    assert {row["resourceGroup"] for row in items} == {"rg-backup-prod"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "PT0S"), (9.8782791, "PT9.878279S"), (60, "PT1M"), (754.25, "PT12M34.25S"), (86_400, "PT24H"), (-3, "PT0S")],
)
def test_durations(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize("kind", sorted(JOB_ODDITIES))
def test_odd_types_in_a_job(kind: str) -> None:
    view = View()
    job = view.jobs(status="Failed")[0]
    assert view.estate.change({"odd_types": {"job": job["name"], "kinds": [kind]}}) == {"ok": True}
    odd = view.jobs(job_id=job["name"])[0]
    assert odd["properties"] != job["properties"]
    # A year of one and recommendations that are null are of the right type; they are odd all the same.
    is_typed = kind in ("end-year-one", "recommendations-null")
    assert bool(problems(backup.JobResource, odd)) != is_typed
    view.estate.change({"odd_types": {"job": job["name"], "kinds": []}})
    assert view.jobs(job_id=job["name"])[0] == job


def test_every_odd_type_at_once() -> None:
    view = View()
    job = view.jobs(status="Failed")[0]
    for kinds in ([*JOB_ODDITIES], [*reversed(JOB_ODDITIES)]):
        view.estate.change({"odd_types": {"job": job["name"], "kinds": kinds}})
        odd = view.jobs(job_id=job["name"])[0]["properties"]
        assert (odd["entityFriendlyName"], odd["errorDetails"]["errorCode"]) == (
            7, str(job["properties"]["errorDetails"][0]["errorCode"])
        )  # fmt: skip
        assert odd["errorDetails"]["recommendations"] is None
    vm = {"vm": "vm-db-01", "kinds": [*VM_ODDITIES]}
    assert view.estate.change({"odd_types": vm}) == {"ok": True}
    assert view.estate.vm_instance_view(PRODUCTION, "rg-app-prod", "vm-db-01")["statuses"] is None


@pytest.mark.parametrize("kind", sorted(VM_ODDITIES))
def test_odd_types_in_an_instance_view(kind: str) -> None:
    view = View()
    where = (PRODUCTION, "rg-app-prod", "vm-db-01")
    before: dict[str, Any] = view.estate.vm_instance_view(*where)
    view.estate.change({"odd_types": {"vm": "vm-db-01", "kinds": [kind]}})
    assert view.estate.vm_instance_view(*where) != before
