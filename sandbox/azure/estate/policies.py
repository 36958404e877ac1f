"""Backup policies as ARM and Resource Graph show them: every night, several times a day, or twice a week."""

from typing import Final

from sandbox.azure.estate.nouns import Item, Json, Vault
from sandbox.azure.estate.vault_bodies import graph_row

_NIGHT: Final = "2026-01-01T01:30:00Z"
_MORNING: Final = "2026-01-01T08:00:00Z"
_DAYS: Final = ["Wednesday", "Sunday"]
_THIRTY_DAYS: Final = {"count": 30, "durationType": "Days"}

_SCHEDULES: Final[dict[str, Json]] = {
    "DefaultPolicy": {
        "schedulePolicyType": "SimpleSchedulePolicy",
        "scheduleRunFrequency": "Daily",
        "scheduleRunTimes": [_NIGHT],
        "scheduleWeeklyFrequency": 0,
    },
    "EnhancedPolicy": {
        "schedulePolicyType": "SimpleSchedulePolicyV2",
        "scheduleRunFrequency": "Hourly",
        "hourlySchedule": {"interval": 4, "scheduleWindowStartTime": _MORNING, "scheduleWindowDuration": 12},
    },
    "WeeklyPolicy": {
        "schedulePolicyType": "SimpleSchedulePolicy",
        "scheduleRunFrequency": "Weekly",
        "scheduleRunDays": _DAYS,
        "scheduleRunTimes": [_NIGHT],
        "scheduleWeeklyFrequency": 0,
    },
}
_WEEKLY_KEPT: Final[Json] = {
    "weeklySchedule": {
        "daysOfTheWeek": _DAYS,
        "retentionTimes": [_NIGHT],
        "retentionDuration": {"count": 12, "durationType": "Weeks"},
    }
}


def policy_path(vault: Vault, name: str) -> str:
    """The id of a vault's policy."""
    return f"{vault.path}/backupPolicies/{name}"


def policy_body(vault: Vault, name: str, items: list[Item]) -> Json:
    """As backupPolicies/{name} shows it; a name that is not known stands for a policy of every night."""
    schedule = _SCHEDULES.get(name, _SCHEDULES["DefaultPolicy"])
    return {
        "id": policy_path(vault, name),
        "name": name,
        "type": "Microsoft.RecoveryServices/vaults/backupPolicies",
        "properties": {
            "backupManagementType": "AzureIaasVM",
            "policyType": "V2" if schedule["schedulePolicyType"].endswith("V2") else "V1",
            "instantRpRetentionRangeInDays": 2,
            "timeZone": "UTC",
            "protectedItemsCount": sum(item.policy == name for item in items),
            "schedulePolicy": schedule,
            "retentionPolicy": {"retentionPolicyType": "LongTermRetentionPolicy", **_kept(schedule)},
        },
    }


def _kept(schedule: Json) -> Json:
    """How long what comes of this schedule is kept."""
    match schedule["scheduleRunFrequency"]:
        case "Weekly":
            return _WEEKLY_KEPT
        case "Hourly":
            return {"dailySchedule": {"retentionTimes": [_MORNING], "retentionDuration": _THIRTY_DAYS}}
    return {"dailySchedule": {"retentionTimes": [_NIGHT], "retentionDuration": _THIRTY_DAYS}}


def policy_row(vault: Vault, name: str) -> Json:
    """As Resource Graph shows it."""
    body = policy_body(vault, name, vault.items)
    return graph_row(vault, body["id"], name, "microsoft.recoveryservices/vaults/backuppolicies", body["properties"])
