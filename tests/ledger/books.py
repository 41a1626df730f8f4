"""Books for tests: drafts with sensible values, strategies for any draft, and what the books hold as plain rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sqlalchemy import text

from recruitment.core.actor import LOCAL_OPERATOR, Actor, Permission
from recruitment.core.money import AMOUNT_CAP
from recruitment.database.unit_of_work import Database
from recruitment.ledger import queries, service
from recruitment.ledger.rules import Balance, EntryDraft, PostingDraft
from recruitment.ledger.services.verifying import verify

VISA = PostingDraft("declared:cost:visa_fee", "declared:borne:worker", "THB", 1_500_00)
MEDICAL = PostingDraft("declared:cost:medical_exam", "declared:borne:employer", "THB", 900_00)
REPORTED = PostingDraft("reported:cost:visa_fee", "reported:borne:worker", "MMK", 65_000_00)
LOAN = PostingDraft("debt:drawn:broker", "debt:owed:broker", "MMK", 1_000_000_00)

READER = Actor(UUID(int=7), "a reader", frozenset({Permission.READ_LEDGER}))

on_databases = settings(
    max_examples=max(1, settings.default.max_examples // 5 if settings.default else 20),
    # Every example opens books of its own, so what earlier ones left in the database does not matter.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Fewer examples than elsewhere, because each one writes to a database."""


def a_draft(book: UUID, *postings: PostingDraft, **changes) -> EntryDraft:
    """Return a draft of ``postings`` (one visa fee when none are given) under a key of its own."""
    draft = EntryDraft(
        id=uuid4(),
        book_id=book,
        postings=postings or (VISA,),
        effective_on=date(2024, 5, 1),
        scope="test",
        key=str(uuid4()),
        source_type="test",
        source_id=UUID(int=1),
        narrative="a fee",
    )
    return replace(draft, **changes)


def opened(database: Database, *, count: int = 1) -> list[UUID]:
    """Open books and return their ids."""
    books = [uuid4() for _ in range(count)]
    with database.unit_of_work() as session:
        service.open_books(session, LOCAL_OPERATOR, [(book, "journey") for book in books])
    return books


def posted(database: Database, *drafts: EntryDraft):
    """Post drafts in a unit of work of their own."""
    with database.unit_of_work() as session:
        return service.post(session, LOCAL_OPERATOR, drafts)


def reversed_(database: Database, *entries: tuple[UUID, UUID], reason: str = "a mistake"):
    """Reverse entries in a unit of work of their own."""
    with database.unit_of_work() as session:
        return service.reverse(session, LOCAL_OPERATOR, entries, reason)


def balances_of(database: Database, book: UUID | None, **cut) -> list[Balance]:
    """Read balances in a session of their own."""
    with database.read_session() as session:
        return queries.balances(session, book, **cut)


def entries_of(database: Database, book: UUID):
    """Read the entries of a book in a session of their own."""
    with database.read_session() as session:
        return list(queries.entries(session, book))


def faults_of(database: Database) -> list[str]:
    """Return what ``verify`` finds, as its sentences."""
    with database.read_session() as session:
        return [str(fault) for fault in verify(session, LOCAL_OPERATOR)]


def rows_of(database: Database, *tables: str) -> dict[str, Counter]:
    """Return every row of the tables of the ledger, in no order."""
    names = tables or ("ledger_accounts", "ledger_books", "ledger_entries", "ledger_postings")
    with database.read_session() as session:
        return {name: Counter(map(repr, session.execute(text(f"SELECT * FROM {name}")))) for name in names}


def folded(postings: list[PostingDraft]) -> list[Balance]:
    """Add postings up one by one: what ``queries.balances`` must agree with."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for posting in postings:
        sums[posting.debit, posting.currency][0] += posting.amount_minor
        sums[posting.credit, posting.currency][1] += posting.amount_minor
    return [Balance(code, currency, *sides) for (code, currency), sides in sorted(sums.items())]


currencies = st.sampled_from(["THB", "MMK", "JPY", "KWD"])
amounts = st.one_of(st.integers(1, 10**6), st.sampled_from([1, AMOUNT_CAP]))
_PAIRS = [
    ("declared:cost:visa_fee", "declared:borne:worker"),
    ("declared:cost:medical_exam", "declared:borne:employer"),
    ("reported:cost:visa_fee", "reported:borne:worker"),
    ("verified:cost:visa_fee", "verified:borne:agency"),
    ("debt:drawn:broker", "debt:owed:broker"),
    ("fund:bank:main", "fund:contributions:employer"),
]
postings_any = st.builds(
    lambda pair, turned, currency, amount: PostingDraft(pair[turned], pair[not turned], currency, amount),
    st.sampled_from(_PAIRS), st.booleans(), currencies, amounts,
)  # fmt: skip
postings_of_an_entry = st.lists(postings_any, min_size=1, max_size=5).map(tuple)
days = st.dates(date(2024, 1, 1), date(2024, 1, 9))
instants = st.datetimes(datetime(2024, 2, 1), datetime(2024, 2, 1, 0, 0, 9), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis adds the zone
    lambda moment: moment.replace(microsecond=0)
)
