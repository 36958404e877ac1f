"""A database with our tables in it."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.database import bring_up_to_date, engine_for


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The database with its tables."""
    opened = engine_for(database_url)
    await bring_up_to_date(opened)
    yield opened
    await opened.dispose()
