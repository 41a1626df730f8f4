"""Make the books: currencies, accounts, books, entries and postings, with everything the database can promise.

Foreign keys are a step of their own on PostgreSQL (they are dropped and added again when a table is distributed);
SQLite has them only inside CREATE TABLE. Entries and postings point at each other: the key from the entry to its last
posting is deferred to the commit, so an entry is complete or not there.

Revision: 0001_ledger, the first
"""

import sqlalchemy as sa
from alembic import op

from recruitment.core.currencies import EXPONENTS
from recruitment.database import guards
from recruitment.database.types import UtcInstant

revision = "0001_ledger"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_currencies", "ledger_accounts", "ledger_books", "ledger_entries", "ledger_postings")

# name, table, columns, referred table, referred columns
FOREIGN_KEYS = (
    ("fk_ledger_accounts_currency", "ledger_accounts", ["currency"], "ledger_currencies", ["code"]),
    ("fk_ledger_entries_book_id", "ledger_entries", ["book_id"], "ledger_books", ["id"]),
    (
        "fk_ledger_entries_reverses", "ledger_entries", ["book_id", "reverses_id"],
        "ledger_entries", ["book_id", "id"],
    ),
    (
        "fk_ledger_entries_last_posting", "ledger_entries", ["book_id", "id", "last_seq"],
        "ledger_postings", ["book_id", "entry_id", "seq"],
    ),
    (
        "fk_ledger_postings_entry", "ledger_postings", ["book_id", "entry_id", "last_seq"],
        "ledger_entries", ["book_id", "id", "last_seq"],
    ),
    (
        "fk_ledger_postings_previous", "ledger_postings", ["book_id", "entry_id", "prev_seq"],
        "ledger_postings", ["book_id", "entry_id", "seq"],
    ),
    (
        "fk_ledger_postings_debit", "ledger_postings", ["debit_id", "currency", "basis"],
        "ledger_accounts", ["id", "currency", "basis"],
    ),
    (
        "fk_ledger_postings_credit", "ledger_postings", ["credit_id", "currency", "basis"],
        "ledger_accounts", ["id", "currency", "basis"],
    ),
)  # fmt: skip
DEFERRED = "fk_ledger_entries_last_posting"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _deferral(name: str) -> dict[str, object]:
    return {"deferrable": True, "initially": "DEFERRED"} if name == DEFERRED else {}


def _inline(table: str) -> list[sa.ForeignKeyConstraint]:
    """Return the foreign keys of a table for its CREATE TABLE: on SQLite all of them, on PostgreSQL none."""
    if not _is_sqlite():
        return []
    return [
        sa.ForeignKeyConstraint(columns, [f"{other}.{column}" for column in others], name=name, **_deferral(name))
        for name, source, columns, other, others in FOREIGN_KEYS
        if source == table
    ]


def upgrade() -> None:
    """Make the tables, add the keys, guard everything, and freeze the currencies."""
    currencies = op.create_table(
        "ledger_currencies",
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("exponent", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_ledger_currencies"),
    )
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "basis IN ('declared', 'reported', 'verified', 'money')", name=op.f("ck_ledger_accounts_basis_known")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_accounts"),
        sa.UniqueConstraint("code", "currency", name="uq_ledger_accounts_code_currency"),
        sa.UniqueConstraint("id", "currency", "basis", name="uq_ledger_accounts_id_currency_basis"),
        *_inline("ledger_accounts"),
    )
    op.create_table(
        "ledger_books",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_books"),
    )
    _make_entries()
    _make_postings()
    if not _is_sqlite():
        for name, source, columns, other, others in FOREIGN_KEYS:
            op.create_foreign_key(name, source, other, columns, others, **_deferral(name))
    op.bulk_insert(currencies, [{"code": code, "exponent": places} for code, places in sorted(EXPONENTS.items())])
    for statement in guards.install(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def _make_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.SmallInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("precision", sa.String(length=7), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("posted_by", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("source_type", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("narrative", sa.String(length=300), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint("last_seq IS NOT NULL AND last_seq >= 1", name=op.f("ck_ledger_entries_not_empty")),
        sa.CheckConstraint("reverses_id IS NULL OR reverses_id <> id", name=op.f("ck_ledger_entries_reverses_another")),
        sa.CheckConstraint("id <> book_id", name=op.f("ck_ledger_entries_not_its_book")),
        sa.PrimaryKeyConstraint("book_id", "id", name="pk_ledger_entries"),
        sa.UniqueConstraint("book_id", "id", "last_seq", name="uq_ledger_entries_last_seq"),
        sa.UniqueConstraint("book_id", "reverses_id", name="uq_ledger_entries_reversed_once"),
        sa.UniqueConstraint("book_id", "scope", "key", name="uq_ledger_entries_idempotency"),
        *_inline("ledger_entries"),
    )


def _make_postings() -> None:
    op.create_table(
        "ledger_postings",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.SmallInteger(), nullable=False),
        sa.Column("prev_seq", sa.SmallInteger(), nullable=True),
        sa.Column("debit_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(seq = 1 AND prev_seq IS NULL) OR (seq > 1 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)",
            name=op.f("ck_ledger_postings_no_hole"),
        ),
        sa.CheckConstraint("seq <= last_seq", name=op.f("ck_ledger_postings_not_late")),
        sa.CheckConstraint(
            "amount_minor > 0 AND amount_minor <= 1000000000000000", name=op.f("ck_ledger_postings_amount_in_range")
        ),
        sa.CheckConstraint("amount_minor = CAST(amount_minor AS BIGINT)", name=op.f("ck_ledger_postings_amount_whole")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_ledger_postings_two_accounts")),
        sa.PrimaryKeyConstraint("book_id", "entry_id", "seq", name="pk_ledger_postings"),
        *_inline("ledger_postings"),
    )
    op.create_index(
        "ix_ledger_postings_sums",
        "ledger_postings",
        ["book_id", "debit_id", "credit_id", "currency", "amount_minor"],
    )


def downgrade() -> None:
    """Drop the tables; their guards go with them."""
    if not _is_sqlite():
        for name, source, *_ in reversed(FOREIGN_KEYS):
            op.drop_constraint(name, source, type_="foreignkey")
    for table in ("ledger_postings", "ledger_entries", "ledger_books", "ledger_accounts", "ledger_currencies"):
        op.drop_table(table)
    if not _is_sqlite():
        op.execute("DROP FUNCTION refuse_change()")
