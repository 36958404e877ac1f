"""A database of an older version is brought up to date with everything in it."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import operations
from bot.store.audit import Audit, Deed, records
from bot.store.database import _MIGRATIONS, bring_up_to_date
from bot.store.operations import Operation


def _down_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


async def test_the_audit_log_of_the_first_version_is_whole_after_all_migrations(engine: AsyncEngine) -> None:
    audit = Audit()
    async with engine.begin() as kept:
        for number in range(5):
            await audit.append(kept, Deed(at=float(number), kind="retry-asked", actor="U0EMMA", subject="vm-sql-01"))
        await kept.run_sync(_down_to, "0001")
    await bring_up_to_date(engine)
    async with engine.begin() as kept:
        assert await audit.verify(kept) is None
        assert [each.number for each in await records(kept)] == [5, 4, 3, 2, 1]


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
