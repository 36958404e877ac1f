"""Wrong types in fields, as older versions and broken answers of Azure have had them."""

from collections.abc import Callable, Iterator
from typing import Final

from sandbox.azure.estate.nouns import Json


def _old_duration(fields: Json) -> None:
    fields["duration"] = "00:20:23.0896697"


def _numbers_for_actions(fields: Json) -> None:
    fields["actionsInfo"] = [1]


def _end_as_list(fields: Json) -> None:
    fields["endTime"] = [fields.get("endTime")]


def _end_of_year_one(fields: Json) -> None:
    fields["endTime"] = "0001-01-01T00:00:00Z"


def _garbage_date(fields: Json) -> None:
    fields["startTime"] = "yesterday"


def _errors(fields: Json) -> Iterator[Json]:
    """The error records, also where another oddity has made one object of their list."""
    errors = fields.get("errorDetails") or []
    yield from errors if isinstance(errors, list) else [errors]


def _error_as_object(fields: Json) -> None:
    fields["errorDetails"] = next(_errors(fields), {})


def _null_recommendations(fields: Json) -> None:
    for error in _errors(fields):
        error["recommendations"] = None


def _number_as_text(fields: Json) -> None:
    for error in _errors(fields):
        if "errorCode" in error:
            error["errorCode"] = str(error["errorCode"])


def _name_as_number(fields: Json) -> None:
    fields["entityFriendlyName"] = 7


def _unknown_job_type(fields: Json) -> None:
    fields["jobType"] = "AzureIaaSVMJobV9"


JOB_ODDITIES: Final[dict[str, Callable[[Json], None]]] = {
    "duration": _old_duration,
    "actions": _numbers_for_actions,
    "end-list": _end_as_list,
    "end-year-one": _end_of_year_one,
    "start-garbage": _garbage_date,
    "error-object": _error_as_object,
    "recommendations-null": _null_recommendations,
    "number-text": _number_as_text,
    "name-number": _name_as_number,
    "job-type": _unknown_job_type,
}


def twist_job(properties: Json, kinds: str) -> None:
    """Put wrong types into a job's properties; `kinds` are names of JOB_ODDITIES, parted by spaces."""
    for kind in kinds.split():
        JOB_ODDITIES[kind](properties)


def _no_statuses(view: Json) -> None:
    view["statuses"] = None


def _agent_as_list(view: Json) -> None:
    view["vmAgent"] = [view.get("vmAgent")]


def _extensions_as_object(view: Json) -> None:
    view["extensions"] = {"value": view.get("extensions")}


def _agent_missing(view: Json) -> None:
    view.pop("vmAgent", None)


VM_ODDITIES: Final[dict[str, Callable[[Json], None]]] = {
    "statuses-null": _no_statuses,
    "agent-list": _agent_as_list,
    "extensions-object": _extensions_as_object,
    "agent-missing": _agent_missing,
}


def twist_view(view: Json, kinds: str) -> None:
    """Put wrong types into a VM's instance view; `kinds` are names of VM_ODDITIES, parted by spaces."""
    for kind in kinds.split():
        VM_ODDITIES[kind](view)
