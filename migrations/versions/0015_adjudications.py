"""Make adjudications, their second person and the worker's validation.

Revision: 0015_adjudications, after 0014_law
"""

revision = "0015_adjudications"
down_revision = "0014_law"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make adjudications, their second person and the worker's validation."""


def downgrade() -> None:
    """Take it away again."""
