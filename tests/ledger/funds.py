"""Funds for tests: books with a guarded account, and what is held, settled and released on it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.ledger import service
from recruitment.ledger.queries import holds as queries
from recruitment.ledger.rules import EntryDraft, Held, HoldDraft, Posted, PostingDraft, Settlement
from recruitment.ledger.services import holds
from tests.ledger.books import a_draft, posted

BANK = "fund:bank:main"
THB = "THB"


def received(amount: int, currency: str = THB) -> PostingDraft:
    """Money comes in."""
    return PostingDraft(BANK, "fund:contributions:employer", currency, amount)


def paid(amount: int, currency: str = THB) -> PostingDraft:
    """Money leaves."""
    return PostingDraft("fund:in_transit", BANK, currency, amount)


def a_fund(database: Database, amount: int = 0) -> UUID:
    """Open a book whose bank account is guarded, with money in it."""
    book = uuid4()
    with database.unit_of_work() as session:
        service.open_books(session, LOCAL_OPERATOR, [(book, "fund")])
        holds.guard_account(session, LOCAL_OPERATOR, book, BANK, THB)
    if amount:
        posted(database, a_draft(book, received(amount)))
    return book


def a_hold(book: UUID, amount: int, **changes) -> HoldDraft:
    """Return the draft of a hold under a key of its own."""
    values = {
        "id": uuid4(), "book_id": book, "account": BANK, "currency": THB, "amount_minor": amount, "scope": "plan",
        "key": str(uuid4()), "source_type": "plan", "source_id": UUID(int=1),
    }  # fmt: skip
    return HoldDraft(**{**values, **changes})


def held(database: Database, *drafts: HoldDraft) -> list[Held]:
    """Hold in a unit of work of its own."""
    with database.unit_of_work() as session:
        return holds.hold(session, LOCAL_OPERATOR, drafts)


def settled(database: Database, book: UUID, hold: UUID, draft: EntryDraft) -> Posted:
    """Settle a hold in a unit of work of its own."""
    with database.unit_of_work() as session:
        return holds.settle(session, LOCAL_OPERATOR, [Settlement(book, hold, draft)])[0]


def released(database: Database, *places: tuple[UUID, UUID], reason: str = "cancelled") -> None:
    """Release holds in a unit of work of their own."""
    with database.unit_of_work() as session:
        holds.release(session, LOCAL_OPERATOR, places, reason)


def left(database: Database, book: UUID, currency: str = THB) -> int | None:
    """Return what is available."""
    with database.read_session() as session:
        return queries.available(session, book, BANK, currency)


def open_amounts(database: Database, *books: UUID) -> Sequence[int]:
    """Return the amounts of the open holds, smallest first."""
    with database.read_session() as session:
        return sorted(each.amount_minor for each in queries.open_holds(session, books))
