"""Whatever Azure does while something is done to it, the card ends in a stated way and Azure was asked once."""

from typing import Any

import pytest

from sandbox.azure import RunningAzure
from tests.scenarios.conftest import CHANNEL, Message, Town, eventually, says
from tests.scenarios.test_removal import VAULT, VM, asked, decide, deletions
from tests.scenarios.test_retry import triggers

pytestmark = pytest.mark.usefixtures("passing_time")

# What the answer to the one request that changes something is, and how the card ends. "unknown" is the honest end
# where Azure never said whether it took the request, and shows no trace of it.
STARTING: dict[str, tuple[dict[str, Any], str, int]] = {
    "conflict": ({"conflict": {}}, "A backup of this VM is running already", 0),
    "precondition": ({"precondition": {}}, "It has changed in Azure meanwhile", 0),
    "locked": (
        {"conflict": {"code": "ScopeLocked", "message": "The vault is locked."}},
        "A lock in Azure forbids it",
        0,
    ),
    "forbidden": ({"forbidden": {}}, "lacks a right in Azure", 0),
    "throttled": ({"throttle": {"retry_after": 3_600}}, "Azure asks to wait", 0),
    "error_before": ({"server_error": {"status": 500, "when": "before"}}, "found no trace of it", 0),
    "error_after": ({"server_error": {"status": 503, "when": "after"}}, "succeeded", 1),
    "cut_before": ({"cut": {"when": "before"}}, "found no trace of it", 0),
    "cut_after": ({"cut": {"when": "after"}}, "succeeded", 1),
    "page_after": ({"html": {"when": "after"}}, "succeeded", 1),
    "slow": ({"hang": {"seconds": 0.5}}, "succeeded", 1),
    "foreign": ({"foreign_operation_url": {}}, "succeeded", 1),
}
# And while it is followed: nothing of this is the backup's failure.
FOLLOWING: dict[str, dict[str, Any]] = {
    "throttled": {"throttle": {"retry_after": 1, "operation": "get_job", "times": 3}},
    "errors": {"server_error": {"status": 503, "operation": "get_job", "times": 5}},
    "cut": {"cut": {"operation": ["get_job", "operation_status"], "times": 4}},
    "unsigned": {"expired_token": {"operation": "get_job", "times": 1}},
    "odd": {"wrong_types": {"operation": "get_job", "kinds": "duration actions", "times": 2}},
}
DELETING: dict[str, tuple[dict[str, Any], str, int]] = {
    "forbidden": ({"forbidden": {}}, "lacks a right in Azure", 0),
    "conflict": ({"conflict": {}}, "was not removed", 0),
    "throttled": ({"throttle": {"retry_after": 3_600}}, "Azure asks to wait", 0),
    "error_after": ({"server_error": {"status": 500, "when": "after"}}, "is gone", 1),
    "cut_after": ({"cut": {"when": "after"}}, "is gone", 1),
    "cut_before": ({"cut": {"when": "before"}}, "found no trace of it", 0),
    "slow": ({"hang": {"seconds": 0.5}}, "is gone", 1),
}


def with_effect(calls: list[Message]) -> list[Message]:
    return [call for call in calls if call["happened"]]


def aimed(fault: dict[str, Any], operation: str) -> dict[str, Any]:
    return {kind: {"operation": operation, "times": 1, **values} for kind, values in fault.items()}


@pytest.mark.parametrize("name", STARTING)
async def test_a_fault_while_the_backup_is_started(acting_town: Town, azure: RunningAzure, name: str) -> None:
    fault, ends, effects = STARTING[name]
    window = await acting_town.details("vault-prod", "vm-web-02")
    azure.faults.set(aimed(fault, "trigger_backup"))
    await acting_town.click_in(window, "retry_backup")
    await acting_town.card_in(CHANNEL, says("vm-web-02", ends))
    assert len(triggers(azure)) == 1, "a write is sent once"
    assert len(with_effect(triggers(azure))) == effects


@pytest.mark.parametrize("name", FOLLOWING)
async def test_a_fault_while_the_backup_is_followed(acting_town: Town, azure: RunningAzure, name: str) -> None:
    window = await acting_town.details("vault-prod", "vm-web-02")
    await acting_town.click_in(window, "retry_backup")
    await eventually(lambda: _count(azure), lambda count: count == 1)
    azure.faults.set(FOLLOWING[name])
    await acting_town.card_in(CHANNEL, says("Backup of vm-web-02 succeeded"))
    assert len(triggers(azure)) == 1


@pytest.mark.parametrize("name", DELETING)
async def test_a_fault_while_the_extension_is_removed(acting_town: Town, azure: RunningAzure, name: str) -> None:
    fault, ends, effects = DELETING[name]
    azure.estate.change({"mend": {"vm": VM}})
    azure.estate.change({"add_failure": {"vm": VM, "code": "UserErrorVmProvisioningStateFailed"}})
    azure.estate.change({"break": {"vm": VM, "code": "UserErrorVmProvisioningStateFailed"}})
    card = await asked(acting_town, VAULT, VM)
    azure.faults.set(aimed(fault, "delete_extension"))
    await decide(acting_town, card, "approve_removal", "Go ahead")
    await acting_town.card_in(CHANNEL, says(VM, ends))
    assert len(deletions(azure)) == 1
    assert len(with_effect(deletions(azure))) == effects


async def test_late_listed_jobs_do_not_make_a_second_backup(acting_town: Town, azure: RunningAzure) -> None:
    """The answer is lost and the job shows up in the list only later: it is found before anything is asked again."""
    azure.estate.change({"list_late": {"seconds": 120}})
    window = await acting_town.details("vault-prod", "vm-web-02")
    azure.faults.set({"cut": {"operation": "trigger_backup", "when": "after", "times": 1}})
    await acting_town.click_in(window, "retry_backup")
    await acting_town.card_in(CHANNEL, says("Backup of vm-web-02 succeeded"))
    assert len(triggers(azure)) == 1


async def _count(azure: RunningAzure) -> int:
    return len(triggers(azure))
