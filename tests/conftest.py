"""What all tests share: a fresh database for each that wants one, a SQLite file or one of its own on Postgres."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from scripts.benchmarks.private_postgres import own_database, postgres_server

# An example is judged by what comes out: how long it takes hangs on what else the machine does.
settings.register_profile("untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a Postgres server: TEST_POSTGRES_URL, or a private one for this run."""
    # Not below pytest's folder: as root the server runs as another user, and each further run of pytest on the machine
    # closes that folder to all others.
    folder = tempfile.mkdtemp(prefix="bot-postgres-")
    try:
        with postgres_server(Path(folder)) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A bot that is told no database keeps its own in the user's state, which is not a test's to write to."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        return
    with own_database(str(request.getfixturevalue("postgres")), "test") as url:
        yield url
