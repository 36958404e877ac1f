"""`serve`: what cannot work is told before anything listens, each thing with its remedy and without secrets."""

import socket
from pathlib import Path

from tests.bot.cli.program import start
from tests.responses.catalog.samples import folder_of

RIGHT = {"SLACK_BOT_TOKEN": "xoxb-kept-secret", "SLACK_SIGNING_SECRET": "kept-secret"}


def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "bot.toml").write_text('colour = "blue"\n', encoding="utf-8")
    wrong = {
        "SLACK_BOT_TOKEN": "kept-secret",
        "BACKUP_BOT_PORT": "0",
        "BACKUP_BOT_MODE": "pigeon",
        "BACKUP_BOT_CONFIG": tmp_path / "bot.toml",
        "SLACK_API_BASE_URL": "http://slack.example.com",
    }
    ended = start(["serve"], environment=wrong)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("The settings cannot be used:\n- ")
    for told in ("xoxb-", "BACKUP_BOT_PORT", "BACKUP_BOT_MODE", "colour", "SLACK_API_BASE_URL"):
        assert told in ended.err
    assert "kept-secret" not in ended.err
    assert "Traceback" not in ended.err


def test_nothing_set_names_both_secrets() -> None:
    ended = start(["serve"])
    assert ended.code == 2
    assert len([line for line in ended.err.splitlines() if line.startswith("- SLACK_")]) == 2


def test_a_wrong_catalog_is_told_before_anything_listens(tmp_path: Path) -> None:
    team = folder_of(tmp_path, {"a.md": "nothing", "b.md": "nothing"})
    ended = start(["serve"], environment={"BACKUP_BOT_CATALOG": team, **RIGHT})
    assert ended.code == 1
    assert "- a.md: no front matter" in ended.err
    assert "- b.md: no front matter" in ended.err
    assert "kept-secret" not in ended.err


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = {"BACKUP_BOT_PORT": taken.getsockname()[1], "SLACK_API_BASE_URL": "http://127.0.0.1:9"}
        ended = start(["serve"], environment={**where, **RIGHT})
    assert ended.code == 1
    assert "address already in use" in ended.err
    assert "kept-secret" not in ended.err
