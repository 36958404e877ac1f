"""Backup policies: how often each kind of schedule promises a good backup, and what is said where it cannot be told."""

from typing import Any

import pytest

from azure_ops.arm import Arm
from azure_ops.errors import NotFound
from azure_ops.policies import policy_from, read_policy
from tests.azure_ops.conftest import VAULT

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


def policy(**schedule: Any) -> dict[str, Any]:
    return {"name": "Some", "properties": {"backupManagementType": "AzureIaasVM", "schedulePolicy": schedule}}


def hourly(interval: object, window: object) -> dict[str, Any]:
    return {"interval": interval, "scheduleWindowStartTime": "2026-01-01T08:00:00Z", "scheduleWindowDuration": window}


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ({"scheduleRunFrequency": "Daily"}, 24),
        ({"scheduleRunFrequency": "daily", "dailySchedule": {"scheduleRunTimes": ["2026-01-01T01:30:00Z"]}}, 24),
        ({"scheduleRunFrequency": "Weekly", "scheduleRunDays": ["Sunday"], "scheduleWeeklyFrequency": 0}, 168),
        ({"scheduleRunFrequency": "Weekly", "scheduleRunDays": ["Sunday"], "scheduleWeeklyFrequency": 2}, 336),
        ({"scheduleRunFrequency": "Weekly", "scheduleRunDays": ["Wednesday", "Sunday"]}, 96),
        ({"scheduleRunFrequency": "Weekly", "weeklySchedule": {"scheduleRunDays": WEEKDAYS}}, 72),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly(4, 24)}, 4),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly(4, 12)}, 12),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly(6, 20)}, 6),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly(8, 4)}, 24),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly("4", None)}, 4),
    ],
    ids=str,
)
def test_a_policy_promises_the_longest_time_between_two_of_its_runs(schedule: dict[str, Any], hours: float) -> None:
    read = policy_from(policy(**schedule))
    assert (read.promised_hours, read.oddities) == (hours, ())
    assert (read.name, read.workload, read.frequency) == ("Some", "AzureIaasVM", schedule["scheduleRunFrequency"])


@pytest.mark.parametrize(
    "schedule",
    [
        {"schedulePolicyType": "LogSchedulePolicy", "scheduleFrequencyInMins": 60},
        {"schedulePolicyType": "LongTermSchedulePolicy"},
        {"scheduleRunFrequency": "Weekly"},
        {"scheduleRunFrequency": "Hourly"},
    ],
    ids=str,
)
def test_a_schedule_that_does_not_tell_promises_nothing(schedule: dict[str, Any]) -> None:
    read = policy_from(policy(**schedule))
    assert (read.promised_hours, read.oddities) == (None, ())


@pytest.mark.parametrize(
    ("schedule", "place"),
    [
        ({"scheduleRunFrequency": "Fortnightly"}, "scheduleRunFrequency"),
        ({"scheduleRunFrequency": ["Daily"]}, "scheduleRunFrequency"),
        ({"scheduleRunFrequency": "Weekly", "scheduleRunDays": ["Sunday", "Someday"]}, "scheduleRunDays"),
        ({"scheduleRunFrequency": "Weekly", "scheduleRunDays": 7}, "scheduleRunDays"),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly("often", 12)}, "hourlySchedule.interval"),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": []}, "hourlySchedule"),
        (
            {"scheduleRunFrequency": "Weekly", "scheduleRunDays": ["Sunday"], "scheduleWeeklyFrequency": "each"},
            "scheduleWeeklyFrequency",
        ),
        (
            {"scheduleRunFrequency": "Weekly", "scheduleRunDays": ["Sunday"], "scheduleWeeklyFrequency": 1e308},
            "scheduleWeeklyFrequency",
        ),
        (
            {"scheduleRunFrequency": "Weekly", "scheduleRunDays": ["Sunday"], "scheduleWeeklyFrequency": -2},
            "scheduleWeeklyFrequency",
        ),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly(5e-324, 12)}, "hourlySchedule.interval"),
        ({"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly(1e300, 24)}, "hourlySchedule.interval"),
        (
            {"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly(4, "all day")},
            "hourlySchedule.scheduleWindowDuration",
        ),
        (
            {"scheduleRunFrequency": "Hourly", "hourlySchedule": hourly(4, -1e308)},
            "hourlySchedule.scheduleWindowDuration",
        ),
    ],
    ids=str,
)
def test_what_is_written_oddly_is_named_and_promises_nothing(schedule: dict[str, Any], place: str) -> None:
    read = policy_from(policy(**schedule))
    assert read.promised_hours is None
    assert [odd.path for odd in read.oddities] == [f"properties.schedulePolicy.{place}"]


@pytest.mark.parametrize("body", [None, [], "text", {}, {"name": 5, "properties": []}], ids=str)
def test_anything_else_is_no_error(body: object) -> None:
    assert policy_from(body).promised_hours is None


@pytest.mark.parametrize(("name", "hours"), [("DefaultPolicy", 24), ("EnhancedPolicy", 12), ("WeeklyPolicy", 96)])
async def test_the_policies_of_a_vault_are_read_from_azure(arm: Arm, name: str, hours: float) -> None:
    read = await read_policy(arm, VAULT, name)
    assert (read.name, read.promised_hours, read.oddities) == (name, hours, ())


async def test_a_policy_that_is_not_there_is_not_found(arm: Arm) -> None:
    with pytest.raises(NotFound):
        await read_policy(arm, VAULT, "NoPolicy")
