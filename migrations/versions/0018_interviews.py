"""Make safe ways to reach people, and times out of reach.

Revision: 0018_interviews, after 0017_releases
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import ORGANISATION, protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0018_interviews"
down_revision = "0017_releases"
branch_labels = None
depends_on = None

APPEND_ONLY = ("safe_contacts", "absences")

_CASELOAD = "jobseeker_id IN (SELECT id FROM jobseekers)"
_READ = {"supervisor fieldworker": _CASELOAD}
_WRITE = {"supervisor fieldworker": f"organisation_id = {ORGANISATION} AND {_CASELOAD}"}


def upgrade() -> None:
    """Make safe ways to reach people, and times out of reach."""
    op.create_table(
        "safe_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("who_else_reads", sa.String(length=20), nullable=False),
        sa.Column("hours_from", sa.String(length=5), nullable=True),
        sa.Column("hours_until", sa.String(length=5), nullable=True),
        sa.Column("weekdays", sa.String(length=27), nullable=True),
        sa.Column("zone", sa.String(length=40), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        *_recorded("safe_contacts"),
        sa.CheckConstraint("(hours_from IS NULL) = (hours_until IS NULL)", name=op.f("ck_safe_contacts_hours_whole")),
    )
    op.create_index(op.f("ix_safe_contacts_jobseeker_id"), "safe_contacts", ["jobseeker_id"], unique=False)
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("jobseeker_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        *_recorded("absences"),
        sa.ForeignKeyConstraint(["supersedes_id"], ["absences.id"], name=op.f("fk_absences_supersedes_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_absences_reference")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_absences_supersedes_id")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_absences_in_order")),
    )
    op.create_index(op.f("ix_absences_jobseeker_id"), "absences", ["jobseeker_id"], unique=False)
    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            for statement in protect(table, read=_READ, write=_WRITE):
                op.execute(statement)


def _recorded(table: str) -> list[sa.Column[object] | sa.Constraint]:
    """Return the columns of who recorded a row for whom, and the keys that both tables have."""
    return [
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["jobseeker_id"], ["jobseekers.id"], name=op.f(f"fk_{table}_jobseeker_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f(f"fk_{table}_organisation_id")),
    ]


def downgrade() -> None:
    """Drop both tables, with what protects them."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            for statement in unprotect(table):
                op.execute(statement)
    op.drop_table("absences")
    op.drop_table("safe_contacts")
