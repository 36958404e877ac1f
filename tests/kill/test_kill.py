"""Whatever dies, and however often a button is clicked: Azure is asked once, and the thread tells how it came out."""

import pytest

from scripts.benchmarks import clicks, kill

ROUNDS = 25
OPERATIONS = 12


@pytest.mark.timeout(240)
def test_nothing_is_lost_doubled_or_untrue_when_processes_die_under_way() -> None:
    told = kill.measure(ROUNDS)
    assert told["findings"] == []
    assert told["troubles"] == []
    assert (told["rounds"], told["lost"], told["doubled"], told["untrue"]) == (ROUNDS, 0, 0, 0)
    # Every round had its death, else it would show nothing; and some work was taken over by another replica.
    assert told["deaths"] >= ROUNDS
    assert told["taken_over"] > 0
    assert told["takeover_seconds_p99"] < 15


@pytest.mark.timeout(120)
def test_a_button_that_many_click_at_once_on_two_replicas_starts_one_backup() -> None:
    told = clicks.measure(OPERATIONS)
    assert told["clicks"] > OPERATIONS
    assert told["refused_clicks"] == 0
    assert (told["executions"], told["lost"], told["doubled"]) == (OPERATIONS, 0, 0)
    assert told["over"] == OPERATIONS
