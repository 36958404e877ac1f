"""Long-running operations of Azure Backup and Compute: how far they are, and following one to its end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from azure_ops import versions
from azure_ops.errors import Throttled, UnexpectedAnswer, Unreachable
from azure_ops.ids import compute_location, is_operation_name, parse_item, parse_job, parse_vault
from azure_ops.models import ItemRef, JobRef, OperationRef, OperationStatus, VaultRef
from azure_ops.reading import operation_from
from azure_ops.reasons import Why
from azure_ops.retry import asked_wait
from azure_ops.typed import as_answer, plain

if TYPE_CHECKING:
    from azure_ops.arm import Arm

# However long Azure asks to wait between two looks, we look again after a minute.
_LONGEST_WAIT: Final = 60.0
# What stands before an operation's id in the addresses that Azure Backup gives.
_OPERATIONS: Final = frozenset({"operationsstatus", "operationresults", "backupoperations", "backupoperationresults"})
_CORRELATION: Final = "x-ms-correlation-request-id"


def operation_ref(headers: Mapping[str, str], *, kind: Literal["item", "vault", "job"], scope: str) -> OperationRef:
    """The operation that a 202 of Azure Backup began: the last segment of Azure-AsyncOperation, else of Location.

    The address itself is never called: it carries an old api-version, and whoever answers it would get our token.
    UnexpectedAnswer (what was asked for may well have begun) where neither header names an operation.
    """
    for header in ("azure-asyncoperation", "location"):
        above, _, name = _path_of(headers.get(header, "")).rpartition("/")
        if above.rpartition("/")[2].casefold() in _OPERATIONS and is_operation_name(name):
            return OperationRef(kind, scope, name, headers.get(_CORRELATION, ""))
    raise UnexpectedAnswer(
        where=scope,
        why=Why.NO_OPERATION,
        correlation_id=headers.get(_CORRELATION, ""),
        may_have_happened=True,
    )


def compute_operation_ref(headers: Mapping[str, str], subscription_id: str) -> OperationRef:
    """The operation that a 202 of Compute began, from an address such as `.../locations/L/operations/ID`.

    Only its path is used, and only of the same subscription. UnexpectedAnswer as for `operation_ref`.
    """
    for header in ("azure-asyncoperation", "location"):
        above, _, name = _path_of(headers.get(header, "")).rpartition("/")
        scope = above.rpartition("/")[0]
        place = compute_location(scope)
        if place and place[0].casefold() == subscription_id.casefold() and is_operation_name(name):
            return OperationRef("compute", _compute_scope(*place), name, headers.get(_CORRELATION, ""))
    raise UnexpectedAnswer(
        where=f"/subscriptions/{subscription_id}",
        why=Why.NO_OPERATION,
        correlation_id=headers.get(_CORRELATION, ""),
        may_have_happened=True,
    )


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _compute_scope(subscription_id: str, location: str) -> str:
    return f"/subscriptions/{subscription_id}/providers/Microsoft.Compute/locations/{location}"


async def status_of(arm: "Arm", ref: OperationRef) -> OperationStatus:
    """How far an operation is, asked once; any process can ask, at any time. Raises AzureError.

    An operation without an id was over when it was asked for.
    """
    if not ref.id:
        return OperationStatus("Succeeded")
    if not is_operation_name(ref.id):
        raise UnexpectedAnswer(where=ref.scope, why=Why.NOT_AN_OPERATION)
    if ref.kind == "compute":
        return await _compute_status(arm, ref)
    item, vault, job = parse_item(ref.scope), parse_vault(ref.scope), parse_job(ref.scope)
    if ref.kind == "item" and item:
        return await _item_status(arm, item, ref.id)
    if ref.kind == "vault" and vault:
        return await _vault_status(arm, vault, ref.id)
    if ref.kind == "job" and job:
        return await _cancellation_status(arm, job, ref.id)
    raise UnexpectedAnswer(where=ref.scope[:300], why=Why.NOT_AN_ID)


async def _item_status(arm: "Arm", item: ItemRef, operation: str) -> OperationStatus:
    vault = item.vault
    answer = await arm.read(
        vault.subscription_id,
        lambda client: plain(
            client.protected_item_operation_statuses.get(
                vault.name, vault.resource_group, item.fabric, item.container, item.item, operation, cls=as_answer
            )
        ),
        path=f"{item.path}/operationsStatus/{operation}",
    )
    return operation_from(answer.body, asked_wait(answer.headers))


async def _vault_status(arm: "Arm", vault: VaultRef, operation: str) -> OperationStatus:
    answer = await arm.read(
        vault.subscription_id,
        lambda client: plain(
            client.backup_operation_statuses.get(vault.name, vault.resource_group, operation, cls=as_answer)
        ),
        path=f"{vault.path}/backupOperations/{operation}",
    )
    return operation_from(answer.body, asked_wait(answer.headers))


async def _cancellation_status(arm: "Arm", job: JobRef, operation: str) -> OperationStatus:
    """A cancellation has no status of its own: 202 while it goes on, 200 or 204 when it is over."""
    vault = job.vault
    answer = await arm.read(
        vault.subscription_id,
        lambda client: plain(
            client.job_operation_results.get(vault.name, vault.resource_group, job.name, operation, cls=as_answer)
        ),
        path=f"{job.path}/operationResults/{operation}",
    )
    state: Literal["InProgress", "Succeeded"] = "InProgress" if answer.status == 202 else "Succeeded"
    return OperationStatus(state, job_id=job.name, wait=asked_wait(answer.headers))


async def _compute_status(arm: "Arm", ref: OperationRef) -> OperationStatus:
    if compute_location(ref.scope) is None:
        raise UnexpectedAnswer(where=ref.scope[:300], why=Why.NOT_A_PLACE)
    answer = await arm.get(f"{ref.scope}/operations/{ref.id}", api_version=versions.COMPUTE)
    return operation_from(answer.body, asked_wait(answer.headers))


async def follow(
    arm: "Arm",
    ref: OperationRef,
    *,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    now: Callable[[], float] = time.monotonic,
    every: float = 5.0,
    limit: float = 600.0,
) -> OperationStatus:
    """Ask until the operation is over: Succeeded with its job's id, Failed or Canceled with Azure's error code.

    Waits as long as Azure asks, at least `every` seconds and at most a minute. A look that gets no answer, or is told
    to wait, is not the operation's failure: it is repeated. Raises Unreachable when `limit` seconds have passed, and
    any other AzureError as it comes; the operation itself goes on in Azure.
    """
    end = now() + limit
    while True:
        wait = every
        values: dict[str, Any] = {"why": Why.STILL_GOING_ON}
        try:
            status = await status_of(arm, ref)
            if status.is_over:
                return status
            wait = status.wait or every
        except Unreachable as error:
            values = error.values
        except Throttled as error:
            wait, values = error.seconds, {"why": Why.ASKS_TO_WAIT}
        wait = min(max(wait, every), _LONGEST_WAIT)
        if now() + wait > end:
            raise Unreachable(correlation_id=ref.correlation_id, **values)
        await sleep(wait)
