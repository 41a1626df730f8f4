"""The tables of the books, with everything that the database itself can promise.

``book_id`` leads every key. What holds by declaration, on both engines: a posting has a debit and a credit of one
amount, currency and basis; an entry is complete when it commits (no empty entry, no hole, no late posting); an entry is
reversed at most once; a key stands for one entry; a guarded balance is never below zero; a hold stands on a guarded
balance, and is resolved once, for no more than was held. Guards (``database/guards.py``) make all but the guarded balances
append-only.

No foreign key leads out of the ledger. What the database cannot promise is in ``recruitment ledger verify``.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.core.money import AMOUNT_CAP
from recruitment.database.base import Base
from recruitment.database.types import Digest, Id, MinorUnits, UtcInstant

APPEND_ONLY = (
    "ledger_currencies", "ledger_accounts", "ledger_books", "ledger_entries", "ledger_postings", "ledger_seal_keys",
    "ledger_seals", "ledger_seal_leaves", "ledger_holds", "ledger_hold_resolutions",
)  # fmt: skip
"""Tables of this room that nobody may change or delete from. Balance checkpoints are not among them: they may go; nor are
guarded balances: they are what changes."""


class LedgerCurrency(Base):
    """A currency and its decimals, frozen."""

    __tablename__ = "ledger_currencies"

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    exponent: Mapped[int] = mapped_column(SmallInteger)


class LedgerAccount(Base):
    """An account of the chart in one currency, shared by all books."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("code", "currency"),
        UniqueConstraint("id", "currency", "basis"),
        ForeignKeyConstraint(["currency"], ["ledger_currencies.code"]),
        CheckConstraint("basis IN ('declared', 'reported', 'verified', 'money')", name="basis_known"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3))
    basis: Mapped[str] = mapped_column(String(8))


class LedgerBook(Base):
    """A subsidiary ledger: the smallest thing that balances alone. ``kind`` says of what, never of whom."""

    __tablename__ = "ledger_books"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    opened_at: Mapped[datetime] = mapped_column(UtcInstant)


class LedgerEntry(Base):
    """A journal entry. Its deferred key to the last posting makes it complete, or not there at all."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("book_id", "id", "last_seq", name="uq_ledger_entries_last_seq"),
        UniqueConstraint("book_id", "reverses_id", name="uq_ledger_entries_reversed_once"),
        UniqueConstraint("book_id", "scope", "key", name="uq_ledger_entries_idempotency"),
        ForeignKeyConstraint(["book_id"], ["ledger_books.id"]),
        ForeignKeyConstraint(
            ["book_id", "reverses_id"],
            ["ledger_entries.book_id", "ledger_entries.id"],
            name="fk_ledger_entries_reverses",
        ),
        ForeignKeyConstraint(
            ["book_id", "id", "last_seq"],
            ["ledger_postings.book_id", "ledger_postings.entry_id", "ledger_postings.seq"],
            name="fk_ledger_entries_last_posting",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        CheckConstraint("last_seq IS NOT NULL AND last_seq >= 1", name="not_empty"),
        CheckConstraint("reverses_id IS NULL OR reverses_id <> id", name="reverses_another"),
        # In a seal the opening of a book stands under the book's own id.
        CheckConstraint("id <> book_id", name="not_its_book"),
    )

    book_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    last_seq: Mapped[int] = mapped_column(SmallInteger)
    effective_on: Mapped[date] = mapped_column(Date)
    precision: Mapped[str] = mapped_column(String(7))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    posted_by: Mapped[UUID] = mapped_column(Id)
    scope: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    request_hash: Mapped[bytes] = mapped_column(Digest)
    leaf: Mapped[bytes] = mapped_column(Digest)
    source_type: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[UUID] = mapped_column(Id)
    reverses_id: Mapped[UUID | None] = mapped_column(Id)
    narrative: Mapped[str] = mapped_column(String(300))
    details: Mapped[dict[str, str | int]] = mapped_column(JSON)


class LedgerPosting(Base):
    """One amount, debited to one account and credited to another of the same currency and basis."""

    __tablename__ = "ledger_postings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "entry_id", "last_seq"],
            ["ledger_entries.book_id", "ledger_entries.id", "ledger_entries.last_seq"],
            name="fk_ledger_postings_entry",
        ),
        ForeignKeyConstraint(
            ["book_id", "entry_id", "prev_seq"],
            ["ledger_postings.book_id", "ledger_postings.entry_id", "ledger_postings.seq"],
            name="fk_ledger_postings_previous",
        ),
        ForeignKeyConstraint(
            ["debit_id", "currency", "basis"],
            ["ledger_accounts.id", "ledger_accounts.currency", "ledger_accounts.basis"],
            name="fk_ledger_postings_debit",
        ),
        ForeignKeyConstraint(
            ["credit_id", "currency", "basis"],
            ["ledger_accounts.id", "ledger_accounts.currency", "ledger_accounts.basis"],
            name="fk_ledger_postings_credit",
        ),
        CheckConstraint(
            "(seq = 1 AND prev_seq IS NULL) OR (seq > 1 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)",
            name="no_hole",
        ),
        CheckConstraint("seq <= last_seq", name="not_late"),
        # SQLite would keep 1.5, or a word, in a column of whole numbers.
        CheckConstraint("amount_minor = CAST(amount_minor AS BIGINT)", name="amount_whole"),
        CheckConstraint(f"amount_minor > 0 AND amount_minor <= {AMOUNT_CAP}", name="amount_in_range"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        Index("ix_ledger_postings_sums", "book_id", "debit_id", "credit_id", "currency", "amount_minor"),
    )

    book_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last_seq: Mapped[int] = mapped_column(SmallInteger)
    prev_seq: Mapped[int | None] = mapped_column(SmallInteger)
    debit_id: Mapped[UUID] = mapped_column(Id)
    credit_id: Mapped[UUID] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3))
    basis: Mapped[str] = mapped_column(String(8))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)


class LedgerSealKey(Base):
    """The public half of a key that signs seals. Each is certified by the one before it, the first by itself."""

    __tablename__ = "ledger_seal_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    certificate: Mapped[bytes] = mapped_column(LargeBinary(64))


class LedgerSeal(Base):
    """A seal: the root over its leaves, chained to the seal before, signed. ``chain`` is 0 on one node."""

    __tablename__ = "ledger_seals"
    __table_args__ = (
        ForeignKeyConstraint(["key_id"], ["ledger_seal_keys.id"]),
        CheckConstraint("leaves > 0", name="not_empty"),
    )

    chain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    leaves: Mapped[int] = mapped_column(Integer)
    root: Mapped[bytes] = mapped_column(Digest)
    head: Mapped[bytes] = mapped_column(Digest)
    caught_up: Mapped[bool] = mapped_column(Boolean)
    sealed_at: Mapped[datetime] = mapped_column(UtcInstant)
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class LedgerSealLeaf(Base):
    """An entry in a seal. The opening of a book is a leaf too, with the book's own id in place of the entry's."""

    __tablename__ = "ledger_seal_leaves"
    __table_args__ = (
        UniqueConstraint("chain", "number", "position"),
        ForeignKeyConstraint(["chain", "number"], ["ledger_seals.chain", "ledger_seals.number"]),
        Index("ix_ledger_seal_leaves_book_number", "book_id", "number"),
    )

    book_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    chain: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    leaf: Mapped[bytes] = mapped_column(Digest)


class LedgerBalanceCheckpoint(Base):
    """What an account of a book came to, entries of the seals up to ``number``. Disposable: it only saves reading."""

    __tablename__ = "ledger_balance_checkpoints"

    book_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    debits_minor: Mapped[int] = mapped_column(MinorUnits)
    credits_minor: Mapped[int] = mapped_column(MinorUnits)


class LedgerGuardedBalance(Base):
    """What may still be taken from an account of a book: its debits less its credits, less what open holds reserve.

    Kept by whoever posts and holds, in the same transaction, by one statement each that does nothing when too little is
    there. Nobody reads it first and writes it afterwards.
    """

    __tablename__ = "ledger_guarded_balances"
    __table_args__ = (
        ForeignKeyConstraint(["book_id"], ["ledger_books.id"], name="fk_ledger_guarded_balances_book"),
        ForeignKeyConstraint(["account_id"], ["ledger_accounts.id"], name="fk_ledger_guarded_balances_account"),
        CheckConstraint("available_minor >= 0", name="never_below_zero"),
        CheckConstraint("available_minor = CAST(available_minor AS BIGINT)", name="whole"),
    )

    book_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    available_minor: Mapped[int] = mapped_column(MinorUnits)


class LedgerHold(Base):
    """An amount of a guarded account that is reserved. It is open until there is a resolution of it."""

    __tablename__ = "ledger_holds"
    __table_args__ = (
        UniqueConstraint("book_id", "id", "amount_minor", name="uq_ledger_holds_amount"),
        UniqueConstraint("book_id", "scope", "key", name="uq_ledger_holds_idempotency"),
        ForeignKeyConstraint(
            ["book_id", "account_id"],
            ["ledger_guarded_balances.book_id", "ledger_guarded_balances.account_id"],
            name="fk_ledger_holds_guarded",
        ),
        CheckConstraint(f"amount_minor > 0 AND amount_minor <= {AMOUNT_CAP}", name="amount_in_range"),
        CheckConstraint("amount_minor = CAST(amount_minor AS BIGINT)", name="amount_whole"),
        # In a seal a hold stands under its id, as an entry does.
        CheckConstraint("id <> book_id", name="not_its_book"),
    )

    book_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Id)
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    scope: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    request_hash: Mapped[bytes] = mapped_column(Digest)
    leaf: Mapped[bytes] = mapped_column(Digest)
    source_type: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by: Mapped[UUID] = mapped_column(Id)


class LedgerHoldResolution(Base):
    """What became of a hold: settled by an entry, for no more than was held, or released. Its key makes it the only one."""

    __tablename__ = "ledger_hold_resolutions"
    __table_args__ = (
        UniqueConstraint("book_id", "id", name="uq_ledger_hold_resolutions_id"),
        UniqueConstraint("book_id", "entry_id", name="uq_ledger_hold_resolutions_entry"),
        ForeignKeyConstraint(
            ["book_id", "hold_id", "held_minor"],
            ["ledger_holds.book_id", "ledger_holds.id", "ledger_holds.amount_minor"],
            name="fk_ledger_hold_resolutions_hold",
        ),
        ForeignKeyConstraint(
            ["book_id", "entry_id"],
            ["ledger_entries.book_id", "ledger_entries.id"],
            name="fk_ledger_hold_resolutions_entry",
        ),
        CheckConstraint("kind IN ('settled', 'released')", name="kind_known"),
        CheckConstraint(
            "(kind = 'settled' AND entry_id IS NOT NULL AND posted_minor > 0)"
            " OR (kind = 'released' AND entry_id IS NULL AND posted_minor = 0)",
            name="settled_by_an_entry",
        ),
        CheckConstraint("posted_minor <= held_minor", name="not_for_more"),
        CheckConstraint("posted_minor = CAST(posted_minor AS BIGINT)", name="posted_whole"),
        CheckConstraint("id <> book_id", name="not_its_book"),
    )

    book_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    hold_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(8))
    held_minor: Mapped[int] = mapped_column(MinorUnits)
    posted_minor: Mapped[int] = mapped_column(MinorUnits)
    entry_id: Mapped[UUID | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    leaf: Mapped[bytes] = mapped_column(Digest)
