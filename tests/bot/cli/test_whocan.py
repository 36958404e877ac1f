"""`whocan`: who may do what, from the config file alone, with Slack's groups, and with what Azure knows of a VM."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.cli.whocan_lines import print_who_can
from responses.cards.who_can import HolderOf, PlaceOf, StandingOf, WhoCanOf
from sandbox.azure import running as azure_running
from sandbox.slack import read_manifest
from sandbox.slack import running as slack_running
from tests.bot.cli.program import ROOT, Ended, run, start

CONFIG = """
[[grants]]
name = "operators"
users = ["U0EMMA"]
groups = ["S0ONCALL"]
role = "remediator"
vaults = ["vault-prod*"]

[[grants]]
name = "approvers"
users = ["U0DAAN", "U0NOBODY"]
role = "approver"
channels = ["C0ALERTS"]

[[grants]]
name = "data"
users = ["U0PRIYA"]
operations = ["retry-backup"]
tags = {app = "sql"}

[[grants]]
name = "admins"
users = ["U0BOSS"]
role = "admin"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "bot.toml"
    file.write_text(CONFIG, "utf-8")
    return file


def who_can(config: Path, *arguments: str, **environment: str) -> Ended:
    return run(["whocan", *arguments], environment={"BACKUP_BOT_CONFIG": str(config), **environment})


def told(config: Path, *arguments: str) -> dict[str, Any]:
    ended = who_can(config, *arguments, "--json")
    assert (ended.code, ended.err) == (0, ""), ended
    return dict(json.loads(ended.out))


def grants(place: dict[str, Any], kind: str = "here") -> list[str]:
    return [holder["grant"] for holder in place[kind]]


def test_for_people(config: Path) -> None:
    ended = who_can(config, "remove", "vm-sql-01", "--vault", "vault-prod", "--user", "U0DAAN")
    assert (ended.code, ended.err) == (0, "")
    for line in (
        "Who may remove the backup extension?",
        "vm-sql-01 · vault-prod",
        "May do it here:",
        "  S0ONCALL, U0EMMA · operators",
        "A second person must approve:",
        "  U0DAAN, U0NOBODY · approvers · in C0ALERTS",
        "U0DAAN may not.",
        "Can grant it: U0BOSS",
    ):
        assert line in ended.out.splitlines()
    assert "<" not in ended.out
    assert "Wie mag" in who_can(config, "verwijderen", "vm-sql-01", "--lang", "nl").out


def test_for_programs(config: Path) -> None:
    answer = told(config, "retry", "vm-sql-01", "--vault", "vault-prod", "--user", "U0EMMA")
    assert set(answer) == {"operation", "name", "channel", "places", "more", "members", "who_can_grant", "notes"}
    (place,) = answer["places"]
    assert (place["vm"], place["vault"], place["approvers"]) == ("vm-sql-01", "vault-prod", None)
    assert grants(place) == ["operators", "admins"]
    assert place["person"] == {"user": "U0EMMA", "is_allowed": True, "reason": "allowed", "grant": "operators"}
    assert answer["who_can_grant"] == ["U0BOSS"]


def test_only_what_is_named_counts(config: Path) -> None:
    assert grants(told(config, "retry", "vm-sql-01")["places"][0]) == ["admins"], "nobody said which vault"
    assert grants(told(config, "retry", "--vault", "vault-prod-sql")["places"][0]) == ["operators", "admins"]
    everything = told(config, "retry")["places"][0]
    assert grants(everything) == ["operators", "data", "admins"]


@pytest.mark.parametrize(("channel", "here", "elsewhere"), [("", [], ["approvers"]), ("C0ALERTS", ["approvers"], [])])
def test_a_channel_may_be_what_decides(config: Path, channel: str, here: list[str], elsewhere: list[str]) -> None:
    (place,) = told(config, "approve", "vm-1", "--channel", channel)["places"]
    assert (grants(place), grants(place, "elsewhere")) == ([*here, "admins"], elsewhere)


@pytest.mark.parametrize(
    ("user", "arguments", "reason"),
    [
        ("U0DAAN", ("audit",), "not-this-operation"),
        ("U0DAAN", ("approve",), "not-this-channel"),
        ("U0STRANGER", ("retry", "--vault", "vault-prod"), "unknown-groups"),
    ],
)
def test_why_somebody_may_not(config: Path, user: str, arguments: tuple[str, ...], reason: str) -> None:
    person = told(config, *arguments, "--user", user)["places"][0]["person"]
    assert (person["is_allowed"], person["reason"]) == (False, reason)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("fix", "vm-1"), "'fix' is no operation"),
        (("retry vm-1",), "is no operation"),
        (("retry", "vm-1", "--user", "emma"), "'emma' is no Slack member id"),
    ],
)
def test_wrong_use(config: Path, arguments: tuple[str, ...], says: str) -> None:
    ended = who_can(config, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_a_broken_config_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text('[[grants]]\nname = "x"\nusers = ["*"]\nrole = "operator"\n', "utf-8")
    ended = who_can(file, "retry")
    assert ended.code == 2
    assert "BACKUP_BOT_GRANTS" in ended.err


def test_without_any_grant_it_says_how_to_write_one(tmp_path: Path) -> None:
    (tmp_path / "bot.toml").write_text("", "utf-8")
    ended = who_can(tmp_path / "bot.toml", "retry")
    assert ended.code == 0
    assert "Nobody may do it here." in ended.out
    assert "[[grants]]" in ended.err


async def test_the_members_of_groups_are_read_from_slack(config: Path) -> None:
    async with slack_running(read_manifest(ROOT / "manifest.yml"), bot_url="http://127.0.0.1:9") as slack:
        environment = {
            "BACKUP_BOT_CONFIG": str(config),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_BASE_URL": f"{slack.url}/api/",
        }
        words = ["whocan", "remove", "--vault", "vault-prod", "--user", "U0GUEST", "--json"]
        ended = await asyncio.to_thread(start, words, environment=environment)
        shown = await asyncio.to_thread(start, words[:-1], environment=environment)
        assert ended.code == 0, ended.err
        answer = json.loads(ended.out)
        members = answer["members"]["S0ONCALL"]
        assert members
        assert f"S0ONCALL ({', '.join(members)}), U0EMMA · operators" in shown.out
        barred = {holder["grant"]: holder["barred"] for holder in answer["places"][0]["approvers"]}
        assert barred["approvers"] == {"U0NOBODY": "unknown-person"}
        assert answer["places"][0]["person"]["is_allowed"] is False
        assert slack.bot_token not in ended.out + ended.err


async def test_a_vm_may_be_looked_up_with_its_vault_and_tags(config: Path) -> None:
    async with azure_running() as azure:
        environment = {"BACKUP_BOT_CONFIG": str(config), **azure.environment}

        async def ask(*words: str) -> Ended:
            return await asyncio.to_thread(start, ["whocan", *words, "--azure", "--json"], environment=environment)

        (place,) = json.loads((await ask("retry", "vm-sql-01")).out)["places"]
        assert (place["vault"], place["subscription"]) == ("vault-prod", "Production")
        assert grants(place) == ["operators", "data", "admins"]
        unknown = await ask("retry", "vm-nowhere")
        assert unknown.code == 0
        assert "vm-nowhere" in json.loads(unknown.out)["notes"][0]
        azure.faults.set({"forbidden": {"times": 99}})
        unread = await ask("retry", "vm-sql-01")
        assert unread.code == 1
        assert "Azure could not be read" in json.loads(unread.out)["notes"][0]


@pytest.mark.parametrize("width", [32, 80])
def test_it_fits_the_terminal(width: int) -> None:
    holder = HolderOf("g" * 50, ("U0EMMA",) * 9, ("S0ONCALL",), (("U0GONE", "deactivated"),), ("C0ALERTS",))
    place = PlaceOf(
        "vm-" + "x" * 60,
        "vault-prod",
        "Production",
        (holder,),
        (holder,),
        (),
        StandingOf("U0EMMA", True, "allowed", "g"),
    )
    out = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, highlight=False, emoji=False)
    print_who_can(out, WhoCanOf("remove-extension", "vm", (place,), 2), {"S0ONCALL": ("U0DAAN",)}, "en")
    assert isinstance(out.file, io.StringIO)
    shown = out.file.getvalue()
    assert all(cell_len(line) <= width for line in shown.splitlines())
    for words in ("S0ONCALL", "(U0DAAN)", "deactivated", "cannot", "vault:NAME"):
        assert words in shown
