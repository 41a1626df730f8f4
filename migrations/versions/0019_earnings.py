"""Make earnings: what a worker earned in a month of the job abroad.

Like other words of workers it is only ever added to, and exists for who hears workers alone.

Revision: 0019_earnings, after 0018_interviews
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import ORGANISATION, protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0019_earnings"
down_revision = "0018_interviews"
branch_labels = None
depends_on = None

APPEND_ONLY = ("earnings",)

_CSO = "supervisor fieldworker"
_OF_SEEN_JOURNEYS = "journey_id IN (SELECT id FROM journeys)"


def upgrade() -> None:
    """Make the table, guard it, and protect it on PostgreSQL."""
    op.create_table(
        "earnings",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("deducted_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("witnessed", sa.Boolean(), nullable=True),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_earnings_journey_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["organisations.id"], name=op.f("fk_earnings_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earnings")),
        sa.UniqueConstraint("sender_id", "reference", "version", name=op.f("uq_earnings_sender_id_reference_version")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_earnings_supersedes_id")),
    )
    op.create_index(op.f("ix_earnings_journey_id"), "earnings", ["journey_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in guards.install(dialect, APPEND_ONLY):
        op.execute(statement)
    if dialect == "postgresql":
        read = {_CSO: _OF_SEEN_JOURNEYS}
        write = {_CSO: f"sender_id = {ORGANISATION} AND {_OF_SEEN_JOURNEYS}"}
        for statement in protect("earnings", read=read, write=write):
            op.execute(statement)


def downgrade() -> None:
    """Drop the table, its guards and policies with it."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in unprotect("earnings"):
            op.execute(statement)
    op.drop_table("earnings")
