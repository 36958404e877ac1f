"""What an alert's own id says of the error, for jobs that say nothing themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("code", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("inbox", "code")
