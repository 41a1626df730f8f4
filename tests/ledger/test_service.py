"""Opening books, posting and reversing, on both engines."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.errors import NotPermitted
from recruitment.core.money import CurrencyUnknown
from recruitment.database.unit_of_work import WriteConflict
from recruitment.ledger import service
from recruitment.ledger.errors import (
    AlreadyReversed,
    AmountOutOfRange,
    BasisMixed,
    BookUnknown,
    EntryEmpty,
    EntryUnknown,
    KeyReused,
    ReversalOfReversal,
)
from recruitment.ledger.rules import Posted, PostingDraft, mirror
from tests.ledger.books import (
    LOAN,
    MEDICAL,
    READER,
    REPORTED,
    VISA,
    a_draft,
    balances_of,
    entries_of,
    faults_of,
    folded,
    opened,
    posted,
    reversed_,
    rows_of,
)


@pytest.fixture
def database(shared_database):
    """One for all tests here: each has a book of its own."""
    return shared_database


class TestOpenBooks:
    def test_opens_each_book_once(self, database):
        one, two = opened(database, count=2)
        assert balances_of(database, one) == balances_of(database, two) == []
        with pytest.raises(WriteConflict), database.unit_of_work() as session:
            service.open_books(session, LOCAL_OPERATOR, [(one, "journey")])

    def test_opens_none_of_several_when_one_is_open_already(self, database, book):
        new = uuid4()
        with pytest.raises(WriteConflict), database.unit_of_work() as session:
            service.open_books(session, LOCAL_OPERATOR, [(new, "journey"), (book, "journey")])
        with pytest.raises(BookUnknown):
            posted(database, a_draft(new))

    def test_opens_nothing_when_asked_for_nothing(self, database):
        before = rows_of(database)
        with database.unit_of_work() as session:
            service.open_books(session, LOCAL_OPERATOR, [])
        assert rows_of(database) == before

    def test_is_for_those_who_may_post(self, database):
        with pytest.raises(NotPermitted), database.unit_of_work() as session:
            service.open_books(session, READER, [(uuid4(), "journey")])


class TestPost:
    def test_keeps_one_entry_as_it_was_asked_for(self, database, book):
        draft = a_draft(book, VISA, REPORTED)
        assert posted(database, draft) == [Posted(draft.id, replayed=False)]
        (entry,) = entries_of(database, book)
        assert (entry.id, entry.book_id, entry.postings) == (draft.id, book, (VISA, REPORTED))
        assert (entry.effective_on, entry.precision, entry.narrative) == (draft.effective_on, draft.precision, "a fee")
        assert (entry.source_type, entry.source_id, entry.reverses_id) == ("test", UUID(int=1), None)
        assert entry.recorded_at.tzinfo is not None

    def test_answers_for_many_in_their_order(self, database, book):
        drafts = [a_draft(book, VISA, MEDICAL), a_draft(book, LOAN), a_draft(book, REPORTED)]
        assert [one.entry_id for one in posted(database, *drafts)] == [draft.id for draft in drafts]
        assert balances_of(database, book) == folded([VISA, MEDICAL, LOAN, REPORTED])

    def test_of_nothing_is_nothing(self, database):
        assert posted(database) == []

    def test_keeps_the_metadata(self, database, book):
        posted(database, a_draft(book, metadata={"rate": "0.0145", "line": 7}))
        (row,) = [row for row in rows_of(database, "ledger_entries")["ledger_entries"] if "0.0145" in row]
        assert '"rate": "0.0145"' in row or "'rate': '0.0145'" in row

    def test_is_for_those_who_may_post(self, database, book):
        with pytest.raises(NotPermitted), database.unit_of_work() as session:
            service.post(session, READER, [a_draft(book)])
        assert entries_of(database, book) == []

    def test_to_one_book_leaves_another_alone(self, database, book):
        (other,) = opened(database)
        posted(database, a_draft(book, VISA), a_draft(other, MEDICAL), a_draft(book, LOAN))
        assert balances_of(database, book) == folded([VISA, LOAN])
        assert balances_of(database, other) == folded([MEDICAL])

    def test_one_key_stands_for_an_entry_in_each_book(self, database, book):
        (other,) = opened(database)
        found = posted(database, a_draft(book, key="K"), a_draft(other, key="K"))
        assert [one.replayed for one in found] == [False, False]

    def test_a_currency_that_does_not_exist_is_refused_by_name(self, database, book):
        """It used to meet the foreign key of the chart and be told as a conflict with somebody else."""
        with pytest.raises(CurrencyUnknown):
            posted(database, a_draft(book, replace(VISA, currency="THX")))


class TestReplay:
    def test_the_same_again_in_another_unit_of_work_is_answered_from_the_books(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        before = rows_of(database)
        assert posted(database, replace(draft, id=uuid4())) == [Posted(draft.id, replayed=True)]
        assert rows_of(database) == before

    def test_the_same_twice_in_one_call_is_posted_once(self, database, book):
        draft = a_draft(book)
        found = posted(database, draft, replace(draft, id=uuid4()))
        assert found == [Posted(draft.id, replayed=False), Posted(draft.id, replayed=True)]
        assert len(entries_of(database, book)) == 1

    def test_new_ones_beside_a_replay_are_posted(self, database, book):
        old, new = a_draft(book), a_draft(book, MEDICAL)
        posted(database, old)
        found = posted(database, new, old)
        assert [one.replayed for one in found] == [False, True]
        assert balances_of(database, book) == folded([VISA, MEDICAL])

    @pytest.mark.parametrize(
        "change", [{"narrative": "other"}, {"postings": (MEDICAL,)}, {"metadata": {"a": 1}}], ids=str
    )
    def test_the_same_key_for_something_else_is_refused(self, database, book, change):
        draft = a_draft(book)
        posted(database, draft)
        with pytest.raises(KeyReused, match=draft.key):
            posted(database, replace(draft, id=uuid4(), **change))

    def test_one_key_for_two_things_in_one_call_is_refused(self, database, book):
        with pytest.raises(KeyReused):
            posted(database, a_draft(book, key="K"), a_draft(book, MEDICAL, key="K"))
        assert entries_of(database, book) == []

    def test_another_scope_is_another_key(self, database, book):
        posted(database, a_draft(book, key="K"))
        assert not posted(database, a_draft(book, key="K", scope="other"))[0].replayed

    def test_is_answered_although_the_entry_was_reversed_since(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        reversed_(database, (book, draft.id))
        assert posted(database, draft) == [Posted(draft.id, replayed=True)]


class TestOrderOfErrors:
    """As ``errors.py`` has it: the shape of each draft, the key, the book, the reversal."""

    def test_the_shape_of_any_draft_comes_before_a_reused_key(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        with pytest.raises(EntryEmpty):
            posted(database, replace(draft, narrative="other"), a_draft(book, postings=()))

    def test_the_shape_of_any_draft_comes_before_an_unknown_book(self, database, book):
        with pytest.raises(AmountOutOfRange):
            posted(database, a_draft(uuid4()), a_draft(book, replace(VISA, amount_minor=0)))

    def test_a_reused_key_comes_before_an_unknown_reversal(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        with pytest.raises(KeyReused):
            posted(database, replace(draft, id=uuid4(), reverses_id=uuid4()))

    def test_an_unknown_book_comes_before_an_unknown_reversal(self, database):
        with pytest.raises(BookUnknown):
            posted(database, a_draft(uuid4(), reverses_id=uuid4()))

    def test_an_unknown_entry_to_reverse_is_refused(self, database, book):
        with pytest.raises(EntryUnknown):
            posted(database, a_draft(book, reverses_id=uuid4()))

    def test_an_entry_of_another_book_is_unknown(self, database, book):
        (other,) = opened(database)
        draft = a_draft(other)
        posted(database, draft)
        with pytest.raises(EntryUnknown):
            posted(database, a_draft(book, reverses_id=draft.id))

    def test_a_second_reversal_under_another_key_is_refused(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        reversed_(database, (book, draft.id))
        (entry, _) = sorted(entries_of(database, book), key=lambda entry: entry.reverses_id is not None)
        with pytest.raises(AlreadyReversed):
            posted(database, replace(mirror(entry, uuid4(), "again"), key="of its own"))

    def test_a_reversal_cannot_be_reversed_by_a_draft_of_its_own(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        (reversal,) = reversed_(database, (book, draft.id))
        turned = PostingDraft(VISA.debit, VISA.credit, "THB", VISA.amount_minor)
        with pytest.raises(ReversalOfReversal):
            posted(database, a_draft(book, turned, reverses_id=reversal.entry_id))


class TestNothingIsKept:
    BAD = (
        (lambda book: a_draft(uuid4()), BookUnknown),
        (lambda book: a_draft(book, replace(VISA, amount_minor=0)), AmountOutOfRange),
        (lambda book: a_draft(book, replace(VISA, credit=LOAN.credit)), BasisMixed),
        (lambda book: a_draft(book, reverses_id=uuid4()), EntryUnknown),
    )

    @pytest.mark.parametrize(("bad", "error"), BAD, ids=[error.__name__ for _, error in BAD])
    def test_of_many_when_one_fails(self, database, book, bad, error):
        with pytest.raises(error):
            posted(database, a_draft(book), a_draft(book, MEDICAL), bad(book), a_draft(book))
        assert entries_of(database, book) == []
        assert [fault for fault in faults_of(database) if str(book) in fault] == []

    @pytest.mark.parametrize(("bad", "error"), BAD, ids=[error.__name__ for _, error in BAD])
    def test_even_when_the_caller_goes_on(self, database, book, bad, error):
        """A caller that catches the error and commits must not find half of its drafts in the books."""
        kept = a_draft(book, LOAN)
        with database.unit_of_work() as session:
            with pytest.raises(error):
                service.post(session, LOCAL_OPERATOR, [a_draft(book), a_draft(book, MEDICAL), bad(book)])
            service.post(session, LOCAL_OPERATOR, [kept])
        assert [entry.id for entry in entries_of(database, book)] == [kept.id]

    def test_of_a_unit_of_work_that_fails_later(self, database, book):
        with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [a_draft(book)])
            raise ZeroDivisionError
        assert entries_of(database, book) == []


class TestReverse:
    def test_takes_the_entry_back_and_leaves_both_readable(self, database, book):
        draft = a_draft(book, VISA, REPORTED)
        posted(database, draft)
        (found,) = reversed_(database, (book, draft.id), reason="typed twice")
        entry = next(entry for entry in entries_of(database, book) if entry.id == found.entry_id)
        assert (entry.reverses_id, entry.narrative, entry.effective_on) == (draft.id, "typed twice", draft.effective_on)
        assert {balance.balance_minor for balance in balances_of(database, book)} == {0}
        assert len(entries_of(database, book)) == 2
        assert [fault for fault in faults_of(database) if str(book) in fault] == []

    def test_again_for_the_same_reason_is_a_replay(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        (first,) = reversed_(database, (book, draft.id))
        before = rows_of(database)
        assert reversed_(database, (book, draft.id)) == [Posted(first.entry_id, replayed=True)]
        assert rows_of(database) == before

    def test_twice_in_one_call_is_once(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        assert [one.replayed for one in reversed_(database, *[(book, draft.id)] * 2)] == [False, True]

    def test_again_for_another_reason_is_refused(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        reversed_(database, (book, draft.id))
        with pytest.raises(AlreadyReversed, match="another reason"):
            reversed_(database, (book, draft.id), reason="another")

    def test_of_a_reversal_is_refused(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        (reversal,) = reversed_(database, (book, draft.id))
        with pytest.raises(ReversalOfReversal):
            reversed_(database, (book, reversal.entry_id))

    def test_of_an_unknown_entry_is_refused(self, database, book):
        with pytest.raises(EntryUnknown):
            reversed_(database, (book, uuid4()))

    def test_of_an_entry_asked_for_in_another_book_is_refused(self, database, book):
        (other,) = opened(database)
        draft = a_draft(book)
        posted(database, draft)
        with pytest.raises(EntryUnknown):
            reversed_(database, (other, draft.id))

    def test_of_several_is_all_or_nothing(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        with pytest.raises(EntryUnknown):
            reversed_(database, (book, draft.id), (book, uuid4()))
        assert len(entries_of(database, book)) == 1

    @pytest.mark.parametrize("known", [True, False])
    def test_who_may_not_post_does_not_learn_whether_an_entry_is_there(self, database, book, known):
        draft = a_draft(book)
        posted(database, draft)
        with pytest.raises(NotPermitted), database.unit_of_work() as session:
            service.reverse(session, READER, [(book, draft.id if known else uuid4())], "a mistake")
