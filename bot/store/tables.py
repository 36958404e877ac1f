"""Every table of ours, as the migrations make them; a test compares the two."""

from typing import Final

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, String, Table, Text

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_Sequence = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for plain INTEGER

# Append-only and hash-chained: `number` has no gaps, `hash` covers everything in the row and `previous`.
audit_records: Final = Table(
    "audit_records",
    metadata,
    Column("number", _Sequence, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("workspace", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_records_actor", "actor"),
    Index("ix_audit_records_subject", "subject"),
    Index("ix_audit_records_at", "at"),
)

# One row: the newest record. Its row lock orders the writers of all replicas.
audit_head: Final = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", _Sequence, nullable=False),
    Column("hash", String(64), nullable=False),
)
