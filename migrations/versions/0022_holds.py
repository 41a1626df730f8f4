"""Make guarded balances, holds, and what became of holds.

A guarded balance is the one table of the ledger whose rows change: it is taken down and put up by one statement, and
never below zero. Like all of the ledger it knows nobody, so it is open to every session.

Revision: 0022_holds, after 0021_webhooks
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0022_holds"
down_revision = "0021_webhooks"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_holds", "ledger_hold_resolutions")


def upgrade() -> None:
    """Make the tables and guard those that are append-only."""
    op.create_table(
        "ledger_guarded_balances",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("available_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("available_minor >= 0", name=op.f("ck_ledger_guarded_balances_never_below_zero")),
        sa.CheckConstraint(
            "available_minor = CAST(available_minor AS BIGINT)", name=op.f("ck_ledger_guarded_balances_whole")
        ),
        sa.ForeignKeyConstraint(["book_id"], ["ledger_books.id"], name="fk_ledger_guarded_balances_book"),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_accounts.id"], name="fk_ledger_guarded_balances_account"),
        sa.PrimaryKeyConstraint("book_id", "account_id", name="pk_ledger_guarded_balances"),
    )
    _make_holds()
    _make_resolutions()
    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def _make_holds() -> None:
    op.create_table(
        "ledger_holds",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("source_type", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "amount_minor > 0 AND amount_minor <= 1000000000000000", name=op.f("ck_ledger_holds_amount_in_range")
        ),
        sa.CheckConstraint("amount_minor = CAST(amount_minor AS BIGINT)", name=op.f("ck_ledger_holds_amount_whole")),
        sa.CheckConstraint("id <> book_id", name=op.f("ck_ledger_holds_not_its_book")),
        sa.ForeignKeyConstraint(
            ["book_id", "account_id"],
            ["ledger_guarded_balances.book_id", "ledger_guarded_balances.account_id"],
            name="fk_ledger_holds_guarded",
        ),
        sa.PrimaryKeyConstraint("book_id", "id", name="pk_ledger_holds"),
        sa.UniqueConstraint("book_id", "id", "amount_minor", name="uq_ledger_holds_amount"),
        sa.UniqueConstraint("book_id", "scope", "key", name="uq_ledger_holds_idempotency"),
    )


def _make_resolutions() -> None:
    op.create_table(
        "ledger_hold_resolutions",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), nullable=False),
        sa.Column("posted_minor", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('settled', 'released')", name=op.f("ck_ledger_hold_resolutions_kind_known")),
        sa.CheckConstraint(
            "(kind = 'settled' AND entry_id IS NOT NULL AND posted_minor > 0)"
            " OR (kind = 'released' AND entry_id IS NULL AND posted_minor = 0)",
            name=op.f("ck_ledger_hold_resolutions_settled_by_an_entry"),
        ),
        sa.CheckConstraint("posted_minor <= held_minor", name=op.f("ck_ledger_hold_resolutions_not_for_more")),
        sa.CheckConstraint(
            "posted_minor = CAST(posted_minor AS BIGINT)", name=op.f("ck_ledger_hold_resolutions_posted_whole")
        ),
        sa.CheckConstraint("id <> book_id", name=op.f("ck_ledger_hold_resolutions_not_its_book")),
        sa.ForeignKeyConstraint(
            ["book_id", "hold_id", "held_minor"],
            ["ledger_holds.book_id", "ledger_holds.id", "ledger_holds.amount_minor"],
            name="fk_ledger_hold_resolutions_hold",
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "entry_id"],
            ["ledger_entries.book_id", "ledger_entries.id"],
            name="fk_ledger_hold_resolutions_entry",
        ),
        sa.PrimaryKeyConstraint("book_id", "hold_id", name="pk_ledger_hold_resolutions"),
        sa.UniqueConstraint("book_id", "id", name="uq_ledger_hold_resolutions_id"),
        sa.UniqueConstraint("book_id", "entry_id", name="uq_ledger_hold_resolutions_entry"),
    )


def downgrade() -> None:
    """Drop the tables; their guards go with them."""
    for table in ("ledger_hold_resolutions", "ledger_holds", "ledger_guarded_balances"):
        op.drop_table(table)
