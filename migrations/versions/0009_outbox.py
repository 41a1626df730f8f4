"""Make the outbox: news that rooms below leave for rooms above.

Revision: 0009_outbox, after 0008_audit
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database.types import UtcInstant

revision = "0009_outbox"
down_revision = "0008_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. It is not append-only: a message is marked as done, and deleted when it is old."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("emitted_at", UtcInstant(), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcInstant(), nullable=True),
        sa.Column("failed_at", UtcInstant(), nullable=True),
        sa.Column("failed_reason", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_open", "outbox", ["done_at", "due_at"], unique=False)


def downgrade() -> None:
    """Drop the table, with every message that was not delivered yet."""
    op.drop_table("outbox")
