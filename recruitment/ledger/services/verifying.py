"""Finding what is wrong with the books: what the database promises is looked at again, and what it cannot promise too.

A superuser, or a connection with its foreign keys off, can write what no constraint would let through. Everything here
streams; a fault names its entry.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from recruitment.core.actor import Permission
from recruitment.ledger import queries, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.ledger.rules import Fault

_CHUNK = 1000


def verify(session: Session, actor: Actor) -> Iterator[Fault]:
    """Yield every fault of the books: incomplete entries, postings that belong nowhere, sums, reversals.

    Who may: whoever may read the ledger.
    """
    actor.require(Permission.READ_LEDGER)
    yield from rules.incomplete_entries(queries.posting_chains(session))
    for book_id, entry_id in queries.postings_without_entry(session):
        yield rules.Fault(book_id, entry_id, "has postings, but no entry")
    for book_id, entry_id in queries.entries_without_book(session):
        yield rules.Fault(book_id, entry_id, "stands in a book that does not exist")
    for book_id, entry_id in queries.misplaced_postings(session):
        yield rules.Fault(book_id, entry_id, "has a posting whose account is unknown, or of another currency or basis")
    for book_id, currency, basis, difference in queries.unbalanced_books(session):
        yield rules.Fault(book_id, None, f"does not balance in {currency} ({basis}): it is off by {difference}")
    yield from _faulty_reversals(session)


def _faulty_reversals(session: Session) -> Iterator[Fault]:
    reversals = queries.reversals(session)
    while chunk := list(islice(reversals, _CHUNK)):
        wanted = {(book, entry) for book, entry, _ in chunk} | {(book, original) for book, _, original in chunk}
        found = queries.entries_by_id(session, list(wanted))
        for book, entry, original in chunk:
            reversal, reversed_entry = found.get((book, entry)), found.get((book, original))
            if reversal is None or reversed_entry is None:
                yield rules.Fault(book, entry, f"reverses {original}, which is not there")
            elif reversed_entry.reverses_id is not None:
                yield rules.Fault(book, entry, f"reverses {original}, which is a reversal itself")
            elif not rules.is_mirror(reversed_entry.postings, reversal.postings):
                yield rules.Fault(book, entry, f"does not mirror {original}, which it reverses")
