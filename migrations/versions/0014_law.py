"""Findings say which rule of law they stand on; revisions of rules by operators.

Revision: 0014_law, after 0013_row_security
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.row_security import protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0014_law"
down_revision = "0013_row_security"
branch_labels = None
depends_on = None

# The law is about nobody: everybody reads it. Operators change it.
_READ = {"supervisor fieldworker agency employer partner staff nobody": "true"}
_WRITE = {"staff": "true"}


def upgrade() -> None:
    """Findings say which rule of law they stand on; revisions of rules by operators."""
    for column in (
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("advisory", sa.Boolean(), nullable=True),
    ):
        op.add_column("findings", column)
    op.create_table(
        "rule_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["edited_by_id"], ["people.id"], name=op.f("fk_rule_revisions_edited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_revisions")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_rule_revisions_rule_id_number")),
    )
    op.create_index("ix_rule_revisions_scope", "rule_revisions", ["scope"])
    dialect = op.get_bind().dialect.name
    for statement in guards.install(dialect, ("rule_revisions",)):
        op.execute(statement)
    if dialect == "postgresql":
        for statement in protect("rule_revisions", read=_READ, write=_WRITE):
            op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        for statement in unprotect("rule_revisions"):
            op.execute(statement)
    for statement in guards.remove(dialect, ("rule_revisions",)):
        op.execute(statement)
    op.drop_table("rule_revisions")
    for column in ("advisory", "rule", "state"):
        op.drop_column("findings", column)
