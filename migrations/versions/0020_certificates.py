"""Issue certificates.

Revision: 0020_certificates, after 0019_earnings
"""

revision = "0020_certificates"
down_revision = "0019_earnings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away again."""
