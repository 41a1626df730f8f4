"""Entries to post, such as a declaration makes them, and books to post them in."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.ids import new_id
from recruitment.fees.files.vocabulary import FEE_ITEMS
from recruitment.fees.posting_rules import DECLARED
from recruitment.fees.rules import Payer
from recruitment.ledger import service
from recruitment.ledger.rules import EntryDraft, PostingDraft

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.database.unit_of_work import Database

ITEMS = sorted(FEE_ITEMS - {"collateral"})
_PAYERS = [payer.value for payer in Payer]
_CURRENCIES = ("THB", "MMK")


def open_books(database: Database, number: int) -> list[UUID]:
    """Open ``number`` books and return their ids."""
    books = [new_id() for _ in range(number)]
    with database.unit_of_work() as session:
        service.open_books(session, LOCAL_OPERATOR, [(book, "journey") for book in books])
    return books


def drafts(books: list[UUID], number: int, *, seed: int = 1) -> list[EntryDraft]:
    """Return ``number`` drafts of one posting each, spread over ``books`` in runs, as a file brings them."""
    random = Random(seed)
    first = date(2024, 1, 1)
    found = []
    for position in range(number):
        entry, item, payer = new_id(), random.choice(ITEMS), random.choice(_PAYERS)
        posting = PostingDraft(
            f"declared:cost:{item}", f"declared:borne:{payer}", random.choice(_CURRENCIES), random.randint(100, 10**7)
        )
        found.append(
            EntryDraft(
                id=entry,
                book_id=books[position * len(books) // number],
                postings=(posting,),
                effective_on=first + timedelta(days=random.randrange(600)),
                scope=DECLARED,
                key=str(entry),
                source_type=DECLARED,
                source_id=entry,
                narrative=f"agency declares {item}, borne by {payer}",
            )
        )
    return found


def post_all(database: Database, entries: list[EntryDraft], chunk: int = 5_000) -> None:
    """Post ``entries`` in one unit of work."""
    with database.unit_of_work() as session:
        for start in range(0, len(entries), chunk):
            service.post(session, LOCAL_OPERATOR, entries[start : start + chunk])
