"""Every change with every fault: it is sent once, and the caller knows whether it may have happened."""

import pytest

from azure_ops.arm import Arm
from azure_ops.errors import AzureError, NotAllowed
from sandbox.azure import RunningAzure
from tests.azure_ops.conftest import OwnTime
from tests.azure_ops.faults.cases import CHANGES, HOUR, Change, name_of
from tests.azure_ops.faults.table import WRITES, Known, Write

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("change", CHANGES, ids=[name_of(change.fault) for change in CHANGES])
@pytest.mark.parametrize("write", WRITES.values(), ids=[*WRITES])
async def test_a_change_is_sent_once_and_the_caller_knows_whether_it_may_have_happened(
    arm: Arm, hasty: Arm, azure: RunningAzure, time: OwnTime, known: Known, change: Change, write: Write
) -> None:
    azure.reset()
    azure.limits.set({"on": False})
    azure.faults.set({kind: {"operation": write.operation, "times": 9} | how for kind, how in change.fault.items()})
    told: AzureError | None = None
    begun = None
    try:
        begun = await write.ask(hasty if "hang" in change.fault else arm, known)
    except AzureError as error:
        told = error
    time.pass_by(2 * HOUR)
    sent = [call for call in azure.calls if call["operation"] == write.operation]
    assert [call["happened"] for call in sent] == [change.happened]
    if told is None:
        assert change.error is None
        assert begun is not None
        assert (bool(begun.id), begun.correlation_id) == (True, sent[0]["correlation_id"])
        assert "127.0.0.1" not in begun.scope
        return
    assert (type(told), told.may_have_happened) == (change.error, change.may_have_happened)
    assert told.correlation_id == sent[0]["correlation_id"]
    if isinstance(told, NotAllowed):
        assert told.action == write.right
