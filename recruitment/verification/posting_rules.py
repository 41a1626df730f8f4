"""How a decision becomes a journal entry, beside what was declared and reported (``fees/posting_rules.py``).

=======================  =====================================  ==================================
fact                     debit (what it was for)                credit (who bore it)
=======================  =====================================  ==================================
decision in force        ``verified:cost:<item>``               ``verified:borne:worker``
=======================  =====================================  ==================================

The entry has the id of the decision and stands in the book of its journey, in the currency of comparison, on the day on
which it came into force. A decision on zero has no entry. One that takes the place of another reverses that one's entry
first; both stay readable. A decision that waits for a second person has no entry, and one that was refused never gets one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.ledger.rules import EntryDraft, PostingDraft

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

VERIFIED = "verification.adjudication"


def verified_cost(
    adjudication_id: UUID, book_id: UUID, fee_item: str, amount_minor: int, currency: str, on: date
) -> EntryDraft | None:
    """Return the entry of a decision that comes into force; None when it is on zero."""
    if amount_minor == 0:
        return None
    return EntryDraft(
        id=adjudication_id,
        book_id=book_id,
        postings=(PostingDraft(f"verified:cost:{fee_item}", "verified:borne:worker", currency, amount_minor),),
        effective_on=on,
        scope=VERIFIED,
        key=str(adjudication_id),
        source_type=VERIFIED,
        source_id=adjudication_id,
        narrative=f"verified: the worker bore {fee_item}",
    )
