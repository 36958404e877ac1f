"""Settings: everything wrong is told at once with its remedy, and no secret is ever shown."""

import os
from pathlib import Path

import pytest

from bot import settings
from bot.remedies import REMEDIES
from bot.settings import SettingsError

TOKEN, SECRET, APP_TOKEN = "xoxb-kept-secret-1", "signing-kept-secret-2", "xapp-kept-secret-3"
RIGHT = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets counts."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "BACKUP_BOT_", "AZURE_")):
            monkeypatch.delenv(name)


def _given(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], file: Path | None = None, toml: str = ""
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if file is not None:
        file.write_text(toml, encoding="utf-8")
        monkeypatch.setenv("BACKUP_BOT_CONFIG", str(file))


def _problems() -> list[str]:
    with pytest.raises(SettingsError) as error:
        settings.load()
    assert str(error.value).splitlines() == error.value.problems
    return error.value.problems


def test_two_secrets_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    _given(monkeypatch, RIGHT)
    loaded = settings.load()
    assert (loaded.mode, loaded.host, loaded.port, loaded.language) == ("http", "127.0.0.1", 3000, "en")
    assert loaded.slack_api_base_url == "https://slack.com/api/"
    assert set(loaded.secrets()) == {TOKEN, SECRET}


def test_an_empty_environment_names_both_secrets() -> None:
    problems = _problems()
    assert [problem.split(":")[0] for problem in problems] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    assert "starts with xoxb-" in problems[0]
    assert "Basic Information" in problems[1]


def test_everything_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrong = {
        "SLACK_BOT_TOKEN": APP_TOKEN,
        "SLACK_APP_TOKEN": TOKEN,
        "SLACK_API_BASE_URL": "http://slack.example.com",
        "BACKUP_BOT_PORT": "70000",
        "BACKUP_BOT_LANGUAGE": "de",
        "BACKUP_BOT_LOG_LEVEL": "loud",
        "BACKUP_BOT_CATALOG": str(tmp_path / "gone"),
    }
    _given(monkeypatch, wrong, tmp_path / "bot.toml", 'colour = "blue"\nslack_bot_token = "xoxb-in-a-file"\n')
    problems = "\n".join(_problems())
    for name in (*wrong, "SLACK_SIGNING_SECRET"):
        remedy = REMEDIES[name.removeprefix("BACKUP_BOT_").casefold()]
        assert remedy in problems
    assert "colour: is not a setting. Known are: alert_audiences" in problems
    assert "slack_bot_token: secrets do not belong in the config file" in problems
    for secret in (TOKEN, APP_TOKEN, "xoxb-in-a-file"):
        assert secret not in problems


@pytest.mark.parametrize(
    ("environment", "needed"),
    [
        ({"SLACK_BOT_TOKEN": TOKEN}, "SLACK_SIGNING_SECRET: is needed in http mode"),
        ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET: is needed in http mode"),
        ({**RIGHT, "BACKUP_BOT_MODE": "socket"}, "SLACK_APP_TOKEN: is needed in socket mode"),
        ({"BACKUP_BOT_MODE": "socket"}, "SLACK_APP_TOKEN: is needed in socket mode"),
    ],
)
def test_each_mode_names_the_secret_that_it_needs(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], needed: str
) -> None:
    _given(monkeypatch, environment)
    assert any(problem.startswith(needed) for problem in _problems())


def test_socket_mode_needs_no_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    _given(monkeypatch, {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "BACKUP_BOT_MODE": "socket"})
    assert settings.load().secrets() == (TOKEN, APP_TOKEN)


def test_no_secret_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    _given(monkeypatch, {**RIGHT, "SLACK_APP_TOKEN": APP_TOKEN})
    loaded = settings.load()
    for shown in (repr(loaded), str(loaded), f"{loaded.slack_bot_token}", loaded.model_dump_json()):
        assert "kept-secret" not in shown


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://127.0.0.1:4390", "http://127.0.0.1:4390/api/"),
        ("http://127.0.0.1:4390/", "http://127.0.0.1:4390/api/"),
        ("http://localhost:4390/api", "http://localhost:4390/api/"),
        ("http://[::1]:4390", "http://[::1]:4390/api/"),
        ("https://slack.example.com/proxy/api/", "https://slack.example.com/proxy/api/"),
    ],
)
def test_another_slack_may_be_named(monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    _given(monkeypatch, {**RIGHT, "SLACK_API_BASE_URL": given})
    assert settings.load().slack_api_base_url == used


@pytest.mark.parametrize(
    "url",
    [
        "http://slack.com/api/", "http://10.0.0.1/", "http://localhost.example.com/", "http://127.0.0.1.example.com/",
        "http://example.com@evil.example/", "slack.com", "ftp://127.0.0.1/", "https://", "http://[", "https://a.example/?x=1",
        "http://0.0.0.0/",
    ],
)  # fmt: skip
def test_the_token_never_goes_unencrypted_over_a_network(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    _given(monkeypatch, {**RIGHT, "SLACK_API_BASE_URL": url})
    (problem,) = _problems()
    assert problem.startswith("SLACK_API_BASE_URL: ")
    assert REMEDIES["slack_api_base_url"] in problem


FILE = 'language = "nl"\nport = 4000\nmode = "http"\nhost = "0.0.0.0"\n[channel_languages]\nC012 = "nl"\n'


def test_a_file_sets_what_is_not_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _given(monkeypatch, RIGHT, tmp_path / "bot.toml", FILE)
    loaded = settings.load()
    assert (loaded.language, loaded.port, loaded.host) == ("nl", 4000, "0.0.0.0")
    assert loaded.channel_languages == {"C012": "nl"}


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wins = {**RIGHT, "BACKUP_BOT_LANGUAGE": "en", "BACKUP_BOT_PORT": "5000"}
    _given(monkeypatch, wins, tmp_path / "bot.toml", FILE)
    loaded = settings.load()
    assert (loaded.language, loaded.port, loaded.host) == ("en", 5000, "0.0.0.0")


def test_an_empty_variable_does_not_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _given(monkeypatch, {**RIGHT, "BACKUP_BOT_LANGUAGE": ""}, tmp_path / "bot.toml", FILE)
    assert settings.load().language == "nl"


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [("LANGUAGE", "en_GB:en", "language"), ("PORT", "8080", "port"), ("HOST", "web-1", "host")],
)
def test_variables_of_the_system_do_not_switch_off_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, field: str
) -> None:
    _given(monkeypatch, {**RIGHT, name: value}, tmp_path / "bot.toml", FILE)
    loaded = settings.load()
    assert getattr(loaded, field) == {"language": "nl", "port": 4000, "host": "0.0.0.0"}[field]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('slack_signing_secret = "kept-secret"', "slack_signing_secret: secrets do not belong in the config file"),
        ('slack_app_token = "xapp-kept-secret"', "slack_app_token: secrets do not belong in the config file"),
        ('colour = "blue"', "colour: is not a setting. Known are: "),
        ('[slack]\ntoken = "x"', "slack: is not a setting"),
        ("port = ", "is not valid TOML"),
        ("port = 0", "PORT: "),
        ('port = "many"', "PORT: "),
        ('[channel_languages]\nC1 = "de"', "CHANNEL_LANGUAGES: "),
        ('language = "nl-NL"', "LANGUAGE: "),
        ('slack_api_base_url = "http://example.com"', "SLACK_API_BASE_URL: plain http"),
    ],
)
def test_a_wrong_file_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, toml: str, said: str
) -> None:
    _given(monkeypatch, RIGHT, tmp_path / "bot.toml", toml)
    (problem,) = _problems()
    assert said in problem
    assert ". " in problem
    assert "kept-secret" not in problem


def test_a_file_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _given(monkeypatch, {**RIGHT, "BACKUP_BOT_CONFIG": str(tmp_path / "gone.toml")})
    (problem,) = _problems()
    assert "gone.toml is not a file. Name a TOML file" in problem


def test_a_file_that_is_not_text_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bot.toml").write_bytes(b"\xff\xfe\x00")
    _given(monkeypatch, {**RIGHT, "BACKUP_BOT_CONFIG": str(tmp_path / "bot.toml")})
    (problem,) = _problems()
    assert "is not valid TOML" in problem


def test_a_table_in_a_variable_must_be_json_and_is_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    _given(monkeypatch, {**RIGHT, "BACKUP_BOT_CHANNEL_LANGUAGES": "C012=nl"})
    (problem,) = _problems()
    assert "channel_languages" in problem.casefold()


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    _given(monkeypatch, RIGHT)
    with pytest.raises(ValueError, match="frozen"):
        settings.load().port = 1
