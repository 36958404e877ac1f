"""`audit`: what was done, as people and programs read it, and a log that shows where it was changed."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from sqlalchemy import text

from bot.cli.audit_table import print_records
from bot.store.audit import Audit, Deed, Record
from bot.store.database import bring_up_to_date, engine_for
from tests.bot.cli.program import Ended, run

KEY = "a key of the operators"
VAULT = "/subscriptions/1/resourcegroups/rg/providers/microsoft.recoveryservices/vaults/vault-prod"
DEEDS = [
    Deed(1_700_000_000.0, "retry-backup-asked", "U0EMMA", VAULT, details={"vm": "vm-1", "grant": "operators"}),
    Deed(1_700_000_600.0, "retry-failed", "U0EMMA", VAULT, details={"vm": "vm-1", "code": "UserErrorX"}),
    Deed(1_700_001_000.0, "retry-backup-refused", "U0PRIYA", VAULT, details={"vm": "vm-2", "reason": "nobody-granted"}),
    Deed(1_700_002_000.0, "removal-started", "U0EMMA", VAULT, details={"vm": "vm-2", "approved_by": "U0DAAN"}),
]


@pytest.fixture
def log(database_url: str) -> str:
    fill(database_url)
    return database_url


def fill(url: str, key: bytes = b"") -> None:
    async def write() -> None:
        engine = engine_for(url)
        await bring_up_to_date(engine)
        async with engine.begin() as connection:
            for deed in DEEDS:
                await Audit(key).append(connection, deed)
        await engine.dispose()

    asyncio.run(write())


def change(url: str, statement: str) -> None:
    """What somebody with the database's password does."""

    async def write() -> None:
        engine = engine_for(url)
        async with engine.begin() as connection:
            await connection.execute(text(statement))
        await engine.dispose()

    asyncio.run(write())


def audit(url: str, *arguments: str, **environment: str) -> Ended:
    return run(["audit", *arguments], environment={"BACKUP_BOT_DATABASE_URL": url, **environment})


def listed(url: str, *arguments: str) -> list[dict[str, Any]]:
    ended = audit(url, "list", "--json", *arguments)
    assert (ended.code, ended.err) == (0, "")
    told = json.loads(ended.out)
    assert set(told) == {"total", "records"}
    return list(told["records"])


def test_a_list_for_people(log: str) -> None:
    ended = audit(log, "list")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert [line.split()[0] for line in lines] == ["#4", "#3", "#2", "#1"]
    assert lines[0].endswith("U0EMMA  Removal sent to Azure · vm-2 · vault-prod  approved by U0DAAN")
    assert "UserErrorX" in lines[2]
    assert "Herhaling geweigerd" in audit(log, "list", "--lang", "nl").out


def test_a_list_for_programs(log: str) -> None:
    newest = listed(log)[0]
    assert (newest["number"], newest["kind"], newest["details"]["approved_by"]) == (4, "removal-started", "U0DAAN")
    assert {"at", "actor", "subject", "workspace", "channel", "previous", "hash"} <= set(newest)


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (("--vm", "vm-1"), [2, 1]),
        (("--vm", "VAULT-PROD"), [4, 3, 2, 1]),
        (("--user", "U0PRIYA"), [3]),
        (("--since", "2023-11-14T22:40Z"), [4]),
        (("--vm", "vm-2", "--user", "U0EMMA"), [4]),
        (("--limit", "1"), [4]),
        (("--since", "24h"), []),
        (("--since", "2000-01-01"), [4, 3, 2, 1]),
    ],
)
def test_a_part_of_the_list(log: str, arguments: tuple[str, ...], numbers: list[int]) -> None:
    assert [record["number"] for record in listed(log, *arguments)] == numbers


def test_more_than_the_limit_is_said(log: str) -> None:
    assert "2 of 4 shown" in audit(log, "list", "--limit", "2").out


def test_an_export_is_lines_oldest_first(log: str, tmp_path: Path) -> None:
    ended = audit(log, "export")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3, 4]
    file = tmp_path / "log.jsonl"
    written = audit(log, "export", str(file))
    assert (written.code, written.out) == (0, "")
    assert file.read_text("utf-8") == ended.out
    assert list(tmp_path.glob("*.part")) == []
    assert audit(log, "export", "--since", "24h").out == ""


def test_a_file_that_cannot_be_written_is_told(log: str, tmp_path: Path) -> None:
    ended = audit(log, "export", str(tmp_path / "nowhere" / "log.jsonl"))
    assert ended.code == 2
    assert "nowhere" in ended.err
    assert "Traceback" not in ended.err


def test_a_whole_log(log: str) -> None:
    ended = audit(log, "verify")
    assert ended.code == 0
    assert ended.out.startswith("Whole: 4 records")
    assert "BACKUP_BOT_AUDIT_KEY" in ended.err


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit_records SET actor = 'U0NOBODY' WHERE number = 2", "record 2 was altered"),
        ("DELETE FROM audit_records WHERE number = 3", "record 3 was taken away"),
        ("DELETE FROM audit_records WHERE number = 4", "record 4 was taken away"),
        ("DELETE FROM audit_records", "record 1 was taken away"),
        ("DELETE FROM audit_head", "record 5 was taken away"),
        (
            "INSERT INTO audit_records SELECT 0, at, kind, workspace, channel, actor, subject, details, previous, hash"
            " FROM audit_records WHERE number = 1",
            "record 0 was put in",
        ),
    ],
)
def test_a_broken_log_names_the_first_record(log: str, statement: str, told: str) -> None:
    change(log, statement)
    ended = audit(log, "verify")
    assert ended.code == 1
    assert told in ended.out


def test_a_key_seals_against_whoever_can_write_the_database(database_url: str) -> None:
    fill(database_url, KEY.encode())
    whole = audit(database_url, "verify", BACKUP_BOT_AUDIT_KEY=KEY)
    assert (whole.code, whole.err) == (0, "")
    other = audit(database_url, "verify", BACKUP_BOT_AUDIT_KEY="another key of theirs")
    assert other.code == 1
    assert "was BACKUP_BOT_AUDIT_KEY set, unset or changed" in other.err
    assert KEY not in whole.out + other.out + other.err


@pytest.mark.parametrize("action", ["list", "export", "verify"])
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:////nowhere/bot.db", "there is no file /nowhere/bot.db"),
        ("postgresql://someone:hidden-word@127.0.0.1:1/db", "cannot be read"),
        ("mysql://someone:hidden-word@127.0.0.1/db", "BACKUP_BOT_DATABASE_URL"),
    ],
)
def test_no_database_is_told_with_its_remedy(action: str, url: str, told: str) -> None:
    ended = audit(url, action)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert "BACKUP_BOT_DATABASE_URL" in ended.err
    assert "hidden-word" not in ended.err


def test_a_bot_that_never_ran_has_no_log(tmp_path: Path) -> None:
    (tmp_path / "bot.db").touch()
    ended = audit(f"sqlite:///{tmp_path / 'bot.db'}", "verify")
    assert ended.code == 2
    assert "has not run" in ended.err


@pytest.mark.parametrize(
    "arguments", [("--limit", "0"), ("--limit", "99999999"), ("--since", "tomorrow"), ("--since", "24h 7d")]
)
def test_wrong_use(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    fill(url)
    ended = audit(url, "list", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert arguments[1] in ended.err or "--limit" in ended.err


@pytest.mark.parametrize("width", [30, 60, 120])
def test_it_fits_the_terminal(width: int) -> None:
    long = "vm-" + "x" * 60
    records = [
        Record(
            n,
            1_700_000_000.0,
            "removal-started",
            "",
            "",
            "U0EMMA",
            "",
            json.dumps({"vm": long, "code": "E" * 70}),
            "",
            "",
        )
        for n in (2, 1)
    ]
    out = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, highlight=False, emoji=False)
    print_records(out, records, 9, language="en")
    assert isinstance(out.file, io.StringIO)
    shown = out.file.getvalue()
    assert all(cell_len(line) <= width for line in shown.splitlines())
    assert "".join(shown.split()).count("x" * 5) >= 2
    for told in ("#2", "#1", "U0EMMA"):
        assert told in shown
