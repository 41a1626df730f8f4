"""Make stages and journeys.

Revision: 0003_journeys, after 0002_parties
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0003_journeys"
down_revision = "0002_parties"
branch_labels = None
depends_on = None

APPEND_ONLY = ("journey_stages",)


def upgrade() -> None:
    """Make the tables and guard those that are append-only."""
    op.create_table(
        "stages",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_stages")),
    )

    op.create_table(
        "journeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("corridor", sa.String(length=5), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("demand_letter_id", sa.Uuid(), nullable=True),
        sa.Column("worksite", sa.String(length=200), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("channel IN ('mou', 'direct', 'regularisation')", name=op.f("ck_journeys_channel_known")),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"], name=op.f("fk_journeys_agency_id")),
        sa.ForeignKeyConstraint(["demand_letter_id"], ["demand_letters.id"], name=op.f("fk_journeys_demand_letter_id")),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f("fk_journeys_jobseeker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journeys")),
        sa.UniqueConstraint("book_id", name=op.f("uq_journeys_book_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_journeys_reference")),
    )
    op.create_index(op.f("ix_journeys_agency_id"), "journeys", ["agency_id"], unique=False)
    op.create_index(op.f("ix_journeys_demand_letter_id"), "journeys", ["demand_letter_id"], unique=False)
    op.create_index(op.f("ix_journeys_jobseeker_id"), "journeys", ["jobseeker_id"], unique=False)

    op.create_table(
        "journey_stages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'failed', 'skipped', 'repeated')", name=op.f("ck_journey_stages_outcome_known")
        ),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_journey_stages_journey_id")),
        sa.ForeignKeyConstraint(["stage"], ["stages.code"], name=op.f("fk_journey_stages_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_stages")),
        sa.UniqueConstraint(
            "journey_id",
            "stage",
            "occurred_on",
            "outcome",
            name=op.f("uq_journey_stages_journey_id_stage_occurred_on_outcome"),
        ),
    )

    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables; their guards go with them."""
    for table in ("journey_stages", "journeys", "stages"):
        op.drop_table(table)
