"""The sweep finds every backup that ended, once, whatever stops it in between."""

import pytest

from azure_ops.errors import AzureError
from sandbox.azure import RunningAzure
from tests.bot.intake.conftest import Tower

HOUR = 3_600.0
GRAPH = "Microsoft.ResourceGraph"


@pytest.mark.parametrize("by", ["graph", "vaults"])
async def test_a_failure_is_an_incident_after_one_round_and_counts_once_however_often_it_is_seen(
    tower: Tower, by: str
) -> None:
    sweep = tower.sweep(by=by)
    assert await sweep.round()
    before = len(await tower.of("vm-new-01"))
    job = tower.fail("vm-new-01")
    for _ in range(3):
        tower.azure.clock.advance(60)
        await sweep.round()
    found = await tower.of("vm-new-01")
    assert len(found) == before + 1
    assert (found[-1].count, found[-1].entry, found[-1].is_open) == (1, "UserErrorGuestAgentStatusUnavailable", True)
    assert await tower.sources(job) == ["sweep"]


@pytest.mark.parametrize("kinds", ["end-list", "end-year-one", "end-list start-garbage duration"])
async def test_a_failure_whose_times_cannot_be_read_is_told_all_the_same(tower: Tower, kinds: str) -> None:
    sweep = tower.sweep(by="vaults")
    await sweep.round()
    job = tower.fail("vm-new-01", ago=5)
    tower.azure.estate.change({"odd_types": {"job": job, "kinds": kinds.split()}})
    before = tower.azure.clock.now()
    for _ in range(3):
        tower.azure.clock.advance(60)
        await sweep.round()
    assert await tower.sources(job) == ["sweep"]
    one = (await tower.of("vm-new-01"))[-1]
    assert (one.count, one.is_open) == (1, True)
    assert abs(one.first_at - before) <= 120


async def test_a_good_backup_ends_it(tower: Tower) -> None:
    sweep = tower.sweep()
    await sweep.round()
    tower.fail("vm-new-01", ago=5)
    await sweep.round()
    tower.azure.estate.change({"mend": {"vm": "vm-new-01"}})
    tower.azure.estate.change({"run_backup": {"vm": "vm-new-01"}})
    tower.azure.clock.advance(HOUR)
    await sweep.round()
    assert [one.is_open for one in await tower.of("vm-new-01")][-1] is False


@pytest.mark.parametrize(("away", "is_gap"), [(60.0, False), (HOUR, True), (3 * 24 * HOUR, True)])
async def test_nothing_is_missed_while_the_bot_is_away(tower: Tower, away: float, is_gap: bool) -> None:
    await tower.sweep().round()
    tower.gaps.clear()
    job = tower.fail("vm-new-01")
    tower.azure.clock.advance(away)
    await tower.sweep().round()  # another process, the same database
    assert await tower.sources(job) == ["sweep"]
    assert bool(tower.gaps) is is_gap


async def test_the_first_round_looks_back_and_tells_it_as_a_gap(tower: Tower) -> None:
    await tower.sweep(first_hours=24.0).round()
    [(since, until)] = tower.gaps
    assert until - since == pytest.approx(24 * HOUR, abs=5)
    assert {one.arrival for one in await tower.of("vm-web-01")} == {"catch-up"}


@pytest.mark.parametrize("by", ["graph", "vaults"])
async def test_what_failed_before_the_bot_began_to_look_is_no_news(tower: Tower, by: str) -> None:
    sweep = tower.sweep(by=by, first_hours=1.0)
    job = tower.fail(ago=6 * HOUR)
    for _ in range(3):
        await sweep.round()
        tower.azure.clock.advance(60)
    assert await tower.sources(job) == []


async def test_a_job_that_is_listed_late_is_found_by_the_overlap_and_a_very_late_one_by_a_deeper_look(
    tower: Tower,
) -> None:
    sweep = tower.sweep(by="graph", overlap_minutes=15)
    await sweep.round()
    for late in (600.0, 2 * HOUR):
        tower.azure.estate.change({"list_late": {"seconds": late}})
        job = tower.fail("vm-new-01", ago=0)
        waited = 0.0
        while waited < late + HOUR + 120:
            tower.azure.clock.advance(60)
            waited += 60
            await sweep.round()
        assert await tower.sources(job) == ["sweep"], late


async def test_what_could_not_be_read_holds_the_watermark_and_is_read_the_next_time(tower: Tower) -> None:
    sweep = tower.sweep(by="graph")
    await sweep.round()
    job = tower.fail("vm-new-01")
    tower.azure.faults.set({"server_error": {"path": GRAPH, "status": 503, "times": 9}})
    tower.azure.clock.advance(60)
    with pytest.raises(AzureError):
        await sweep.round()
    tower.azure.faults.reset()
    tower.azure.clock.advance(4 * HOUR)
    await sweep.round()
    assert await tower.sources(job) == ["sweep"]


async def test_where_resource_graph_is_not_allowed_the_vaults_are_asked(tower: Tower) -> None:
    await tower.sweep(by="graph").round()
    job = tower.fail("vm-new-01")
    refuse(tower.azure)
    tower.azure.clock.advance(60)
    await tower.sweep(by="auto").round()
    assert await tower.sources(job) == ["sweep"]


async def test_one_replica_sweeps_and_another_takes_over_when_it_is_gone(tower: Tower) -> None:
    one, two = tower.sweep("one"), tower.sweep("two")
    assert await one.round()
    assert not await two.round()
    tower.azure.clock.advance(300)
    job = tower.fail("vm-new-01")
    assert await two.round()
    assert await tower.sources(job) == ["sweep"]


def refuse(azure: RunningAzure) -> None:
    azure.faults.set({"forbidden": {"path": GRAPH, "times": 99}})
