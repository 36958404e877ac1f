"""`$filter` of backup jobs, protected items and recovery points: `name eq 'value'` joined by `and`, nothing else."""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Final

from sandbox.azure.estate import ItemQuery, JobQuery, Refusal

_PIECE: Final = re.compile(r"\s*(?:(?P<name>[A-Za-z][A-Za-z0-9_]*)|'(?P<text>(?:[^']|'')*)')(?=\s|$)")
_MOMENT: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) (AM|PM)", re.IGNORECASE | re.ASCII)
_STATUSES: Final = (
    "Invalid", "InProgress", "Completed", "Failed", "CompletedWithWarnings", "Cancelled", "Cancelling",
)  # fmt: skip
_OPERATIONS: Final = (
    "Invalid", "Register", "UnRegister", "ConfigureBackup", "Backup", "Restore", "DisableBackup", "DeleteBackupData",
    "CrossRegionRestore", "Undelete", "UpdateCustomerManagedKey",
)  # fmt: skip
_WORKLOADS: Final = (
    "Invalid", "AzureIaasVM", "MAB", "DPM", "AzureBackupServer", "AzureSql", "AzureStorage", "AzureWorkload",
    "DefaultBackup",
)  # fmt: skip
_JOBS: Final = ("status", "operation", "backupManagementType", "startTime", "endTime", "jobId")
_ITEMS: Final = (
    "backupManagementType", "itemType", "policyName", "containerName", "friendlyName", "healthState", "fabricName",
)  # fmt: skip
_POINTS: Final = ("startDate", "endDate", "type", "extendedInfo", "isRPInstant")


def job_query(text: str) -> JobQuery:
    """The filter of backupJobs. Raises Refusal 400 that names what is wrong."""
    pairs = _pairs(text, _JOBS)
    return JobQuery(
        status=_one_of("status", pairs.get("status"), _STATUSES),
        operation=_one_of("operation", pairs.get("operation"), _OPERATIONS),
        workload=_one_of("backupManagementType", pairs.get("backupManagementType"), _WORKLOADS),
        start=_seconds("startTime", pairs.get("startTime")),
        end=_seconds("endTime", pairs.get("endTime")),
        job_id=pairs.get("jobId"),
    )


def item_query(text: str) -> ItemQuery:
    """The filter of backupProtectedItems. Raises Refusal 400 that names what is wrong."""
    pairs = _pairs(text, _ITEMS)
    return ItemQuery(
        workload=_one_of("backupManagementType", pairs.get("backupManagementType"), _WORKLOADS),
        friendly_name=pairs.get("friendlyName"),
        container_name=pairs.get("containerName"),
        health_state=pairs.get("healthState"),
        policy_name=pairs.get("policyName"),
        item_type=pairs.get("itemType"),
    )


def point_times(text: str) -> tuple[float | None, float | None]:
    """From when and until when recovery points are wanted. Raises Refusal 400 that names what is wrong."""
    pairs = _pairs(text, _POINTS)
    return _seconds("startDate", pairs.get("startDate")), _seconds("endDate", pairs.get("endDate"))


def _pairs(text: str, known: Collection[str]) -> dict[str, str]:
    """{name as Azure spells it: value}; {} for an empty filter."""
    pairs: dict[str, str] = {}
    pieces = list(_pieces(text))
    if not pieces:
        return pairs
    for place in range(0, len(pieces) + 1, 4):
        term, joint = pieces[place : place + 3], pieces[place + 3 : place + 4]
        if [kind for kind, _ in term] != ["name", "name", "text"] or term[1][1].casefold() != "eq":
            raise _wrong(text, "each term is written NAME eq 'VALUE'")
        name = next((one for one in known if one.casefold() == term[0][1].casefold()), None)
        if name is None:
            raise _wrong(text, f"'{term[0][1]}' is not one of {', '.join(known)}")
        if name in pairs:
            raise _wrong(text, f"'{name}' is given twice")
        pairs[name] = term[2][1]
        if not joint:
            break
        if joint[0] != ("name", "and"):
            raise _wrong(text, "terms are joined by 'and'")
    return pairs


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    text = text.rstrip()
    while place < len(text):
        found = _PIECE.match(text, place)
        if found is None:
            raise _wrong(text, f"it cannot be read from {text[place : place + 20].strip()!r} on")
        kind = "name" if found["name"] is not None else "text"
        yield kind, found[kind].replace("''", "'") if kind == "text" else found[kind]
        place = found.end()


def _one_of(name: str, value: str | None, known: Collection[str]) -> str | None:
    if value is None:
        return None
    for one in known:
        if one.casefold() == value.casefold():
            return one
    raise Refusal(400, "BMSUserErrorInvalidInput", f"Input provided for '{name}' is invalid: '{value[:80]}'. "
                  f"It is one of {', '.join(known)}.")  # fmt: skip


def _seconds(name: str, value: str | None) -> float | None:
    """A time such as '2026-11-22 02:30:00 PM', in UTC; 00 counts as 12."""
    if value is None:
        return None
    found = _MOMENT.fullmatch(value.strip())
    if found is not None:
        year, month, day, hour, minute, second = (int(one) for one in found.groups()[:6])
        if hour <= 12:
            hour = hour % 12 + (12 if found[7].upper() == "PM" else 0)
            try:
                return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
            except ValueError:
                pass
    raise Refusal(400, "BMSUserErrorInvalidInput", f"Input provided for '{name}' is invalid: '{value[:80]}'. "
                  "A time is written yyyy-MM-dd hh:mm:ss tt, in UTC, such as 2026-11-22 02:30:00 PM.")  # fmt: skip


def _wrong(text: str, why: str) -> Refusal:
    return Refusal(400, "InvalidFilterInQueryString", f"The $filter '{text[:200]}' is not valid: {why}.")
