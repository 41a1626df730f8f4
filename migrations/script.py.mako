"""${message}

Before you write it: rows are append-only behind triggers, and a batch migration on SQLite drops them. Install the guards
of every table that you touched again (recruitment.database.guards). Old code must still run on the new schema.

Revision: ${up_revision}, after ${down_revision}
"""

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Go back."""
    ${downgrades if downgrades else "pass"}
