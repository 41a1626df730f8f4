"""Tell partners by webhooks.

Revision: 0021_webhooks, after 0020_certificates
"""

revision = "0021_webhooks"
down_revision = "0020_certificates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away again."""
