"""What is not yet sealed is sealed: all of it, each once, whoever else is writing or sealing at the same moment."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime

import pytest

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Actor
from recruitment.core.errors import NotPermitted
from recruitment.database.unit_of_work import WriteConflict
from recruitment.ledger import rules, service
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import SealKeyMissing, is_signed, seal_message
from tests.ledger.books import READER, VISA, a_draft, balances_of, entries_of, opened, posted, reversed_
from tests.ledger.together import in_time
from tests.sealing.sealed import (
    IS_DEEP,
    faults_of_chain,
    found,
    is_once_in_a_seal,
    key_file_of,
    leaf_rows,
    sealed,
    sealed_once,
    seals_of,
)
from tests.sealing.test_prove import tree_of

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def on_servers_only(engine_name: str) -> None:
    if engine_name == "sqlite":
        pytest.skip("writers of SQLite never run side by side")


class TestWhatIsNotYetSealed:
    def test_is_nothing_in_an_empty_ledger(self, database):
        assert sealed_once(database) is None
        assert seals_of(database) == []

    def test_is_sealed_with_the_opening_of_its_book_and_once_only(self, database, book):
        drafts = [a_draft(book) for _ in range(3)]
        posted(database, *drafts)
        (seal,) = sealed(database)
        assert (seal.number, seal.leaves, seal.caught_up) == (1, 4, True)
        assert {row.entry_id for row in leaf_rows(database)} == {book, *(draft.id for draft in drafts)}
        assert sealed(database) == []

    def test_is_sealed_when_it_was_recorded_long_before_the_last_seal(self, database, book):
        """Nothing asks for entries newer than the last."""
        with clock.stopped_at(NOON):
            posted(database, a_draft(book))
            sealed(database)
        with clock.stopped_at(NOON.replace(hour=11, minute=30)):
            late = a_draft(book)
            posted(database, late)
        sealed(database)
        assert is_once_in_a_seal(database, late.id)
        assert found(database) == []

    def test_is_a_reversal_like_any_entry(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        sealed(database)
        (reversal,) = reversed_(database, (book, draft.id))
        (seal,) = sealed(database)
        assert seal.leaves == 1
        assert is_once_in_a_seal(database, reversal.entry_id)

    def test_leaves_nothing_of_a_unit_of_work_that_failed(self, database, book):
        sealed(database)
        with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [a_draft(book)])
            sealing.seal(session, LOCAL_OPERATOR, key_file_of(database))
            raise ZeroDivisionError
        assert sealed(database) == []
        assert [seal.number for seal in seals_of(database)] == [1]

    def test_that_a_transaction_writes_which_began_before_a_seal_is_in_the_next(
        self, database, other_database, book, engine_name
    ):
        on_servers_only(engine_name)
        posted(database, a_draft(book))  # so that no writer has to open an account and be waited for
        late, early = a_draft(book), a_draft(book)
        with other_database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [late])
            posted(database, early)
            sealed(database)
            assert is_once_in_a_seal(database, early.id)
            assert not is_once_in_a_seal(database, late.id)
        (seal,) = sealed(database)
        assert (seal.number, seal.leaves) == (2, 1)
        assert is_once_in_a_seal(database, late.id)
        assert found(database) == []

    def test_of_an_open_transaction_that_aborts_is_in_no_seal(self, database, other_database, book, engine_name):
        on_servers_only(engine_name)
        with pytest.raises(ZeroDivisionError), other_database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [a_draft(book)])
            sealed(database)
            raise ZeroDivisionError
        assert sealed(database) == []
        assert [row.entry_id for row in leaf_rows(database)] == [book]
        assert found(database) == []


class TestASeal:
    def test_holds_2000_leaves_at_most_and_says_when_nothing_was_left(self, database, book):
        posted(database, *(a_draft(book) for _ in range(2 * rules.LEAVES_MAX - 1)))
        assert [(seal.leaves, seal.caught_up) for seal in sealed(database)] == [(2000, False), (2000, True)]
        posted(database, *(a_draft(book) for _ in range(rules.LEAVES_MAX + 1)))
        assert [(seal.leaves, seal.caught_up) for seal in sealed(database)] == [(2000, False), (1, True)]
        assert found(database) == []

    def test_holds_2000_openings_of_books_at_most_too(self, database):
        books = opened(database, count=rules.LEAVES_MAX + 1)
        posted(database, a_draft(books[0]))
        assert [seal.leaves for seal in sealed(database)] == [2000, 2]
        assert found(database) == []

    def test_follows_from_the_one_before_by_sha256_alone(self, database, book):
        before = bytes(32)
        for number in range(1, 4):
            posted(database, *(a_draft(book) for _ in range(number)))
            (seal,) = sealed(database)
            root = tree_of(database, number).mth()
            expected = hashlib.sha256(
                b"\x02" + before + root + number.to_bytes(8, "big") + seal.leaves.to_bytes(8, "big")
            )
            assert (seal.root, seal.head) == (root, expected.digest())
            before = seal.head

    def test_is_signed_by_the_key_of_the_file(self, database, book):
        (seal,) = sealed(database)
        public = key_file_of(database).public_key()
        at = seal.sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        message = seal_message(0, 1, 1, seal.head, at, caught_up=True)
        assert is_signed(public, seal.signature, message)
        assert not is_signed(public, seal.signature, seal_message(0, 1, 1, seal.head, at, caught_up=False))
        assert not is_signed(bytes(32), seal.signature, message)

    def test_is_not_made_without_a_key(self, database, book):
        key_file_of(database).path.unlink()
        with pytest.raises(SealKeyMissing, match="new-key"):
            sealed_once(database)
        assert seals_of(database) == []

    @pytest.mark.parametrize("actor", [READER, Actor(READER.id, "nobody", frozenset())])
    def test_is_not_made_by_somebody_who_may_not_post(self, database, book, actor):
        with pytest.raises(NotPermitted), database.unit_of_work() as session:
            sealing.seal(session, actor, key_file_of(database))

    def test_is_made_of_entries_of_one_id_in_two_books(self, database):
        """Ids are made by callers; only a book and an id together name an entry."""
        one, two = opened(database, count=2)
        draft = a_draft(one)
        posted(database, draft, a_draft(two, id=draft.id))
        sealed(database)
        assert found(database) == []
        assert [row.entry_id for row in leaf_rows(database)].count(draft.id) == 2

    def test_is_made_although_an_entry_has_the_id_of_its_book(self, database, book):
        """The opening of a book stands among the leaves under that id."""
        try:
            posted(database, a_draft(book, id=book))
        except Exception:  # noqa: BLE001 - to refuse it is as good
            return
        assert sealed_once(database) is not None
        assert found(database) == []

    def test_by_a_key_that_the_database_does_not_know_is_refused_once_and_for_all(self, database, book):
        """A key file of another time: the database was put back to before the key was made."""
        key_file = key_file_of(database)
        key_file.make(key_file.newest())
        key_file.adopt()
        with pytest.raises(SealKeyMissing, match="does not know the seal key"):
            sealed_once(database)


class TestAtOnce:
    def test_a_writer_commits_while_a_seal_is_being_made(self, database, other_database, book, engine_name):
        on_servers_only(engine_name)
        posted(database, a_draft(book))
        draft = a_draft(book)
        with database.unit_of_work() as session:
            sealing.seal(session, LOCAL_OPERATOR, key_file_of(database))
            writer = threading.Thread(target=posted, args=(other_database, draft))
            writer.start()
            in_time(writer)
            assert draft.id in {entry.id for entry in entries_of(other_database, book)}
        assert not is_once_in_a_seal(database, draft.id)
        assert [seal.leaves for seal in sealed(database)] == [1]

    def test_of_two_sealers_one_is_told_that_the_other_was_quicker(self, database, other_database, book, engine_name):
        on_servers_only(engine_name)
        posted(database, a_draft(book))
        raised: list[BaseException] = []

        def seal_too() -> None:
            try:
                sealed_once(other_database)
            except WriteConflict as error:
                raised.append(error)

        with database.unit_of_work() as session:
            sealing.seal(session, LOCAL_OPERATOR, key_file_of(database))
            slower = threading.Thread(target=seal_too)
            slower.start()
            slower.join(0.2)
            assert slower.is_alive()
        in_time(slower)
        assert len(raised) == 1
        assert [seal.number for seal in seals_of(database)] == [1]

    def test_two_sealers_and_eight_writers_leave_each_entry_in_one_seal(self, database, settings, nursery, tmp_path):
        each = 250 if IS_DEEP else 25
        books = opened(database, count=8)
        stop = tmp_path / "stop"
        sealers = [nursery.born("seal", settings, tmp_path / f"sealer{n}", stop=str(stop)) for n in range(2)]
        writers = [
            nursery.born("write", settings, tmp_path / f"writer{n}", book=str(book), start=0, count=each)
            for n, book in enumerate(books)
        ]
        assert [writer.wait() for writer in writers] == [0] * 8
        stop.touch()
        assert [sealer.wait() for sealer in sealers] == [0, 0]
        acknowledged = {line.split()[1] for writer in writers for line in writer.told()}
        assert len(acknowledged) == 8 * each
        made, rows = seals_of(database), leaf_rows(database)
        assert faults_of_chain(made, rows, {*map(str, books), *acknowledged}) == []
        assert len(made) > 1
        assert found(database) == []
        for book in books:
            assert sum(one.balance_minor for one in balances_of(database, book)) == 0

    def test_the_count_that_says_so_would_see_a_gap_an_entry_left_out_and_one_twice(self, database, book):
        """The negative control of the test before."""
        drafts = [a_draft(book, VISA) for _ in range(3)]
        for draft in drafts:
            posted(database, draft)
            sealed(database)
        made, rows, subjects = seals_of(database), leaf_rows(database), {book, *(draft.id for draft in drafts)}
        assert faults_of_chain(made, rows, subjects) == []
        assert faults_of_chain(made[1:], rows[1:], subjects - {rows[0].entry_id}) != []
        assert faults_of_chain(made, rows[:-1], subjects) != []
        assert faults_of_chain(made, [*rows, rows[-1]], subjects) != []
        assert faults_of_chain(made, rows, subjects - {drafts[0].id}) != []
