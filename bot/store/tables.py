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

# How each backup job ended that was ever seen, once, whichever way it became known; what incidents are made of.
job_outcomes: Final = Table(
    "job_outcomes",
    metadata,
    Column("job_key", String(400), primary_key=True),
    Column("job", Text, nullable=False),
    Column("item_key", String(700), nullable=False),
    Column("vault_key", String(400), nullable=False),
    Column("at", Float, nullable=False),
    Column("is_good", Boolean, nullable=False),
    Column("cause", String(300), nullable=False),
    Column("incident", String(40), nullable=False),
    Column("source", String(16), nullable=False),
    Column("seen_at", Float, nullable=False),
    Index("ix_job_outcomes_item_key", "item_key"),
    Index("ix_job_outcomes_incident", "incident"),
    Index("ix_job_outcomes_at", "at"),
)

# One protected item failing with one cause, from the first failure to the next good backup. `is_dirty` says that
# something of it is not told yet; `look_at` is when time alone changes it. `arrival` is "live" or "catch-up".
incidents: Final = Table(
    "incidents",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_key", String(700), nullable=False),
    Column("cause", String(300), nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("vm", String(300), nullable=False),
    Column("vault", String(300), nullable=False),
    Column("vault_key", String(400), nullable=False),
    Column("subscription_id", String(64), nullable=False),
    Column("resource_group", String(300), nullable=False),
    Column("entry", String(200), nullable=False),
    Column("code", String(300), nullable=False),
    Column("arrival", String(16), nullable=False),
    Column("first_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("count", Integer, nullable=False),
    Column("last_job", Text, nullable=False),
    Column("resolved_at", Float, nullable=True),
    Column("noticed_at", Float, nullable=False),
    Column("acknowledged_by", String(64), nullable=False),
    Column("assigned_to", String(64), nullable=False),
    Column("snoozed_until", Float, nullable=True),
    Column("is_snoozed_to_good", Boolean, nullable=False),
    Column("snoozed_by", String(64), nullable=False),
    Column("look_at", Float, nullable=True),
    Column("revision", Integer, nullable=False),
    Column("is_dirty", Boolean, nullable=False),
    Column("facts", Text, nullable=False),
    Index("ix_incidents_item_key", "item_key"),
    Index("ix_incidents_is_open", "is_open", "last_at"),
    Index("ix_incidents_is_dirty", "is_dirty"),
    Index("ix_incidents_look_at", "look_at"),
)

# One row: its lock orders those who take outcomes in, on all replicas.
incident_head: Final = Table(
    "incident_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", _Sequence, nullable=False),
)

# Where an incident is told: by a card of its own, within a storm, or in digests only.
incident_places: Final = Table(
    "incident_places",
    metadata,
    Column("incident", String(40), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("how", String(16), nullable=False),
    Column("storm", String(40), nullable=False),
    Column("cause", String(300), nullable=False),
    Column("at", Float, nullable=False),
    Index("ix_incident_places_storm", "storm"),
    Index("ix_incident_places_channel", "channel", "cause", "at"),
)

# Many incidents of one cause told as one. `open_key` is unique while the storm goes on.
storms: Final = Table(
    "storms",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("cause", String(300), nullable=False),
    Column("open_key", String(400), nullable=True),
    Column("opened_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("is_dirty", Boolean, nullable=False),
    Column("facts", Text, nullable=False),
    UniqueConstraint("open_key"),
    Index("ix_storms_is_dirty", "is_dirty"),
)

# What Azure Monitor sent, kept before it is acknowledged; gone once the job that it names has been read.
inbox: Final = Table(
    "inbox",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("received_at", Float, nullable=False),
    Column("state", String(16), nullable=False),
    Column("vault", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("fired_at", Float, nullable=True),
    Column("tries", Integer, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("code", String(200), nullable=False, server_default=""),
    Index("ix_inbox_state", "state", "not_before"),
)

# From when up to when the jobs of each source are known without a gap.
watermarks: Final = Table(
    "watermarks",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("since", Float, nullable=False),
    Column("upto", Float, nullable=False),
    Column("read_at", Float, nullable=False),
)

# Who does something that only one replica does at a time.
leases: Final = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", String(200), nullable=False),
    Column("until", Float, nullable=False),
)

# What is wrong with the bot's own sight, from when on; told once when it begins and once when it is over.
blindness: Final = Table(
    "blindness",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("since", Float, nullable=False),
    Column("facts", Text, nullable=False),
)

# Routes and silences that people made by a command; `body` is plain JSON.
routes: Final = Table(
    "routes",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Float, nullable=False),
    Index("ix_routes_channel", "channel"),
)
silences: Final = Table(
    "silences",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("body", Text, nullable=False),
    Column("starts", Float, nullable=False),
    Column("ends", Float, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Float, nullable=False),
    Index("ix_silences_ends", "ends"),
)
