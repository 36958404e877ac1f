"""`audit`: what was done, as a list or as JSON lines, and whether the log is whole.

`list --json` prints one object: `total`, and `records`, newest first, in the shape of the lines that `export` writes:
`number`, `at` (seconds since 1970), `kind`, `workspace`, `channel`, `actor`, `subject`, `details` (an object),
`previous` and `hash`. Nothing here changes the database.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from bot import settings
from bot.remedies import REMEDIES
from bot.settings import SettingsError, StoreSettings
from intents.windows import begins, take_window

if TYPE_CHECKING:
    from bot.store.audit import Record
    from bot.store.audit_reading import AuditFilter
    from bot.store.store import Transaction

WHOLE, BROKEN, NOT_READ = 0, 1, 2
_MOST_ROWS: Final = 10_000


def run(options: argparse.Namespace) -> int:
    """0 done, or the log is whole; 1 the log is broken; 2 wrong use, wrong settings or no database."""
    from bot.store.audit_reading import NoAuditLog

    try:
        return asyncio.run(_run(settings.load_store(), options))
    except SettingsError as error:
        print(error.report, file=sys.stderr)
    except _WrongUse as error:
        print(error, file=sys.stderr)
    except NoAuditLog as error:
        print(f"There is no audit log to read: {error}. {REMEDIES['database_url']}", file=sys.stderr)
    except OSError as error:  # the file to write to
        print(f"{error.filename or options.file}: {error.strerror}", file=sys.stderr)
    return NOT_READ


class _WrongUse(Exception):
    """What was asked cannot be meant."""


async def _run(configured: StoreSettings, options: argparse.Namespace) -> int:
    async with _opened(configured) as connection:
        if options.action == "verify":
            return await _verify(connection, configured)
        if options.action == "export":
            return await _export(connection, options)
        return await _list(connection, options)


@asynccontextmanager
async def _opened(configured: StoreSettings) -> "AsyncIterator[Transaction]":
    from bot.store.audit_reading import opened_to_read

    async with opened_to_read(configured.database_url.get_secret_value()) as connection:
        yield connection


async def _list(connection: "Transaction", options: argparse.Namespace) -> int:
    from bot.store.audit_reading import read_page

    if not 1 <= options.limit <= _MOST_ROWS:
        raise _WrongUse(f"--limit is a number of records from 1 to {_MOST_ROWS}.")
    wanted = _wanted(options, options.vm, options.user)
    records, total = await read_page(connection, wanted, rows=options.limit)
    if options.json:
        told = {"total": total, "records": [_object(record) for record in records]}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        from bot.cli import audit_table, terminal

        audit_table.print_records(
            terminal.console(), records, total, language=options.lang or terminal.default_language()
        )
    return WHOLE


async def _export(connection: "Transaction", options: argparse.Namespace) -> int:
    wanted = _wanted(options)
    if options.file == "-":
        await _write(connection, wanted, sys.stdout)
        return WHOLE
    # Whole or not at all: half an export looks like a log whose end was cut off.
    path = Path(options.file)
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as out:
        count = await _write(connection, wanted, out)
    part.replace(path)
    print(f"{count} records in {path}", file=sys.stderr)
    return WHOLE


async def _write(connection: "Transaction", wanted: "AuditFilter", out: TextIO) -> int:
    from bot.store.audit import as_lines
    from bot.store.audit_reading import read_all

    count = 0
    async for record in read_all(connection, wanted):
        for line in as_lines([record]):
            print(line, file=out)
        count += 1
    return count


async def _verify(connection: "Transaction", configured: StoreSettings) -> int:
    from bot.store.audit import Audit
    from bot.store.audit_reading import AuditFilter, read_page

    key = configured.audit_secret
    found = await Audit(key).verify(connection)
    newest, total = await read_page(connection, AuditFilter(), rows=1)
    if found is not None:
        print(f"Broken: record {found.number} was {_BREAKS[found.kind]}. {total} records are there.")
        if found.number == 1:
            print("If record 1 looks right: was BACKUP_BOT_AUDIT_KEY set, unset or changed since?", file=sys.stderr)
        return BROKEN
    seal = f", the newest sealed with {newest[0].hash}" if newest else ""
    print(f"Whole: {total} records{seal}.")
    if not key:
        print("Sealed without BACKUP_BOT_AUDIT_KEY: who can write the database could seal it anew.", file=sys.stderr)
    return WHOLE


_BREAKS: Final = {"altered": "altered", "missing": "taken away", "inserted": "put in"}


def _wanted(options: argparse.Namespace, name: str = "", user: str = "") -> "AuditFilter":
    from bot.store.audit_reading import AuditFilter

    now = datetime.now(UTC)
    words = (options.since or "").split()
    taken = take_window(words, now, datetime.now().astimezone().tzinfo or UTC)
    if taken.words != len(words) or (words and taken.window is None):
        raise _WrongUse(f"{options.since!r} is no time to look back to. Write 24h, 7d or yesterday 22:00.")
    return AuditFilter(name, user, begins(taken.window, now).timestamp() if taken.window is not None else 0.0)


def _object(record: "Record") -> Any:
    from bot.store.audit import as_lines

    return json.loads(next(iter(as_lines([record]))))
