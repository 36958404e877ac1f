"""causes.toml says of every coded error of the catalog what the service says of it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.azure.estate.causes import Cause, cause_of, causes
from tests.sandbox.azure.estate_view import View

_CATALOG = Path(__file__).parents[3] / "responses" / "catalog" / "errors"
_PUBLISHED = {320001, 380008, 400094}


def _entries() -> dict[str, dict[str, Any]]:
    heads = [yaml.load(file.read_text("utf-8").split("---")[1], yaml.BaseLoader) for file in _CATALOG.glob("*.md")]
    return {head["code"]: head for head in heads if "code" in head}


def _listed(value: Any) -> list[str]:
    return [one.strip() for one in value.split(",")] if isinstance(value, str) else list(value or [])


ENTRIES = _entries()


def test_every_coded_error_has_a_cause_and_nothing_else_of_vms() -> None:
    assert {code for code, cause in causes().items() if cause.workload == "AzureIaasVM"} == set(ENTRIES)


@pytest.mark.parametrize("code", sorted(ENTRIES))
def test_cause_agrees_with_the_catalog(code: str) -> None:
    entry, cause = ENTRIES[code], causes()[code]
    assert cause.message in entry["messages"]
    assert cause.os == entry["os"]
    assert set(cause.also) == set(_listed(entry.get("also")))
    numbers = [int(number) for number in _listed(entry.get("numbers"))]
    assert cause.number in numbers if numbers else cause.number > 410000
    if entry["retry"] == "now":
        assert cause.cure == "retry"
    if cause.cure == "remove-extension":
        assert "remove-extension" in entry["offers"]


def test_numbers_that_the_service_does_not_publish_mean_nothing() -> None:
    numbers = [cause.number for cause in causes().values()]
    assert len(set(numbers)) == len(numbers)
    assert {number for number in numbers if number < 410000} == _PUBLISHED


def test_what_stands_only_in_a_sentence_is_said_by_nobody_else() -> None:
    said = [cause.message for cause in causes().values()]
    assert all(said.count(cause.message) == 1 for cause in causes().values() if cause.found_in == "text")
    assert {cause.number for cause in causes().values() if cause.found_in == "number"} == _PUBLISHED


def test_a_mend_says_what_it_would_be() -> None:
    assert all(cause.cured_by for cause in causes().values() if cause.cure == "mend")


def test_other_codes_lead_to_the_same_cause_in_any_case() -> None:
    assert cause_of("failedFSFreezeFailed") is causes()["UserErrorFsFreezeFailed"]
    assert cause_of("") is None


def _places(cause: Cause, listed: dict[str, Any], details: dict[str, Any]) -> set[str]:
    """Where the code, or what stands for it, is to be found."""
    error, extended = listed["properties"]["errorDetails"][0], details["properties"]["extendedInfo"]
    found = {
        "property-bag": cause.code in extended["propertyBag"].get("Error Code", ""),
        "dynamic-message": cause.code in extended.get("dynamicErrorMessage", ""),
        "link": any(f"https://aka.ms/AB-{cause.code}" in line for line in error["recommendations"]),
        "number": error["errorCode"] in _PUBLISHED,
        "text": error["errorString"] == cause.message and "Error Code" not in extended["propertyBag"],
    }
    return {place for place, is_there in found.items() if is_there}


@pytest.mark.parametrize("code", sorted(causes()))
def test_every_code_has_just_happened_and_stands_in_one_place(code: str) -> None:
    view, cause = View(), causes()[code]
    number = causes()[code].number
    seen = [
        (key, job)
        for key in view.vaults()
        for job in view.jobs(key, status="Failed")
        if job["properties"]["errorDetails"][0]["errorCode"] == number
    ]
    assert seen, "nobody has it"
    for key, job in seen:
        assert "extendedInfo" not in job["properties"]
        assert _places(cause, job, view.estate.job(key, job["name"])) == {cause.found_in}
