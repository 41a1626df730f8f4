"""Make the audit record and its seals.

Revision: 0008_audit, after 0007_access
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0008_audit"
down_revision = "0007_access"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_events", "audit_seals", "audit_seal_leaves")


def upgrade() -> None:
    """Make the tables and guard those that are append-only."""
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", UtcInstant(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_role", sa.String(length=40), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=True),
        sa.Column("request_id", sa.String(length=80), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_subject", "audit_events", ["subject_kind", "subject_id", "id"], unique=False)
    op.create_index("ix_audit_events_actor", "audit_events", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_events_organisation", "audit_events", ["organisation_id", "id"], unique=False)
    op.create_index("ix_audit_events_action", "audit_events", ["action", "id"], unique=False)

    op.create_table(
        "audit_seals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("caught_up", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", UtcInstant(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.CheckConstraint("leaves > 0", name=op.f("ck_audit_seals_not_empty")),
        sa.ForeignKeyConstraint(["key_id"], ["ledger_seal_keys.id"], name=op.f("fk_audit_seals_key_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seals")),
    )

    op.create_table(
        "audit_seal_leaves",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["audit_seals.number"], name=op.f("fk_audit_seal_leaves_number")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_seal_leaves")),
        sa.UniqueConstraint("number", "position", name=op.f("uq_audit_seal_leaves_number_position")),
    )

    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables; their guards go with them."""
    for table in ("audit_seal_leaves", "audit_seals", "audit_events"):
        op.drop_table(table)
