"""Storms and failing nights: so many failures in so much time, on items that were good before, and good again after."""

from collections import Counter
from typing import Any

import pytest

from sandbox.azure import RunningAzure, running
from sandbox.azure.estate import ItemQuery, JobQuery, Refusal
from sandbox.azure.estate.storms import SUBSCRIPTION
from sandbox.azure.graph import run
from sandbox.clock import Clock
from tests.sandbox.azure.conftest import Client
from tests.sandbox.azure.estate_view import PROD, START, View

AGENT, FREEZE = "UserErrorGuestAgentStatusUnavailable", "UserErrorFsFreezeFailed"
FAILED = (
    "recoveryservicesresources | where type =~ 'microsoft.recoveryservices/vaults/backupjobs'"
    " | extend p = parse_json(tostring(properties)) | where p.status =~ 'Failed'"
    " | project id, name, vm = tostring(p.entityFriendlyName) | order by id asc"
)
FIRST = (SUBSCRIPTION, "rg-storm-000", "vault-storm-000")


@pytest.fixture
def view() -> View:
    return View()


def storm(view: View, **said: Any) -> dict[str, Any]:
    told: dict[str, Any] = view.estate.change({"storm": {"failures": 12, "vaults": 3, "code": FREEZE} | said})
    return told


def failed(view: View) -> list[str]:
    """The names of the VMs of storms whose failures Resource Graph shows."""
    rows = run(FAILED, view.estate, [SUBSCRIPTION])["data"]
    return sorted(row["vm"] for row in rows)


def names(*numbers: int) -> list[str]:
    return [f"vm-storm-{number:05}" for number in numbers]


def test_failures_show_at_once_in_resource_graph_and_in_their_vault(view: View) -> None:
    assert storm(view) == {"ok": True, "jobs": 12, "vaults": 3}
    assert failed(view) == names(*range(12))
    jobs = view.jobs(FIRST)
    assert Counter(job["properties"]["status"] for job in jobs) == {"Failed": 4, "Completed": 4}
    assert all(view.jobs_of(name, FIRST)[-1]["properties"]["status"] == "Completed" for name in names(0, 3, 6, 9))


def test_failures_come_one_after_the_other_within_so_many_seconds(view: View) -> None:
    storm(view, seconds=60)
    assert failed(view) == []
    for passed, seen in ((15, 3), (15, 6), (29, 11), (1, 12)):
        view.clock.advance(passed)
        assert failed(view) == names(*range(seen))


def test_several_codes_take_turns(view: View) -> None:
    view.estate.change({"storm": {"failures": 6, "vaults": 1, "codes": [FREEZE, AGENT, AGENT]}})
    jobs = [view.estate.job(FIRST, job["name"]) for job in view.jobs(FIRST, status="Failed")]
    assert len({job["properties"]["errorDetails"][0]["errorCode"] for job in jobs}) == 2


def test_a_second_storm_may_go_on_where_the_first_ended_or_hit_the_same(view: View) -> None:
    storm(view)
    storm(view, failures=3, first=12)
    view.clock.advance(60)
    storm(view, failures=2)
    assert failed(view) == sorted([*names(*range(15)), *names(0, 1)])


def test_a_late_list_is_late_for_storms_too(view: View) -> None:
    view.estate.change({"list_late": {"seconds": 120}})
    storm(view)
    assert failed(view) == []
    view.clock.advance(120)
    assert len(failed(view)) == 12


def test_recovery_of_all_or_of_a_part(view: View) -> None:
    storm(view)
    view.clock.advance(600)
    assert view.estate.change({"recover": {"share": 0.25}})["recovered"] == 3
    assert view.estate.change({"recover": {"vms": 4}})["recovered"] == 4
    assert view.estate.change({"recover": {"seconds": 60}})["recovered"] == 5
    assert len(view.items(FIRST, health_state="ActionRequired")) > 0
    view.clock.advance(60)
    assert view.items(FIRST, health_state="ActionRequired") == []
    assert view.estate.change({"recover": {}})["recovered"] == 0


def test_the_last_recovery_point_is_true_however_often_it_was_looked_at(view: View) -> None:
    def last() -> str:
        return str(view.item("vm-storm-00000", FIRST)["properties"]["lastRecoveryPoint"])

    storm(view)
    before = last()
    assert last() == before
    view.clock.advance(3_600)
    view.estate.change({"recover": {}})
    assert last() > before
    (point, *_) = view.points("vm-storm-00000", FIRST)
    assert point["properties"]["recoveryPointTime"] == last()


@pytest.mark.parametrize(
    "change",
    [
        {"storm": {"vaults": 1}},
        {"storm": {"code": FREEZE, "codes": [FREEZE]}},
        {"storm": {"codes": []}},
        {"storm": {"codes": FREEZE}},
        {"storm": {"codes": [5]}},
        {"storm": {"code": "NoSuchCode"}},
        {"storm": {"code": FREEZE, "failures": 1.5}},
        {"storm": {"code": FREEZE, "failures": 0}},
        {"storm": {"code": FREEZE, "seconds": -1}},
        {"recover": {"share": 2}},
        {"recover": {"vms": -1}},
        {"night": {"days": 0}},
        {"night": {"days": 1.5}},
        {"night": {"at": "03:00"}},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_sentence(view: View, change: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        view.estate.change(change)
    assert (caught.value.status, bool(caught.value.message)) == (400, True)


async def test_ten_thousand_failures_over_two_hundred_vaults_come_and_go(azure: RunningAzure) -> None:
    azure.storm(10_000, 200, [AGENT, FREEZE], seconds=60)
    azure.advance(60)
    rows = run(f"{FAILED} | count", azure.estate, [SUBSCRIPTION])["data"]
    assert rows == [{"Count": 10_000}]
    assert azure.recover()["recovered"] == 10_000


# Nights


async def test_nights_end_well_or_badly_by_what_is_wrong() -> None:
    async with running(clock=Clock(lambda: START)) as azure:
        items = [item for key in View().vaults() for item in azure.estate.items(key, ItemQuery(), 0, 1_000)[0]]
        told = azure.night(days=3)
        assert azure.clock.now() == told["until"]
        assert told["good"] + told["failed"] > 2 * len(items)
        assert told["failed"] > 0 < told["good"]
        again = azure.night()
        assert again["until"] - told["until"] == 86_400
        assert again["failed"] < told["failed"]


def test_every_night_at_half_past_one_each_item_has_one_backup(view: View) -> None:
    now = view.clock.now()
    until = view.estate.change({"night": {"days": 2}})["until"]
    assert 86_400 < until - now < 3 * 86_400
    view.clock.advance(until - now)
    wanted = JobQuery(start=now + 3_600)
    jobs = [job for job in view.estate.jobs(PROD, wanted, 0, 10_000)[0] if job["properties"]["operation"] == "Backup"]
    assert {job["properties"]["startTime"][11:15] for job in jobs} <= {"01:3", "01:4", "01:5"}
    of = {
        name: [j for j in jobs if j["properties"]["entityFriendlyName"] == name] for name in ("vm-db-01", "vm-sql-01")
    }
    assert [job["properties"]["status"] for job in of["vm-db-01"]] == ["Completed", "Completed"]
    assert [job["properties"]["status"] for job in of["vm-sql-01"]] == ["Failed", "Failed"]


def test_who_is_no_longer_protected_has_no_night(view: View) -> None:
    until = view.estate.change({"night": {}})["until"]
    before = len(view.jobs_of("vm-db-01"))
    view.estate.change({"unprotect": {"vm": "vm-db-01"}})
    view.clock.advance(until - view.clock.now())
    assert len(view.jobs_of("vm-db-01")) == before


# Control paths


async def test_storm_recovery_and_night_by_control_paths(client: Client, azure: RunningAzure) -> None:
    assert (await client.control("estate", {"storm": {"failures": 5, "vaults": 2, "code": FREEZE}})).json["jobs"] == 5
    assert (await client.control("estate", {"recover": {"vms": 2}})).json["recovered"] == 2
    told = (await client.control("night", {"days": 1})).json
    assert told["ok"]
    assert min(told["good"], told["failed"]) > 0
    assert azure.clock.now() >= told["until"]


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("estate", {"storm": {"code": "NoSuchCode"}}, "invalid_change"),
        ("estate", {"recover": {"all": True}}, "invalid_change"),
        ("night", {"days": "1"}, "invalid_argument"),
        ("night", {"days": 0}, "invalid_change"),
        ("night", {"nights": 1}, "invalid_argument"),
    ],
    ids=str,
)
async def test_control_paths_refuse_what_cannot_be(client: Client, path: str, body: dict[str, Any], error: str) -> None:
    reply = await client.control(path, body)
    assert (reply.status, reply.json["error"]) == (400, error)
