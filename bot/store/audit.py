"""The audit log: append-only records, each sealed with the hash of the one before."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import audit_head, audit_records

_START: Final = "0" * 64
_SEALED: Final = ("number", "at", "kind", "workspace", "channel", "actor", "subject", "details", "previous")
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Deed:
    """What shall be recorded: `kind` in the past tense ("retry-refused"), `subject` an ARM path in lower case.

    `details` holds plain JSON values: plan, grant, approval, Azure's correlation id, job id, outcome; never a secret.
    """

    at: float
    kind: str
    actor: str
    subject: str = ""
    workspace: str = ""
    channel: str = ""
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A sealed row; `at` in seconds since 1970, `details` a JSON object as text."""

    number: int
    at: float
    kind: str
    workspace: str
    channel: str
    actor: str
    subject: str
    details: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain is broken first: "altered", "missing" or "inserted", and the number of the row."""

    kind: str
    number: int


class Audit:
    """Seals with SHA-256, or with HMAC-SHA-256 when there is a key, which whoever can write the database lacks."""

    def __init__(self, key: bytes = b"") -> None:
        self._key = key

    async def append(self, connection: AsyncConnection, deed: Deed) -> int:
        """Record a deed inside the caller's transaction, so that both are kept or neither; returns its number."""
        # The update takes the row's lock: another writer waits here until this transaction has ended.
        taken = await connection.execute(
            update(audit_head).values(number=audit_head.c.number + 1).returning(audit_head.c.number, audit_head.c.hash)
        )
        number, previous = taken.one()
        values: dict[str, Any] = {
            "number": number,
            "at": deed.at,
            "kind": deed.kind,
            "workspace": deed.workspace,
            "channel": deed.channel,
            "actor": deed.actor,
            "subject": deed.subject,
            "details": _canonical(deed.details or {}),
            "previous": previous,
        }
        seal = self.seal(values)
        await connection.execute(insert(audit_records).values(**values, hash=seal))
        await connection.execute(update(audit_head).values(hash=seal))
        return int(number)

    def seal(self, values: Mapping[str, Any] | RowMapping) -> str:
        """The hash of a row: over its fields in a fixed order, as canonical JSON, so that no two rows read alike."""
        text = _canonical([values[name] for name in _SEALED]).encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest() if self._key else hashlib.sha256(text).hexdigest()

    async def verify(self, connection: AsyncConnection) -> Break | None:
        """The first altered, missing or inserted row of the whole log, None where it is whole.

        Reads in pages; a row taken away at the end shows by the head.
        """
        expected, previous = 1, _START
        async for row in in_order(connection):
            if row["number"] != expected:
                return Break("missing" if row["number"] > expected else "inserted", min(row["number"], expected))
            if row["previous"] != previous:
                return Break("inserted" if row["hash"] == self.seal(row) else "altered", expected)
            if not hmac.compare_digest(row["hash"], self.seal(row)):
                return Break("altered", expected)
            expected, previous = expected + 1, row["hash"]
        head = (await connection.execute(select(audit_head))).mappings().one_or_none()
        if head is None or head["number"] >= expected:
            return Break("missing", expected)
        return None if head["hash"] == previous else Break("altered", expected - 1)


def as_lines(found: Iterable[Record]) -> Iterable[str]:
    """JSON lines for other programs; `details` as an object."""
    for record in found:
        fields = {name: getattr(record, name) for name in Record.__dataclass_fields__}
        yield json.dumps(fields | {"details": json.loads(record.details)}, ensure_ascii=False)


async def in_order(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> AsyncIterator[RowMapping]:
    """The rows that fit, oldest first, in batches: the log may be longer than memory."""
    last = None
    while True:
        wanted = select(audit_records).where(*conditions).order_by(audit_records.c.number).limit(_PAGE)
        if last is not None:
            wanted = wanted.where(audit_records.c.number > last)
        page = (await connection.execute(wanted)).mappings().all()
        for row in page:
            yield row
        if len(page) < _PAGE:
            return
        last = page[-1]["number"]


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
