"""The Azure half of the settings: read with Slack's secrets or without them, and as strict."""

import os
from pathlib import Path

import pytest

from azure_ops.portal import Portal
from bot import settings
from bot.remedies import AZURE_REMEDIES, REMEDIES
from bot.settings import AzureSettings, SettingsError

RIGHT = {"SLACK_BOT_TOKEN": "xoxb-kept-secret-1", "SLACK_SIGNING_SECRET": "signing-kept-secret-2"}
ONE, TWO = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-22222222222F"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets counts."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "BACKUP_BOT_", "AZURE_")):
            monkeypatch.delenv(name)


def _azure(monkeypatch: pytest.MonkeyPatch, **environment: str) -> AzureSettings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return settings.load_azure()


def _problem(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    with pytest.raises(SettingsError) as error:
        _azure(monkeypatch, **environment)
    (problem,) = error.value.problems
    return problem


def test_nothing_is_needed() -> None:
    loaded = settings.load_azure()
    assert (loaded.azure_arm_base_url, loaded.azure_credential) == ("https://management.azure.com", "default")
    assert loaded.subscriptions == ()
    assert loaded.azure_portal == Portal("https://portal.azure.com")


def test_the_bot_reads_the_same_and_nobody_may_look_up_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (RIGHT | {"BACKUP_BOT_SUBSCRIPTIONS": ONE}).items():
        monkeypatch.setenv(name, value)
    assert settings.load().subscriptions == (ONE,)
    assert settings.load().lookup_users == ()


@pytest.mark.parametrize("written", [f"{ONE},{TWO}", f" {ONE} , {TWO}, {ONE},", f'["{ONE}", "{TWO}"]'])
def test_a_list_may_be_written_with_commas_or_as_json(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    assert _azure(monkeypatch, BACKUP_BOT_SUBSCRIPTIONS=written).subscriptions == (ONE, TWO)


def test_lists_in_the_file_are_lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text(f'subscriptions = ["{ONE}"]\nlookup_users = ["U0EMMA", "W0DAAN"]\nlanguage = "nl"\n')
    for name, value in (RIGHT | {"BACKUP_BOT_CONFIG": str(file)}).items():
        monkeypatch.setenv(name, value)
    assert settings.load_azure().subscriptions == (ONE,)
    assert settings.load().lookup_users == ("U0EMMA", "W0DAAN")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BACKUP_BOT_SUBSCRIPTIONS", "Production", "'Production' is not the id of a subscription"),
        ("BACKUP_BOT_SUBSCRIPTIONS", f"{ONE}\n/../x", "is not the id of a subscription"),
        ("BACKUP_BOT_SUBSCRIPTIONS", "[1]", "Input should be a valid string"),
        ("BACKUP_BOT_SUBSCRIPTIONS", '["', "is not JSON"),
        ("BACKUP_BOT_AZURE_CREDENTIAL", "password", "Input should be"),
        ("AZURE_ARM_BASE_URL", "http://management.azure.com", "plain http would send the token"),
        ("AZURE_ARM_BASE_URL", "http://127.0.0.1.example.com", "plain http would send the token"),
        ("AZURE_ARM_BASE_URL", "https://management.azure.com/subscriptions", "is more than a scheme and a host"),
        ("AZURE_ARM_BASE_URL", "https://management.azure.com@evil.example", "is more than a scheme and a host"),
        ("AZURE_ARM_BASE_URL", "management.azure.com", "is not a web address"),
        ("AZURE_ARM_BASE_URL", "http://[", "Invalid IPv6 URL"),
        ("BACKUP_BOT_PORTAL", "portal.azure.com", "is not JSON"),
        ("BACKUP_BOT_PORTAL", '{"jobs": ""}', "jobs: Extra inputs are not permitted"),
        ("BACKUP_BOT_PORTAL", '{"tenant": "contoso/x"}', "tenant: 'contoso/x' is not the id of a tenant"),
        ("BACKUP_BOT_PORTAL", '{"item": "https://portal.azure.com/#x"}', "item: leads to one page for all"),
    ],
)
def test_what_is_wrong_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    problem = _problem(monkeypatch, **{name: value})
    assert problem.startswith(f"{name}: ")
    assert said in problem
    assert AZURE_REMEDIES[name.removeprefix("BACKUP_BOT_").casefold()] in problem


@pytest.mark.parametrize("written", ["emma", "U0EMMA,@daan", "u0emma", '["U0EMMA", 5]'])
def test_people_are_named_by_their_member_ids(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    for name, value in (RIGHT | {"BACKUP_BOT_LOOKUP_USERS": written}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        settings.load()
    assert error.value.problems[0].startswith("BACKUP_BOT_LOOKUP_USERS: ")
    assert REMEDIES["lookup_users"] in error.value.problems[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1:4410", "http://127.0.0.1:4410/", "http://localhost:4410"])
def test_plain_http_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert _azure(monkeypatch, AZURE_ARM_BASE_URL=url).azure_arm_base_url == url.rstrip("/")


def test_another_cloud_has_its_own_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = _azure(monkeypatch, AZURE_ARM_BASE_URL="https://management.usgovcloudapi.net")
    assert loaded.azure_portal.url == "https://portal.azure.us"


def test_the_file_says_how_the_portals_addresses_look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text('[portal]\ntenant = "contoso.example"\njob = "https://portal.azure.com/#view/J/id/{id}"\n')
    assert _azure(monkeypatch, BACKUP_BOT_CONFIG=str(file)).azure_portal == Portal(
        tenant="contoso.example", job_form="https://portal.azure.com/#view/J/id/{id}"
    )


def test_a_misspelt_variable_is_refused_here_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _problem(monkeypatch, BACKUP_BOT_SUBSCRIPTION=ONE).startswith("BACKUP_BOT_SUBSCRIPTION: is not a setting")


def test_slack_settings_that_are_wrong_do_not_stop_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _azure(monkeypatch, SLACK_BOT_TOKEN="not a token", BACKUP_BOT_PORT="many").subscriptions == ()
