"""How money of the fund becomes a journal entry. What an auditor reads first. The book is the pot's own.

==============================  ===============================  =================================
fact                            debit                            credit
==============================  ===============================  =================================
receipt                         ``fund:bank:<account>``          ``fund:contributions:<donor>``
recovery received               ``fund:bank:<account>``          ``fund:recovered:<payer>``
plan exported                   ``fund:in_transit``              ``fund:bank:<account>``
payment settled                 ``fund:disbursed:<purpose>``     ``fund:in_transit``
sent, failed or returned        ``fund:bank:<account>``          ``fund:in_transit``
settled, then returned          ``fund:bank:<account>``          ``fund:disbursed:<purpose>``
unmatched money in              ``fund:bank:<account>``          ``fund:suspense``
unmatched money out             ``fund:suspense``                ``fund:bank:<account>``
==============================  ===============================  =================================

A locked plan is a hold of its total on ``fund:bank:<account>``, which is guarded: it never goes below zero, less what is
held. What is in suspense stands in the book of the operator's pot for it, unguarded, and leaves it the other way round.
A receipt that was a mistake is reversed. No narrative names a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.ids import new_id
from recruitment.fund.rules.machine import PaymentEvent, PaymentState
from recruitment.ledger.rules import EntryDraft, HoldDraft, PostingDraft

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from recruitment.fund.rules.kinds import Purpose

RECEIPT, PLAN, PAYMENT, LINE = "fund.receipt", "fund.plan", "fund.payment", "fund.line"
IN_TRANSIT, SUSPENSE = "fund:in_transit", "fund:suspense"


def at_bank(bank_account: str) -> str:
    """Return the account of the books that stands for an account at a bank: its letters and digits."""
    return "fund:bank:" + "".join(each for each in bank_account.lower() if each.isascii() and each.isalnum())


def contributed(donor_class: str) -> str:
    """Return the account that says who gave."""
    return f"fund:contributions:{donor_class}"


def recovered(payer: str) -> str:
    """Return the account that says who paid back."""
    return f"fund:recovered:{payer}"


def disbursed(purpose: Purpose) -> str:
    """Return the account that says what was paid for."""
    return f"fund:disbursed:{purpose.value}"


def came_in(pot: tuple[UUID, str], receipt_id: UUID, why: str, money: tuple[str, int], received_on: date) -> EntryDraft:
    """Return the entry of (a part of) a receipt. ``pot``: its book and its account at the bank; ``money``: minor units."""
    book, bank_account = pot
    currency, amount = money
    return EntryDraft(
        id=new_id(),
        book_id=book,
        postings=(PostingDraft(at_bank(bank_account), why, currency, amount),),
        effective_on=received_on,
        scope=RECEIPT,
        key=str(receipt_id),
        source_type=RECEIPT,
        source_id=receipt_id,
        narrative=f"money came in: {why}",
    )


def locked(pot: tuple[UUID, str], plan_id: UUID, version: int, money: tuple[str, int]) -> HoldDraft:
    """Return the hold of a locked plan."""
    book, bank_account = pot
    currency, amount = money
    return HoldDraft(
        id=new_id(),
        book_id=book,
        account=at_bank(bank_account),
        currency=currency,
        amount_minor=amount,
        scope=PLAN,
        key=f"{plan_id}:{version}",
        source_type=PLAN,
        source_id=plan_id,
    )


def exported(pot: tuple[UUID, str], plan_id: UUID, money: tuple[str, int], on: date) -> EntryDraft:
    """Return the entry that settles the hold of a plan: its total is on the way."""
    book, bank_account = pot
    currency, amount = money
    return EntryDraft(
        id=new_id(),
        book_id=book,
        postings=(PostingDraft(IN_TRANSIT, at_bank(bank_account), currency, amount),),
        effective_on=on,
        scope=PLAN,
        key=f"{plan_id}:export",
        source_type=PLAN,
        source_id=plan_id,
        narrative="payment plan handed to the bank",
    )


def payment_moved(
    pot: tuple[UUID, str],
    payment: tuple[UUID, int, Purpose],
    move: tuple[PaymentState, PaymentEvent],
    money: tuple[str, int],
    on: date,
) -> EntryDraft:
    """Return the entry of a payment that the bank settled, failed or returned.

    ``payment``: its id, the number of the event, and what it is for; ``move``: from which state by which event.
    """
    book, bank_account = pot
    payment_id, number, purpose = payment
    before, event = move
    currency, amount = money
    paid = IN_TRANSIT if before is PaymentState.SENT else disbursed(purpose)
    debit, credit = (disbursed(purpose), IN_TRANSIT) if event is PaymentEvent.SETTLE else (at_bank(bank_account), paid)
    return EntryDraft(
        id=new_id(),
        book_id=book,
        postings=(PostingDraft(debit, credit, currency, amount),),
        effective_on=on,
        scope=PAYMENT,
        key=f"{payment_id}:{number}",
        source_type=PAYMENT,
        source_id=payment_id,
        narrative=f"payment: {event.value}",
    )


def waits(
    pot_id: UUID, bank_account: str, line_id: UUID, direction: str, money: tuple[str, int], on: date
) -> EntryDraft:
    """Return the entry that brings the money of a line into suspense (``in``), or says that it is missing (``out``)."""
    return _suspense(pot_id, bank_account, line_id, (direction == "in", "waits"), money, on)


def explained(
    pot_id: UUID, bank_account: str, line_id: UUID, direction: str, money: tuple[str, int], on: date
) -> EntryDraft:
    """Return the entry that takes the money of a line out of suspense again, on the day on which it came into it."""
    return _suspense(pot_id, bank_account, line_id, (direction == "out", "explained"), money, on)


def _suspense(
    pot_id: UUID, bank_account: str, line_id: UUID, how: tuple[bool, str], money: tuple[str, int], on: date
) -> EntryDraft:
    is_in, word = how
    currency, amount = money
    bank = at_bank(bank_account)
    debit, credit = (bank, SUSPENSE) if is_in else (SUSPENSE, bank)
    return EntryDraft(
        id=new_id(),
        book_id=pot_id,
        postings=(PostingDraft(debit, credit, currency, amount),),
        effective_on=on,
        scope=LINE,
        key=f"{line_id}:{word}",
        source_type=LINE,
        source_id=line_id,
        narrative=f"line of a bank: {word}",
    )
