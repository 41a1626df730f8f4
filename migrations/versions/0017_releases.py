"""Make releases, their artefacts, and what may name a person.

Revision: 0017_releases, after 0016_cases
"""

revision = "0017_releases"
down_revision = "0016_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make releases, their artefacts, and what may name a person."""


def downgrade() -> None:
    """Take it away again."""
