"""Locks: those that hold a VM or its extension are seen, they do what Azure says, and not to know is told."""

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azure_ops.arm import Arm
from azure_ops.errors import Conflict, Locked, NotAllowed, NotFound, Throttled, UnexpectedAnswer, Unreachable
from azure_ops.extensions import read_vm, remove_extension, snapshot_extension
from azure_ops.locks import list_locks, lock_from
from azure_ops.models import Lock, VmRef
from azure_ops.operations import follow
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import ACCEPTANCE, PRODUCTION, Time

SQL: Final = VmRef(PRODUCTION, "rg-app-prod", "vm-sql-01")
GROUP: Final = f"/subscriptions/{PRODUCTION}/resourceGroups/rg-app-prod"
SCOPES: Final = {"vm": SQL.path, "group": GROUP, "subscription": f"/subscriptions/{PRODUCTION}"}


def lock(azure: RunningAzure, **what: str) -> None:
    azure.estate.change({"lock": {"vm": "vm-sql-01"} | what})


async def test_a_vm_without_locks_has_none(arm: Arm) -> None:
    assert await list_locks(arm, SQL, "VMSnapshot") == ()


@pytest.mark.parametrize("level", ["CanNotDelete", "ReadOnly"])
@pytest.mark.parametrize("at", [*SCOPES])
async def test_a_lock_anywhere_above_is_seen_and_forbids_the_removal(
    arm: Arm, azure: RunningAzure, at: str, level: Any
) -> None:
    lock(azure, at=at, level=level, name="keep", notes="Ask the DBA first.")
    locks = await list_locks(arm, SQL, "VMSnapshot")
    assert locks == (Lock("keep", level, SCOPES[at], "Ask the DBA first."),)
    assert await list_locks(arm, SQL) == locks
    with pytest.raises(Locked) as caught:
        await remove_extension(arm, SQL, "VMSnapshot")
    assert caught.value.code == "ScopeLocked"
    assert not caught.value.may_have_happened
    assert f"are locked: '{SCOPES[at]}'" in caught.value.values["why"]
    assert [call["happened"] for call in azure.calls] == [False]
    assert snapshot_extension(await read_vm(arm, SQL)) is not None


async def test_only_the_extension_that_is_locked_is_held(arm: Arm, azure: RunningAzure) -> None:
    lock(azure, at="extension", extension="VMSnapshot", name="mine")
    lock(azure, at="extension", extension="AzureMonitorWindowsAgent", name="other")
    assert [one.name for one in await list_locks(arm, SQL, "vmsnapshot")] == ["mine"]
    assert await list_locks(arm, SQL) == ()
    with pytest.raises(Conflict):
        await remove_extension(arm, SQL, "VMSnapshot")


async def test_locks_of_others_are_not_ours(arm: Arm, azure: RunningAzure, time: Time) -> None:
    azure.estate.change({"lock": {"vm": "vm-web-01"}})
    azure.estate.change({"lock": {"vm": "vm-erp-01", "at": "subscription"}})
    assert await list_locks(arm, SQL, "VMSnapshot") == ()
    assert len(await list_locks(arm, VmRef(ACCEPTANCE, "rg-app-acc", "vm-erp-02"))) == 1
    removal = await remove_extension(arm, SQL, "VMSnapshot")
    assert (await follow(arm, removal, sleep=time.sleep, now=time.now)).state == "Succeeded"


async def test_several_are_told_once_each_the_widest_first(arm: Arm, azure: RunningAzure) -> None:
    azure.habits.page_size = 1
    for at in SCOPES:
        lock(azure, at=at, name=f"of-{at}")
    assert [one.name for one in await list_locks(arm, SQL)] == ["of-subscription", "of-group", "of-vm"]


async def test_a_lock_that_was_taken_off_is_in_nobodys_way(arm: Arm, azure: RunningAzure) -> None:
    lock(azure, at="group")
    azure.estate.change({"unlock": {"vm": "vm-sql-01"}})
    assert await list_locks(arm, SQL) == ()
    assert (await remove_extension(arm, SQL, "VMSnapshot")).id


async def test_a_lock_holds_what_does_not_exist_as_well(arm: Arm, azure: RunningAzure) -> None:
    """Resource Manager looks at locks before Compute is asked; 204 would say that there is no such extension."""
    with pytest.raises(NotFound):
        await remove_extension(arm, SQL, "Nothing")
    lock(azure)
    with pytest.raises(Conflict):
        await remove_extension(arm, SQL, "Nothing")


async def test_that_locks_may_not_be_read_is_told_as_that(arm: Arm, azure: RunningAzure) -> None:
    azure.faults.set({"forbidden": {"operation": "list_locks"}})
    with pytest.raises(NotAllowed) as caught:
        await list_locks(arm, SQL)
    assert caught.value.action == "Microsoft.Authorization/locks/read"
    assert caught.value.values["scope"].casefold().startswith(SQL.path.casefold())


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"throttle": {"retry_after": 3600}}, Throttled),
        ({"server_error": {"status": 503, "times": 9}}, Unreachable),
        ({"cut": {"times": 9}}, Unreachable),
        ({"truncated": {"times": 9}}, UnexpectedAnswer),
    ],
    ids=str,
)
async def test_that_nobody_knows_is_never_that_there_are_none(
    arm: Arm, azure: RunningAzure, fault: dict[str, Any], error: type[Exception]
) -> None:
    azure.faults.set({kind: {"operation": "list_locks"} | how for kind, how in fault.items()})
    with pytest.raises(error):
        await list_locks(arm, SQL)


@pytest.mark.parametrize("wrong", ["..", "a/b", "a?b"])
async def test_a_name_that_is_none_is_never_asked_about(arm: Arm, azure: RunningAzure, wrong: str) -> None:
    for vm, extension in ((SQL, wrong), (VmRef(PRODUCTION, wrong, "vm"), "")):
        with pytest.raises(UnexpectedAnswer):
            await list_locks(arm, vm, extension)
    assert "list_locks" not in azure.counts


def test_a_lock_of_unknown_kind_or_place_is_taken_to_hold() -> None:
    for row in (
        {"id": f"{GROUP}/providers/Microsoft.Authorization/locks/x", "name": "x", "properties": {"level": "Sealed"}},
        {"id": "/providers/Microsoft.Authorization/locks/x", "name": "x", "properties": {"level": "ReadOnly"}},
        {"name": "x"},
        None,
    ):
        assert lock_from(row).holds(SQL.path)
    odd = lock_from({"id": f"{GROUP}/locks/x", "name": "x", "properties": {"level": 3}})
    assert (odd.level, odd.scope, [each.path for each in odd.oddities]) == (
        "Unknown",
        "",
        ["properties.level", "properties.level", "id"],
    )


def test_a_scope_holds_whole_names_only() -> None:
    one = Lock("x", "ReadOnly", GROUP.upper())
    assert one.holds(SQL.path)
    assert one.holds(GROUP)
    assert not one.holds(SQL.path.replace("rg-app-prod", "rg-app-prod-2"))
    assert not one.holds(f"/subscriptions/{PRODUCTION}")


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(
    row=JSON
    | st.fixed_dictionaries({"id": JSON, "name": JSON, "properties": JSON | st.fixed_dictionaries({"level": JSON})})
)
def test_no_row_raises(row: object) -> None:
    lock_from(row).holds(SQL.path)
