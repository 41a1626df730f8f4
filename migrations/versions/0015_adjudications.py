"""Make adjudications, their second person and the worker's validation.

That whoever decided does not confirm is held by the tables themselves: each answer carries who decided, by a foreign key
over both columns, and a CHECK compares. Decisions could not be made again, so the way down is refused while there are any.

Revision: 0015_adjudications, after 0014_law
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import ORGANISATION, PERSON, protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0015_adjudications"
down_revision = "0014_law"
branch_labels = None
depends_on = None

APPEND_ONLY = ("adjudications", "adjudication_confirmations", "adjudication_validations")

CSO = "supervisor fieldworker"
_SEEN = {CSO: "adjudication_id IN (SELECT id FROM adjudications)"}
_ASKED = f"asked_by = {PERSON} AND organisation_id = {ORGANISATION} AND {_SEEN[CSO]}"
TABLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "adjudications": ({CSO: "journey_id IN (SELECT id FROM journeys)"}, {}),
    "adjudication_confirmations": (_SEEN, {}),
    "adjudication_validations": (_SEEN, {CSO: _ASKED}),
}


def upgrade() -> None:
    """Make the tables, guard them, and protect their rows on PostgreSQL."""
    op.create_table(
        "adjudications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("fee_item", sa.String(length=40), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verified_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("evidence_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("basis_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("stake_minor", sa.BigInteger(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("needs_worker", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("verified_minor >= 0", name=op.f("ck_adjudications_verified_not_negative")),
        sa.CheckConstraint("stake_minor >= verified_minor", name=op.f("ck_adjudications_stake_covers_verified")),
        sa.CheckConstraint("(version = 1) = (supersedes_id IS NULL)", name=op.f("ck_adjudications_later_supersede")),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_adjudications_journey_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["adjudications.id"], name=op.f("fk_adjudications_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudications")),
        sa.UniqueConstraint("reference", name=op.f("uq_adjudications_reference")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_adjudications_supersedes_id")),
        sa.UniqueConstraint("question_id", "version", name=op.f("uq_adjudications_question_id_version")),
        sa.UniqueConstraint("id", "decided_by", name=op.f("uq_adjudications_id_decided_by")),
    )
    op.create_index(op.f("ix_adjudications_journey_id"), "adjudications", ["journey_id"], unique=False)
    op.create_table(
        "adjudication_confirmations",
        sa.Column("adjudication_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("confirmed_by <> decided_by", name=op.f("ck_adjudication_confirmations_by_another")),
        sa.CheckConstraint(
            "answer IN ('confirmed', 'refused')", name=op.f("ck_adjudication_confirmations_answer_known")
        ),
        sa.ForeignKeyConstraint(
            ["adjudication_id", "decided_by"],
            ["adjudications.id", "adjudications.decided_by"],
            name=op.f("fk_adjudication_confirmations_adjudication_id_decided_by"),
        ),
        sa.PrimaryKeyConstraint("adjudication_id", name=op.f("pk_adjudication_confirmations")),
    )
    op.create_table(
        "adjudication_validations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("adjudication_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("witnessed", sa.Boolean(), nullable=True),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("asked_by <> decided_by", name=op.f("ck_adjudication_validations_by_another")),
        sa.CheckConstraint("answer IN ('agrees', 'disagrees')", name=op.f("ck_adjudication_validations_answer_known")),
        sa.ForeignKeyConstraint(
            ["adjudication_id", "decided_by"],
            ["adjudications.id", "adjudications.decided_by"],
            name=op.f("fk_adjudication_validations_adjudication_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_adjudication_validations_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudication_validations")),
    )
    op.create_index(
        "ix_adjudication_validations_adjudication", "adjudication_validations", ["adjudication_id"], unique=False
    )
    dialect = op.get_bind().dialect.name
    statements = guards.install(dialect, APPEND_ONLY)
    if dialect == "postgresql":
        for table, (read, write) in TABLES.items():
            statements += protect(table, read=read, write=write)
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Take the tables away, their guards with them, when nobody has decided anything yet."""
    # First, because a policy would hide the rows that are looked for; what is refused is rolled back whole.
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(TABLES):
            for statement in unprotect(table):
                op.execute(statement)
    if op.get_bind().execute(sa.text("SELECT 1 FROM adjudications LIMIT 1")).first():
        raise RuntimeError("There are decisions, which the revision before cannot hold. Nothing is changed.")
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)
