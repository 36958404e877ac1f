"""Grants as people write them: read as meant, or refused with every problem and its remedy."""

import json
import os
from pathlib import Path

import pytest

from bot import settings
from bot.settings import SettingsError
from intents.policy import ROLES

SECRETS = {"SLACK_BOT_TOKEN": "xoxb-kept-secret-1", "SLACK_SIGNING_SECRET": "signing-kept-secret-2"}
WHOLE = """
lookup_users = ["U0PRIYA"]

[[grants]]
name = "night shift"
groups = ["S0BACKUP"]
role = "operator"
subscriptions = ["Production", "2222*"]
resource_groups = ["rg-app-*"]
vaults = ["vault-prod"]
vms = ["vm-*"]
tags = { environment = "prod*", Owner = "sql" }
channels = ["C0ALERTS"]

[[grants]]
name = "boss"
users = ["U0EMMA", "W0DAAN"]
operations = ["look-up", "approve"]
"""


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets counts."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "BACKUP_BOT_", "AZURE_")):
            monkeypatch.delenv(name)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def _problems(monkeypatch: pytest.MonkeyPatch, *grants: object) -> list[str]:
    monkeypatch.setenv("BACKUP_BOT_GRANTS", json.dumps(grants))
    with pytest.raises(SettingsError) as error:
        settings.load()
    return error.value.problems


def test_a_whole_file_is_read_as_it_is_meant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text(WHOLE)
    monkeypatch.setenv("BACKUP_BOT_CONFIG", str(file))
    night, boss, listed = settings.load().all_grants
    assert (night.name, sorted(night.groups), night.operations) == ("night shift", ["S0BACKUP"], ROLES["operator"])
    assert night.subscriptions == ("Production", "2222*")
    assert (night.resource_groups, night.vaults, night.vms) == (("rg-app-*",), ("vault-prod",), ("vm-*",))
    assert set(night.tags) == {("environment", "prod*"), ("Owner", "sql")}
    assert night.channels == {"C0ALERTS"}
    assert (sorted(boss.users), sorted(boss.operations)) == (["U0EMMA", "W0DAAN"], ["approve", "look-up"])
    assert (listed.name, sorted(listed.users), listed.operations) == ("lookup_users", ["U0PRIYA"], ROLES["reader"])
    assert settings.load_rights().all_grants == (night, boss, listed), "and the same without Slack's secrets"


def test_without_any_nobody_may_do_anything() -> None:
    assert settings.load().all_grants == ()


def test_every_role_can_be_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    grants = [{"name": role, "users": ["U0EMMA"], "role": role} for role in ROLES]
    monkeypatch.setenv("BACKUP_BOT_GRANTS", json.dumps(grants))
    assert [grant.operations for grant in settings.load().grants] == list(ROLES.values())


def test_everything_wrong_is_told_at_once_and_names_its_grant(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = _problems(
        monkeypatch,
        {"name": "a", "users": ["emma", "U0EMMA"], "groups": ["@admins"], "role": "operater", "channels": ["alerts"]},
        {"name": "b", "operations": ["retry"], "vm": ["x"]},
        {"users": ["U0EMMA"], "role": "reader", "operations": ["look-up"], "name": "B"},
        {"users": ["U0EMMA"]},
        "everyone",
    )
    told = "\n".join(problems)
    for part in (
        "grant 1 (a) names 'emma' in users. Write a member id such as U0123456789",
        "grant 1 (a) names '@admins' in groups. Write a user group id such as S0123456789",
        "grant 1 (a) names 'alerts' in channels. Write a channel id such as C0123456789",
        "grant 1 (a) has an unknown role 'operater'. Known are reader, operator, remediator, approver, admin",
        "grant 2 (b) has an unknown key 'vm'. Did you mean vms?",
        "grant 2 (b) names nobody. Write users",
        "grant 2 (b) names 'retry' in operations. Known are look-up, handle-incidents",
        "grant 3 (B) needs either a role (reader, operator",
        "grant 4 has no name. Write name",
        "grant 4 needs either a role",
        "grant 5 is not a table. Write it under [[grants]]",
        "the name 'b' is there more than once. Give each grant a name of its own",
    ):
        assert part in told
    assert all(problem.startswith("BACKUP_BOT_GRANTS: ") for problem in problems)


@pytest.mark.parametrize(
    "fields",
    [
        {"vaults": []}, {"vms": []}, {"channels": []}, {"tags": {}}, {"users": []}, {"operations": [], "role": None},
        {"vaults": "vault-prod"}, {"vaults": [""]}, {"vaults": [5]}, {"vaults": ["x" * 300]}, {"tags": {"env": ""}},
        {"tags": {"env": ["prod"]}}, {"tags": ["env"]}, {"name": ""}, {"name": "a\nb"}, {"name": "lookup_users"},
        {"name": 5}, {"users": ["U0EMMA U0DAAN"]}, {"users": ["*"]}, {"users": "U0EMMA"}, {"role": ["reader"]},
        {"x": 1},
    ],
)  # fmt: skip
def test_what_could_mean_more_than_was_meant_is_refused(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, object]
) -> None:
    """An empty list of vaults would otherwise be every vault."""
    right = {"name": "a", "users": ["U0EMMA"], "role": "reader"}
    given = {name: value for name, value in (right | fields).items() if value is not None}
    assert _problems(monkeypatch, given)


@pytest.mark.parametrize("written", ["[", "5", '{"name": "a"}', '"x"', "[" * 100_000])
def test_what_is_no_list_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("BACKUP_BOT_GRANTS", written)
    with pytest.raises(SettingsError) as error:
        settings.load()
    assert error.value.problems[0].startswith("BACKUP_BOT_GRANTS: is not ")


def test_one_table_instead_of_a_list_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text('[grants]\nname = "a"\n')
    monkeypatch.setenv("BACKUP_BOT_CONFIG", str(file))
    with pytest.raises(SettingsError, match=r"with two brackets"):
        settings.load()
