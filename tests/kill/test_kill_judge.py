"""The judge of the kill test: it must find what is wrong, or its silence is worth nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.benchmarks.dying_bot import Fate, read_journal
from scripts.benchmarks.kill import is_good, result
from scripts.benchmarks.kill_fleet import CODES, Fleet
from scripts.benchmarks.kill_judge import Finding, Seen, Truth, happened, judge_group, judge_removal, judge_retry
from scripts.benchmarks.kill_plan import STORIES, Death, Round, boundaries, rounds
from scripts.benchmarks.kill_rounds import Outcome
from scripts.benchmarks.kill_town import Town, town

ITEM = "/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v/x/protectedItems/VM;vm-1"
GOOD = Seen(("succeeded",), ("running", "succeeded"))
COMPLETED = Truth(("Completed",), has_extension=True)


def call(operation: str, path: str, *, did_happen: bool = True) -> dict[str, Any]:
    return {"operation": operation, "path": path, "happened": did_happen}


def wrongs(findings: list[Finding]) -> list[str]:
    return [finding.wrong for finding in findings]


def test_calls_are_counted_for_one_thing_only_and_only_those_that_azure_carried_out() -> None:
    calls = [
        call("trigger_backup", f"{ITEM.upper()}/backup"),
        call("trigger_backup", f"{ITEM}0/backup"),
        call("trigger_backup", f"{ITEM}/backup", did_happen=False),
        call("cancel_job", f"{ITEM}/backup"),
    ]
    assert happened(calls, "trigger_backup", ITEM) == 1
    assert happened([*calls, calls[0]], "trigger_backup", ITEM) == 2


def test_a_retry_that_went_as_it_should_is_not_complained_of() -> None:
    assert judge_retry(GOOD, COMPLETED, 1, ["succeeded"]) == []
    failed = Seen(("failed",), ("running", "failed"))
    assert judge_retry(failed, Truth(("Failed",), has_extension=True), 1, ["failed"]) == []


def test_a_second_backup_is_found() -> None:
    assert wrongs(judge_retry(GOOD, Truth(("Completed", "Completed"), has_extension=True), 2, ["succeeded"])) == [
        "doubled"
    ]


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (Seen((), ()), ["lost"]),
        (Seen(("running",), ("running",)), ["lost", "lost"]),
        (Seen(("",), ()), ["lost", "lost"]),
        (Seen(("succeeded",), ("running",)), ["lost"]),
        (Seen(("succeeded", "succeeded"), ("succeeded",)), ["doubled"]),
        (Seen(("succeeded", "running"), ("succeeded",)), ["doubled"]),
        (Seen(("succeeded",), ("running", "succeeded", "succeeded")), ["doubled"]),
        (Seen(("succeeded",), ("running", "running", "succeeded")), ["doubled"]),
        (Seen(("succeeded",), ("failed",)), ["untrue"]),
    ],
)
def test_what_is_missing_or_twice_in_slack_is_found(seen: Seen, found: list[str]) -> None:
    assert wrongs(judge_retry(seen, COMPLETED, 1, ["succeeded"])) == found


@pytest.mark.parametrize(
    ("jobs", "triggers", "phase"),
    [
        (("Failed",), 1, "succeeded"),
        (("Completed",), 1, "failed"),
        (("InProgress",), 1, "succeeded"),
        (("Completed",), 1, "unknown"),
        ((), 0, "succeeded"),
        ((), 1, "failed"),
    ],
)
def test_an_end_that_is_not_the_one_in_azure_is_found(jobs: tuple[str, ...], triggers: int, phase: str) -> None:
    seen = Seen((phase,), (phase,))
    assert wrongs(judge_retry(seen, Truth(jobs, has_extension=True), triggers, [phase])) == ["untrue"]


def test_a_retry_that_was_given_up_is_lost_however_truly_that_is_told() -> None:
    seen = Seen(("refused",), ("refused",))
    assert wrongs(judge_retry(seen, Truth((), has_extension=True), 0, ["succeeded"])) == ["lost"]


def test_a_removal_is_believed_only_when_the_extension_is_gone() -> None:
    seen = Seen(("removed",), ("waiting-approval", "removing", "removed"))
    assert judge_removal(seen, Truth((), has_extension=False), 1, ["removed"]) == []
    assert wrongs(judge_removal(seen, Truth((), has_extension=True), 1, ["removed"])) == ["untrue"]
    assert wrongs(judge_removal(seen, Truth((), has_extension=False), 2, ["removed"])) == ["doubled"]
    rejected = Seen(("rejected",), ("rejected",))
    assert judge_removal(rejected, Truth((), has_extension=True), 0, ["rejected"]) == []
    assert wrongs(judge_removal(rejected, Truth((), has_extension=False), 1, ["rejected"])) == ["untrue"]


def test_where_nobody_can_know_whether_a_deletion_was_asked_for_that_is_the_truth() -> None:
    seen, stuck = Seen(("unknown",), ("removing", "unknown")), Truth((), has_extension=True)
    assert judge_removal(seen, stuck, 0, ["removed"], was_cut_off=True) == []
    assert wrongs(judge_removal(seen, stuck, 0, ["removed"])) == ["lost"]
    assert wrongs(judge_removal(seen, stuck, 1, ["removed"], was_cut_off=True)) == ["lost"]


def test_of_a_group_each_backup_is_wanted_once_and_one_card() -> None:
    made, missing = COMPLETED, Truth((), has_extension=True)
    assert judge_group(["succeeded"], [made, made], [1, 1]) == []
    assert wrongs(judge_group(["succeeded"], [made, missing], [1, 0])) == ["lost"]
    assert wrongs(judge_group(["succeeded"], [made, made], [1, 2])) == ["doubled"]
    assert wrongs(judge_group([""], [made], [1])) == ["lost"]
    assert wrongs(judge_group(["succeeded", "succeeded"], [made], [1])) == ["doubled"]


async def test_azures_own_log_and_estate_are_what_is_judged_by() -> None:
    async with town(Fleet(dict.fromkeys(CODES, 2))) as made:
        passing, lasting, stuck, group = (made.fleet.take(kind) for kind in CODES)
        assert {each.vault for each in group.beside} == {group.vault}
        assert made.truth(passing) == Truth((), has_extension=True)
        for failure in (passing, lasting):
            await ask_azure(made, "POST", f"{failure.item_path}/backup")
        await ask_azure(made, "DELETE", f"{stuck.vm_path}/extensions/VMSnapshot")
        made.azure.clock.advance(600)
        assert made.truth(passing) == Truth(("Completed",), has_extension=True)
        assert made.truth(lasting) == Truth(("Failed",), has_extension=True)
        assert made.truth(stuck) == Truth((), has_extension=False)
        assert (made.triggers(passing), made.triggers(stuck), made.deletions(stuck)) == (1, 0, 1)
        await ask_azure(made, "POST", f"{passing.item_path}/backup")
        assert made.triggers(passing) == 2


async def ask_azure(made: Town, method: str, path: str) -> None:
    import aiohttp

    headers = {"Authorization": f"Bearer {made.azure.token}"}
    body = {"properties": {"objectType": "IaasVMBackupRequest"}}
    async with aiohttp.ClientSession() as session:
        url = f"{made.azure.url}{path}?api-version=2026-01-01"
        async with session.request(method, url, headers=headers, json=body) as answer:
            assert answer.status == 202, await answer.text()


def test_a_process_dies_where_it_is_planned_and_goes_on_there_the_next_time(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps([{"step": "start 1", "side": "done"}]))
    program = (
        "import sys; from pathlib import Path; from scripts.benchmarks.dying_bot import Fate\n"
        "fate = Fate(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "for side in ('before', 'done', 'after'): fate.reach('story', 'start 1', side)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "journal"), str(plan)]
    assert subprocess.run(command, check=False, timeout=20).returncode == -9
    assert subprocess.run(command, check=False, timeout=20).returncode == 0
    assert [entry.side for entry in read_journal(tmp_path / "journal")] == ["before", "done", "before", "done", "after"]


def test_half_a_line_of_a_journal_is_left_out(tmp_path: Path) -> None:
    Fate(tmp_path / "journal", tmp_path / "plan").reach("story", "plan", "before")
    with (tmp_path / "journal").open("a") as journal:
        journal.write("1764.1\t12\tsto")
    assert [entry.step for entry in read_journal(tmp_path / "journal")] == ["plan"]


def test_every_boundary_of_every_story_is_in_a_long_run_and_the_worst_ones_in_a_short(tmp_path: Path) -> None:
    fate = Fate(tmp_path / "journal", tmp_path / "plan")
    for step in ("ask", "plan", "start 1", "follow"):
        fate.reach("story", step, "before")
    found = dict.fromkeys(STORIES, boundaries(read_journal(tmp_path / "journal")))
    long = rounds(300, found, seed=1)
    places = {(each.story, each.death.step, each.death.side) for each in long if each.death.how == "step"}
    assert places == {(story, step, side) for story in STORIES for step, side in found[story]}
    assert long == rounds(300, found, seed=1)
    short = rounds(13, found, seed=1)
    assert len(short) == 13
    assert {each.death.how for each in short} >= {"azure", "chance"}


async def test_what_was_found_is_counted_by_rounds_and_told_in_full() -> None:
    async with town(Fleet(dict.fromkeys(CODES, 1))) as made:
        failure = made.fleet.take("passing")
        place = made.place("retry_backup", "x|1")
    given = Round(0, "retry", Death("chance"), is_for_good=False)
    good, bad = (Outcome(given, "a label", place, failure, deaths=1, resumed=at) for at in (1.0, 3.0))
    bad.findings = [Finding("doubled", "one"), Finding("doubled", "two"), Finding("lost", "three")]
    told = result([good, bad], [])
    figures = (told["rounds"], told["lost"], told["doubled"], told["untrue"], told["deaths"])
    assert figures == (2, 1, 1, 0, 2)
    assert (told["resume_seconds_p50"], told["resume_seconds_p99"]) == (2.0, 3.0)
    assert told["findings"] == ["a label: doubled: one", "a label: doubled: two", "a label: lost: three"]
    assert not is_good(told)
    assert is_good(result([good], []))
    assert not is_good(result([good], ["sqlite: the audit log's row 3 is altered"]))
