"""Whatever is changed behind the service's back, verify finds. Every change is one mutant, tried alone.

The guards are down, foreign keys and CHECKs off: a superuser can do all of this. Each mutant lives in a transaction that
is rolled back after ``verify`` has looked at it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, delete, update

from tests.sealing import world
from tests.sealing.sealed import IS_DEEP, a_seed, copied, found, head_of, sealed
from tests.sealing.tampered import Tampered
from tests.sealing.world import BOOKS, CHECKPOINTS, CURRENCIES, ENTRIES, KEYS, LEAVES, POSTINGS, SEALS, Mutant

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*ServerCursor.*:ResourceWarning")]


def missed(tampered: Tampered, mutants: Iterator[Mutant]) -> tuple[list[str], Counter]:
    """Try every mutant and return those that verify missed, or for which it named no entry, with a count."""
    count: Counter = Counter()
    told: list[str] = []
    for mutant in list(mutants):
        faults = tampered.faults(mutant)
        if faults is None:
            count["refused"] += 1
            continue
        count["run"] += 1
        if not faults:
            told.append(f"not found: {mutant.name}")
        elif mutant.entry is not None and not any(str(mutant.entry) in str(fault) for fault in faults):
            told.append(f"not named: {mutant.name}: {faults[0]}")
    print(
        f"{count['run']} mutants run, {count['refused']} refused by the database, {len(tampered.stopped)} stopped verify"
    )
    assert count["run"] > 4 * count["refused"]
    return told, count


class TestVerify:
    def test_finds_nothing_wrong_with_the_books_as_they_are(self, tampered):
        assert tampered.faults(None, with_head=True) == []

    def test_finds_a_change_of_any_value_of_any_column(self, tampered):
        chance = random.Random(a_seed())
        mutants = world.changed_values(tampered.connection, chance, 100 if IS_DEEP else tampered.usual(4, 1))
        told, count = missed(tampered, mutants)
        assert told == []
        assert count["run"] > 100

    def test_finds_that_any_row_was_deleted(self, tampered):
        told, count = missed(
            tampered, world.deleted_rows(tampered.connection, 200 if IS_DEEP else tampered.usual(20, 3))
        )
        assert told == []
        assert count["run"] > 20

    def test_finds_that_a_whole_entry_was_deleted(self, tampered):
        told, count = missed(tampered, world.deleted_entries(tampered.connection))
        assert told == []
        assert count["run"] == 10

    def test_finds_that_two_rows_exchanged_something(self, tampered):
        chance = random.Random(a_seed())
        told, count = missed(
            tampered, world.swapped_rows(tampered.connection, chance, 400 if IS_DEEP else tampered.usual(20, 8))
        )
        assert told == []
        assert count["run"] > 20

    def test_finds_an_entry_put_into_the_past_with_every_hash_right(self, tampered):
        told, count = missed(tampered, world.inserted_entries(tampered.books))
        assert told == []
        assert count["run"] == 12


def truncation() -> Mutant:
    """Cut off the last seal with all that it holds: entries, postings, leaves, kept balances."""

    def change(connection: Connection) -> None:
        for row in world.rows_in(connection, LEAVES):
            if row["number"] == 4:
                same = (POSTINGS.c.book_id == row["book_id"], POSTINGS.c.entry_id == row["entry_id"])
                connection.execute(delete(POSTINGS).where(*same))
                connection.execute(delete(ENTRIES).where(ENTRIES.c.id == row["entry_id"]))
        for table in (LEAVES, SEALS, CHECKPOINTS):
            connection.execute(delete(table).where(table.c.number == 4))

    return Mutant("cut off the last seal", change)


class TestFromInside:
    """What cannot be seen from inside the database, and is seen with a head that is elsewhere."""

    def test_that_the_last_seal_was_cut_off_is_not_seen_without_a_head(self, tampered):
        assert tampered.faults(truncation()) == []
        faults = tampered.faults(truncation(), with_head=True)
        assert faults is not None
        assert "the last seals were cut off, or an older copy" in str(faults[0])

    def test_that_an_older_copy_was_put_back_is_not_seen_without_a_head(
        self, database, settings, engine_name, tmp_path
    ):
        if engine_name != "sqlite":
            pytest.skip("a database on a server is not a file; what its older copy holds is what a truncation leaves")
        world.build(database)
        database.dispose()
        folder = settings.key_path.parent
        copied(folder, tmp_path / "older")
        from tests.ledger.books import a_draft, opened, posted

        (book,) = opened(database)
        posted(database, a_draft(book))
        sealed(database)
        head = head_of(database)
        assert found(database, heads=[head]) == []
        database.dispose()
        for file in folder.iterdir():
            file.unlink()
        copied(tmp_path / "older", folder)
        assert found(database) == []
        assert ["an older copy of the database was put back" in str(fault) for fault in found(database, heads=[head])]


def updated(table, where, **values) -> Mutant:
    def change(connection: Connection) -> None:
        connection.execute(update(table).where(*where(table)).values(values))

    return Mutant("updated", change)


def dropped_entry_and_checkpoints(tampered: Tampered) -> Mutant:
    """An entry whose accounts others use too, deleted whole, with the kept balances of its book, which may go."""
    row = next(row for row in world.rows_in(tampered.connection, LEAVES) if row["number"] == 4)
    deleted = next(one for one in world.deleted_entries(tampered.connection) if one.entry == row["entry_id"])

    def change(connection: Connection) -> None:
        deleted.change(connection)
        connection.execute(delete(CHECKPOINTS).where(CHECKPOINTS.c.book_id == row["book_id"]))

    return Mutant("deleted whole", change, row["entry_id"])


def all_rows(_) -> tuple:
    return ()


def first(table) -> tuple:
    return (table.c.number == 1,)


def nothing(*_, **__) -> list:
    return []


class TestWithACheckSwitchedOff:
    """The negative control: without its check, a mutant is missed. So it is that check that finds it."""

    CHECKS = {
        "a narrative": ("_wrong_with", lambda *_: None, lambda _: updated(ENTRIES, all_rows, narrative="x")),
        "a book": ("_faults_of_books", nothing, lambda _: updated(BOOKS, all_rows, kind="x")),
        "a signature": ("_faults_of_seals", nothing, lambda _: updated(SEALS, first, signature=b"x" * 64)),
        "a certificate": ("_faults_of_seals", nothing, lambda _: updated(KEYS, first, certificate=b"x" * 64)),
        "an exponent": (
            "_faults_of_the_chart", nothing,
            lambda _: updated(CURRENCIES, all_rows, exponent=7),
        ),
        "a cut": ("_faults_against_heads", nothing, lambda _: truncation()),
        "a balance": ("checkpoints.kept_balances", nothing, lambda _: updated(CHECKPOINTS, all_rows, debits_minor=7)),
        "an entry gone": ("seals.leaves_without_subject", nothing, dropped_entry_and_checkpoints),
        "an entry put in": (
            "rules.LateWatch.missed_by", lambda *_: None,
            lambda tampered: next(world.inserted_entries(tampered.books[:1])),
        ),
    }  # fmt: skip

    @pytest.mark.parametrize("name", CHECKS)
    def test_a_mutant_is_missed(self, tampered, monkeypatch, name):
        place, stub, make = self.CHECKS[name]
        mutant = make(tampered)
        assert tampered.faults(mutant, with_head=True)
        holder, _, attribute = f"recruitment.ledger.services.verifying.{place}".rpartition(".")
        monkeypatch.setattr(f"{holder}.{attribute}", stub)
        assert tampered.faults(mutant, with_head=True) == []
