"""Whatever is done in whatever order, the estate stays an estate that could be."""

from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sandbox.azure.estate import Refusal
from sandbox.azure.estate.causes import causes
from tests.sandbox.azure.estate_view import PROD, PRODUCTION, View

VMS = st.sampled_from(["vm-sql-01", "vm-web-02", "vm-app-01", "vm-db-01"])
CODES = st.sampled_from(sorted(code for code, cause in causes().items() if cause.workload == "AzureIaasVM"))


class Nights(RuleBasedStateMachine):
    """People, schedules and Azure at work on one vault."""

    def __init__(self) -> None:
        super().__init__()
        self.view = View()
        self.operations: list[str] = []

    @rule(vm=VMS)
    def trigger(self, vm: str) -> None:
        self.operations.append(self.view.trigger(vm))

    @rule(seconds=st.sampled_from([1, 6, 20, 70, 300, 7200]))
    def wait(self, seconds: int) -> None:
        self.view.clock.advance(seconds)

    @rule(vm=VMS)
    def cancel(self, vm: str) -> None:
        job = self.view.jobs_of(vm)[0]
        if job["properties"]["status"] == "InProgress":
            self.operations.append(self.view.estate.cancel_job(PROD, job["name"]))
        else:
            with pytest.raises(Refusal, match="400"):
                self.view.estate.cancel_job(PROD, job["name"])

    @rule(vm=VMS, code=CODES)
    def break_it(self, vm: str, code: str) -> None:
        if self._exists(vm):
            self.view.estate.change({"break": {"vm": vm, "code": code}})

    @rule(vm=VMS)
    def mend_it(self, vm: str) -> None:
        self.view.estate.change({"mend": {"vm": vm}})

    @rule(vm=VMS, name=st.sampled_from(["VMSnapshot", "VMSnapshotLinux"]))
    def remove_extension(self, vm: str, name: str) -> None:
        with suppress(Refusal):
            self.view.estate.delete_extension(PRODUCTION, "rg-app-prod", vm, name)

    @rule(stuck=st.booleans())
    def stick(self, stuck: bool) -> None:
        self.view.estate.change({"stuck_operations": stuck})

    def _exists(self, vm: str) -> bool:
        return any(one["name"] == vm for one in self.view.estate.vms(PRODUCTION))

    @invariant()
    def one_running_backup_for_each_item(self) -> None:
        running = [job for job in self.view.jobs() if job["properties"]["status"] in ("InProgress", "Cancelling")]
        counts = Counter(job["properties"]["entityFriendlyName"] for job in running)
        assert not counts or max(counts.values()) == 1
        assert not any("endTime" in job["properties"] for job in running)

    @invariant()
    def a_recovery_point_for_each_good_backup(self) -> None:
        for vm in ("vm-sql-01", "vm-db-01", "vm-app-01", "vm-web-02"):
            good = [job for job in self.view.jobs_of(vm) if job["properties"]["status"] == "Completed"]
            taken = sorted(point["properties"]["recoveryPointTime"] for point in self.view.points(vm))
            assert taken == sorted(job["properties"]["startTime"] for job in good)

    @invariant()
    def a_failed_job_says_why_and_a_good_one_does_not(self) -> None:
        for job in self.view.jobs():
            is_failed = job["properties"]["status"] == "Failed"
            assert ("errorDetails" in job["properties"]) == is_failed

    @invariant()
    def operations_point_to_jobs_that_exist(self) -> None:
        for operation in self.operations:
            status = self.view.estate.operation(PROD, operation)
            if status["status"] == "Succeeded":
                assert self.view.estate.job(PROD, status["properties"]["jobId"])
            else:
                assert ("error" in status) == (status["status"] == "Failed")

    @invariant()
    def never_two_snapshot_extensions(self) -> None:
        for vm in self.view.estate.vms(PRODUCTION):
            kinds = [one["properties"]["type"] for one in vm["resources"]]
            assert len(kinds) == len(set(kinds))


TestNights = Nights.TestCase
TestNights.settings = settings(max_examples=12, stateful_step_count=25, derandomize=True)
