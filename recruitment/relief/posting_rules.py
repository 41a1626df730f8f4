"""How relief becomes journal entries. What an auditor reads first.

====================================  ==================================  ===================================
fact (book of the case)               debit                               credit
====================================  ==================================  ===================================
a debt of the register, an addition   ``register:drawn:<creditor>``       ``register:owed:<creditor>``
interest that the creditor states     ``register:interest:<creditor>``    ``register:owed:<creditor>``
repayment, deduction from wages       ``register:owed:<creditor>``        ``register:repaid``
written off                           ``register:owed:<creditor>``        ``register:cancelled``
taken over by somebody else           ``register:owed:<creditor>``        ``register:taken_over``
entitlement decided                   ``relief:due``                      ``relief:owed``
money that the worker confirmed       ``relief:owed``                     ``relief:paid:<payer>``
====================================  ==================================  ===================================

An advance that is claimed back stands in the book of the party that owes it: ``recovery:due_from:<liable>`` against
``recovery:claimed``; what comes back ``recovery:received`` against ``recovery:due_from:<liable>``. The accounts are apart
from ``debt:`` and ``remedy:`` of the journeys' books, which hold what was said of the same money: nothing counts twice.
Money without conditions is no part of what is owed, so it has no entry here. No narrative names a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.ledger.rules import EntryDraft, PostingDraft
from recruitment.relief.rules.kinds import RegisterLine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

DEBT, LINE, ENTITLED = "relief.debt", "relief.debt_line", "relief.entitlement"
RECEIVED, CLAIMED, RECOVERED = "relief.confirmation", "relief.recovery", "relief.recovered"


def debt_taken(debt: UUID, book: UUID, creditor: str, currency: str, amount: int, on: date) -> EntryDraft:
    """Return the entry of a debt of the register as it began."""
    posting = PostingDraft(f"register:drawn:{creditor}", f"register:owed:{creditor}", currency, amount)
    return _entry(debt, book, DEBT, (posting,), on, f"debt to {creditor}")


def debt_changed(
    line: UUID, book: UUID, creditor: str, kind: RegisterLine, currency: str, amount: int, on: date
) -> EntryDraft:
    """Return the entry of a line of a debt."""
    owed = f"register:owed:{creditor}"
    debit, credit = {
        RegisterLine.ADDITION: (f"register:drawn:{creditor}", owed),
        RegisterLine.INTEREST: (f"register:interest:{creditor}", owed),
        RegisterLine.REPAYMENT: (owed, "register:repaid"),
        RegisterLine.DEDUCTION: (owed, "register:repaid"),
        RegisterLine.CANCELLED: (owed, "register:cancelled"),
        RegisterLine.TAKEN_OVER: (owed, "register:taken_over"),
    }[kind]
    return _entry(line, book, LINE, (PostingDraft(debit, credit, currency, amount),), on, f"debt: {kind.value}")


def entitled(entitlement: UUID, book: UUID, amounts: Mapping[str, int], on: date) -> EntryDraft | None:
    """Return the entry of what a worker was found to be owed, by currency; None for nothing."""
    postings = tuple(
        PostingDraft("relief:due", "relief:owed", currency, amount)
        for currency, amount in sorted(amounts.items())
        if amount
    )
    return _entry(entitlement, book, ENTITLED, postings, on, "entitlement of the worker") if postings else None


def received(confirmation: UUID, book: UUID, payer: str, currency: str, amount: int, on: date) -> EntryDraft | None:
    """Return the entry of what a worker confirmed to have received; None for nothing."""
    if amount == 0:
        return None
    posting = PostingDraft("relief:owed", f"relief:paid:{payer}", currency, amount)
    return _entry(confirmation, book, RECEIVED, (posting,), on, f"received from {payer}, confirmed by the worker")


def claimed(recovery: UUID, book: UUID, liable: str, currency: str, amount: int, on: date) -> EntryDraft:
    """Return the entry of an advance that is claimed back."""
    posting = PostingDraft(f"recovery:due_from:{liable}", "recovery:claimed", currency, amount)
    return _entry(recovery, book, CLAIMED, (posting,), on, f"advance claimed from {liable}")


def recovered(row: UUID, book: UUID, liable: str, currency: str, amount: int, on: date) -> EntryDraft:
    """Return the entry of what came back of advances."""
    posting = PostingDraft("recovery:received", f"recovery:due_from:{liable}", currency, amount)
    return _entry(row, book, RECOVERED, (posting,), on, f"recovered from {liable}")


def _entry(
    fact: UUID, book: UUID, kind: str, postings: tuple[PostingDraft, ...], on: date, narrative: str
) -> EntryDraft:
    return EntryDraft(
        id=fact,
        book_id=book,
        postings=postings,
        effective_on=on,
        scope=kind,
        key=str(fact),
        source_type=kind,
        source_id=fact,
        narrative=narrative,
    )
