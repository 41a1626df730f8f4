"""Changes that are hard to see, each of which verify missed once or was stopped by, and what is no fault at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, insert, select, text, update

from recruitment.ledger import models
from recruitment.ledger.services import verifying
from tests.ledger.books import MEDICAL, VISA, a_draft, balances_of, folded, posted
from tests.sealing import world
from tests.sealing.sealed import found, sealed
from tests.sealing.tampered import Tampered
from tests.sealing.world import BOOKS, CHECKPOINTS, ENTRIES, KEYS, LEAVES, Mutant

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*ServerCursor.*:ResourceWarning")]


def is_found(tampered: Tampered, *statements) -> bool:
    """Say whether verify finds what these statements change, and is not stopped by it."""

    def change(connection: Connection) -> None:
        for statement in statements:
            assert connection.execute(statement).rowcount

    faults = tampered.faults(Mutant("changed", change))
    assert tampered.stopped == []
    return bool(faults)


class TestVerify:
    def test_finds_that_the_opening_of_a_book_was_given_to_another(self, tampered):
        leaf = LEAVES.c.entry_id == tampered.books[0]
        assert is_found(tampered, update(LEAVES).where(leaf).values(book_id=tampered.books[1]))

    @pytest.mark.parametrize("number", [3, 99])
    def test_finds_that_a_key_was_given_another_number(self, tampered, number):
        assert is_found(tampered, update(KEYS).where(KEYS.c.number == 2).values(number=number))

    def test_goes_on_after_a_precision_that_nobody_knows(self, tampered):
        reversed_entry = ENTRIES.c.id.in_(select(ENTRIES.c.reverses_id))
        assert is_found(tampered, update(ENTRIES).where(reversed_entry).values(precision="week"))

    @pytest.mark.parametrize("details", ["null", "[]"])
    def test_goes_on_after_details_of_another_type(self, tampered, details):
        assert is_found(tampered, text(f"UPDATE ledger_entries SET details = '{details}'"))

    def test_goes_on_after_details_that_are_a_number(self, tampered):
        assert is_found(tampered, text("UPDATE ledger_entries SET details = '7'"))

    def test_finds_that_details_became_a_text_that_reads_the_same(self, tampered):
        is_empty = "SELECT id FROM ledger_entries WHERE CAST(details AS VARCHAR(2)) = '{}'"
        assert is_found(tampered, text(f"""UPDATE ledger_entries SET details = '"{{}}"' WHERE id IN ({is_empty})"""))

    @pytest.mark.parametrize(("table", "column"), [("ledger_entries", "recorded_at"), ("ledger_books", "opened_at")])
    def test_finds_that_an_instant_is_spelled_so_that_it_compares_otherwise(self, tampered, table, column):
        if tampered.connection.dialect.name != "sqlite":
            pytest.skip("instants of PostgreSQL are no texts")
        assert is_found(tampered, text(f"UPDATE {table} SET {column} = replace({column}, ' ', 'T')"))

    def test_finds_a_book_put_into_the_past(self, tampered):
        at = world.NOON + timedelta(hours=1)
        assert is_found(tampered, insert(BOOKS).values(id=uuid4(), kind="journey", opened_at=at))

    def test_finds_balances_kept_for_a_seal_to_come(self, tampered):
        newest = CHECKPOINTS.c.number == 4
        assert is_found(tampered, update(CHECKPOINTS).where(newest).values(number=6))


class TestOneView:
    """On a server a reader that asks twice sees two states, unless its transaction holds one snapshot."""

    @pytest.mark.parametrize(("name", "posting"), [("chart", MEDICAL), ("plain_entries", VISA)])
    def test_an_entry_that_is_posted_while_verify_runs_is_no_fault(
        self, database, other_database, book, monkeypatch, name, posting
    ):
        posted(database, a_draft(book, VISA))
        real = getattr(verifying.seals, name)

        def meanwhile(session):
            answer = real(session) if name == "chart" else None
            posted(other_database, a_draft(book, posting))
            return answer or real(session)

        monkeypatch.setattr(verifying.seals, name, meanwhile)
        assert found(database) == []

    def test_balances_balance_although_an_entry_is_posted_between_two_scans(self, database, other_database, book):
        from sqlalchemy import event

        posted(database, a_draft(book, VISA))
        left = [a_draft(book, VISA)]

        def meanwhile(connection, cursor, statement, *_) -> None:
            if left and "sum(" in statement:
                posted(other_database, left.pop())

        event.listen(database.engine, "after_cursor_execute", meanwhile)
        found_balances = balances_of(database, book, known_at=datetime(2999, 1, 1, tzinfo=UTC))
        assert left == []
        assert found_balances in (folded([VISA]), folded([VISA, VISA]))

    def test_a_seal_that_is_made_while_verify_runs_is_no_fault(self, database, other_database, book, monkeypatch):
        posted(database, a_draft(book, VISA))
        real = verifying.seals.seals

        def meanwhile(session):
            answer = list(real(session))
            sealed(other_database)
            return answer

        monkeypatch.setattr(verifying.seals, "seals", meanwhile)
        assert found(database) == []


def test_the_leaf_of_a_book_is_under_its_own_id(tampered):
    """The negative control of the first test of this file: there is such a leaf to be given away."""
    rows = [row for row in world.rows_in(tampered.connection, LEAVES) if row["book_id"] == row["entry_id"]]
    assert {row["book_id"] for row in rows} == set(tampered.books)
    assert all(isinstance(row["book_id"], UUID) for row in rows)
    assert models.LedgerSealLeaf.__table__ is LEAVES
