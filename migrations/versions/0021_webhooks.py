"""Tell partners by webhooks.

A partner sees and writes its own webhooks, and asks for hosts; an operator sees them all, and decides about hosts. What is
sent is written by the house alone. All of it changes, so nothing is guarded against changes here.

Revision: 0021_webhooks, after 0020_certificates
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database.row_security import ORGANISATION, protect, unprotect
from recruitment.database.types import UtcInstant

revision = "0021_webhooks"
down_revision = "0020_certificates"
branch_labels = None
depends_on = None

_OPERATOR = f"{ORGANISATION} IS NULL"
_OWN = f"partner_id = {ORGANISATION}"
_READ = {"partner": _OWN, "staff": _OPERATOR}
_OF_WEBHOOKS = "webhook_id IN (SELECT id FROM webhooks)"

# By table: who reads which rows, and who writes which.
TABLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "webhook_hosts": (_READ, {"partner": f"{_OWN} AND state = 'waiting'", "staff": _OPERATOR}),
    "webhooks": (_READ, {"partner": _OWN}),
    "webhook_deliveries": ({"partner": _OF_WEBHOOKS, "staff": _OF_WEBHOOKS}, {}),
}


def upgrade() -> None:
    """Make the tables, and protect them on PostgreSQL."""
    _make_hosts()
    _make_webhooks()
    _make_deliveries()
    if op.get_bind().dialect.name == "postgresql":
        for table, (read, write) in TABLES.items():
            for statement in protect(table, read=read, write=write):
                op.execute(statement)


def _make_hosts() -> None:
    op.create_table(
        "webhook_hosts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_webhook_hosts_decided_by_somebody")
        ),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'withdrawn')", name=op.f("ck_webhook_hosts_state_known")),
        _to("webhook_hosts", "partner_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_hosts")),
        sa.UniqueConstraint("partner_id", "host", name=op.f("uq_webhook_hosts_partner_id_host")),
        sa.UniqueConstraint("reference", name=op.f("uq_webhook_hosts_reference")),
    )


def _make_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", UtcInstant(), nullable=True),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(old_secret_sealed IS NULL) = (old_secret_until IS NULL)", name=op.f("ck_webhooks_old_secret_ends")
        ),
        sa.CheckConstraint("state IN ('on', 'off', 'removed')", name=op.f("ck_webhooks_state_known")),
        _to("webhooks", "partner_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("reference", name=op.f("uq_webhooks_reference")),
    )
    op.create_index(op.f("ix_webhooks_partner_id"), "webhooks", ["partner_id"], unique=False)


def _make_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("happened", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.SmallInteger(), nullable=True),
        sa.Column("last_failure", sa.String(length=40), nullable=True),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_webhook_deliveries_ended_when_over")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'given_up')", name=op.f("ck_webhook_deliveries_state_known")
        ),
        _to("webhook_deliveries", "webhook_id", "webhooks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhook_deliveries_message_id")),
    )
    op.create_index("ix_webhook_deliveries_state_due_at", "webhook_deliveries", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_webhook_deliveries_webhook_id"), "webhook_deliveries", ["webhook_id"], unique=False)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Take it away again."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(TABLES):
            for statement in unprotect(table):
                op.execute(statement)
    for table in reversed(TABLES):
        op.drop_table(table)
