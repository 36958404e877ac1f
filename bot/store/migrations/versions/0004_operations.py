"""Operations, and what was done once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS = (("kind", 32), ("phase", 32), ("owner", 120), ("job_key", 400), ("group_id", 80), ("item_key", 700))
_MORE = (("vault_key", 400), ("workspace", 32), ("channel", 32), ("requested_by", 64), ("language", 8))


def upgrade() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.String(80), primary_key=True),
        *(sa.Column(name, sa.String(most), nullable=False) for name, most in _TEXTS + _MORE),
        sa.Column("is_over", sa.Boolean, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("held_item", sa.String(700), nullable=True),
        sa.Column("asked_at", sa.Float, nullable=False),
        sa.Column("triggered_at", sa.Float, nullable=True),
        sa.Column("ended_at", sa.Float, nullable=True),
        sa.Column("facts", sa.Text, nullable=False),
        sa.UniqueConstraint("held_item", name="uq_operations_held_item"),
    )
    for column in ("job_key", "group_id", "item_key", "vault_key"):
        op.create_index(f"ix_operations_{column}", "operations", [column])
    op.create_table(
        "done_once",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    for table in ("done_once", "operations"):
        op.drop_table(table)
