"""One job that was read names others only where nothing speaks against it."""

from dataclasses import replace

import pytest

from bot.lookups.lookups import Lookups
from sandbox.azure import RunningAzure
from sandbox.azure.estate import causes
from tests.bot.lookups.conftest import page

FROZEN, PARSING = "ExtensionFailedVssWriterInBadState", "ExtensionConfigParsingFailure"


@pytest.fixture(autouse=True)
def _alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both errors look the same in a list; only a job's details tell which it is."""
    one, other = causes.causes()[FROZEN], causes.causes()[PARSING]
    same = replace(other, number=one.number, title=one.title, recommendations=one.recommendations, os="any")
    monkeypatch.setitem(causes._by_any_code(), PARSING.casefold(), same)
    monkeypatch.setitem(causes._by_any_code(), FROZEN.casefold(), replace(one, os="any"))


def fail(azure: RunningAzure, vm: str, code: str) -> None:
    azure.estate.change({"add_failure": {"vm": vm, "vault": "vault-acc", "code": code, "ended_ago": 60}})


async def named(lookups: Lookups) -> dict[str, str]:
    """The entry by which each VM's failure is shown, empty where it is shown by Azure's own words."""
    found = await page(lookups, "vault-acc failed 24h")
    return {
        row.item: group.entry.code if group.entry else ""
        for group in found.groups
        for row in group.rows
        if row.item.startswith("vm-like")
    }


async def test_jobs_that_say_the_same_share_what_two_of_them_tell(lookups: Lookups, azure: RunningAzure) -> None:
    for number in range(6):
        fail(azure, f"vm-like-{number}", FROZEN)
    assert await named(lookups) == {f"vm-like-{number}": FROZEN for number in range(6)}


async def test_when_two_of_them_tell_different_things_nobody_else_is_named(
    lookups: Lookups, azure: RunningAzure
) -> None:
    for number in range(6):
        fail(azure, f"vm-like-{number}", FROZEN if number < 3 else PARSING)
    found = await named(lookups)
    right = {f"vm-like-{number}": FROZEN if number < 3 else PARSING for number in range(6)}
    assert {vm: code for vm, code in found.items() if code and code != right[vm]} == {}
    assert sorted(filter(None, found.values())) == sorted([FROZEN, PARSING])
