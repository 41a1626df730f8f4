"""What was said about money, as rows. Statements are only ever added: a correction is a new version beside the old.

Amounts that are real money are in the ledger too, one entry for a row, under the row's own id.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, MinorUnits, Reference, UtcInstant

APPEND_ONLY = (
    "commitments", "fee_declarations", "declaration_lines", "reported_payments", "repayments", "debts", "collateral",
    "earnings", "exchange_rates", "rule_revisions",
)  # fmt: skip
"""Tables of this room that nobody may change or delete from: the worker's word is never overwritten."""


class FeeItem(Base):
    """A fee item of the reference data, with its two verdicts."""

    __tablename__ = "fee_items"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    label: Mapped[str] = mapped_column(String(200))
    ilo: Mapped[str] = mapped_column(String(30))
    epp: Mapped[str] = mapped_column(String(30))
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer)


class CorridorRule(Base):
    """A legal rule of the reference data, with its source and confidence."""

    __tablename__ = "corridor_rules"

    id: Mapped[str] = mapped_column(Code, primary_key=True)
    scope: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer)


class Commitment(Base):
    """An employer's promise for an item of a demand letter."""

    __tablename__ = "commitments"
    __table_args__ = (UniqueConstraint("demand_letter_id", "fee_item"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    demand_letter_id: Mapped[UUID] = mapped_column(Id, ForeignKey("demand_letters.id"))
    fee_item: Mapped[str] = mapped_column(Code)
    payer: Mapped[str] = mapped_column(String(20))
    limit_minor: Mapped[int | None] = mapped_column(MinorUnits)
    limit_currency: Mapped[str | None] = mapped_column(String(3))
    committed_on: Mapped[date] = mapped_column(Date)
    row_digest: Mapped[bytes] = mapped_column(Digest)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class FeeDeclaration(Base):
    """A declaration of an agency. It is in force until another supersedes it, which one only can."""

    __tablename__ = "fee_declarations"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    agency_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    supersedes_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("fee_declarations.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class DeclarationLine(Base):
    """What an agency declared for one item and payer of one journey."""

    __tablename__ = "declaration_lines"
    __table_args__ = (
        Index("ix_declaration_lines_journey", "journey_id"),
        Index("ix_declaration_lines_digest", "line_digest"),
        Index("ix_declaration_lines_receipt", "receipt"),
        Index("ix_declaration_lines_declaration", "declaration_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    declaration_id: Mapped[UUID] = mapped_column(Id, ForeignKey("fee_declarations.id"))
    line: Mapped[int] = mapped_column(Integer)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"))
    fee_item: Mapped[str] = mapped_column(Code)
    payer: Mapped[str] = mapped_column(String(20))
    payee: Mapped[str | None] = mapped_column(String(20))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    paid_on: Mapped[date] = mapped_column(Date)
    receipt: Mapped[str | None] = mapped_column(Reference)
    line_digest: Mapped[bytes] = mapped_column(Digest)


class _Versioned:
    """What rows share that a later row with the same reference of the same sender replaces, both being kept."""

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    sender_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    reference: Mapped[str] = mapped_column(Reference)
    version: Mapped[int] = mapped_column(Integer)
    supersedes_id: Mapped[UUID | None] = mapped_column(Id, unique=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), index=True)
    row_digest: Mapped[bytes] = mapped_column(Digest)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class ReportedPaymentRow(_Versioned, Base):
    """A worker's statement. ``paid_on`` is as it was said; ``dated_on`` is the day that it counts from."""

    __tablename__ = "reported_payments"
    __table_args__ = (UniqueConstraint("sender_id", "reference", "version"),)

    fee_item: Mapped[str] = mapped_column(Code)
    payee: Mapped[str | None] = mapped_column(String(20))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str | None] = mapped_column(String(3))
    paid_on: Mapped[str | None] = mapped_column(String(10))
    dated_on: Mapped[date] = mapped_column(Date)
    stated_on: Mapped[date] = mapped_column(Date)
    channel: Mapped[str] = mapped_column(String(30))
    checkpoint: Mapped[str | None] = mapped_column(String(30))
    witnessed: Mapped[bool | None] = mapped_column(Boolean)
    is_independent: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str | None] = mapped_column(String(1))
    deducted: Mapped[bool | None] = mapped_column(Boolean)


class RepaymentRow(_Versioned, Base):
    """Money paid back, and what the worker says of it. ``received_minor`` is what counts."""

    __tablename__ = "repayments"
    __table_args__ = (UniqueConstraint("sender_id", "reference", "version"),)

    fee_item: Mapped[str | None] = mapped_column(Code)
    paid_by: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    paid_on: Mapped[date] = mapped_column(Date)
    confirmed: Mapped[str | None] = mapped_column(String(10))
    confirmed_minor: Mapped[int | None] = mapped_column(MinorUnits)
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    channel: Mapped[str | None] = mapped_column(String(30))
    witnessed: Mapped[bool | None] = mapped_column(Boolean)
    received_minor: Mapped[int] = mapped_column(MinorUnits)


class DebtRow(_Versioned, Base):
    """A debt as of a day."""

    __tablename__ = "debts"
    __table_args__ = (UniqueConstraint("sender_id", "reference", "version"),)

    creditor: Mapped[str] = mapped_column(String(20))
    principal_minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    taken_on: Mapped[date] = mapped_column(Date)
    recruitment_linked: Mapped[bool] = mapped_column(Boolean)
    outstanding_minor: Mapped[int] = mapped_column(MinorUnits)
    as_of: Mapped[date] = mapped_column(Date)


class CollateralRow(_Versioned, Base):
    """A thing taken as security. It is no money, so the ledger does not hold it."""

    __tablename__ = "collateral"
    __table_args__ = (UniqueConstraint("sender_id", "reference", "version"),)

    what: Mapped[str] = mapped_column(String(200))
    holder: Mapped[str] = mapped_column(String(200))
    taken_on: Mapped[date] = mapped_column(Date)
    returned_on: Mapped[date | None] = mapped_column(Date)


class EarningsRow(_Versioned, Base):
    """What a worker earned in a month of the job. ``month`` is as it was said, such as ``2024-03``.

    It is no fee and no debt, so the ledger does not hold it. ``deducted_minor`` is None where nobody said.
    """

    __tablename__ = "earnings"
    __table_args__ = (UniqueConstraint("sender_id", "reference", "version"),)

    month: Mapped[str] = mapped_column(String(7))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    deducted_minor: Mapped[int | None] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    stated_on: Mapped[date] = mapped_column(Date)
    channel: Mapped[str] = mapped_column(String(30))
    witnessed: Mapped[bool | None] = mapped_column(Boolean)
    is_independent: Mapped[bool] = mapped_column(Boolean)


class ExchangeRate(Base):
    """A rate of exchange. ``rate`` is decimal text, so that neither engine rounds it."""

    __tablename__ = "exchange_rates"

    base: Mapped[str] = mapped_column(String(3), primary_key=True)
    quote: Mapped[str] = mapped_column(String(3), primary_key=True)
    rated_on: Mapped[date] = mapped_column(Date, primary_key=True)
    rate: Mapped[str] = mapped_column(String(21))
    source: Mapped[str] = mapped_column(String(200))
    row_digest: Mapped[bytes] = mapped_column(Digest)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class FactVersion(Base):
    """How often the facts of a journey changed. Verification compares it with what it last looked at."""

    __tablename__ = "fact_versions"

    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


class RuleRevision(Base):
    """A legal rule as an operator left it, complete. The last one holds; without any, the data file's rule does.

    ``edited_by_id`` is blank for the operator of the machine, who has no account.
    """

    __tablename__ = "rule_revisions"
    __table_args__ = (UniqueConstraint("rule_id", "number"), Index("ix_rule_revisions_scope", "scope"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    rule_id: Mapped[str] = mapped_column(Code)
    number: Mapped[int] = mapped_column(Integer)
    scope: Mapped[str] = mapped_column(Code)
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500))
    edited_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("people.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
