"""Microsoft's Azure CLI, unmodified, logs in to the sandbox's Azure and works with its backups."""

import tempfile
from pathlib import Path
from typing import Any, Final

import trustme

from sandbox.azure import RunningAzure, running
from sandbox.azure.pages import Habits
from scripts.conformances.installation import azure_cli
from scripts.conformances.session import Session, Step, environment

_SUBSCRIPTION: Final = "11111111-1111-4111-8111-111111111111"
_KEY: Final = (_SUBSCRIPTION, "rg-backup-prod", "vault-prod")
_VAULT: Final = "-g rg-backup-prod -v vault-prod"
_MACHINE: Final = "-g rg-app-prod --vm-name vm-sql-01"


async def run() -> list[Step]:
    """Every command with what was checked. Raises NotInstalled."""
    program = azure_cli()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority, pair = _certificates(folder)
        async with running(tls=pair, habits=Habits(page_size=50)) as azure:
            given = environment(folder / "config", authority, azure.environment)
            session = Session(program, given)
            await _log_in(session, azure)
            if session.is_well:
                await _read(session, azure)
                await _back_up(session, azure)
                await _remove_extension(session, azure)
    return session.steps


def _certificates(folder: Path) -> tuple[Path, tuple[str, str]]:
    """The file of a local authority, and certificate and key of a server on loopback that it vouches for."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    chain, key, root = folder / "server.pem", folder / "server.key", folder / "authority.pem"
    for one in issued.cert_chain_pems:
        one.write_to_path(str(chain), append=True)
    issued.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(root))
    return root, (str(chain), str(key))


async def _log_in(session: Session, azure: RunningAzure) -> None:
    await session.az(
        f"cloud register -n Sandbox --endpoint-resource-manager {azure.url}",
        "the CLI finds all endpoints in the sandbox's metadata",
        lambda _: True,
    )
    await session.az(
        "cloud show -n Sandbox",
        "the resource manager is the sandbox",
        lambda cloud: cloud["endpoints"]["resourceManager"].rstrip("/") == azure.url,
    )
    await session.az("cloud set -n Sandbox", "the cloud is chosen", lambda _: True)
    names = {one["displayName"] for one in azure.estate.subscriptions()}
    await session.az(
        "login --identity",
        "managed identity; all subscriptions of the estate are found",
        lambda found: {one["name"] for one in found} == names,
    )
    await session.az(f"account set -s {_SUBSCRIPTION}", "the subscription is chosen", lambda _: True)


async def _read(session: Session, azure: RunningAzure) -> None:
    await session.az(
        "backup vault list",
        "the vaults of the subscription",
        lambda found: {one["name"] for one in found} == {one["name"] for one in azure.estate.vaults(_SUBSCRIPTION)},
    )
    everything = await session.az(
        f"backup job list {_VAULT}",
        "all pages: every job that the vault has, none twice",
        lambda found: len({one["name"] for one in found}) == len(found) == len(_jobs(azure)),
    )
    wanted = {one["name"] for one in _jobs(azure) if one["properties"]["status"] == "Failed"}
    failed = await session.az(
        f"backup job list {_VAULT} --status Failed",
        "the filter: the failed jobs and no other",
        lambda found: {one["name"] for one in found} == wanted and len(wanted) < len(everything),
    )
    jobs = [one["name"] for one in failed or [] if one["properties"]["entityFriendlyName"] == "vm-sql-01"]
    await session.az(
        f"backup job show {_VAULT} -n {jobs[0] if jobs else 'none'}",
        "the details: tasks and what went wrong",
        lambda found: found["properties"]["extendedInfo"]["tasksList"] and found["properties"]["errorDetails"],
    )
    await session.az(
        f"backup job show {_VAULT} -n 00000000-0000-4000-8000-000000000000",
        "an unknown job is an error that says so",
        lambda told: "NotFound" in told.replace(" ", "") or "not found" in told.lower(),
        fails=True,
    )
    await session.az(
        f"backup item list {_VAULT} --backup-management-type AzureIaasVM",
        "the protected machines",
        lambda found: {"vm-sql-01", "vm-db-01"} <= {one["properties"]["friendlyName"] for one in found},
    )
    await session.az(
        f"backup recoverypoint list {_VAULT} -c vm-db-01 -i vm-db-01 --backup-management-type AzureIaasVM "
        "--workload-type VM",
        "recovery points",
        lambda found: len(found) > 0,
    )
    await session.az(
        "vm get-instance-view -g rg-app-prod -n vm-db-01",
        "power state and agent",
        lambda found: any(one["code"] == "PowerState/running" for one in found["instanceView"]["statuses"]),
    )


def _jobs(azure: RunningAzure) -> list[dict[str, Any]]:
    found = azure.estate.graph_rows("jobs", [_SUBSCRIPTION])
    return [one for one in found if "/vaults/vault-prod/" in one["id"]]


async def _back_up(session: Session, azure: RunningAzure) -> None:
    before = len(azure.calls)
    job = await session.az(
        f"backup protection backup-now {_VAULT} -c vm-db-01 -i vm-db-01 --backup-management-type AzureIaasVM",
        "triggered, followed to its job, the job read",
        lambda found: found["properties"]["entityFriendlyName"] == "vm-db-01",
    )
    name = (job or {}).get("name", "none") if isinstance(job, dict) else "none"
    session.note("(the sandbox's calls)", "exactly one POST triggered it", _methods(azure, before) == ["POST"])
    await session.az(f"backup job stop {_VAULT} -n {name}", "cancelled", lambda _: True)
    azure.clock.advance(600)
    status = next((one["properties"]["status"] for one in _jobs(azure) if one["name"] == name), "")
    told = f"the job is Cancelled (it is {status or 'not there'})"
    session.note("(the sandbox's estate)", told, status == "Cancelled")


def _methods(azure: RunningAzure, after: int) -> list[str]:
    return [dict(call)["method"] for call in list(azure.calls)[after:]]


async def _remove_extension(session: Session, azure: RunningAzure) -> None:
    found = await session.az(
        f"vm extension list {_MACHINE}",
        "the snapshot extension is there, by publisher and type",
        lambda found: _snapshot(found) is not None,
    )
    name = _snapshot(found) or "VMSnapshot"
    before = len(azure.calls)
    await session.az(f"vm extension delete {_MACHINE} -n {name}", "removed and followed to the end", lambda _: True)
    session.note("(the sandbox's calls)", "exactly one DELETE", _methods(azure, before) == ["DELETE"])
    await session.az(
        f"vm extension list {_MACHINE}",
        "it is gone",
        lambda left: name not in {one["name"] for one in left},
    )
    job = await session.az(
        f"backup protection backup-now {_VAULT} -c vm-sql-01 -i vm-sql-01 --backup-management-type AzureIaasVM",
        "the machine that failed is backed up again",
        lambda found: found["properties"]["entityFriendlyName"] == "vm-sql-01",
    )
    azure.clock.advance(6 * 3600)
    await session.az(
        f"backup job show {_VAULT} -n {job['name'] if isinstance(job, dict) else 'none'}",
        "with the extension gone it completes",
        lambda found: found["properties"]["status"] == "Completed",
    )


def _snapshot(extensions: Any) -> str | None:
    for one in extensions or []:
        kind = one.get("typePropertiesType") or one.get("typeHandlerType") or ""
        if one.get("publisher") == "Microsoft.Azure.RecoveryServices" and kind.startswith("VMSnapshot"):
            return str(one["name"])
    return None
