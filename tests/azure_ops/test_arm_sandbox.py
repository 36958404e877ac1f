"""The door against the sandbox's Azure: the real managed identity, the real client package, every fault on the wire."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from azure.core.credentials import AccessTokenInfo

from azure_ops.arm import Answer, Arm, ArmSettings
from azure_ops.errors import AzureError, Conflict, NotAllowed, NotFound, Throttled, UnexpectedAnswer, Unreachable
from azure_ops.retry import Limits
from azure_ops.versions import BACKUP, COMPUTE, RESOURCE_GRAPH
from sandbox.azure import RunningAzure, running
from tests.azure_ops.arm_stand_in import Badge, Time
from tests.certificates import server_files

VAULT = (
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-backup-prod"
    "/providers/Microsoft.RecoveryServices/vaults/vault-prod"
)
JOBS = f"{VAULT}/backupJobs"
VM = (
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-app-prod"
    "/providers/Microsoft.Compute/virtualMachines/vm-sql-01"
)


@pytest.fixture
async def arm(azure: RunningAzure) -> AsyncIterator[Arm]:
    """A door that gives up on a silent answer after half a second, and has time for three tries."""
    settings, time = ArmSettings(azure.url, credential="managed-identity"), Time()
    async with Arm(settings, sleep=time.sleep, now=time.now, chance=lambda: 0.5, limits=Limits(read=0.5)) as arm:
        yield arm


async def jobs(arm: Arm) -> list[str]:
    """The names of a vault's jobs."""
    return [job["name"] async for page in arm.pages(JOBS, api_version=BACKUP) for job in page]


async def remove(arm: Arm) -> Answer:
    return await arm.delete(f"{VM}/extensions/VMSnapshot", api_version=COMPUTE)


def go_wrong(azure: RunningAzure, kind: str, **how: object) -> None:
    """Nine times, unless told otherwise, whenever Resource Manager itself is asked."""
    azure.faults.set({kind: {"path": "/subscriptions/", "times": 9} | how})


async def test_lists_details_and_questions_come_through_the_one_door(azure: RunningAzure, arm: Arm) -> None:
    listed = await jobs(arm)
    assert len(listed) > 10
    one = await arm.get(f"{JOBS}/{listed[0]}", api_version=BACKUP)
    assert one.body["name"] == listed[0]
    query = {"query": "recoveryservicesresources | project id | limit 3"}
    rows = await arm.ask("/providers/Microsoft.ResourceGraph/resources", query, api_version=RESOURCE_GRAPH)
    assert len(rows.body["data"]) == 3
    assert rows.correlation_id


READ_FAULTS: list[tuple[str, dict[str, object]]] = [
    ("throttle", {"retry_after": 2}),
    ("server_error", {"status": 503, "retry_after": 1}),
    ("html", {}),
    ("html", {"status": 200}),
    ("cut", {}),
    ("cut", {"when": "middle"}),
    ("truncated", {}),
    ("expired_token", {"times": 1}),
    ("hang", {"times": 1, "seconds": 5}),
]


@pytest.mark.parametrize(("kind", "how"), READ_FAULTS, ids=str)
async def test_a_read_outlasts_two_troubles(azure: RunningAzure, arm: Arm, kind: str, how: dict[str, object]) -> None:
    expected = await jobs(arm)
    go_wrong(azure, kind, **{"times": 2} | how)
    assert await jobs(arm) == expected


@pytest.mark.parametrize(
    ("kind", "how", "error"),
    [
        ("throttle", {"retry_after": 3600}, Throttled),
        ("server_error", {}, Unreachable),
        ("forbidden", {}, NotAllowed),
        ("redirect", {}, UnexpectedAnswer),
        ("foreign_next_link", {"to": "https://foreign.example"}, UnexpectedAnswer),
    ],
)
async def test_what_does_not_pass_is_told(
    azure: RunningAzure, arm: Arm, kind: str, how: dict[str, object], error: type[AzureError]
) -> None:
    azure.habits.page_size = 20
    go_wrong(azure, kind, **how)
    with pytest.raises(error):
        await jobs(arm)


WRITE_FAULTS: list[tuple[str, dict[str, object], type[AzureError], bool]] = [
    ("server_error", {"when": "after", "status": 503, "retry_after": 0}, Unreachable, True),
    ("server_error", {}, Unreachable, True),
    ("cut", {"when": "after"}, Unreachable, True),
    ("cut", {}, Unreachable, True),
    ("hang", {"seconds": 9, "when": "after"}, Unreachable, True),
    ("html", {"when": "after"}, Unreachable, True),
    ("throttle", {"retry_after": 0}, Throttled, False),
    ("conflict", {"retry_after": 0}, Conflict, False),
    ("forbidden", {}, NotAllowed, False),
]


@pytest.mark.parametrize(("kind", "how", "error", "is_open"), WRITE_FAULTS)
async def test_a_write_is_sent_once_and_says_whether_it_may_have_happened(
    azure: RunningAzure, arm: Arm, kind: str, how: dict[str, object], error: type[AzureError], is_open: bool
) -> None:
    go_wrong(azure, kind, **how)
    with pytest.raises(error) as told:
        await remove(arm)
    assert told.value.may_have_happened is is_open
    assert len(azure.calls) == 1


async def test_what_is_not_there_is_not_found_by_its_path(arm: Arm) -> None:
    with pytest.raises(NotFound) as told:
        await arm.get(f"{VAULT}x", api_version=BACKUP)
    assert told.value.values == {"what": f"{VAULT}x"}


class Issued(Badge):
    """Hands out the sandbox's own tokens."""

    def __init__(self, azure: RunningAzure) -> None:
        super().__init__()
        self._azure = azure

    async def get_token_info(self, *scopes: str, options: object = None) -> AccessTokenInfo:
        given = await super().get_token_info(*scopes)
        return AccessTokenInfo(self._azure.token, given.expires_on)


@pytest.fixture
async def safe_azure(tmp_path: Path) -> AsyncIterator[RunningAzure]:
    """The same over TLS, with an authority of its own, whose certificate is in `authority.pem`."""
    tls, _ = server_files(tmp_path, "127.0.0.1")
    async with running(tls=tls) as azure:
        yield azure


async def test_over_tls_an_authority_of_the_house_is_trusted_when_it_is_named(
    safe_azure: RunningAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    async with Arm(ArmSettings(safe_azure.url), credential=Issued(safe_azure)) as arm:
        assert await jobs(arm)
        assert (await remove(arm)).status == 202


async def test_over_tls_a_stranger_gets_no_token(safe_azure: RunningAzure) -> None:
    badge = Issued(safe_azure)

    async def no_wait(_: float) -> None: ...

    async with Arm(ArmSettings(safe_azure.url), credential=badge, sleep=no_wait) as arm:
        with pytest.raises(Unreachable, match="not trusted"):
            await jobs(arm)
        with pytest.raises(Unreachable) as told:
            await remove(arm)
    assert not told.value.may_have_happened
    assert safe_azure.counts == {}
