"""Guarded balances and holds through the service: what is held is not spent, and what is refused leaves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Audience, Scope
from recruitment.core.errors import InvariantViolated, NotPermitted
from recruitment.core.money import AMOUNT_CAP
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.database.savepoint import savepoint
from recruitment.ledger import service
from recruitment.ledger.errors import (
    AccountCodeInvalid,
    AccountNotGuarded,
    AmountOutOfRange,
    BookUnknown,
    FundsInsufficient,
    HoldExceeded,
    HoldResolved,
    HoldUnknown,
    KeyReused,
)
from recruitment.ledger.queries import holds as queries
from recruitment.ledger.rules import HoldEnd, PostingDraft, Settlement, taken_from
from recruitment.ledger.rules import account as account_of
from recruitment.ledger.services import guarding, holds, posting
from tests.ledger.books import LOAN, READER, VISA, a_draft, entries_of, faults_of, opened, posted, reversed_, rows_of
from tests.ledger.funds import (
    BANK,
    THB,
    a_fund,
    a_hold,
    held,
    left,
    open_amounts,
    paid,
    received,
    released,
    settled,
)
from tests.ledger.shared import shared_database, shared_settings

__all__ = ["shared_database", "shared_settings"]

TABLES = ("ledger_entries", "ledger_postings", "ledger_guarded_balances", "ledger_holds", "ledger_hold_resolutions")


@pytest.fixture
def database(shared_database):
    """Every test opens books of its own."""
    return shared_database


class TestAGuardedBalance:
    def test_goes_up_with_debits_and_down_with_credits(self, database):
        book = a_fund(database, 1_000)
        posted(database, a_draft(book, paid(300)), a_draft(book, paid(200)))
        assert left(database, book) == 500

    def test_is_never_taken_below_zero_and_nothing_of_the_batch_is_kept(self, database):
        book = a_fund(database, 500)
        before = rows_of(database, *TABLES)
        with pytest.raises(FundsInsufficient, match="fund:bank:main in THB"):
            posted(database, a_draft(book, paid(300)), a_draft(book, paid(201)))
        assert rows_of(database, *TABLES) == before
        posted(database, a_draft(book, paid(500)))
        assert left(database, book) == 0

    def test_refused_inside_a_unit_of_work_that_goes_on_leaves_the_rest(self, database):
        book = a_fund(database, 500)
        with database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [a_draft(book, paid(100))])
            with pytest.raises(FundsInsufficient):
                service.post(session, LOCAL_OPERATOR, [a_draft(book, paid(100)), a_draft(book, paid(301))])
            with pytest.raises(FundsInsufficient), savepoint(session):
                service.post(session, LOCAL_OPERATOR, [a_draft(book, received(50))])
                holds.hold(session, LOCAL_OPERATOR, [a_hold(book, 10_000)])
        assert left(database, book) == 400
        assert len(entries_of(database, book)) == 2
        assert faults_of(database) == []

    def test_counts_what_a_batch_does_in_sum(self, database):
        """An entry that takes and one that gives, posted at once, take what is left of both."""
        book = a_fund(database)
        posted(database, a_draft(book, paid(80)), a_draft(book, received(100)))
        assert left(database, book) == 20

    def test_counts_a_batch_in_sum_with_a_replay_among_it_too(self, database):
        book, known = a_fund(database), a_draft(uuid4(), received(5))
        known = replace(known, book_id=book)
        posted(database, known)
        done = posted(database, a_draft(book, paid(85)), known, a_draft(book, received(100)))
        assert [each.replayed for each in done] == [False, True, False]
        assert left(database, book) == 20

    def test_is_not_moved_again_by_a_replay_even_when_the_money_is_gone(self, database):
        book = a_fund(database, 100)
        draft = a_draft(book, paid(100))
        posted(database, draft)
        assert posted(database, draft)[0].replayed
        assert posted(database, draft, draft)[1].replayed
        assert left(database, book) == 0

    def test_is_moved_once_by_a_draft_that_comes_twice_in_a_batch(self, database):
        book = a_fund(database, 100)
        draft = a_draft(book, paid(60))
        assert [each.replayed for each in posted(database, draft, replace(draft, id=uuid4()))] == [False, True]
        assert left(database, book) == 40

    def test_follows_reversals_and_refuses_one_of_money_that_is_spent(self, database):
        book = a_fund(database)
        receipt = a_draft(book, received(100))
        posted(database, receipt)
        payment = a_draft(book, paid(70))
        posted(database, payment)
        with pytest.raises(FundsInsufficient):
            reversed_(database, (book, receipt.id))
        reversed_(database, (book, payment.id))
        reversed_(database, (book, receipt.id))
        assert left(database, book) == 0

    def test_is_of_one_account_in_one_currency_of_one_book(self, database):
        one, other = a_fund(database, 10), a_fund(database, 10)
        posted(database, a_draft(one, paid(99, "MMK")), a_draft(other, paid(10)))
        assert (left(database, one), left(database, other), left(database, one, "MMK")) == (10, 0, None)

    def test_begins_with_what_is_posted_and_only_once(self, database):
        (book,) = opened(database)
        posted(database, a_draft(book, received(100)), a_draft(book, paid(30)))
        for _ in range(2):
            with database.unit_of_work() as session:
                holds.guard_account(session, LOCAL_OPERATOR, book, BANK, THB)
            assert left(database, book) == 70

    def test_cannot_begin_below_zero(self, database):
        (book,) = opened(database)
        posted(database, a_draft(book, paid(30)))
        with pytest.raises(FundsInsufficient), database.unit_of_work() as session:
            holds.guard_account(session, LOCAL_OPERATOR, book, BANK, THB)

    @pytest.mark.parametrize(
        ("code", "error"), [("debt:owed:broker", AccountNotGuarded), ("Fund Bank", AccountCodeInvalid)]
    )
    def test_is_of_an_account_of_a_fund(self, database, book, code, error):
        with pytest.raises(error), database.unit_of_work() as session:
            holds.guard_account(session, LOCAL_OPERATOR, book, code, THB)

    def test_needs_a_book(self, database):
        with pytest.raises(BookUnknown), database.unit_of_work() as session:
            holds.guard_account(session, LOCAL_OPERATOR, uuid4(), BANK, THB)

    def test_costs_books_without_money_of_a_fund_no_question(self, database, book, monkeypatch):
        asked = []
        monkeypatch.setattr(queries, "guarded_among", lambda _, places: asked.append(places) or set())
        posted(database, a_draft(book, VISA, LOAN), a_draft(book, VISA))
        assert asked == []
        posted(database, a_draft(book, paid(1)), a_draft(book, paid(2)))
        assert len(asked) == 1

    def test_is_asked_for_once_when_a_batch_is_of_many_books(self, database):
        books = opened(database, count=queries._BOOKS_ASKED_FOR + 1)
        fund = a_fund(database)
        posted(database, *(a_draft(book, received(1)) for book in [*books, fund]))
        assert left(database, fund) == 1


class TestAHold:
    def test_takes_from_what_is_available_and_not_from_the_books(self, database):
        book = a_fund(database, 1_000)
        draft = a_hold(book, 400)
        assert held(database, draft)[0].hold_id == draft.id
        assert left(database, book) == 600
        assert open_amounts(database, book) == [400]
        assert len(entries_of(database, book)) == 1

    def test_keeps_entries_and_other_holds_from_the_money(self, database):
        book = a_fund(database, 1_000)
        held(database, a_hold(book, 400))
        with pytest.raises(FundsInsufficient):
            posted(database, a_draft(book, paid(601)))
        with pytest.raises(FundsInsufficient):
            held(database, a_hold(book, 601))
        posted(database, a_draft(book, paid(600)))
        assert left(database, book) == 0

    def test_refused_leaves_nothing_and_is_not_applied_when_money_comes_later(self, database):
        book = a_fund(database, 100)
        draft = a_hold(book, 101)
        with pytest.raises(FundsInsufficient):
            held(database, draft)
        posted(database, a_draft(book, received(1_000)))
        assert (left(database, book), list(open_amounts(database, book))) == (1_100, [])
        with pytest.raises(HoldUnknown):
            settled(database, book, draft.id, a_draft(book, paid(1)))
        with pytest.raises(HoldUnknown):
            released(database, (book, draft.id))
        assert held(database, draft)[0].replayed is False
        assert left(database, book) == 999

    def test_of_several_is_of_all_or_of_none(self, database):
        book, other = a_fund(database, 100), a_fund(database, 10)
        with pytest.raises(FundsInsufficient):
            held(database, a_hold(book, 60), a_hold(other, 11), a_hold(book, 1))
        assert (left(database, book), left(database, other)) == (100, 10)
        with pytest.raises(FundsInsufficient):
            held(database, a_hold(book, 60), a_hold(book, 41))
        held(database, a_hold(book, 60), a_hold(other, 10), a_hold(book, 40))
        assert (left(database, book), left(database, other)) == (0, 0)

    def test_asked_for_again_is_the_same_and_of_something_else_is_refused(self, database):
        book = a_fund(database, 100)
        draft = a_hold(book, 60, key="once")
        held(database, draft)
        again = replace(draft, id=uuid4())
        (answer,) = held(database, again)
        assert (answer.hold_id, answer.replayed) == (draft.id, True)
        with pytest.raises(KeyReused):
            held(database, replace(again, amount_minor=61))
        assert left(database, book) == 40
        answers = held(database, again, a_hold(book, 40), again)
        assert [each.replayed for each in answers] == [True, False, True]
        assert left(database, book) == 0

    @pytest.mark.parametrize("end", HoldEnd)
    def test_asked_for_again_when_it_has_ended_does_not_come_back(self, database, end):
        book = a_fund(database, 100)
        draft = a_hold(book, 60)
        held(database, draft)
        if end is HoldEnd.SETTLED:
            settled(database, book, draft.id, a_draft(book, paid(60)))
        else:
            released(database, (book, draft.id))
        before = left(database, book)
        assert held(database, draft)[0].replayed
        assert left(database, book) == before
        assert list(open_amounts(database, book)) == []

    def test_errors_are_found_in_their_order(self, database):
        (bare,), fund = opened(database), a_fund(database, 10)
        known = a_hold(fund, 5, key="known")
        held(database, known)
        unknown_book = a_hold(uuid4(), 1)
        for draft, error in [
            (replace(known, amount_minor=0), AmountOutOfRange),
            (replace(known, amount_minor=AMOUNT_CAP + 1), AmountOutOfRange),
            (replace(unknown_book, account="Bank"), AccountCodeInvalid),
            (replace(unknown_book, account="remedy:owed"), AccountNotGuarded),
            (replace(known, amount_minor=99), KeyReused),
            (unknown_book, BookUnknown),
            (a_hold(bare, 99), AccountNotGuarded),
            (a_hold(fund, 99, currency="MMK"), AccountNotGuarded),
            (a_hold(fund, 99), FundsInsufficient),
        ]:
            with pytest.raises(error):
                held(database, draft)
        assert left(database, fund) == 5

    def test_is_for_whoever_may_post(self, database):
        book = a_fund(database, 10)
        with database.read_session() as session:
            for attempt in (
                lambda: holds.hold(session, READER, []),
                lambda: holds.settle(session, READER, []),
                lambda: holds.release(session, READER, [], ""),
                lambda: holds.guard_account(session, READER, book, BANK, THB),
            ):
                with pytest.raises(NotPermitted):
                    attempt()


class TestASessionOfALimitedScope:
    def test_guards_holds_settles_and_posts(self, database):
        """Whoever works for a fund sees few rows of the house, and keeps its balance all the same."""
        (book,) = opened(database)
        draft = a_hold(book, 60)
        with database.unit_of_work(Scope(Audience.STAFF, uuid4(), uuid4())) as session:
            holds.guard_account(session, LOCAL_OPERATOR, book, BANK, THB)
            service.post(session, LOCAL_OPERATOR, [a_draft(book, received(100))])
            holds.hold(session, LOCAL_OPERATOR, [draft, draft])
            with pytest.raises(FundsInsufficient):
                service.post(session, LOCAL_OPERATOR, [a_draft(book, paid(41))])
            holds.settle(session, LOCAL_OPERATOR, [Settlement(book, draft.id, a_draft(book, paid(50)))])
            assert queries.available(session, book, BANK, THB) == 50
            assert queries.open_holds(session, [book]) == []
            assert queries.reserved(session, book) == {}
            assert queries.guarded_balances(session, book)[0].available_minor == 50


class TestSettling:
    @pytest.mark.parametrize("amount", [1, 399, 400])
    def test_posts_and_gives_the_rest_back(self, database, amount):
        book = a_fund(database, 1_000)
        draft = a_hold(book, 400)
        held(database, draft)
        entry = a_draft(book, paid(amount))
        assert settled(database, book, draft.id, entry).entry_id == entry.id
        assert left(database, book) == 1_000 - amount
        assert list(open_amounts(database, book)) == []

    def test_of_all_that_is_there_needs_nothing_more(self, database):
        book = a_fund(database, 400)
        draft = a_hold(book, 400)
        held(database, draft)
        settled(database, book, draft.id, a_draft(book, paid(400)))
        assert left(database, book) == 0

    @pytest.mark.parametrize("postings", [[paid(401)], [paid(200), paid(201)], [received(1)], [VISA]])
    def test_for_more_or_for_nothing_is_refused(self, database, postings):
        book = a_fund(database, 1_000)
        draft = a_hold(book, 400)
        held(database, draft)
        before = rows_of(database, *TABLES)
        with pytest.raises(HoldExceeded):
            settled(database, book, draft.id, a_draft(book, *postings))
        assert rows_of(database, *TABLES) == before

    def test_twice_with_one_entry_is_once_and_with_another_is_refused(self, database):
        book = a_fund(database, 1_000)
        draft, entry = a_hold(book, 400), a_draft(book, paid(300))
        held(database, draft)
        settled(database, book, draft.id, entry)
        answer = settled(database, book, draft.id, replace(entry, id=uuid4()))
        assert (answer.entry_id, answer.replayed) == (entry.id, True)
        with pytest.raises(HoldResolved, match="settled before"):
            settled(database, book, draft.id, a_draft(book, paid(300)))
        with pytest.raises(KeyReused):
            settled(database, book, draft.id, replace(entry, narrative="another"))
        with pytest.raises(HoldResolved):
            released(database, (book, draft.id))
        assert left(database, book) == 700
        assert len(entries_of(database, book)) == 2

    def test_by_an_entry_that_did_not_settle_it_is_refused(self, database):
        """An entry posted without the hold took the money once; taking it for the settlement would free what is held."""
        book = a_fund(database, 1_000)
        one, other, entry = a_hold(book, 400), a_hold(book, 400), a_draft(book, paid(200))
        held(database, one, other)
        posted(database, entry)
        with pytest.raises(KeyReused):
            settled(database, book, one.id, entry)
        second = a_draft(book, paid(400))
        settled(database, book, one.id, second)
        with pytest.raises(KeyReused):
            settled(database, book, other.id, second)
        assert left(database, book) == 0
        assert list(open_amounts(database, book)) == [400]

    def test_of_several_is_of_all_or_of_none(self, database):
        book = a_fund(database, 100)
        one, other = a_hold(book, 50), a_hold(book, 50)
        held(database, one, other)
        released(database, (book, other.id))
        pair = [Settlement(book, each.id, a_draft(book, paid(30))) for each in (one, other)]
        with pytest.raises(HoldResolved), database.unit_of_work() as session:
            holds.settle(session, LOCAL_OPERATOR, pair)
        assert (left(database, book), list(open_amounts(database, book))) == (50, [50])
        third = a_hold(book, 50)
        held(database, third)
        pair[1] = Settlement(book, third.id, a_draft(book, paid(30)))
        with database.unit_of_work() as session:
            assert [each.replayed for each in holds.settle(session, LOCAL_OPERATOR, pair)] == [False, False]
        with database.unit_of_work() as session:
            assert [each.replayed for each in holds.settle(session, LOCAL_OPERATOR, pair)] == [True, True]
        assert left(database, book) == 40

    def test_takes_from_other_guarded_accounts_what_they_have(self, database):
        book = a_fund(database, 100)
        other = "fund:bank:cash"
        with database.unit_of_work() as session:
            holds.guard_account(session, LOCAL_OPERATOR, book, other, THB)
        draft = a_hold(book, 50)
        held(database, draft)
        both = [paid(50), PostingDraft("fund:in_transit", other, THB, 1)]
        with pytest.raises(FundsInsufficient, match="fund:bank:cash"):
            settled(database, book, draft.id, a_draft(book, *both))
        settled(database, book, draft.id, a_draft(book, PostingDraft(other, BANK, THB, 50)))
        with database.read_session() as session:
            found = queries.guarded_balances(session, book)
        assert [(each.account, each.available_minor, each.reserved_minor) for each in found] == [
            (other, 50, 0), (BANK, 50, 0),
        ]  # fmt: skip

    def test_an_entry_that_is_reversed_gives_the_money_back_and_the_hold_stays_ended(self, database):
        book = a_fund(database, 100)
        draft, entry = a_hold(book, 50), a_draft(book, paid(50))
        held(database, draft)
        settled(database, book, draft.id, entry)
        reversed_(database, (book, entry.id))
        assert (left(database, book), list(open_amounts(database, book))) == (100, [])
        assert faults_of(database) == []

    def test_by_a_reversal_or_in_another_book_is_our_own_mistake(self, database):
        book = a_fund(database, 100)
        draft = a_hold(book, 50)
        held(database, draft)
        for entry in (a_draft(book, paid(1), reverses_id=uuid4()), a_draft(a_fund(database), paid(1))):
            with pytest.raises(InvariantViolated):
                settled(database, book, draft.id, entry)

    def test_a_hold_of_another_book_is_unknown(self, database):
        book, other = a_fund(database, 100), a_fund(database, 100)
        draft = a_hold(book, 50)
        held(database, draft)
        with pytest.raises(HoldUnknown):
            settled(database, other, draft.id, a_draft(other, paid(1)))


class TestReleasing:
    def test_gives_everything_back(self, database):
        book, other = a_fund(database, 100), a_fund(database, 100)
        drafts = [a_hold(book, 50), a_hold(book, 20), a_hold(other, 5)]
        held(database, *drafts)
        released(database, *((each.book_id, each.id) for each in drafts))
        assert (left(database, book), left(database, other)) == (100, 100)

    def test_twice_for_one_reason_is_once_and_for_another_is_refused(self, database):
        book = a_fund(database, 100)
        one, other = a_hold(book, 50), a_hold(book, 20)
        held(database, one, other)
        released(database, (book, one.id))
        released(database, (book, one.id), (book, other.id), (book, other.id))
        assert left(database, book) == 100
        with pytest.raises(HoldResolved, match="released before"):
            released(database, (book, one.id), reason="something else")
        with pytest.raises(HoldResolved):
            settled(database, book, one.id, a_draft(book, paid(1)))

    def test_of_several_is_of_all_or_of_none(self, database):
        book = a_fund(database, 100)
        one, other = a_hold(book, 50), a_hold(book, 20)
        held(database, one, other)
        settled(database, book, other.id, a_draft(book, paid(20)))
        with pytest.raises(HoldResolved):
            released(database, (book, one.id), (book, other.id))
        assert list(open_amounts(database, book)) == [50]


class TestACrashInTheMiddle:
    """A process that ends anywhere between two statements leaves nothing half; ``tests/sealing`` really kills one."""

    @pytest.mark.parametrize("step", ["ledger_entries", "ledger_postings", "ledger_hold_resolutions", "the balance"])
    def test_of_settling_leaves_nothing(self, database, monkeypatch, step):
        book = a_fund(database, 100)
        draft = a_hold(book, 50)
        held(database, draft)
        before = rows_of(database, *TABLES)
        self.crash_after(monkeypatch, step)
        with pytest.raises(KeyboardInterrupt):
            settled(database, book, draft.id, a_draft(book, paid(30)))
        assert rows_of(database, *TABLES) == before

    @pytest.mark.parametrize("step", ["ledger_holds", "the balance"])
    def test_of_holding_leaves_nothing(self, database, monkeypatch, step):
        book = a_fund(database, 100)
        before = rows_of(database, *TABLES)
        self.crash_after(monkeypatch, step)
        with pytest.raises(KeyboardInterrupt):
            held(database, a_hold(book, 50))
        assert rows_of(database, *TABLES) == before

    def crash_after(self, monkeypatch, step: str) -> None:
        """End the process, as it were, after rows went into a table or the balance was moved."""

        def crashing(session, table, *rows):
            insert_many(session, table, *rows)
            if table.name == step:
                raise KeyboardInterrupt

        def changing(session, statement):
            changed = change(session, statement)
            if step == "the balance":
                raise KeyboardInterrupt
            return changed

        monkeypatch.setattr(posting, "insert_many", crashing)
        monkeypatch.setattr(holds, "insert_many", crashing)
        monkeypatch.setattr(guarding, "change", changing)


class TestReading:
    def test_what_is_reserved_now_and_at_an_instant(self, database):
        start = datetime(2026, 3, 1, 8, tzinfo=UTC)
        with clock.stopped_at(start):
            book = a_fund(database, 1_000)
        drafts = [a_hold(book, amount) for amount in (100, 200)]
        for hour, draft in enumerate(drafts, start=1):
            with clock.stopped_at(start + timedelta(hours=hour)):
                held(database, draft)
        with clock.stopped_at(start + timedelta(hours=3)):
            released(database, (book, drafts[0].id))
        with database.read_session() as session:
            assert queries.reserved(session, book) == {THB: 200}
            cuts = [queries.reserved(session, book, at=start + timedelta(hours=hour)) for hour in range(4)]
        assert cuts == [{}, {THB: 100}, {THB: 300}, {THB: 200}]

    def test_open_holds_with_what_they_are_for(self, database):
        book, other = a_fund(database, 1_000), a_fund(database, 1_000)
        drafts = [a_hold(book, 3, key="PL-1", source_id=UUID(int=5)), a_hold(other, 4)]
        held(database, *drafts)
        with database.read_session() as session:
            (found,) = queries.open_holds(session, [book])
            assert len(queries.open_holds(session, [book, other])) == 2
            assert queries.open_holds(session, []) == []
        assert (found.id, found.account, found.currency, found.amount_minor) == (drafts[0].id, BANK, THB, 3)
        assert (found.scope, found.key, found.source_type, found.source_id) == ("plan", "PL-1", "plan", UUID(int=5))

    def test_what_is_not_guarded_has_nothing_available(self, database, book):
        assert left(database, book) is None


def test_what_an_entry_takes_is_credits_less_debits():
    bank = account_of(BANK, THB).id
    assert taken_from(bank, [paid(5), received(2), VISA, paid(9, "MMK")]) == 3
