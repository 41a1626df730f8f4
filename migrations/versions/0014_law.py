"""Findings say which rule of law they stand on; revisions of rules by operators.

Revision: 0014_law, after 0013_row_security
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_law"
down_revision = "0013_row_security"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Findings say which rule of law they stand on; revisions of rules by operators."""
    for column in (
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("advisory", sa.Boolean(), nullable=True),
    ):
        op.add_column("findings", column)


def downgrade() -> None:
    """Take it away again."""
    for column in ("advisory", "rule", "state"):
        op.drop_column("findings", column)
