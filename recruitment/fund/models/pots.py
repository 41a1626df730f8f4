"""Pots, and the money that comes into them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Id, MinorUnits, Reference, UtcInstant

_ONE_OF = text("kind IN ('victim_support', 'suspense')")


class Pot(Base):
    """Money of one purpose, in a book of its own under the pot's own id. ``earmarked_for``: a partner's supply chain."""

    __tablename__ = "fund_pots"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('debt_relief', 'victim_support', 'unconditional_cash', 'suspense')", name="kind_known"
        ),
        CheckConstraint("earmarked_for IS NULL OR kind = 'debt_relief'", name="earmarked_for_relief"),
        UniqueConstraint("operator_id", "name"),
        UniqueConstraint("id", "operator_id"),
        # One of each of these kinds: the share of annual contributions, and what is unmatched, must have one place.
        Index(
            "uq_fund_pots_one_of_kind",
            "operator_id",
            "kind",
            unique=True,
            sqlite_where=_ONE_OF,
            postgresql_where=_ONE_OF,
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(String(100))
    institution: Mapped[str] = mapped_column(String(40))
    bank_account: Mapped[str] = mapped_column(String(30))
    earmarked_for: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    opened_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Receipt(Base):
    """Money that came in. ``bank_reference``: what the bank calls it; the same again is the same money."""

    __tablename__ = "fund_receipts"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("kind IN ('annual', 'one_off', 'recovery')", name="kind_known"),
        CheckConstraint("(kind = 'recovery') = (recovered_from IS NOT NULL)", name="recovered_from_somebody"),
        CheckConstraint("recovered_from IS NULL OR recovered_from IN ('employer', 'agency')", name="payer_known"),
        ForeignKeyConstraint(["pot_id", "operator_id"], ["fund_pots.id", "fund_pots.operator_id"]),
        UniqueConstraint("operator_id", "bank_reference"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    pot_id: Mapped[UUID] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(Code)
    donor_class: Mapped[str] = mapped_column(Code)
    contributor_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    recovered_from: Mapped[str | None] = mapped_column(Code)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    received_on: Mapped[date] = mapped_column(Date)
    bank_reference: Mapped[str | None] = mapped_column(Reference)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class ReceiptPart(Base):
    """What of a receipt went into which pot, by the rules of allocation, and the entry that posted it."""

    __tablename__ = "fund_receipt_parts"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    receipt_id: Mapped[UUID] = mapped_column(Id, ForeignKey("fund_receipts.id"), primary_key=True)
    pot_id: Mapped[UUID] = mapped_column(Id, ForeignKey("fund_pots.id"), primary_key=True)
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    entry_id: Mapped[UUID] = mapped_column(Id)


class ReceiptReversal(Base):
    """That a receipt was recorded by mistake, and its entries were reversed."""

    __tablename__ = "fund_receipt_reversals"

    receipt_id: Mapped[UUID] = mapped_column(Id, ForeignKey("fund_receipts.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Code)
    reversed_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
