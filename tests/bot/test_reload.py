"""The config file changes while the bot runs: what is right counts at once, what is broken changes nothing."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import settings
from bot.reload import Reload
from bot.settings import Settings

GRANT = '[[grants]]\nname = "{name}"\nusers = ["{user}"]\nrole = "reader"\n'
EMMA = GRANT.format(name="night", user="U0EMMA")
DAAN = GRANT.format(name="day", user="U0DAAN")


class _Watched:
    """A file, what has been taken over from it, and a sleep that may change the file meanwhile."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.used: list[Settings] = []
        self.slept: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.reload = Reload(file, settings.load(), self.used.append, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile()
        await asyncio.sleep(0)

    async def write(self, text: str) -> None:
        self.file.write_text(text)
        await self.reload.look()

    @property
    def users(self) -> set[str]:
        """Whom the grants name that were taken over last."""
        return {user for grant in self.used[-1].all_grants for user in grant.users}


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _Watched:
    for name in [name for name in os.environ if name.startswith(("SLACK_", "BACKUP_BOT_", "AZURE_"))]:
        monkeypatch.delenv(name)
    file = tmp_path / "bot.toml"
    file.write_text(EMMA)
    for name, value in {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "x", "BACKUP_BOT_CONFIG": file}.items():
        monkeypatch.setenv(name, str(value))
    made = _Watched(file)
    await made.reload.look()  # the first look remembers what is there
    made.used.clear()
    made.slept.clear()
    return made


async def test_what_is_written_counts_and_is_told(watched: _Watched, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        await watched.write(EMMA.replace("U0EMMA", "U0PRIYA") + DAAN)
    assert watched.users == {"U0PRIYA", "U0DAAN"}
    assert "grants added: day" in caplog.text
    assert "grants changed: night" in caplog.text


async def test_who_is_taken_out_has_no_rights_any_more(watched: _Watched, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        await watched.write("")
    assert watched.users == set()
    assert "grants removed: night" in caplog.text


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("[[grants]", "not valid TOML"),
        (EMMA + EMMA.replace("reader", "king"), "unknown role 'king'"),
        (EMMA + EMMA, "more than once"),
        ('port = "x"\n' + DAAN, "BACKUP_BOT_PORT"),
    ],
)
async def test_a_broken_file_keeps_the_old_grants_and_says_so_once(
    watched: _Watched, caplog: pytest.LogCaptureFixture, broken: str, told: str
) -> None:
    await watched.write(broken)
    await watched.reload.look()
    await watched.reload.look()
    assert watched.used == []
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert told in record.getMessage()
    assert "everything stays as it was" in record.getMessage()
    await watched.write(DAAN)
    assert watched.users == {"U0DAAN"}, "and mended, it counts"


async def test_every_problem_of_a_broken_file_is_told(watched: _Watched, caplog: pytest.LogCaptureFixture) -> None:
    await watched.write(EMMA.replace("U0EMMA", "emma").replace("reader", "king") + "colour = 1\n")
    assert all(part in caplog.text for part in ("'emma'", "'king'", "'colour'"))


async def test_a_file_that_is_gone_keeps_the_old_grants(watched: _Watched, caplog: pytest.LogCaptureFixture) -> None:
    watched.file.unlink()
    await watched.reload.look()
    await watched.reload.look()
    assert watched.used == []
    assert caplog.text.count("is not a file") == 1


async def test_a_file_that_is_still_being_written_is_not_believed(watched: _Watched) -> None:
    """Cut off before its scope, a grant would be one for everything."""
    whole = DAAN + 'vaults = ["vault-acc"]\n'
    watched.meanwhile = lambda: watched.file.write_text(whole)
    await watched.write(DAAN)
    assert watched.used == []
    await watched.reload.look()
    assert watched.used[-1].grants[0].vaults == ("vault-acc",)


async def test_the_same_content_again_is_no_change(watched: _Watched) -> None:
    os.utime(watched.file, (1, 1))
    await watched.write(EMMA)
    assert watched.used == []


async def test_a_link_that_points_elsewhere_is_a_change(watched: _Watched, tmp_path: Path) -> None:
    """As files of a cluster's configuration are replaced."""
    other = tmp_path / "other.toml"
    other.write_text(DAAN)
    watched.file.unlink()
    watched.file.symlink_to(other)
    await watched.reload.look()
    assert watched.users == {"U0DAAN"}


async def test_what_needs_a_restart_is_named_and_the_rest_counts(
    watched: _Watched, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        await watched.write(f'port = 4000\nlanguage = "nl"\n[channel_languages]\nC0ALERTS = "nl"\n{DAAN}')
    assert watched.users == {"U0DAAN"}
    (used,) = watched.used
    assert (used.port, used.language, used.channel_languages) == (3000, "en", {"C0ALERTS": "nl"})
    assert "language, port will count after a restart" in caplog.text


async def test_it_looks_every_few_seconds_until_it_is_ended(watched: _Watched) -> None:
    taken = asyncio.Event()

    def change() -> None:
        watched.file.write_text(DAAN)
        if watched.used:
            taken.set()

    watched.meanwhile = change
    running = asyncio.create_task(watched.reload.run())
    async with asyncio.timeout(5):
        await taken.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert watched.users == {"U0DAAN"}
    assert all(1 <= seconds <= 5 for seconds in watched.slept)


async def test_without_a_file_there_is_nothing_to_watch(watched: _Watched) -> None:
    async with asyncio.timeout(5):
        await Reload(None, settings.load(), watched.used.append, sleep=watched.sleep).run()
    assert watched.slept == []
