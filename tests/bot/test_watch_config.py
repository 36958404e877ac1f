"""Routes and windows as people write them: read as meant, or refused with every problem and its remedy."""

import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import settings
from bot.config_tables import ListedProblems
from bot.settings import SettingsError
from bot.watch_config import read_maintenance, read_routes
from intents.routing import SEVERITIES, Place, Route, Silence

SECRETS = {"SLACK_BOT_TOKEN": "xoxb-kept-secret-1", "SLACK_SIGNING_SECRET": "signing-kept-secret-2"}
WHOLE = """
[[routes]]
channel = "C0ALERTS"
mode = "digest"
subscriptions = ["Production"]
resource_groups = ["rg-app-*"]
vaults = ["vault-prod*", " vault-acc "]
vms = ["vm-*"]
tags = { env = "prod*", Owner = "sql" }
codes = ["UserErrorGuestAgent*"]
areas = ["Agent"]
severities = ["normal", "critical"]
mention = "S0123456789"
mention_for = ["critical"]

[[routes]]
channel = "G0PRIVATE"

[[maintenance]]
from = 2026-12-24T18:00:00+01:00
until = 2026-12-27T08:00:00+01:00
tags = { env = "test" }
reason = "Christmas"
"""
WINDOW = {"from": "2026-12-24T18:00:00+01:00", "until": "2026-12-27T08:00:00Z", "vaults": ["vault-prod"]}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets counts."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "BACKUP_BOT_", "AZURE_")):
            monkeypatch.delenv(name)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def _route_problems(*routes: object) -> str:
    with pytest.raises(ListedProblems) as error:
        read_routes(list(routes))
    return "\n".join(error.value.problems)


def _window_problems(*windows: object) -> str:
    with pytest.raises(ListedProblems) as error:
        read_maintenance(list(windows))
    return "\n".join(error.value.problems)


def test_a_whole_file_is_read_as_it_is_meant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text(WHOLE)
    monkeypatch.setenv("BACKUP_BOT_CONFIG", str(file))
    read = settings.load()
    place = Place(
        ("Production",), ("rg-app-*",), ("vault-prod*", "vault-acc"), ("vm-*",), (("env", "prod*"), ("Owner", "sql"))
    )
    assert read.routes == (
        Route("config-1", "C0ALERTS", place, ("UserErrorGuestAgent*",), ("agent",), ("critical", "normal"), "digest",
              "S0123456789", ("critical",)),
        Route("config-2", "G0PRIVATE"),
    )  # fmt: skip
    starts, ends = datetime(2026, 12, 24, 17, tzinfo=UTC), datetime(2026, 12, 27, 7, tzinfo=UTC)
    test = Place(tags=(("env", "test"),))
    assert read.maintenance == (
        Silence("config-1", "maintenance", test, starts.timestamp(), ends.timestamp(), reason="Christmas"),
    )


def test_the_same_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_BOT_ROUTES", json.dumps([{"channel": "C0ALERTS", "mention": "U0EMMA"}]))
    monkeypatch.setenv("BACKUP_BOT_MAINTENANCE", json.dumps([WINDOW]))
    read = settings.load()
    assert read.routes == (Route("config-1", "C0ALERTS", mention="U0EMMA", mention_for=SEVERITIES),)
    assert [window.place for window in read.maintenance] == [Place(vaults=("vault-prod",))]


def test_whoever_is_named_without_a_word_on_when_is_named_always() -> None:
    (route,) = read_routes([{"channel": "C0A", "mention": "S0123"}])
    assert route.mention_for == SEVERITIES


def test_without_any_there_are_none() -> None:
    assert (settings.load().routes, settings.load().maintenance, read_routes([]), read_maintenance("[]")) == (
        (), (), (), (),
    )  # fmt: skip


def test_everything_wrong_is_told_at_once_and_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = [
        {"channel": "alerts", "mode": "loud", "areas": ["agnt"], "severities": ["bad"], "mention": "@on-call"},
        {"vault": ["x"], "mention_for": ["critical"]},
        "everything",
    ]
    monkeypatch.setenv("BACKUP_BOT_ROUTES", json.dumps(routes))
    monkeypatch.setenv("BACKUP_BOT_MAINTENANCE", json.dumps([{"from": "tonight", "until": "2026-12-24T18:00:00"}, 5]))
    with pytest.raises(SettingsError) as error:
        settings.load()
    told = "\n".join(error.value.problems)
    for part in (
        "BACKUP_BOT_ROUTES: route 1 has channel = 'alerts'. Write a channel id such as C0123456789",
        "BACKUP_BOT_ROUTES: route 1 has mode = 'loud'. Write each or digest",
        "route 1 names 'agnt' in areas. Known are backup, restore, agent",
        "route 1 names 'bad' in severities. Known are critical, high, normal",
        "route 1 has mention = '@on-call'. Write a user group id such as S0123456789",
        "route 2 has an unknown key 'vault'. Did you mean vaults?",
        'route 2 goes nowhere. Write channel = "C0123456789"',
        'route 2 has mention_for and nobody to mention. Write mention = "S0123456789"',
        "route 3 is not a table. Write it under [[routes]], with two brackets",
        "BACKUP_BOT_MAINTENANCE: window 1 has no from with its zone. Write from = 2026-12-24T18:00:00+01:00",
        "window 1 has no until with its zone",
        "window 1 is about everything. Name vaults, vms, tags, subscriptions or resource_groups",
        "window 2 is not a table. Write it under [[maintenance]], with two brackets",
    ):
        assert part in told
    assert told.count("route 3") == told.count("window 2") == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"vaults": []}, {"vms": "vm-1"}, {"vms": [""]}, {"vaults": [5]}, {"vaults": ["x" * 300]}, {"tags": {}},
        {"tags": {"env": ""}}, {"tags": {"env": ["prod"]}}, {"tags": ["env"]}, {"tags": {" ": "prod"}}, {"codes": []},
        {"areas": []}, {"severities": []}, {"severities": "critical"}, {"mode": ""}, {"mode": ["each"]},
        {"channel": ""}, {"channel": None}, {"channel": "D0DIRECT"}, {"channel": "C0A C0B"}, {"mention": ""},
        {"mention": ["S0ON"]}, {"mention": "S0ONCALL", "mention_for": []}, {"Mode": "each"},
    ],
)  # fmt: skip
def test_what_could_mean_more_than_was_meant_is_refused(fields: dict[str, object]) -> None:
    """An empty list of vaults would otherwise be every vault."""
    assert _route_problems({"channel": "C0ALERTS"} | fields).startswith("route 1 ")


@pytest.mark.parametrize(
    "fields",
    [
        {"vaults": []}, {"tags": {}}, {"until": "2026-12-24T16:00:00Z"}, {"until": "2026-12-24T17:00:00Z"},
        {"until": "2027-02-01T00:00:00Z"}, {"from": "1970-01-01T00:00:00Z"}, {"from": 1798131600},
        {"from": None}, {"until": ""}, {"reason": 5}, {"reason": "x" * 300}, {"channel": "C0A"}, {"codes": ["x"]},
    ],
)  # fmt: skip
def test_a_window_that_is_not_clear_is_refused(fields: dict[str, object]) -> None:
    assert _window_problems(WINDOW | fields).startswith("window 1 ")


def test_a_window_that_lacks_its_place_is_refused_once() -> None:
    without = {key: value for key, value in WINDOW.items() if key != "vaults"}
    assert _window_problems(without).startswith("window 1 is about everything")
    assert _window_problems(WINDOW | {"vaults": []}).count("window 1") == 1


def test_a_day_of_toml_without_its_time_and_zone_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text('[[maintenance]]\nfrom = 2026-12-24\nuntil = 2026-12-27T08:00:00\nvms = ["vm-1"]\n')
    monkeypatch.setenv("BACKUP_BOT_CONFIG", str(file))
    with pytest.raises(SettingsError) as error:
        settings.load()
    assert [problem.partition(":")[2].split(".")[0].strip() for problem in error.value.problems] == [
        "window 1 has no from with its zone", "window 1 has no until with its zone",
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["[", "5", '{"channel": "C0A"}', '"x"', "[" * 100_000, "null"])
@pytest.mark.parametrize("name", ["ROUTES", "MAINTENANCE"])
def test_what_is_no_list_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, written: str) -> None:
    monkeypatch.setenv(f"BACKUP_BOT_{name}", written)
    with pytest.raises(SettingsError) as error:
        settings.load()
    assert error.value.problems[0].startswith(f"BACKUP_BOT_{name}: is not ")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5) | st.sampled_from(["C0A", "each", "S0ON"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["channel", "mode", "vaults", "tags", "from", "until", "mention"]), inner)
    ),
    max_leaves=12,
)


@given(st.lists(_JSON, max_size=3))
def test_nothing_written_breaks_it_and_what_is_read_can_be_used(written: list[object]) -> None:
    for read in (read_routes, read_maintenance):
        found: tuple[Route, ...] | tuple[Silence, ...] | None = None
        with contextlib.suppress(ListedProblems):
            found = read(written)
        if found is not None:
            assert [each.id for each in found] == [f"config-{number}" for number in range(1, len(written) + 1)]
            assert all(not isinstance(each, Route) or each.channel for each in found)
