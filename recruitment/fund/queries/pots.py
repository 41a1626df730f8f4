"""Pots and receipts. Contributors and who is paid never stand in one read."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from recruitment.fund.models import Pot, Receipt, ReceiptPart, ReceiptReversal
from recruitment.fund.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.fund.rules.allocation import RecoveredFrom
from recruitment.fund.rules.kinds import DonorClass, PotKind, ReceiptKind
from recruitment.fund.rules.reads import PotBalance, PotRead, ReceiptRead
from recruitment.fund.rules.statement import Moved
from recruitment.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from recruitment.ledger.queries import holds
from recruitment.organisations import queries as organisations

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


@cache
def _pots() -> Any:
    row = Pot
    return select(
        row.id, row.reference, row.operator_id, row.kind, row.name, row.institution, row.bank_account, row.earmarked_for,
        row.recorded_at,
    )  # fmt: skip


def _pot(row: Any) -> PotRead:
    return PotRead(
        row.id, row.reference, row.operator_id, PotKind(row.kind), row.name, row.institution, row.bank_account,
        row.earmarked_for, row.recorded_at,
    )  # fmt: skip


def pots_page(
    session: Session, *, operator: UUID | None = None, after: str | None = None, limit: int = 100
) -> list[PotRead]:
    """Return pots in order of reference, of one operator or of all that the session sees."""
    query = _pots().order_by(Pot.reference).limit(limit)
    if operator is not None:
        query = query.where(Pot.operator_id == operator)
    if after is not None:
        query = query.where(Pot.reference > after)
    return [_pot(row) for row in session.execute(query)]


def pot(session: Session, reference: str) -> PotRead | None:
    """Return a pot; None when there is none for this session."""
    row = session.execute(_pots().where(Pot.reference == reference)).first()
    return _pot(row) if row else None


def pot_by_id(session: Session, pot_id: UUID) -> PotRead | None:
    """Return the pot of an id."""
    row = session.execute(_pots().where(Pot.id == pot_id)).first()
    return _pot(row) if row else None


def pots_of(session: Session, operator: UUID) -> list[PotRead]:
    """Return every pot of an operator."""
    return [_pot(row) for row in session.execute(_pots().where(Pot.operator_id == operator).order_by(Pot.reference))]


def pot_of_kind(session: Session, operator: UUID, kind: PotKind) -> PotRead | None:
    """Return the one pot of an operator for victim support, or for what is in suspense; None before it is opened."""
    row = session.execute(_pots().where(Pot.operator_id == operator, Pot.kind == kind.value)).first()
    return _pot(row) if row else None


def is_name_taken(session: Session, operator: UUID, name: str) -> bool:
    """Say whether the operator has a pot of this name."""
    return session.scalar(select(Pot.id).where(Pot.operator_id == operator, Pot.name == name)) is not None


def moved(session: Session, books: Collection[UUID], first: date, last: date) -> list[Moved]:
    """Return what was posted to each account of ``books`` before ``first``, and from then to ``last``, by currency.

    Not by the trial balance of the ledger, which is only for who sees everything: these are the actor's own pots.
    """
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for side, column in enumerate((LedgerPosting.debit_id, LedgerPosting.credit_id)):
        is_before = (LedgerEntry.effective_on < first).label("is_before")
        query = (
            select(LedgerAccount.code, LedgerAccount.currency, is_before, func.sum(LedgerPosting.amount_minor))
            .join(LedgerPosting, column == LedgerAccount.id)
            .join(
                LedgerEntry,
                and_(LedgerEntry.book_id == LedgerPosting.book_id, LedgerEntry.id == LedgerPosting.entry_id),
            )
            .where(LedgerPosting.book_id.in_(books), LedgerEntry.effective_on <= last)
            .group_by(LedgerAccount.code, LedgerAccount.currency, is_before)
        )
        for code, currency, before, amount in session.execute(query):
            sums[code, currency][side + (0 if before else 2)] += int(amount)
    return [Moved(code, currency, *found) for (code, currency), found in sorted(sums.items())]


def balances(session: Session, pots: Collection[PotRead]) -> list[PotBalance]:
    """Return what is in each of ``pots`` now, by currency; the number of queries does not grow with the pots."""
    by_id = {each.id: each for each in pots}
    sums: dict[tuple[UUID, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for sign, column in ((1, LedgerPosting.debit_id), (-1, LedgerPosting.credit_id)):
        query = (
            select(
                LedgerPosting.book_id, LedgerAccount.code, LedgerAccount.currency, func.sum(LedgerPosting.amount_minor)
            )
            .join(LedgerAccount, column == LedgerAccount.id)
            .where(LedgerPosting.book_id.in_(by_id))
            .group_by(LedgerPosting.book_id, LedgerAccount.code, LedgerAccount.currency)
        )
        for book, code, currency, amount in session.execute(query):
            if code.startswith("fund:bank:"):
                sums[book, currency][0] += sign * int(amount)
            elif code == "fund:in_transit":
                sums[book, currency][1] += sign * int(amount)
    for held in holds.open_holds(session, list(by_id)):
        sums[held.book_id, held.currency][2] += held.amount_minor
    found = [
        PotBalance(by_id[book].reference, by_id[book].name, by_id[book].kind, currency, *amounts)
        for (book, currency), amounts in sums.items()
    ]
    return sorted(found, key=lambda each: (each.name, each.currency))


@cache
def _receipts() -> Any:
    row = Receipt
    return (
        select(
            row.id, row.reference, row.operator_id, Pot.reference.label("pot"), row.kind, row.donor_class,
            row.contributor_id, row.recovered_from, row.currency, row.amount_minor, row.received_on, row.bank_reference,
            row.recorded_at, ReceiptReversal.reason,
        )
        .join(Pot, Pot.id == row.pot_id)
        .outerjoin(ReceiptReversal, ReceiptReversal.receipt_id == row.id)
    )  # fmt: skip


def receipts_page(
    session: Session, *, pot: str | None = None, after: str | None = None, limit: int = 100
) -> list[ReceiptRead]:
    """Return receipts in order of reference, of one pot (as it was recorded) or of all that the session sees."""
    query = _receipts().order_by(Receipt.reference).limit(limit)
    if pot is not None:
        query = query.where(Pot.reference == pot)
    if after is not None:
        query = query.where(Receipt.reference > after)
    return _with_parts(session, session.execute(query).all())


def receipt(session: Session, reference: str) -> ReceiptRead | None:
    """Return a receipt; None when there is none for this session."""
    found = _with_parts(session, session.execute(_receipts().where(Receipt.reference == reference)).all())
    return found[0] if found else None


def entries_of_receipt(session: Session, receipt_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return the entries of a receipt, by book and id."""
    query = select(ReceiptPart.pot_id, ReceiptPart.entry_id).where(ReceiptPart.receipt_id == receipt_id)
    return [(book, entry) for book, entry in session.execute(query)]


def is_bank_reference_known(session: Session, operator: UUID, bank_reference: str) -> bool:
    """Say whether a bank's reference stands for a receipt of the operator already."""
    query = select(Receipt.id).where(Receipt.operator_id == operator, Receipt.bank_reference == bank_reference)
    return session.scalar(query) is not None


def receipts_by_bank_reference(
    session: Session, operator: UUID, references: Collection[str]
) -> dict[str, tuple[str, int]]:
    """Return currency and amount of the receipts that stand, by the bank's reference."""
    query = (
        select(Receipt.bank_reference, Receipt.currency, Receipt.amount_minor)
        .outerjoin(ReceiptReversal, ReceiptReversal.receipt_id == Receipt.id)
        .where(
            Receipt.operator_id == operator,
            Receipt.bank_reference.in_(references),
            ReceiptReversal.receipt_id.is_(None),
        )
    )
    return {
        row.bank_reference: (row.currency, row.amount_minor) for row in session.execute(query) if row.bank_reference
    }


def _with_parts(session: Session, rows: Iterable[Any]) -> list[ReceiptRead]:
    found = list(rows)
    parts: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    query = (
        select(ReceiptPart.receipt_id, Pot.reference, ReceiptPart.amount_minor)
        .join(Pot, Pot.id == ReceiptPart.pot_id)
        .where(ReceiptPart.receipt_id.in_([row.id for row in found]))
        .order_by(Pot.reference)
    )
    for receipt_id, reference, amount in session.execute(query) if found else ():
        parts[receipt_id].append((reference, amount))
    contributors = {row.contributor_id for row in found} - {None}
    codes = organisations.by_id(session, contributors) if contributors else {}
    return [
        ReceiptRead(
            row.id, row.reference, row.operator_id, row.pot, ReceiptKind(row.kind), DonorClass(row.donor_class),
            codes[row.contributor_id].code if row.contributor_id in codes else None,
            RecoveredFrom(row.recovered_from) if row.recovered_from else None, row.currency, row.amount_minor,
            row.received_on, row.bank_reference, row.recorded_at, row.reason, tuple(parts[row.id]),
        )
        for row in found
    ]  # fmt: skip
