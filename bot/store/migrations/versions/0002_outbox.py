"""The outbox: what is to be said in Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "outbox_cards",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("otherwise", sa.String(64), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
    )
    op.create_table(
        "outbox_rows",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("place", _SEQUENCE, nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("card_key", sa.String(80), nullable=False),
        sa.Column("is_line", sa.Boolean, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("not_before", sa.Float, nullable=False),
        sa.Column("began_at", sa.Float, nullable=False),
        sa.Column("ended_at", sa.Float, nullable=True),
        sa.Column("error", sa.String(80), nullable=False),
    )
    op.create_index("ix_outbox_rows_channel", "outbox_rows", ["channel", "state", "place"])
    op.create_index("ix_outbox_rows_state", "outbox_rows", ["state"])
    head = op.create_table(
        "outbox_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("place", _SEQUENCE, nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "place": 0}])
    op.create_table(
        "outbox_channels",
        sa.Column("channel", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("tokens", sa.Float, nullable=False),
        sa.Column("counted_at", sa.Float, nullable=False),
        sa.Column("blocked_until", sa.Float, nullable=False),
    )


def downgrade() -> None:
    for table in ("outbox_channels", "outbox_head", "outbox_rows", "outbox_cards"):
        op.drop_table(table)
