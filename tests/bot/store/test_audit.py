"""The audit log keeps everything in order, and shows what somebody changed behind its back."""

import asyncio
import json

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.audit import Audit, Break, Deed, as_lines
from bot.store.audit_reading import AuditFilter, read_all, read_page

AUDIT = Audit()


def deed(n: int = 0, **fields: object) -> Deed:
    return Deed(at=1_700_000_000.0 + n, kind="retry-refused", actor=f"U{n}", subject=f"/vm/{n}", **fields)  # type: ignore[arg-type]


async def filled(engine: AsyncEngine, count: int = 5, audit: Audit = AUDIT) -> None:
    for n in range(1, count + 1):
        async with engine.begin() as connection:
            await audit.append(connection, deed(n, details={"n": n}))


async def numbers(connection: AsyncConnection, wanted: AuditFilter = AuditFilter()) -> list[int]:  # noqa: B008
    return [record.number for record in (await read_page(connection, wanted, rows=100))[0]]


async def verdict(engine: AsyncEngine, audit: Audit = AUDIT) -> Break | None:
    async with engine.connect() as connection:
        return await audit.verify(connection)


async def changed(engine: AsyncEngine, *statements: str) -> None:
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_an_empty_and_a_filled_log_are_whole(engine: AsyncEngine) -> None:
    assert await verdict(engine) is None
    await filled(engine)
    assert await verdict(engine) is None


async def test_a_record_lives_and_dies_with_the_transaction_around_it(engine: AsyncEngine) -> None:
    await filled(engine, 2)

    async def fail_after_it() -> None:
        async with engine.begin() as connection:
            await AUDIT.append(connection, deed(9))
            raise RuntimeError("the decision was not made after all")

    with pytest.raises(RuntimeError):
        await fail_after_it()
    async with engine.connect() as connection:
        assert await numbers(connection) == [2, 1]
    assert await verdict(engine) is None


async def test_writers_at_the_same_time_make_one_chain_without_gaps(engine: AsyncEngine) -> None:
    async def write(n: int) -> int:
        async with engine.begin() as connection:
            return await AUDIT.append(connection, deed(n))

    numbers = await asyncio.gather(*(write(n) for n in range(40)))
    assert sorted(numbers) == list(range(1, 41))
    assert await verdict(engine) is None


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE audit_records SET actor='U666' WHERE number=3"], Break("altered", 3)),
        (["UPDATE audit_records SET details='{}' WHERE number=1"], Break("altered", 1)),
        (["UPDATE audit_records SET at=1 WHERE number=5"], Break("altered", 5)),
        (["DELETE FROM audit_records WHERE number=2"], Break("missing", 2)),
        (["DELETE FROM audit_records WHERE number=1"], Break("missing", 1)),
        (["DELETE FROM audit_records WHERE number=5"], Break("missing", 5)),
        (["DELETE FROM audit_records"], Break("missing", 1)),
        (
            [
                "INSERT INTO audit_records SELECT 0, at, kind, workspace, channel, actor, subject, details, previous,"
                " hash FROM audit_records WHERE number=1"
            ],
            Break("inserted", 0),
        ),
        (
            [
                "INSERT INTO audit_records SELECT 6, at, kind, workspace, channel, actor, subject, details, previous,"
                " hash FROM audit_records WHERE number=5"
            ],
            Break("altered", 6),
        ),
        (
            [
                "UPDATE audit_records SET number=7 WHERE number=2",
                "UPDATE audit_records SET number=2 WHERE number=3",
                "UPDATE audit_records SET number=3 WHERE number=7",
            ],
            Break("altered", 2),
        ),
        (["UPDATE audit_head SET hash='x'"], Break("altered", 5)),
    ],
)
async def test_verify_names_the_first_row_that_was_touched(
    engine: AsyncEngine, statements: list[str], expected: Break
) -> None:
    await filled(engine)
    await changed(engine, *statements)
    assert await verdict(engine) == expected


async def test_with_a_key_a_chain_made_anew_by_another_hand_does_not_pass(engine: AsyncEngine) -> None:
    keyed = Audit(b"kept elsewhere")
    await filled(engine, 3, keyed)
    assert await verdict(engine, keyed) is None
    assert await verdict(engine, Audit(b"another")) == Break("altered", 1)


async def test_what_is_asked_for_comes_newest_first(engine: AsyncEngine) -> None:
    await filled(engine)
    async with engine.connect() as connection:
        newest, _ = await read_page(connection, AuditFilter(), rows=2)
        assert [record.actor for record in newest] == ["U5", "U4"]
        assert await numbers(connection, AuditFilter(actor="U3")) == [3]
        assert await numbers(connection, AuditFilter("VM/4")) == [4]
        assert await numbers(connection, AuditFilter("%")) == []
        assert await numbers(connection, AuditFilter(since=1_700_000_004.0)) == [5, 4]


async def test_an_export_holds_every_record_as_a_line_of_json(engine: AsyncEngine) -> None:
    await filled(engine, 3)
    async with engine.connect() as connection:
        lines = list(as_lines([record async for record in read_all(connection, AuditFilter())]))
    assert [json.loads(line)["details"] for line in lines] == [{"n": 1}, {"n": 2}, {"n": 3}]
