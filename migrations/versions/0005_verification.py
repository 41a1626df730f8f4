"""Make the last comparison of each journey, its findings, and the files that came in.

Revision: 0005_verification, after 0004_fees
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0005_verification"
down_revision = "0004_fees"
branch_labels = None
depends_on = None

APPEND_ONLY = ("imports",)


def upgrade() -> None:
    """Make the tables and guard those that are append-only."""
    op.create_table(
        "comparisons",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("covered_until", sa.Date(), nullable=True),
        sa.Column("worker_borne_minor", sa.BigInteger(), nullable=False),
        sa.Column("repaid_minor", sa.BigInteger(), nullable=False),
        sa.Column("remedy_due_minor", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("compared_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_comparisons_journey_id")),
        sa.PrimaryKeyConstraint("journey_id", name=op.f("pk_comparisons")),
    )
    op.create_index("ix_comparisons_status", "comparisons", ["status"], unique=False)

    op.create_table(
        "findings",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("fee_item", sa.String(length=40), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_findings_journey_id")),
        sa.PrimaryKeyConstraint("journey_id", "position", name=op.f("pk_findings")),
    )
    op.create_index("ix_findings_kind", "findings", ["kind"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("rows_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("supersedes", sa.String(length=80), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["sender_id"], ["organisations.id"], name=op.f("fk_imports_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("rows_key", "supersedes", name=op.f("uq_imports_rows_key_supersedes")),
    )

    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables; their guards go with them."""
    for table in ("imports", "findings", "comparisons"):
        op.drop_table(table)
