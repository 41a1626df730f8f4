"""Make the answers that are kept for repeated requests.

Revision: 0010_idempotency, after 0009_outbox
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0010_idempotency"
down_revision = "0009_outbox"
branch_labels = None
depends_on = None

APPEND_ONLY = ("idempotency_keys",)


def upgrade() -> None:
    """Make the table and guard it."""
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_keys"),
        sa.UniqueConstraint("actor_id", "route", "key", name="uq_idempotency_keys_actor_id_route_key"),
    )
    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Drop the table; its guards go with it."""
    op.drop_table("idempotency_keys")
