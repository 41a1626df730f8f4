"""Make earnings: what a worker earned in a month.

Revision: 0019_earnings, after 0018_interviews
"""

revision = "0019_earnings"
down_revision = "0018_interviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make earnings: what a worker earned in a month."""


def downgrade() -> None:
    """Take it away again."""
