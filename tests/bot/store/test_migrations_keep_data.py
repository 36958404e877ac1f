"""A database of an older version is brought up to date with everything in it."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import operations
from bot.store.audit import Audit, Deed
from bot.store.audit_reading import AuditFilter, read_all
from bot.store.database import _MIGRATIONS, bring_up_to_date, engine_for
from bot.store.operations import Operation


def _up_to(connection: Connection, revision: str) -> list[str]:
    """The tables there are then."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    return sorted(inspect(connection).get_table_names())


async def test_the_audit_log_of_the_first_version_is_whole_after_all_migrations(database_url: str) -> None:
    engine, audit = engine_for(database_url), Audit(b"key")
    async with engine.begin() as kept:
        assert await kept.run_sync(_up_to, "0001") == ["alembic_version", "audit_head", "audit_records"]
        for number in range(5):
            deed = Deed(at=number + 0.1, kind="retry-asked", actor="U0EMMA", subject="vm-sql-01", details={"naïve": 1})
            await audit.append(kept, deed)
        before = [record async for record in read_all(kept, AuditFilter())]
    await bring_up_to_date(engine)
    async with engine.begin() as kept:
        assert await audit.verify(kept) is None
        assert [record async for record in read_all(kept, AuditFilter())] == before
        assert await audit.append(kept, Deed(at=9.0, kind="retry-asked", actor="U0DAAN")) == 6
        assert await audit.verify(kept) is None
    await engine.dispose()


async def test_an_operation_keeps_its_claim_when_the_tables_are_brought_up_to_date_again(engine: AsyncEngine) -> None:
    """A button of before the update finds what it started, and starts nothing anew."""
    first = Operation("retry-1", "retry-backup", "running", "Emma's click", "/job", "/job", 1, "U0EMMA", 1.0)
    async with engine.begin() as kept:
        await operations.claim(kept, first)
    await bring_up_to_date(engine)
    async with engine.begin() as kept:
        later = Operation("retry-1", "retry-backup", "checking", "Daan's click", "/job", "/job", 1, "U0DAAN", 2.0)
        found = await operations.claim(kept, later)
        assert (await kept.execute(text("SELECT count(*) FROM operations"))).scalar_one() == 1
    assert (found.owner, found.phase) == ("Emma's click", "running")
