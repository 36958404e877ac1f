"""Reads a backup policy: how often it promises a good backup."""

from typing import TYPE_CHECKING, Final

from azure_ops.fields import Fields
from azure_ops.ids import checked
from azure_ops.models import BackupPolicy, VaultRef
from azure_ops.typed import as_answer, plain

if TYPE_CHECKING:
    from azure_ops.arm import Arm

_DAY: Final = 24.0
_WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


async def read_policy(arm: "Arm", vault: VaultRef, name: str) -> BackupPolicy:
    """A vault's policy by its name. Raises AzureError."""
    checked(vault)
    answer = await arm.read(
        vault.subscription_id,
        lambda client: plain(client.protection_policies.get(vault.name, vault.resource_group, name, cls=as_answer)),
        path=f"{vault.path}/backupPolicies/{name}",
    )
    return policy_from(answer.body)


def policy_from(row: object) -> BackupPolicy:
    """A policy as Azure writes it; wrong fields become oddities, and then nothing is promised."""
    fields = Fields(row)
    inside = fields.inside("properties")
    schedule = inside.inside("schedulePolicy")
    hours = _hours(schedule)
    return BackupPolicy(
        name=fields.text("name", required=True),
        workload=inside.text("backupManagementType"),
        frequency=schedule.text("scheduleRunFrequency"),
        promised_hours=hours,
        oddities=tuple(fields.oddities),
    )


def _hours(schedule: Fields) -> float | None:
    """The longest time between two runs that the schedule plans; None where it does not tell."""
    frequency = schedule.text("scheduleRunFrequency").casefold()
    if frequency == "daily":
        return _DAY
    if frequency == "weekly":
        days = schedule.texts("scheduleRunDays") or schedule.inside("weeklySchedule").texts("scheduleRunDays")
        return _longest_gap(days)
    if frequency == "hourly":
        return _between_windows(schedule.inside("hourlySchedule"))
    return None


def _longest_gap(days: tuple[str, ...]) -> float | None:
    """Between the days of a week, the week's end included."""
    numbers = sorted({_WEEK.index(day.casefold()) for day in days if day.casefold() in _WEEK})
    if not numbers:
        return None
    after = [*numbers[1:], numbers[0] + len(_WEEK)]
    return max(later - earlier for earlier, later in zip(numbers, after, strict=True)) * _DAY


def _between_windows(hourly: Fields) -> float | None:
    """An hourly schedule runs inside a window of the day; the night between two windows is its longest gap."""
    interval, window = hourly.number("interval"), hourly.number("scheduleWindowDuration")
    if interval is None or interval <= 0:
        return None
    if window is None or window >= _DAY:
        return interval
    runs = int(window // interval)
    return max(interval, _DAY - runs * interval)
