"""Make releases, their artefacts, and what may name a person.

All of it is only ever added to. An agency or employer sees its own artefacts; everything else is of the inside.

Revision: 0017_releases, after 0016_cases
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import ORGANISATION, protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0017_releases"
down_revision = "0016_cases"
branch_labels = None
depends_on = None

TABLES = (
    "releases", "release_artefacts", "release_cells", "release_contributors", "retaliation_assessments", "disclosures",
    "disclosure_withdrawals", "release_disclosures",
)  # fmt: skip
_OWN = {"agency employer": f"organisation_id = {ORGANISATION}"}


def upgrade() -> None:
    """Make the tables, guard them, and protect them on PostgreSQL."""
    _make_releases()
    _make_disclosures()
    dialect = op.get_bind().dialect.name
    for statement in guards.install(dialect, TABLES):
        op.execute(statement)
    if dialect == "postgresql":
        for table in TABLES:
            for statement in protect(table, read=_OWN if table == "release_artefacts" else {}, write={}):
                op.execute(statement)


def _make_releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.Column("cut_off_at", UtcInstant(), nullable=False),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recheck_rate", sa.String(length=21), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("period", name=op.f("uq_releases_period")),
    )
    op.create_table(
        "release_artefacts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        _to("release_artefacts", "organisation_id", "organisations"),
        _to("release_artefacts", "release_id", "releases"),
        sa.PrimaryKeyConstraint("organisation_id", "period", name=op.f("pk_release_artefacts")),
    )
    op.create_index(op.f("ix_release_artefacts_release_id"), "release_artefacts", ["release_id"], unique=False)
    op.create_table(
        "release_cells",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("fee_item", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=True),
        sa.Column("median_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("percent", sa.SmallInteger(), nullable=True),
        sa.Column("since", sa.String(length=7), nullable=True),
        sa.Column("contributors", sa.Integer(), nullable=False),
        sa.Column("new_contributors", sa.Integer(), nullable=False),
        sa.Column("cohorts", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(state = 'withheld') = (since IS NULL)", name=op.f("ck_release_cells_told_whole")),
        sa.CheckConstraint(
            "state IN ('published', 'repeated', 'withheld')", name=op.f("ck_release_cells_state_known")
        ),
        sa.CheckConstraint("workers >= 8", name=op.f("ck_release_cells_workers_not_exact")),
        _to("release_cells", "organisation_id", "organisations"),
        _to("release_cells", "release_id", "releases"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_cells")),
        sa.UniqueConstraint(
            "release_id", "organisation_id", "kind", "fee_item",
            name=op.f("uq_release_cells_release_id_organisation_id_kind_fee_item"),
        ),
    )  # fmt: skip
    op.create_table(
        "release_contributors",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("fee_item", sa.String(length=40), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        _to("release_contributors", "jobseeker_id", "jobseekers"),
        _to("release_contributors", "organisation_id", "organisations"),
        _to("release_contributors", "release_id", "releases"),
        sa.PrimaryKeyConstraint(
            "organisation_id", "kind", "fee_item", "jobseeker_id", name=op.f("pk_release_contributors")
        ),
    )


def _make_disclosures() -> None:
    op.create_table(
        "retaliation_assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("risk", sa.String(length=10), nullable=False),
        sa.Column("triggers_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("plan_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("assessed_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("risk IN ('low', 'medium', 'high')", name=op.f("ck_retaliation_assessments_risk_known")),
        _to("retaliation_assessments", "journey_id", "journeys"),
        _to("retaliation_assessments", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retaliation_assessments")),
        sa.UniqueConstraint("reference", name=op.f("uq_retaliation_assessments_reference")),
    )
    op.create_index(
        op.f("ix_retaliation_assessments_journey_id"), "retaliation_assessments", ["journey_id"], unique=False
    )
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("fee_items", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        _to("disclosures", "assessment_id", "retaliation_assessments"),
        _to("disclosures", "journey_id", "journeys"),
        _to("disclosures", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        sa.UniqueConstraint("reference", name=op.f("uq_disclosures_reference")),
    )
    op.create_index(op.f("ix_disclosures_journey_id"), "disclosures", ["journey_id"], unique=False)
    op.create_table(
        "disclosure_withdrawals",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        _to("disclosure_withdrawals", "disclosure_id", "disclosures"),
        sa.PrimaryKeyConstraint("disclosure_id", name=op.f("pk_disclosure_withdrawals")),
    )
    op.create_table(
        "release_disclosures",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.CheckConstraint("state IN ('carried', 'held')", name=op.f("ck_release_disclosures_state_known")),
        _to("release_disclosures", "disclosure_id", "disclosures"),
        _to("release_disclosures", "release_id", "releases"),
        sa.PrimaryKeyConstraint("release_id", "disclosure_id", name=op.f("pk_release_disclosures")),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Take it away again."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(TABLES):
            for statement in unprotect(table):
                op.execute(statement)
    for table in reversed(TABLES):
        op.drop_table(table)
