"""Reads a backup policy: how often it promises a good backup."""

from typing import TYPE_CHECKING, Final

from azure_ops.fields import Fields
from azure_ops.ids import checked
from azure_ops.models import BackupPolicy, VaultRef
from azure_ops.typed import as_answer, plain

if TYPE_CHECKING:
    from azure_ops.arm import Arm

_DAY: Final = 24.0
# Bounds that no schedule of Azure's comes near: what is beyond them is a slip, and too much for a span of time.
_SHORTEST_HOURS: Final = 0.25
_MOST_HOURS: Final = 24.0 * 366
_MOST_WEEKS: Final = 520.0
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
    inside = fields.inside("properties", required=True)
    schedule = inside.inside("schedulePolicy")
    frequency = schedule.text("scheduleRunFrequency")
    hours = _hours(schedule, frequency)
    if schedule.oddities:
        hours = None
    return BackupPolicy(
        name=fields.text("name", required=True),
        workload=inside.text("backupManagementType"),
        frequency=frequency,
        promised_hours=hours,
        oddities=tuple(fields.oddities),
    )


def _hours(schedule: Fields, frequency: str) -> float | None:
    """The longest time between two runs that the schedule plans; None where it does not tell."""
    match frequency.casefold():
        case "daily":
            return _DAY
        case "weekly":
            weeks = (
                _within(schedule, "scheduleWeeklyFrequency", 0.0, _MOST_WEEKS) or 1.0
            )  # Azure writes 0 for every week
            days = _days(schedule) or _days(schedule.inside("weeklySchedule"))
            return _longest_gap(days, max(1, int(weeks)))
        case "hourly":
            return _between_windows(schedule.inside("hourlySchedule"))
        case "":
            return None
    schedule.odd("scheduleRunFrequency", "how often a schedule runs", frequency)
    return None


def _within(fields: Fields, name: str, least: float, most: float) -> float | None:
    """The number in this field; None where there is none, and odd where it is out of these bounds."""
    number = fields.number(name)
    if number is not None and not least <= number <= most:
        fields.odd(name, f"a number from {least:g} to {most:g}", number)
        return None
    return number


def _days(schedule: Fields) -> tuple[int, ...]:
    """The days of the week, Monday 0; none where one of them is unknown, since it may lie in the longest gap."""
    names = schedule.texts("scheduleRunDays")
    known = sorted({_WEEK.index(name.casefold()) for name in names if name.casefold() in _WEEK})
    strange = [name for name in names if name.casefold() not in _WEEK]
    for name in strange:
        schedule.odd("scheduleRunDays", "days of the week", name)
    return () if strange else tuple(known)


def _longest_gap(days: tuple[int, ...], weeks: int) -> float | None:
    """Hours between two of these days, the end of the week (or of so many weeks) included."""
    if not days:
        return None
    after = (*days[1:], days[0] + len(_WEEK) * weeks)
    return max(later - earlier for earlier, later in zip(days, after, strict=True)) * _DAY


def _between_windows(hourly: Fields) -> float | None:
    """An hourly schedule runs inside a window of the day; the night between two windows is its longest gap."""
    interval = _within(hourly, "interval", _SHORTEST_HOURS, _MOST_HOURS)
    window = _within(hourly, "scheduleWindowDuration", 0.0, _MOST_HOURS)
    if interval is None:
        return None
    if window is None or window >= _DAY:
        return interval
    runs = int(window // interval)
    return max(interval, _DAY - runs * interval)
