"""Nothing is left out: every function that asks Azure something stands in a table, every fault in each matrix."""

from collections.abc import Iterable

from azure_ops.operations import follow
from sandbox.azure.faults import BESIDES, INSTEAD
from tests.azure_ops.faults.cases import CHANGES, ENDING, ENDLESS, LASTING, OUTLASTED, PASSING, Fault
from tests.azure_ops.faults.table import FOLLOWED, READS, WRITES, public_functions

EVERY_KIND = {*INSTEAD, *BESIDES}


def test_every_function_that_takes_the_door_is_in_a_table() -> None:
    tables = {follow, *(read.function for read in READS.values()), *(write.function for write in WRITES.values())}
    found = public_functions()
    assert len(found) > 20
    assert {name for name, function in found.items() if function not in tables} == set()
    assert tables == set(found.values())


def test_every_operation_that_a_change_begins_is_followed() -> None:
    assert {one.begins for one in FOLLOWED.values()} == set(WRITES)
    assert {one.operation for one in FOLLOWED.values()} <= {read.operation for read in READS.values()}


def kinds(faults: Iterable[Fault]) -> set[str]:
    return {kind for fault in faults for kind in fault}


def test_every_kind_of_fault_is_in_every_matrix() -> None:
    # `hang` has tests of its own beside the matrices of reads and following, which go faster together;
    # wrong types of every kind are in test_wrong_types.
    reads = kinds([*(fault for fault, _ in PASSING), *(fault for fault, _, _ in LASTING)])
    assert reads == EVERY_KIND - {"hang", "wrong_types"}
    assert kinds(change.fault for change in CHANGES) == EVERY_KIND
    assert kinds([*OUTLASTED, *ENDLESS, *(fault for fault, _ in ENDING)]) == EVERY_KIND - {"hang"}
