"""Whoever gives out the tokens has troubles of its own: they pass, and are not told as a wrong identity."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from time import time as real_time
from typing import Any, Final

import pytest

from azure_ops.arm import Arm, ArmSettings
from azure_ops.backups import start_backup
from azure_ops.credentials import Tokens, credential_for
from azure_ops.errors import AzureError, NotSignedIn, Throttled, Unreachable
from azure_ops.jobs import list_jobs
from azure_ops.models import ItemRef
from azure_ops.operations import follow
from azure_ops.reasons import Why
from azure_ops.retry import Limits, TryFailed
from sandbox.azure import RunningAzure, running
from tests.azure_ops.arm_stand_in import Say
from tests.azure_ops.arm_stand_in import running as stand_in
from tests.azure_ops.conftest import EVERY, VAULT, Time, all_of
from tests.azure_ops.identities import KINDS, Kind, bare, trust
from tests.certificates import server_files

# What goes wrong nine times, what the caller is told, and how often anybody was asked for a token.
LASTING: Final[tuple[tuple[str, dict[str, Any], type[AzureError], range], ...]] = (
    ("throttle", {"retry_after": 3600}, Throttled, range(1, 3)),
    ("throttle", {"retry_after": 1}, Throttled, range(3, 7)),
    ("server_error", {"status": 500}, Unreachable, range(3, 7)),
    ("server_error", {"status": 503, "retry_after": 1}, Unreachable, range(3, 7)),
    ("cut", {}, Unreachable, range(3, 8)),
    ("cut", {"when": "middle"}, Unreachable, range(3, 8)),
    ("html", {"status": 200}, Unreachable, range(3, 7)),
    ("html", {"status": 403}, Unreachable, range(3, 7)),
    ("html", {"status": 502}, Unreachable, range(3, 7)),
    ("truncated", {}, Unreachable, range(3, 7)),
    ("expired_token", {}, NotSignedIn, range(1, 3)),
)
ITEM: Final = ItemRef(
    VAULT,
    "Azure",
    "IaasVMContainer;iaasvmcontainerv2;rg-app-prod;vm-db-01",
    "VM;iaasvmcontainerv2;rg-app-prod;vm-db-01",
)
PASSING: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("throttle", {"retry_after": 2}),
    ("server_error", {"status": 500}),
    ("server_error", {"status": 503, "retry_after": 1}),
    ("cut", {}),
    ("html", {"status": 502}),
    ("truncated", {}),
)


@pytest.fixture
async def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningAzure]:
    """Over TLS: a service principal's secret is sent nowhere else."""
    bare(monkeypatch)
    async with running(tls=server_files(tmp_path, "127.0.0.1")[0]) as azure:
        trust(tmp_path, monkeypatch)
        yield azure


class Door:
    """Opens a door that nobody has signed in at yet."""

    def __init__(self, azure: RunningAzure, time: Time, stack: AsyncExitStack) -> None:
        self._azure, self._time, self._stack = azure, time, stack

    async def opened(self, kind: Kind, token: float = 15.0) -> Arm:
        """A new one; `token` is how long one request for a token may last."""
        settings = ArmSettings(self._azure.url, credential=kind.choice)
        arm = Arm(settings, sleep=self._time.sleep, now=self._time.now, chance=lambda: 0.5, limits=Limits(token=token))
        return await self._stack.enter_async_context(arm)


@pytest.fixture
async def door(azure: RunningAzure, time: Time) -> AsyncIterator[Door]:
    async with AsyncExitStack() as stack:
        yield Door(azure, time, stack)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, azure: RunningAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kind:
    found = KINDS[request.param]
    for name, value in found.environment(azure, tmp_path).items():
        monkeypatch.setenv(name, value)
    return found


def use(kind: str, azure: RunningAzure, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Kind:
    """The same for a test of one kind."""
    for name, value in KINDS[kind].environment(azure, folder).items():
        monkeypatch.setenv(name, value)
    return KINDS[kind]


async def read(arm: Arm) -> Any:
    """What came of a look at a vault's jobs."""
    try:
        return await all_of(list_jobs(arm, VAULT, EVERY))
    except AzureError as error:
        return error


async def test_signs_in_and_reads(azure: RunningAzure, door: Door, kind: Kind) -> None:
    assert len(await read(await door.opened(kind))) > 10
    assert azure.counts["token"] in (1, 2)


async def test_trouble_that_lasts_is_told_as_what_it_is(azure: RunningAzure, door: Door, kind: Kind) -> None:
    wrong = {}
    for fault, how, error, requests in LASTING:
        azure.faults.set({fault: {"operation": "token", "times": 9} | how})
        azure.record.reset()
        got = await read(await door.opened(kind))
        asked = azure.counts.get("token", 0)
        if type(got) is not error or asked not in requests:
            wrong[f"{fault} {how}"] = (got, asked)
        azure.faults.reset()
    assert wrong == {}


async def test_trouble_that_passes_is_not_told(azure: RunningAzure, door: Door, kind: Kind) -> None:
    wrong = {}
    for fault, how in PASSING:
        azure.faults.set({fault: {"operation": "token", "times": 1} | how})
        got = await read(await door.opened(kind))
        if not isinstance(got, list):
            wrong[f"{fault} {how}"] = got
        azure.faults.reset()
    assert wrong == {}


async def test_silence_ends(azure: RunningAzure, door: Door, kind: Kind) -> None:
    azure.faults.set({"hang": {"operation": "token", "times": 9, "seconds": 30}})
    got = await read(await door.opened(kind, token=0.2))
    assert isinstance(got, Unreachable)
    assert got.values == {"why": Why.TOKENS_SILENT_AT, "host": "127.0.0.1"}


@pytest.mark.parametrize(
    ("name", "broken", "why"),
    [
        ("secret", {"AZURE_CLIENT_SECRET": "guess"}, "AADSTS7000215: Invalid client secret provided."),
        ("default: secret", {"AZURE_CLIENT_SECRET": "guess"}, "AADSTS7000215: Invalid client secret provided."),
        ("secret", {"AZURE_CLIENT_ID": "99999999-9999-4999-8999-999999999999"}, "AADSTS7"),
        ("managed identity of App Service", {"IDENTITY_HEADER": "guess"}, ""),
        ("workload identity", {"AZURE_FEDERATED_TOKEN_FILE": "/nowhere"}, Why.FILE_UNREADABLE),
        ("certificate", {"AZURE_CLIENT_CERTIFICATE_PATH": "/nowhere"}, Why.FILE_UNREADABLE),
        ("certificate", {"AZURE_CLIENT_CERTIFICATE_PATH": __file__}, Why.BAD_CERTIFICATE),
    ],
)
async def test_what_is_set_up_wrong_is_told_as_that_and_not_tried_again(
    azure: RunningAzure, door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    name: str, broken: dict[str, str], why: str,
) -> None:  # fmt: skip
    kind = use(name, azure, tmp_path, monkeypatch)
    for variable, value in broken.items():
        monkeypatch.setenv(variable, value)
    got = await read(await door.opened(kind))
    assert isinstance(got, NotSignedIn)
    assert got.values["why"].startswith(why)
    assert "guess" not in str(got)
    assert azure.counts.get("token", 0) <= 1


async def test_an_operation_is_followed_through_an_outage_of_the_sign_in(
    azure: RunningAzure, door: Door, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = use("default: managed identity of App Service", azure, tmp_path, monkeypatch)
    begun = await start_backup(await door.opened(kind), ITEM)
    azure.faults.set({"server_error": {"operation": "token", "status": 503, "times": 7}})
    done = await follow(await door.opened(kind), begun, sleep=time.sleep, now=time.now)
    assert done.state == "Succeeded"


async def test_a_change_waits_for_its_token_and_is_sent_once(
    azure: RunningAzure, door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm = await door.opened(use("secret", azure, tmp_path, monkeypatch))
    azure.faults.set({"server_error": {"operation": "token", "status": 503, "times": 2}})
    await start_backup(arm, ITEM)
    assert len(azure.calls) == 1
    down = await door.opened(KINDS["secret"])
    azure.faults.set({"cut": {"operation": "token", "times": 9}})
    with pytest.raises(Unreachable) as told:
        await start_backup(down, ITEM)
    assert not told.value.may_have_happened
    assert told.value.correlation_id
    assert len(azure.calls) == 1


async def test_who_asks_to_wait_is_not_asked_again_before(
    azure: RunningAzure, door: Door, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm = await door.opened(use("secret", azure, tmp_path, monkeypatch))
    azure.faults.set({"throttle": {"operation": "token", "retry_after": 600}})
    first, second = await read(arm), await read(arm)
    assert (first.seconds, second.seconds) == (600, 600)
    assert time.waits == []
    assert azure.counts == {"token": 1}
    time.pass_by(601)
    assert len(await read(arm)) > 10


async def test_where_nobody_is_set_up_silence_is_no_outage(
    azure: RunningAzure, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is at the address of a VM's identity on a machine outside Azure; here a proxy stands for its network."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    got = await read(await door.opened(Kind("default", lambda *_: {})))
    assert isinstance(got, NotSignedIn)
    assert got.values["why"] == Why.NONE_WORKS
    chosen = await read(await door.opened(Kind("managed-identity", lambda *_: {})))
    assert isinstance(chosen, Unreachable)
    assert chosen.values == {"why": Why.TOKENS_SILENT_AT, "host": "169.254.169.254"}


async def test_a_vm_that_has_signed_in_once_knows_silence_for_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy plays the network of a VM, where its identity's own address is answered."""
    bare(monkeypatch)
    async with stand_in() as network:
        monkeypatch.setenv("HTTP_PROXY", network.url)
        lasts = str(int(real_time()) + 3_600)
        network.says = [Say(body={"access_token": "of-the-vm", "expires_on": lasts, "resource": "x"})]
        tokens = Tokens("https://management.azure.com", lambda: credential_for("default"))
        assert await tokens.bearer() == "of-the-vm"
        await tokens.refused("of-the-vm", {})
        network.says = [Say(fault="cut")]
        with pytest.raises(TryFailed) as told:
            await tokens.bearer()
        await tokens.close()
    assert {asked.path for asked in network.asked} == {"/metadata/identity/oauth2/token"}
    assert isinstance(told.value.error, Unreachable)
