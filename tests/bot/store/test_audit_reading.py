"""The audit log is read by whole names, people and times, page by page, and never changed by being read."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.audit import Audit, Deed, Record
from bot.store.audit_reading import AuditFilter, NoAuditLog, opened_to_read, read_all, read_page
from bot.store.deeds import deed_row

VAULT = "/subscriptions/1/resourcegroups/rg/providers/microsoft.recoveryservices/vaults/vault-prod"


def item(vm: str) -> str:
    return f"{VAULT}/backupfabrics/azure/protectioncontainers/c;{vm}/protecteditems/vm;iaasvmcontainerv2;rg;{vm}"


DEEDS = [
    Deed(100.0, "retry-backup-asked", "U1", item("vm-1"), details={"vm": "vm-1", "code": "E1"}),
    Deed(200.0, "retry-backup-asked", "U2", item("vm-11"), details={"vm": "vm-11"}),
    Deed(300.0, "retry-backup-refused", "U2", f"{VAULT}/backupjobs/7", details={"vm": "VM-1", "reason": "not-here"}),
    Deed(400.0, "read-audit-refused", "U1"),
]


@pytest.fixture
async def log(engine: AsyncEngine, database_url: str) -> str:
    async with engine.begin() as connection:
        for deed in DEEDS:
            await Audit().append(connection, deed)
    return database_url


async def numbers(url: str, wanted: AuditFilter) -> list[int]:
    async with opened_to_read(url) as connection:
        newest, total = await read_page(connection, wanted, rows=100)
        assert [record.number async for record in read_all(connection, wanted)] == [one.number for one in newest][::-1]
    assert total == len(newest)
    return [record.number for record in newest]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AuditFilter(), [4, 3, 2, 1]),
        (AuditFilter("vm-1"), [3, 1]),
        (AuditFilter("VM-11"), [2]),
        (AuditFilter("vm"), []),
        (AuditFilter("vm-%"), []),
        (AuditFilter("vm_1"), []),
        (AuditFilter("vault-prod"), [3, 2, 1]),
        (AuditFilter(VAULT.upper()), [3, 2, 1]),
        (AuditFilter(actor="U1"), [4, 1]),
        (AuditFilter(since=200.0), [4, 3, 2]),
        (AuditFilter("vm-1", "U2", 250.0), [3]),
    ],
)
async def test_by_name_person_and_time(log: str, wanted: AuditFilter, found: list[int]) -> None:
    assert await numbers(log, wanted) == found


async def test_page_by_page(log: str) -> None:
    async with opened_to_read(log) as connection:
        pages = [await read_page(connection, AuditFilter(), page=page, rows=3) for page in (1, 2, 3)]
    assert [([record.number for record in records], total) for records, total in pages] == [
        ([4, 3, 2], 4),
        ([1], 4),
        ([], 4),
    ]


async def test_reading_changes_nothing_and_sees_one_moment(log: str, engine: AsyncEngine) -> None:
    async with opened_to_read(log) as connection:
        assert (await read_page(connection, AuditFilter()))[1] == 4
        async with engine.begin() as writer:  # a bot at work waits for no reader
            await Audit().append(writer, Deed(500.0, "retry-backup-asked", "U1"))
        assert (await read_page(connection, AuditFilter()))[1] == 4
        assert await Audit().verify(connection) is None
    with pytest.raises(NoAuditLog):
        async with opened_to_read(log) as connection:
            await connection.execute(text("DELETE FROM audit_records"))
    assert await numbers(log, AuditFilter()) == [5, 4, 3, 2, 1]


async def test_a_database_without_our_tables_is_no_log(database_url: str, tmp_path: Path) -> None:
    if database_url.startswith("sqlite"):
        (tmp_path / "bot.db").touch()
    with pytest.raises(NoAuditLog, match="has no audit log"):
        async with opened_to_read(database_url):
            pass


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite:///{folder}/none.db", "there is no file"),
        ("sqlite:///{folder}/text.db", "cannot be read"),
        ("postgresql://someone:hidden-word@127.0.0.1:1/db", "cannot be read"),
    ],
)
async def test_what_cannot_be_read_is_said_without_the_address(tmp_path: Path, url: str, why: str) -> None:
    (tmp_path / "text.db").write_text("no database at all, though long enough for a header " * 20)
    with pytest.raises(NoAuditLog, match=why) as told:
        async with opened_to_read(url.format(folder=tmp_path)):
            pass
    assert "hidden-word" not in str(told.value)
    assert not isinstance(told.value.__cause__, DBAPIError)


def test_a_record_is_told_by_names() -> None:
    record = Record(1, 100.0, "retry-failed", "", "", "U1", item("vm-1"), '{"code":"E1","why":5,"vm":""}', "", "")
    row = deed_row(record)
    assert (row.vm, row.vault, row.code, row.why) == ("vm-1", "vault-prod", "E1", "")


@pytest.mark.parametrize("details", ["", "[]", "{", "[" * 50_000, '"x"'])
def test_an_altered_record_can_still_be_read(details: str) -> None:
    row = deed_row(Record(1, 100.0, "retry-failed", "", "", "U1", "", details, "", ""))
    assert (row.number, row.vm, row.reason) == (1, "", "")
