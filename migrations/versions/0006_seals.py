"""Make the seals of the ledger: keys, seals, leaves, and the balance checkpoints that go with them.

Revision: 0006_seals, after 0005_verification
"""

import sqlalchemy as sa
from alembic import op

from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0006_seals"
down_revision = "0005_verification"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_seal_keys", "ledger_seals", "ledger_seal_leaves")


def upgrade() -> None:
    """Make the tables and guard those that are append-only."""
    op.create_table(
        "ledger_seal_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_seal_keys"),
        sa.UniqueConstraint("number", name="uq_ledger_seal_keys_number"),
    )
    op.create_table(
        "ledger_seals",
        sa.Column("chain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("caught_up", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", UtcInstant(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.CheckConstraint("leaves > 0", name=op.f("ck_ledger_seals_not_empty")),
        sa.ForeignKeyConstraint(["key_id"], ["ledger_seal_keys.id"], name="fk_ledger_seals_key_id"),
        sa.PrimaryKeyConstraint("chain", "number", name="pk_ledger_seals"),
    )
    op.create_table(
        "ledger_seal_leaves",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("chain", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain", "number"],
            ["ledger_seals.chain", "ledger_seals.number"],
            name="fk_ledger_seal_leaves_chain_number",
        ),
        sa.PrimaryKeyConstraint("book_id", "entry_id", name="pk_ledger_seal_leaves"),
        sa.UniqueConstraint("chain", "number", "position", name="uq_ledger_seal_leaves_chain_number_position"),
    )
    op.create_index("ix_ledger_seal_leaves_book_number", "ledger_seal_leaves", ["book_id", "number"])
    op.create_table(
        "ledger_balance_checkpoints",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("debits_minor", sa.BigInteger(), nullable=False),
        sa.Column("credits_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("book_id", "number", "account_id", name="pk_ledger_balance_checkpoints"),
    )
    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables; their guards go with them."""
    for table in ("ledger_balance_checkpoints", "ledger_seal_leaves", "ledger_seals", "ledger_seal_keys"):
        op.drop_table(table)
