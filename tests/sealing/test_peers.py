"""Where ledgers of our peers failed (section 10 of the design): each failure has a test here that says its name."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.ledger import service
from recruitment.ledger.errors import KeyReused
from recruitment.ledger.models import LedgerBalanceCheckpoint, LedgerSealLeaf
from recruitment.ledger.queries import seals as queries
from recruitment.ledger.services import posting
from tests.ledger.books import LOAN, MEDICAL, VISA, a_draft, balances_of, entries_of, folded, opened, posted, rows_of
from tests.ledger.intruder import REFUSED, Intruder, entry_row, insert, posting_row
from tests.sealing.sealed import found, is_once_in_a_seal, sealed

pytestmark = pytest.mark.slow


@pytest.fixture
def guarded(settings, database):
    """A raw connection with every guard where it belongs."""
    intruder = Intruder(settings)
    yield intruder
    intruder.close()


class TestALateCommit:
    """Blnk: an entry whose transaction commits after a newer one was sealed is never sealed."""

    def test_is_sealed(self, database, other_database, book, engine_name):
        if engine_name == "sqlite":
            pytest.skip("writers of SQLite never run side by side")
        assert self.late_is_sealed(database, other_database, book)
        assert found(database) == []

    def test_is_never_sealed_by_a_sealer_that_asks_for_what_is_newer(
        self, database, other_database, book, engine_name, monkeypatch
    ):
        """The negative control: the peer's way of asking, and nobody would notice."""
        if engine_name == "sqlite":
            pytest.skip("writers of SQLite never run side by side")
        real = queries.unsealed

        def newer_than_the_last(session, limit):
            last = session.scalar(select(func.max(LedgerSealLeaf.entry_id.cast(queries.String)))) or ""
            return [each for each in real(session, limit) if str(each.entry_id) > last]

        monkeypatch.setattr(queries, "unsealed", newer_than_the_last)
        assert not self.late_is_sealed(database, other_database, book)

    def late_is_sealed(self, database, other_database, book) -> bool:
        posted(database, a_draft(book, id=UUID(int=2**127 + 1)))
        late, early = (a_draft(book, id=UUID(int=2**127 + number)) for number in (2, 3))
        with other_database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [late])
            posted(database, early)
            sealed(database)
        sealed(database)
        return is_once_in_a_seal(database, late.id)


class TestTheDeletionOfAWholeEntry:
    """Entry and postings gone together: no foreign key minds."""

    @pytest.mark.parametrize("what", ["first", "middle", "last"])
    def test_is_found(self, database, intruder, book, what):
        drafts = [a_draft(book, VISA) for _ in range(3)]
        for draft in drafts:
            posted(database, draft)
            sealed(database)
        gone = drafts[["first", "middle", "last"].index(what)].id
        intruder.say("DELETE FROM ledger_postings WHERE entry_id = ?", (gone,))
        intruder.say("DELETE FROM ledger_entries WHERE id = ?", (gone,))
        assert any(str(gone) in str(fault) and "not in the books any more" in str(fault) for fault in found(database))

    def test_that_nobody_had_sealed_is_not_found(self, database, intruder, book):
        """The negative control: it is the seal that finds it."""
        drafts = [a_draft(book, VISA) for _ in range(2)]
        posted(database, *drafts)
        intruder.say("DELETE FROM ledger_postings WHERE entry_id = ?", (drafts[0].id,))
        intruder.say("DELETE FROM ledger_entries WHERE id = ?", (drafts[0].id,))
        assert found(database) == []


class TestAKeyUsedAgain:
    """Some peers answer a used key with the old entry, whatever is asked for this time."""

    def test_for_another_payload_is_a_conflict_and_nothing_is_posted(self, database, book):
        draft = a_draft(book, VISA, key="k")
        posted(database, draft)
        sealed(database)
        for other in (a_draft(book, LOAN, key="k"), a_draft(book, VISA, key="k", narrative="another")):
            with pytest.raises(KeyReused):
                posted(database, other)
        assert [entry.id for entry in entries_of(database, book)] == [draft.id]

    def test_for_the_same_payload_is_the_same_entry(self, database, book):
        draft = a_draft(book, VISA, key="k")
        posted(database, draft)
        sealed(database)
        (replayed,) = posted(database, a_draft(book, VISA, key="k"))
        assert (replayed.entry_id, replayed.replayed) == (draft.id, True)
        assert sealed(database) == []

    def test_in_another_book_is_another_entry(self, database):
        one, two = opened(database, count=2)
        posted(database, a_draft(one, key="k"), a_draft(two, LOAN, key="k"))
        assert balances_of(database, two) == folded([LOAN])


class TestACrashInTheMiddle:
    """See ``test_kill.py`` for the real thing."""

    @pytest.mark.parametrize("after", ["ledger_entries", "ledger_postings"])
    def test_leaves_no_half_entry(self, database, book, monkeypatch, after):
        real = posting.insert_many

        def crash(session, table, *rows) -> None:
            real(session, table, *rows)
            if table.name == after:
                raise KeyboardInterrupt

        before = rows_of(database)
        monkeypatch.setattr(posting, "insert_many", crash)
        with pytest.raises(KeyboardInterrupt):
            posted(database, a_draft(book, VISA, MEDICAL))
        assert rows_of(database) == before
        assert found(database) == []

    def test_cannot_be_committed_as_half_an_entry(self, database, guarded, book):
        posted(database, a_draft(book, VISA))
        entry = entry_row(book, last_seq=2)
        with pytest.raises(REFUSED):
            guarded.commit(insert("ledger_entries", entry), insert("ledger_postings", posting_row(entry, VISA)))
        assert len(entries_of(database, book)) == 1


class TestTruncate:
    @pytest.mark.parametrize("table", ["ledger_seals", "ledger_seal_leaves", "ledger_seal_keys", "ledger_entries"])
    def test_and_deletion_of_everything_are_refused(self, database, guarded, book, table):
        posted(database, a_draft(book))
        sealed(database)
        statements = [f"DELETE FROM {table}", f"DELETE FROM {table} WHERE 1 = 1"]
        if not guarded.is_sqlite:
            statements += [f"TRUNCATE {table} CASCADE", "TRUNCATE ledger_books, ledger_seals CASCADE"]
        for statement in statements:
            with pytest.raises(REFUSED, match="append-only"):
                guarded.say(statement)
        assert found(database) == []


class TestANullWhereAGuardCompares:
    """A CHECK passes on NULL, and ``NULL = NULL`` is not true: what is compared may not be NULL."""

    NULLABLE = {
        ("ledger_entries", "reverses_id"), ("ledger_postings", "prev_seq"), ("ledger_hold_resolutions", "entry_id"),
    }  # fmt: skip

    def test_can_stand_in_three_columns_of_the_ledger_only(self, database):
        from sqlalchemy import inspect

        inspector = inspect(database.engine)
        tables = [name for name in inspector.get_table_names() if name.startswith("ledger_")]
        assert len(tables) == 12
        nullable = {(t, column["name"]) for t in tables for column in inspector.get_columns(t) if column["nullable"]}
        assert nullable == self.NULLABLE

    @pytest.mark.parametrize("change", [{"prev_seq": None, "seq": 2}, {"prev_seq": None, "seq": 3}])
    def test_does_not_open_a_hole_in_an_entry(self, database, guarded, book, change):
        posted(database, a_draft(book, VISA))
        entry = entry_row(book, last_seq=change["seq"])
        with pytest.raises(REFUSED, match="(?i)check constraint"):
            guarded.commit(
                insert("ledger_entries", entry),
                insert("ledger_postings", posting_row(entry, VISA)),
                insert("ledger_postings", posting_row(entry, VISA, **change)),
            )

    @pytest.mark.parametrize(
        "verb", ["UPDATE ledger_postings SET prev_seq = NULL", "UPDATE ledger_seals SET chain = 0"]
    )
    def test_does_not_get_past_the_triggers(self, database, guarded, book, verb):
        posted(database, a_draft(book))
        sealed(database)
        with pytest.raises(REFUSED, match="append-only"):
            guarded.say(verb)


class TestABalanceBesideTheRows:
    """Cached, wrong, and wrong for ever: because nobody adds up again."""

    def test_that_was_tampered_with_is_found(self, database, book):
        posted(database, a_draft(book, VISA))
        sealed(database)
        with database.unit_of_work() as session:
            session.execute(
                update(LedgerBalanceCheckpoint).values(debits_minor=LedgerBalanceCheckpoint.debits_minor + 1)
            )
        assert any(str(book) in str(fault) and "do not bear out" in str(fault) for fault in found(database))

    def test_that_was_dropped_does_no_harm(self, database, book):
        posted(database, a_draft(book, VISA))
        sealed(database)
        with database.unit_of_work() as session:
            session.execute(delete(LedgerBalanceCheckpoint))
        assert balances_of(database, book) == folded([VISA])
        assert found(database) == []

    def test_does_not_make_the_next_one_wrong_unseen(self, database, book):
        """Each goes on from the one before, so the wrong one hands its fault down; verify names both."""
        posted(database, a_draft(book, VISA))
        sealed(database)
        with database.unit_of_work() as session:
            session.execute(
                update(LedgerBalanceCheckpoint).values(debits_minor=LedgerBalanceCheckpoint.debits_minor + 1)
            )
        posted(database, a_draft(book, VISA))
        sealed(database)
        assert len(found(database)) == 2
