"""Outcomes of jobs, incidents and where they are told, storms, the inbox, and what people set."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAMES = (
    "silences", "routes", "blindness", "leases", "watermarks", "inbox", "storms", "incident_places", "incident_head",
    "incidents", "job_outcomes",
)  # fmt: skip


def upgrade() -> None:
    _make_incidents()
    _make_telling()
    _make_intake()
    _make_settings()
    op.execute("INSERT INTO incident_head (id, number) VALUES (1, 0)")


def _make_incidents() -> None:
    op.create_table(
        "job_outcomes",
        sa.Column("job_key", sa.String(400), primary_key=True),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("item_key", sa.String(700), nullable=False),
        sa.Column("vault_key", sa.String(400), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("is_good", sa.Boolean, nullable=False),
        sa.Column("cause", sa.String(300), nullable=False),
        sa.Column("incident", sa.String(40), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )
    op.create_index("ix_job_outcomes_at", "job_outcomes", ["at"])
    op.create_index("ix_job_outcomes_incident", "job_outcomes", ["incident"])
    op.create_index("ix_job_outcomes_item_key", "job_outcomes", ["item_key"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("item_key", sa.String(700), nullable=False),
        sa.Column("cause", sa.String(300), nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("vm", sa.String(300), nullable=False),
        sa.Column("vault", sa.String(300), nullable=False),
        sa.Column("vault_key", sa.String(400), nullable=False),
        sa.Column("subscription_id", sa.String(64), nullable=False),
        sa.Column("resource_group", sa.String(300), nullable=False),
        sa.Column("entry", sa.String(200), nullable=False),
        sa.Column("code", sa.String(300), nullable=False),
        sa.Column("arrival", sa.String(16), nullable=False),
        sa.Column("first_at", sa.Float, nullable=False),
        sa.Column("last_at", sa.Float, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_job", sa.Text, nullable=False),
        sa.Column("resolved_at", sa.Float, nullable=True),
        sa.Column("noticed_at", sa.Float, nullable=False),
        sa.Column("acknowledged_by", sa.String(64), nullable=False),
        sa.Column("assigned_to", sa.String(64), nullable=False),
        sa.Column("snoozed_until", sa.Float, nullable=True),
        sa.Column("is_snoozed_to_good", sa.Boolean, nullable=False),
        sa.Column("snoozed_by", sa.String(64), nullable=False),
        sa.Column("look_at", sa.Float, nullable=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("is_dirty", sa.Boolean, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
    )
    op.create_index("ix_incidents_is_dirty", "incidents", ["is_dirty"])
    op.create_index("ix_incidents_is_open", "incidents", ["is_open", "last_at"])
    op.create_index("ix_incidents_item_key", "incidents", ["item_key"])
    op.create_index("ix_incidents_look_at", "incidents", ["look_at"])
    op.create_table(
        "incident_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", _SEQUENCE, nullable=False),
    )


def _make_telling() -> None:
    op.create_table(
        "incident_places",
        sa.Column("incident", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(64), primary_key=True),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("storm", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(300), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_incident_places_channel", "incident_places", ["channel", "cause", "at"])
    op.create_index("ix_incident_places_storm", "incident_places", ["storm"])
    op.create_table(
        "storms",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("cause", sa.String(300), nullable=False),
        sa.Column("open_key", sa.String(400), nullable=True),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("last_at", sa.Float, nullable=False),
        sa.Column("is_dirty", sa.Boolean, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.UniqueConstraint("open_key", name="uq_storms_open_key"),
    )
    op.create_index("ix_storms_is_dirty", "storms", ["is_dirty"])


def _make_intake() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("received_at", sa.Float, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("vault", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("fired_at", sa.Float, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("not_before", sa.Float, nullable=False),
    )
    op.create_index("ix_inbox_state", "inbox", ["state", "not_before"])
    op.create_table(
        "watermarks",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("upto", sa.Float, nullable=False),
        sa.Column("read_at", sa.Float, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "blindness",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
    )


def _make_settings() -> None:
    op.create_table(
        "routes",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.Float, nullable=False),
    )
    op.create_index("ix_routes_channel", "routes", ["channel"])
    op.create_table(
        "silences",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("starts", sa.Float, nullable=False),
        sa.Column("ends", sa.Float, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.Float, nullable=False),
    )
    op.create_index("ix_silences_ends", "silences", ["ends"])


def downgrade() -> None:
    for table in _NAMES:
        op.drop_table(table)
