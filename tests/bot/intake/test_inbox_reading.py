"""An alert says where to look; what happened is read from Azure, once, however often it is told."""

import random
from dataclasses import replace

import pytest

from bot.store.inbox import Delivery
from sandbox.azure.estate import causes
from tests.bot.intake.conftest import Tower, vault_of

HOUR = 3_600.0
CODE = "ExtensionSnapshotFailedCOM"


def delivery(tower: Tower, job: str, key: str = "") -> Delivery:
    now = tower.azure.clock.now()
    vault = vault_of()
    return Delivery(key or job, now, vault, f"{vault}/backupJobs/{job}" if job else "", now)


async def until_read(tower: Tower, rounds: int = 100) -> None:
    reading = tower.reading()
    for _ in range(rounds):
        if not await reading.round():
            if await tower.waiting() == 0:
                return
            tower.azure.clock.advance(60)
    raise AssertionError("the inbox was never read to its end")


async def test_the_job_that_an_alert_names_becomes_an_incident(tower: Tower) -> None:
    job = tower.fail()
    await tower.deliver(delivery(tower, job))
    await until_read(tower)
    [one] = await tower.of("vm-new-01")
    assert (one.count, one.vault, one.entry) == (1, "vault-prod", "UserErrorGuestAgentStatusUnavailable")
    assert await tower.sources(job) == ["webhook"]


@pytest.mark.parametrize("kinds", ["end-list", "end-year-one"])
async def test_a_job_whose_end_cannot_be_read_is_not_looked_at_for_ever(tower: Tower, kinds: str) -> None:
    job = tower.fail()
    tower.azure.estate.change({"odd_types": {"job": job, "kinds": [kinds]}})
    await tower.deliver(delivery(tower, job))
    await until_read(tower)
    assert await tower.sources(job) == ["webhook"]


async def test_a_failed_restore_is_looked_at_once(tower: Tower) -> None:
    """Its alert is no backup's; it has ended, and nothing more will come of it."""
    job = tower.fail(code="UserErrorSkuNotAvailable")
    await tower.deliver(delivery(tower, job))
    assert await tower.reading().round()
    assert await tower.waiting() == 0
    assert await tower.of("vm-new-01") == []


@pytest.mark.parametrize("how_many", [1, 30])
@pytest.mark.parametrize("told", [True, False])
async def test_where_the_job_itself_names_no_error_the_alert_does(
    tower: Tower, monkeypatch: pytest.MonkeyPatch, how_many: int, told: bool
) -> None:
    silent = replace(causes.causes()[CODE], found_in="number", number=499_999, recommendations=())
    monkeypatch.setitem(causes._by_any_code(), CODE.casefold(), silent)
    vms = [f"vm-mute-{number:02}" for number in range(how_many)]
    jobs = [tower.fail(vm, CODE) for vm in vms]
    given = [
        replace(delivery(tower, job), code="ExtensionSnapshotFailedCOMfull".lower() if told else "") for job in jobs
    ]
    await tower.deliver(*given)
    await until_read(tower)
    assert [[one.entry for one in await tower.of(vm)] for vm in vms] == [
        ["ExtensionSnapshotFailedCOM" if told else ""]
    ] * how_many


@pytest.mark.parametrize("first", ["alert", "sweep"])
async def test_alert_and_sweep_meet_on_the_job(tower: Tower, first: str) -> None:
    sweep = tower.sweep()
    await sweep.round()
    job = tower.fail(ago=0)
    if first == "sweep":
        await sweep.round()
    await tower.deliver(delivery(tower, job))
    await until_read(tower)
    tower.azure.clock.advance(60)
    await sweep.round()
    assert await tower.sources(job) == ["webhook" if first == "alert" else "sweep"]
    assert [one.count for one in await tower.of("vm-new-01")] == [1]


async def test_an_alert_that_names_no_job_leads_to_what_failed_in_its_vault(tower: Tower) -> None:
    job = tower.fail()
    await tower.deliver(delivery(tower, "", key="no job"))
    await until_read(tower)
    assert await tower.sources(job) == ["webhook"]


async def test_a_job_that_cannot_be_read_yet_is_looked_for_until_it_can(tower: Tower) -> None:
    job = tower.fail()
    tower.azure.faults.set({"server_error": {"path": job, "status": 503, "times": 8}})
    await tower.deliver(delivery(tower, job))
    await until_read(tower)
    assert await tower.sources(job) == ["webhook"]


async def test_an_alert_about_a_job_that_never_was_is_given_up_and_logged(
    tower: Tower, caplog: pytest.LogCaptureFixture
) -> None:
    await tower.deliver(delivery(tower, "00000000-aaaa-4aaa-8aaa-000000000000"))
    await until_read(tower)
    assert "Azure has no backup job" in caplog.text


async def test_an_alert_about_a_subscription_that_is_not_ours_is_not_looked_into(
    tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = "/subscriptions/99999999-9999-4999-8999-999999999999"
    vault = vault_of().replace(vault_of().split("/resourceGroups")[0], foreign)
    tower.lookups.directory._only = {"11111111-1111-4111-8111-111111111111"}
    before = sum(tower.azure.counts.values())
    await tower.deliver(Delivery("x", tower.azure.clock.now(), vault, f"{vault}/backupJobs/{'1' * 36}"))
    await until_read(tower)
    assert sum(tower.azure.counts.values()) == before


async def test_a_running_job_is_looked_at_again_until_it_has_ended(tower: Tower) -> None:
    tower.fail(ago=HOUR)  # what is wrong with it stays wrong
    job = str(tower.azure.estate.change({"run_backup": {"vm": "vm-new-01"}})["jobs"][0])
    await tower.deliver(delivery(tower, job))
    await until_read(tower)
    assert await tower.sources(job) == ["webhook"]


async def test_hundreds_at_once_are_one_question_to_resource_graph(tower: Tower) -> None:
    vms = [f"vm-many-{number:03}" for number in range(120)]
    jobs = [tower.fail(vm) for vm in vms]
    random.Random(1).shuffle(jobs)
    await tower.deliver(*(delivery(tower, job, key=f"{job}{copy}") for job in jobs for copy in range(2)))
    before = dict(tower.azure.counts)
    await until_read(tower)
    asked = {name: count - before.get(name, 0) for name, count in tower.azure.counts.items()}
    assert [len(await tower.of(vm)) for vm in vms] == [1] * len(vms)
    assert asked["graph"] <= 4, asked
    assert asked.get("get_job", 0) <= 20, asked
