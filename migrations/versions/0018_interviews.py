"""Make safe ways to reach people, and times out of reach.

Revision: 0018_interviews, after 0017_releases
"""

revision = "0018_interviews"
down_revision = "0017_releases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make safe ways to reach people, and times out of reach."""


def downgrade() -> None:
    """Take it away again."""
