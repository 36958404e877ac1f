"""Every table of ours, as the migrations make them; a test compares the two."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

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

# One row for each operation ever asked for: its id is made of what a button carries, so that a button starts one.
# `held_item` is filled while an operation works on a protected item, and two rows may not hold the same one.
operations: Final = Table(
    "operations",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("phase", String(32), nullable=False),
    Column("is_over", Boolean, nullable=False),
    Column("owner", String(120), nullable=False),
    Column("job", Text, nullable=False),
    Column("job_key", String(400), nullable=False),
    Column("number", Integer, nullable=False),
    Column("group_id", String(80), nullable=False),
    Column("item_key", String(700), nullable=False),
    Column("held_item", String(700), nullable=True),
    Column("vault_key", String(400), nullable=False),
    Column("workspace", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("triggered_at", Float, nullable=True),
    Column("ended_at", Float, nullable=True),
    Column("facts", Text, nullable=False),
    UniqueConstraint("held_item"),
    Index("ix_operations_job_key", "job_key"),
    Index("ix_operations_group_id", "group_id"),
    Index("ix_operations_item_key", "item_key"),
    Index("ix_operations_vault_key", "vault_key"),
)

# What was done once and must not be done again when a step is taken anew after a crash.
done_once: Final = Table(
    "done_once",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("at", Float, nullable=False),
)

# A second person's word about one plan. Every change asks for the state that it changes, so that only one can win.
approvals: Final = Table(
    "approvals",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("operation", String(80), nullable=False),
    Column("plan_hash", String(64), nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", Float, nullable=True),
    Column("run", String(120), nullable=False),
)

# Messages that live: posted once, then edited. `ts` is empty until Slack has told it; `otherwise` is who gets the
# message in private where the channel takes none.
outbox_cards: Final = Table(
    "outbox_cards",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("otherwise", String(64), nullable=False),
    Column("ts", String(32), nullable=False),
)

# What is to be said, in the order of `place` for each channel; one row for each card's newest state, one for each line.
# `revision` grows with each new state of a card, so that a state which came during a call is not lost.
outbox_rows: Final = Table(
    "outbox_rows",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("place", _Sequence, nullable=False),
    Column("channel", String(64), nullable=False),
    Column("card_key", String(80), nullable=False),
    Column("is_line", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("began_at", Float, nullable=False),
    Column("ended_at", Float, nullable=True),
    Column("error", String(80), nullable=False),
    Index("ix_outbox_rows_channel", "channel", "state", "place"),
    Index("ix_outbox_rows_state", "state"),
)

# One row: the last place that was given. Its row lock orders the writers of all replicas.
outbox_head: Final = Table(
    "outbox_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("place", _Sequence, nullable=False),
)

# Who speaks in a channel now, and how much may be said there; shared by all replicas.
outbox_channels: Final = Table(
    "outbox_channels",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("owner", String(200), nullable=False),
    Column("until", Float, nullable=False),
    Column("tokens", Float, nullable=False),
    Column("counted_at", Float, nullable=False),
    Column("blocked_until", Float, nullable=False),
)
